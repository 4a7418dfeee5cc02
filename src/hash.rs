//! The fixed hash function of state tables.
//!
//! The same on every target, unlike one over `usize`. It does not resist chosen keys: what comes
//! in is the simulation's own data.

/// 2^64 divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Adds a word to a hash (the step of FxHash, with 64 bits everywhere).
#[must_use]
#[inline]
pub const fn add(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(GOLDEN)
}

/// Spreads the upper bits, where multiplication gathers its entropy, over the lower ones.
#[must_use]
#[inline]
pub const fn finish(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 32)).wrapping_mul(GOLDEN);
    hash ^ (hash >> 29)
}

/// Adds bytes and their number to a hash.
#[must_use]
#[inline]
pub fn add_bytes(hash: u64, bytes: &[u8]) -> u64 {
    let mut hash = add(hash, bytes.len() as u64);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        hash = add(hash, u64::from_le_bytes(*word));
    }
    if tail.is_empty() { hash } else { add(hash, short_word(tail)) }
}

/// Up to seven bytes as one word; with the length, equal words mean equal bytes.
#[inline]
fn short_word(tail: &[u8]) -> u64 {
    let n = tail.len();
    if n >= 4 {
        let low = u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]);
        let high = u32::from_le_bytes([tail[n - 4], tail[n - 3], tail[n - 2], tail[n - 1]]);
        return u64::from(low) | u64::from(high) << 32;
    }
    u64::from(tail[0]) | u64::from(tail[n / 2]) << 8 | u64::from(tail[n - 1]) << 16
}

/// Whether two byte strings are equal. Most that are looked up by their hash are short, and then a
/// call costs more than the comparison.
#[must_use]
#[inline]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    let ((a_words, a_tail), (b_words, b_tail)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    a.len() == b.len()
        && a_words.iter().zip(b_words).all(|(a, b)| a == b)
        && (a_tail.is_empty() || short_word(a_tail) == short_word(b_tail))
}

/// The hash of a byte string.
#[must_use]
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    finish(add_bytes(0, bytes))
}

/// The hash of two words.
#[must_use]
#[inline]
pub const fn hash_pair(a: u64, b: u64) -> u64 {
    finish(add(add(0, a), b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn close_keys_spread_over_low_and_high_bits() {
        let mut low = BTreeSet::new();
        let mut high = BTreeSet::new();
        for i in 0..4_096_u64 {
            let hash = hash_pair(7, i * 60_000);
            low.insert(hash & 0xfff);
            high.insert(hash >> 52);
        }
        // 4,096 balls in 4,096 bins fill 63 % of them when they are random.
        assert!(low.len() > 2_300 && high.len() > 2_300, "{} {}", low.len(), high.len());
    }

    /// What undoes [`finish`] and [`add`]: keys of one word are told apart by their hashes alone.
    #[test]
    fn words_are_mapped_one_to_one() {
        // Newton's steps for the inverse of an odd number modulo 2^64.
        let inverse =
            (0..6).fold(1_u64, |x, _| x.wrapping_mul(2_u64.wrapping_sub(GOLDEN.wrapping_mul(x))));
        let unshift = |y: u64, by: u32| (0..64 / by).fold(y, |x, _| y ^ (x >> by));
        for scope in [0, 1, 7] {
            for i in 0..10_000_u64 {
                let word = i.wrapping_mul(0x1234_5678_9abc_def1) ^ (i << 40);
                let hash = finish(add(scope, word));
                let mixed = unshift(unshift(hash, 29).wrapping_mul(inverse), 32);
                let back = mixed.wrapping_mul(inverse) ^ scope.rotate_left(5);
                assert_eq!(back, word);
            }
        }
    }

    #[test]
    fn short_strings_differ() {
        let strings = ["", "a", "b", "aa", "ab", "ba", "aab", "abb", "abcd", "abcde", "abcdefg"];
        let hashes: BTreeSet<u64> = strings.iter().map(|s| hash_bytes(s.as_bytes())).collect();
        assert_eq!(hashes.len(), strings.len());
        for a in strings.map(str::as_bytes) {
            let longer = [b"a long start, then ", a].concat();
            for b in strings.map(str::as_bytes) {
                assert_eq!(equal(a, b), a == b);
                assert_eq!(equal(&longer, &[b"a long start, then ", b].concat()), a == b);
            }
        }
    }
}
