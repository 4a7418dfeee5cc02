//! Draws of random numbers: the price of chance in the generator.

use streamglass::rng::{Seed, Stream};

use super::{Loop, Run};

const DRAWS: u64 = 1_000_000;

pub fn loops() -> Vec<Loop> {
    vec![
        Loop { name: "random bits", records: DRAWS, plain: None, prepare: || draw(Stream::bits) },
        Loop {
            name: "random exponential",
            records: DRAWS,
            plain: None,
            prepare: || draw(|stream| stream.exponential(1.0).to_bits()),
        },
    ]
}

/// Sums a million draws, always the same ones: the stream is copied for each run.
fn draw(one: fn(&mut Stream) -> u64) -> Run {
    let stream = Seed(7).stream("bench");
    Box::new(move || {
        let mut stream = stream.clone();
        (0..DRAWS).fold(0, |sum: u64, _| sum.wrapping_add(one(&mut stream)))
    })
}
