//! The three scans that reading JSON spends its time in, 16 bytes at a time.
//!
//! SSE2 (part of every x86-64) and WebAssembly's simd128, with plain code for other targets, which
//! the tests compare with the others. All the `unsafe` of the reader is here: loads from references
//! to arrays of the right size, and text that was checked to be UTF-8.
#![allow(unsafe_code)]

use crate::hash;

/// What a block of 64 bytes holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// Bit i: byte i is a quote.
    quotes: u64,
    /// There is a backslash or a control character (below 0x20).
    special: bool,
    /// There is a byte that is not ASCII.
    non_ascii: bool,
}

#[cfg(target_arch = "x86_64")]
mod arch {
    use super::Block;
    use core::arch::x86_64::{
        __m128i, _mm_and_si128, _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8,
        _mm_or_si128, _mm_set1_epi8,
    };

    /// 16 bytes. The safety of all its methods: SSE2 is part of x86-64.
    #[derive(Clone, Copy)]
    struct Lane(__m128i);

    impl Lane {
        #[inline(always)]
        fn load(bytes: &[u8; 16]) -> Self {
            // SAFETY: 16 bytes are readable behind the reference; the load needs no alignment.
            Self(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
        }

        #[inline(always)]
        fn splat(byte: u8) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm_set1_epi8(byte as i8) })
        }

        #[inline(always)]
        fn equal(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm_cmpeq_epi8(self.0, other.0) })
        }

        #[inline(always)]
        fn min(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm_min_epu8(self.0, other.0) })
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm_or_si128(self.0, other.0) })
        }

        #[inline(always)]
        fn and(self, other: Self) -> Self {
            // SAFETY: see above.
            Self(unsafe { _mm_and_si128(self.0, other.0) })
        }

        /// The high bits of the bytes.
        #[inline(always)]
        fn bits(self) -> u32 {
            // SAFETY: see above.
            (unsafe { _mm_movemask_epi8(self.0) }) as u32
        }

        #[inline(always)]
        fn quotes(self) -> Self {
            self.equal(Self::splat(b'"'))
        }

        #[inline(always)]
        fn is_control(self) -> Self {
            self.min(Self::splat(0x1f)).equal(self)
        }

        /// Backslashes and control characters.
        #[inline(always)]
        fn special(self) -> Self {
            self.equal(Self::splat(b'\\')).or(self.is_control())
        }
    }

    #[inline(always)]
    pub fn block(bytes: &[u8; 64]) -> Block {
        let (mut quotes, mut slashes, mut all) = (0, Lane::splat(0), Lane::splat(0));
        let mut least = Lane::splat(0xff);
        for (i, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let v = Lane::load(part);
            quotes |= u64::from(v.quotes().bits()) << (16 * i);
            slashes = slashes.or(v.equal(Lane::splat(b'\\')));
            least = least.min(v);
            all = all.or(v);
        }
        let special = slashes.or(least.is_control());
        Block { quotes, special: special.bits() != 0, non_ascii: all.bits() != 0 }
    }

    #[inline(always)]
    pub fn stops(bytes: &[u8; 16]) -> u32 {
        let v = Lane::load(bytes);
        v.quotes().or(v.special()).bits()
    }

    /// Whether the bits of `a` in `mask` are `b`.
    #[inline(always)]
    pub fn same(a: &[u8; 32], b: &[u8; 32], mask: &[u8; 32]) -> bool {
        let part = |x: &[u8; 32], i: usize| Lane::load(&x.as_chunks::<16>().0[i]);
        let equal = |i| part(a, i).and(part(mask, i)).equal(part(b, i));
        equal(0).and(equal(1)).bits() == 0xffff
    }
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod arch {
    use super::Block;
    use core::arch::wasm32::{
        i8x16_bitmask, i8x16_eq, i8x16_splat, u8x16_add_sat, u8x16_lt, u8x16_min, u8x16_splat,
        v128, v128_and, v128_any_true, v128_load, v128_or, v128_xor,
    };

    #[inline(always)]
    fn load(bytes: &[u8; 16]) -> v128 {
        // SAFETY: 16 bytes are readable behind the reference, and the load needs no alignment.
        unsafe { v128_load(bytes.as_ptr().cast()) }
    }

    #[inline(always)]
    fn special(v: v128) -> v128 {
        v128_or(i8x16_eq(v, u8x16_splat(b'\\')), u8x16_lt(v, u8x16_splat(0x20)))
    }

    #[inline(always)]
    fn quotes(v: v128) -> v128 {
        i8x16_eq(v, u8x16_splat(b'"'))
    }

    #[inline(always)]
    pub fn block(bytes: &[u8; 64]) -> Block {
        let (mut found, mut all) = (0, i8x16_splat(0));
        // Least numbers: what is said of bytes one by one LLVM brings together in a roundabout way.
        let (mut least, mut from_slash) = (u8x16_splat(0xff), u8x16_splat(0xff));
        for (i, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let v = load(part);
            found |= u64::from(i8x16_bitmask(quotes(v))) << (16 * i);
            least = u8x16_min(least, v);
            from_slash = u8x16_min(from_slash, v128_xor(v, u8x16_splat(b'\\')));
            all = v128_or(all, v);
        }
        // A control character is under 0x20, and so is 0x1f more than nothing.
        let least = u8x16_min(least, u8x16_add_sat(from_slash, u8x16_splat(0x1f)));
        Block {
            quotes: found,
            special: i8x16_bitmask(u8x16_lt(least, u8x16_splat(0x20))) != 0,
            non_ascii: i8x16_bitmask(all) != 0,
        }
    }

    #[inline(always)]
    pub fn stops(bytes: &[u8; 16]) -> u32 {
        let v = load(bytes);
        u32::from(i8x16_bitmask(v128_or(quotes(v), special(v))))
    }

    #[inline(always)]
    pub fn same(a: &[u8; 32], b: &[u8; 32], mask: &[u8; 32]) -> bool {
        let differs = |i: usize| {
            let part = |x: &[u8; 32]| load(&x.as_chunks::<16>().0[i]);
            v128_xor(v128_and(part(a), part(mask)), part(b))
        };
        !v128_any_true(v128_or(differs(0), differs(1)))
    }
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use scalar as arch;

#[cfg(any(
    test,
    not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))
))]
mod scalar {
    use super::Block;

    fn is_special(b: u8) -> bool {
        b == b'\\' || b < 0x20
    }

    pub fn block(bytes: &[u8; 64]) -> Block {
        let bit = |(i, b): (usize, &u8)| u64::from(*b == b'"') << i;
        Block {
            quotes: bytes.iter().enumerate().map(bit).sum(),
            special: bytes.iter().any(|b| is_special(*b)),
            non_ascii: !bytes.is_ascii(),
        }
    }

    pub fn stops(bytes: &[u8; 16]) -> u32 {
        let bit = |(i, b): (usize, &u8)| u32::from(*b == b'"' || is_special(*b)) << i;
        bytes.iter().enumerate().map(bit).sum()
    }

    pub fn same(a: &[u8; 32], b: &[u8; 32], mask: &[u8; 32]) -> bool {
        (0..32).all(|i| a[i] & mask[i] == b[i])
    }
}

/// What the pass over a whole record found.
pub(super) struct Indexed<'a> {
    /// The record as text, or why it is none.
    pub text: Result<&'a str, NotText>,
    /// There is a backslash or a control character somewhere: the quotes alone do not tell where
    /// strings end.
    pub special: bool,
}

/// Bytes that are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// How many bytes from the start are.
    pub valid_up_to: usize,
    /// Whether the record ends within a character.
    pub cut: bool,
}

/// Finds all quotes of a record: bit i of `quotes[n]` is byte `64 n + i`. The last word is 0.
#[inline]
pub(super) fn index<'a>(bytes: &'a [u8], quotes: &mut Vec<u64>) -> Indexed<'a> {
    let (blocks, rest) = bytes.as_chunks::<64>();
    quotes.resize(blocks.len() + 2, 0);
    let (mut pass, mut special) = (Pass { bytes, unchecked: None, error: None }, false);
    let mut take = |block: Block, at| {
        special |= block.special;
        pass.take(block.non_ascii, at);
        block.quotes
    };
    let [words @ .., last, end] = &mut quotes[..] else { unreachable!("two more than blocks") };
    *end = 0;
    for (i, (word, block)) in words.iter_mut().zip(blocks).enumerate() {
        *word = take(arch::block(block), 64 * i);
    }
    *last = match bytes.last_chunk::<64>() {
        _ if rest.is_empty() => 0,
        // The last 64 bytes, without those that were seen: to copy a few bytes is slow in
        // WebAssembly. What is seen twice changes nothing: if there is a byte among it that is not
        // ASCII, its block waits to be checked.
        Some(block) => take(arch::block(block), 64 * blocks.len()) >> (64 - rest.len()),
        None => {
            let mut padded = [b' '; 64];
            padded[..rest.len()].copy_from_slice(rest);
            take(arch::block(&padded), 0)
        }
    };
    pass.check_to(bytes.len());
    let text = match pass.error {
        Some(error) => Err(error),
        // SAFETY: each block is ASCII, or in a run of blocks between ASCII ones (or the ends) that
        // was checked to be UTF-8; UTF-8 texts one behind the other are UTF-8.
        None => Ok(unsafe { str::from_utf8_unchecked(bytes) }),
    };
    Indexed { text, special }
}

/// The state of [`index`]. Only the blocks that are not ASCII are checked to be UTF-8.
struct Pass<'a> {
    bytes: &'a [u8],
    /// Where the blocks begin that are not ASCII and not checked yet.
    unchecked: Option<usize>,
    error: Option<NotText>,
}

impl Pass<'_> {
    #[inline(always)]
    fn take(&mut self, is_non_ascii: bool, at: usize) {
        if is_non_ascii {
            self.unchecked.get_or_insert(at);
        } else if self.unchecked.is_some() {
            self.check_to(at);
        }
    }

    #[inline(never)]
    fn check_to(&mut self, end: usize) {
        let Some(start) = self.unchecked.take() else { return };
        if let (None, Err(error)) = (self.error, str::from_utf8(&self.bytes[start..end])) {
            let cut = error.error_len().is_none() && end == self.bytes.len();
            self.error = Some(NotText { valid_up_to: start + error.valid_up_to(), cut });
        }
    }
}

/// The position of the first quote, backslash or control character from `from` on, or the length.
#[inline]
pub(super) fn find_stop(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let stops = arch::stops(chunk);
        if stops != 0 {
            return at + stops.trailing_zeros() as usize;
        }
        at += 16;
    }
    let is_stop = |b: &u8| *b == b'"' || *b == b'\\' || *b < 0x20;
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(is_stop).unwrap_or(rest.len())
}

/// Up to 32 bytes to compare with.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    bytes: [u8; 32],
    mask: [u8; 32],
    len: usize,
}

impl Prefix {
    /// The first bytes of `bytes`, at most 32.
    pub fn new(bytes: &[u8]) -> Self {
        let len = bytes.len().min(32);
        let mut prefix = Self { bytes: [0; 32], mask: [0; 32], len };
        prefix.bytes[..len].copy_from_slice(&bytes[..len]);
        prefix.mask[..len].fill(0xff);
        prefix
    }

    /// Bytes that no text has: nowhere.
    pub const fn nowhere() -> Self {
        Self { bytes: [0xff; 32], mask: [0; 32], len: 1 }
    }

    /// Whether `bytes` has these bytes at `at`.
    #[inline(always)]
    pub fn is_at(&self, bytes: &[u8], at: usize) -> bool {
        let Some(rest) = bytes.get(at..) else { return false };
        match rest.first_chunk::<32>() {
            Some(chunk) => arch::same(chunk, &self.bytes, &self.mask),
            None => {
                let prefix = &self.bytes[..self.len];
                rest.get(..self.len).is_some_and(|rest| hash::equal(rest, prefix))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn byte() -> impl Strategy<Value = u8> {
        let edge = prop::sample::select(vec![b'"', b'\\', 0, 0x1f, 0x20, 0x7f, 0x80, 0xff]);
        prop_oneof![3 => Just(b'a'), 1 => edge, 1 => any::<u8>()]
    }

    fn not_text(bytes: &[u8]) -> Result<&str, NotText> {
        str::from_utf8(bytes).map_err(|error| NotText {
            valid_up_to: error.valid_up_to(),
            cut: error.error_len().is_none(),
        })
    }

    proptest! {
        #[test]
        fn text_is_what_the_standard_library_takes_for_it(
            parts in prop::collection::vec(("[ -~]{0,150}", "[é€😀]{0,40}"), 0..4),
            damage in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
            cut in any::<prop::sample::Index>(),
            whole in any::<bool>(),
        ) {
            let mut bytes = parts.iter().map(|(a, b)| format!("{a}{b}")).collect::<String>().into_bytes();
            if let (Some((at, byte)), false) = (damage, bytes.is_empty()) {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if !whole {
                bytes.truncate(cut.index(bytes.len() + 1));
            }
            prop_assert_eq!(index(&bytes, &mut Vec::new()).text, not_text(&bytes));
        }

        #[test]
        fn vectors_find_what_plain_code_finds(bytes in prop::collection::vec(byte(), 64)) {
            let block: &[u8; 64] = bytes.first_chunk().expect("64 bytes");
            prop_assert_eq!(arch::block(block), scalar::block(block));
            for part in block.as_chunks::<16>().0 {
                prop_assert_eq!(arch::stops(part), scalar::stops(part));
            }
        }

        #[test]
        fn index_and_find_stop_agree_with_a_loop(
            bytes in prop::collection::vec(byte(), 0..300), from in 0_usize..310,
        ) {
            let mut quotes = vec![u64::MAX; 9];
            let indexed = index(&bytes, &mut quotes);
            for i in 0..quotes.len() * 64 {
                let bit = quotes[i / 64] >> (i % 64) & 1 == 1;
                prop_assert_eq!(bit, bytes.get(i) == Some(&b'"'));
            }
            let special = |b: &u8| *b == b'\\' || *b < 0x20;
            prop_assert_eq!(indexed.special, bytes.iter().any(special));
            prop_assert_eq!(indexed.text, not_text(&bytes));
            let stop = (from..bytes.len()).find(|&i| bytes[i] == b'"' || special(&bytes[i]));
            prop_assert_eq!(find_stop(&bytes, from), stop.unwrap_or(bytes.len().max(from)));
        }

        #[test]
        fn a_prefix_is_where_starts_with_says(
            bytes in prop::collection::vec(byte(), 0..80), at in 0_usize..90, len in 0_usize..40,
            flip in 0_usize..40,
        ) {
            let mut wanted = bytes.get(at..).unwrap_or_default().to_vec();
            wanted.truncate(len);
            if let Some(b) = wanted.get_mut(flip) {
                *b ^= 1;
            }
            wanted.truncate(32);
            let expected = bytes.get(at..).is_some_and(|rest| rest.starts_with(&wanted));
            let prefix = Prefix::new(&wanted);
            prop_assert_eq!(prefix.is_at(&bytes, at), expected);
            if let (Some(chunk), true) = (bytes.get(at..).and_then(<[u8]>::first_chunk), at < 48) {
                prop_assert_eq!(scalar::same(chunk, &prefix.bytes, &prefix.mask), expected);
            }
        }
    }
}
