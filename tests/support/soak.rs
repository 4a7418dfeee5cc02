//! Property tests again and again for as long as `STREAMGLASS_SOAK_SECONDS` says, or ten seconds: each
//! call of one draws new cases.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "tests that run for a time")]

use std::time::{Duration, Instant};

pub fn soak(name: &str, properties: &[fn()]) {
    let seconds = std::env::var("STREAMGLASS_SOAK_SECONDS").ok();
    let seconds: u64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(10);
    let (begun, mut rounds) = (Instant::now(), 0);
    while rounds == 0 || begun.elapsed() < Duration::from_secs(seconds) {
        properties.iter().for_each(|property| property());
        rounds += 1;
    }
    eprintln!("{name}: {rounds} rounds in {:.0} s", begun.elapsed().as_secs_f64());
}
