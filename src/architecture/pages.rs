//! An array in pages that clones share until one of them writes: views are saved often and change
//! little in between.

use std::sync::Arc;

/// Values of a page.
const PAGE: usize = 256;

/// An array of values that are their default until they are written.
#[derive(Clone, Debug, Default)]
pub struct Pages<T> {
    pages: Vec<Arc<[T; PAGE]>>,
    len: usize,
}

impl<T: Copy + Default> Pages<T> {
    /// An empty array.
    #[must_use]
    pub const fn new() -> Self {
        Self { pages: Vec::new(), len: 0 }
    }

    /// How many values there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Makes it at least so long.
    #[inline]
    pub fn grow(&mut self, len: usize) {
        if len > self.len {
            self.len = len;
            let empty = || Arc::new([T::default(); PAGE]);
            self.pages.resize_with(len.div_ceil(PAGE), empty);
        }
    }

    /// A value; its default beyond the end.
    #[must_use]
    #[inline]
    pub fn get(&self, at: usize) -> T {
        self.pages.get(at / PAGE).map_or_else(T::default, |page| page[at % PAGE])
    }

    /// A value, to write.
    ///
    /// # Panics
    /// Beyond the end.
    #[inline]
    pub fn get_mut(&mut self, at: usize) -> &mut T {
        &mut Arc::make_mut(&mut self.pages[at / PAGE])[at % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_it_had() {
        let mut one: Pages<u32> = Pages::new();
        one.grow(600);
        *one.get_mut(599) = 7;
        let other = one.clone();
        *one.get_mut(599) = 8;
        *one.get_mut(0) = 1;
        one.grow(10);
        assert_eq!((one.len(), one.get(599), one.get(0), one.get(9_999)), (600, 8, 1, 0));
        assert_eq!((other.get(599), other.get(0)), (7, 0));
    }
}
