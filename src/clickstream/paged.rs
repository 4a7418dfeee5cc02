//! A table in copy-on-write pages: a clone shares every page that neither side has changed since.

use std::sync::Arc;

/// Rows in a page.
const PAGE: usize = 64;

/// A growing table of `T`.
#[derive(Clone, Debug)]
pub(super) struct Paged<T> {
    pages: Vec<Option<Arc<[T; PAGE]>>>,
}

impl<T: Clone + Default> Paged<T> {
    pub(super) const fn new() -> Self {
        Self { pages: Vec::new() }
    }

    /// The row `at`, if its page exists. Rows of an existing page that were never written are defaults.
    pub(super) fn get(&self, at: u32) -> Option<&T> {
        let page = self.pages.get(at as usize / PAGE)?.as_ref()?;
        Some(&page[at as usize % PAGE])
    }

    /// The row `at`, to be changed; its page is made, or copied when a clone shares it.
    pub(super) fn get_mut(&mut self, at: u32) -> &mut T {
        let (page, row) = (at as usize / PAGE, at as usize % PAGE);
        if page >= self.pages.len() {
            self.pages.resize(page + 1, None);
        }
        let page =
            self.pages[page].get_or_insert_with(|| Arc::new(std::array::from_fn(|_| T::default())));
        &mut Arc::make_mut(page)[row]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shares_pages_until_one_side_writes() {
        let mut table = Paged::new();
        *table.get_mut(3) = 30_u64;
        *table.get_mut(200) = 2_000;
        let copy = table.clone();
        let shared =
            |a: &Paged<u64>, b: &Paged<u64>, page: usize| match (&a.pages[page], &b.pages[page]) {
                (Some(a), Some(b)) => Arc::ptr_eq(a, b),
                _ => false,
            };
        assert!(shared(&table, &copy, 0) && shared(&table, &copy, 3));
        *table.get_mut(3) = 31;
        assert!(!shared(&table, &copy, 0) && shared(&table, &copy, 3));
        assert_eq!((table.get(3), copy.get(3)), (Some(&31), Some(&30)));
        assert_eq!((copy.get(100), copy.get(9_999)), (None, None));
    }
}
