//! One way to sort for all types. The standard library's is compiled anew for each, 3 to 8 KB of
//! WebAssembly that the page downloads: for loops that sort much it is worth that, and for all else
//! there is this.

use std::cmp::Ordering;

/// Sorts `items`; equal ones keep their order.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let mut from: Vec<u32> = (0..items.len() as u32).collect();
    sort_rows(&mut from, &mut |a, b| compare(&items[a as usize], &items[b as usize]));
    for at in 0..items.len() {
        // What was there before has gone to where its place was taken from.
        let mut place = from[at] as usize;
        while place < at {
            place = from[place] as usize;
        }
        from[at] = place as u32;
        items.swap(at, place);
    }
}

/// Sorts `items` by `key`; equal ones keep their order.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts numbers of rows; equal ones keep their order.
pub fn sort_rows(rows: &mut [u32], compare: &mut dyn FnMut(u32, u32) -> Ordering) {
    rows.sort_by(|a, b| compare(*a, *b));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn it_sorts_as_the_standard_library_does() {
        let mut draws = Seed(5).stream("order");
        for length in (0..64).chain([1_000, 20_000]) {
            let mut items: Vec<(u32, String)> =
                (0..length).map(|n| (draws.below(length / 3 + 1), n.to_string())).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            sort_by_key(&mut items, |item| item.0);
            assert_eq!(items, expected);
            expected.sort_by(|a, b| b.1.cmp(&a.1));
            sort_by(&mut items, |a, b| b.1.cmp(&a.1));
            assert_eq!(items, expected);
        }
    }
}
