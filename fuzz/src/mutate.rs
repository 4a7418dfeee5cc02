//! Blind mutation of well-formed inputs: what a fuzzer without coverage can do.
//!
//! Input number `k` depends on the seed, `k` and the corpus alone, so that any run can be repeated.

/// SplitMix64 (Steele, Lea, Flood 2014): enough randomness to choose mutations by.
pub struct Random(u64);

impl Random {
    /// The generator of input number `k` under `seed`.
    pub fn new(seed: u64, k: u64) -> Self {
        Self(seed ^ k.wrapping_mul(0xd134_2543_de82_ef95))
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.bits() % bound as u64) as usize }
    }

    fn byte(&mut self) -> u8 {
        self.bits() as u8
    }
}

/// What trips readers of JSON: structure, escapes, numbers at the edges, text that is not UTF-8.
const TOKENS: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\"",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\\udc00\\ud800",
    b"\\u12",
    b"null",
    b"true",
    b"false",
    b"nul",
    b"NaN",
    b"-",
    b"-0",
    b"0e",
    b"1e999",
    b"-1e-999",
    b"1.",
    b".5",
    b"01",
    b"9223372036854775807",
    b"9223372036854775808",
    b"-9223372036854775808",
    b"18446744073709551616",
    b"1e16",
    b"0.1e1",
    b"\0",
    b"\xff",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xef\xbb\xbf",
    b" ",
    b"\n",
    b"\r\n",
    b"{}",
    b"[]",
    b"\"\"",
    b"\"recordType\":\"click\"",
    b"\"recordType\":7",
    b"\"timestamp\":",
    b"{\"a\":{\"a\":{\"a\":",
];

/// Longest input but for the rare one that grows on purpose.
const USUAL_LIMIT: usize = 64 * 1024;

/// Over the limit that the router sets on a record (1 MiB).
const HUGE: usize = 1024 * 1024 + 4096;

/// Fills `out` with input number `k`: a member of `corpus`, spoilt in a few places.
pub fn input(seed: u64, k: u64, corpus: &[Vec<u8>], out: &mut Vec<u8>) {
    let mut random = Random::new(seed, k);
    out.clear();
    if let Some(parent) = corpus.get(random.below(corpus.len())) {
        out.extend_from_slice(parent);
    }
    // One input in 64 is passed on as it is: the unspoilt path must stay covered.
    let steps = if random.below(64) == 0 { 0 } else { 1 + random.below(6) };
    for _ in 0..steps {
        mutate(&mut random, corpus, out);
    }
    if random.below(4096) == 0 && !out.is_empty() {
        let pattern = out.clone();
        out.extend(pattern.iter().cycle().take(HUGE));
    } else {
        out.truncate(USUAL_LIMIT);
    }
}

fn mutate(random: &mut Random, corpus: &[Vec<u8>], out: &mut Vec<u8>) {
    let at = random.below(out.len() + 1);
    let end = (at + 1 + random.below(16)).min(out.len());
    match random.below(10) {
        0 => out.truncate(at),
        1 if at < out.len() => out[at] ^= 1 << random.below(8),
        2 if at < out.len() => out[at] = random.byte(),
        3 => out.insert(at, random.byte()),
        4 => drop(out.drain(at..end)),
        5 => {
            let copy = out[at..end].to_vec();
            splice(out, at, &copy);
        }
        // Deep nesting, long runs.
        6 => {
            let token = TOKENS[random.below(TOKENS.len())];
            let times = 1 << random.below(12);
            splice(out, at, &token.repeat(times));
        }
        7 => {
            if let Some(other) = corpus.get(random.below(corpus.len())) {
                let from = random.below(other.len() + 1);
                out.truncate(at);
                out.extend_from_slice(&other[from..]);
            }
        }
        _ => splice(out, at, TOKENS[random.below(TOKENS.len())]),
    }
}

fn splice(out: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    out.splice(at..at, bytes.iter().copied());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_a_function_of_seed_and_number() {
        let corpus = [b"{\"a\":1}".to_vec(), b"[]".to_vec()];
        let of = |seed, k| {
            let mut out = vec![1, 2, 3];
            input(seed, k, &corpus, &mut out);
            out
        };
        assert_eq!(of(7, 100), of(7, 100));
        let different = (0..1000).filter(|&k| of(7, k) != of(8, k)).count();
        assert!(different > 900, "{different} of 1000 inputs differ between two seeds");
    }

    #[test]
    fn some_inputs_are_huge_and_some_are_unspoilt() {
        let corpus = [b"{\"a\":1}".to_vec()];
        let mut out = Vec::new();
        let (mut huge, mut whole) = (0, 0);
        for k in 0..20_000 {
            input(1, k, &corpus, &mut out);
            huge += usize::from(out.len() > 1024 * 1024);
            whole += usize::from(out == corpus[0]);
        }
        assert!(huge > 0 && whole > 100, "{huge} huge, {whole} unspoilt");
    }
}
