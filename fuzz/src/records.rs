//! Records of the clickstream to begin from: made by the generator, so that they are always those
//! that it writes now.

use std::sync::Arc;

use streamglass::clickstream::{Config, Generator, Sent, Sink};
use streamglass::rng::Seed;
use streamglass::time::Micros;

/// Keeps values and what they are.
#[derive(Default)]
struct Keep(Vec<(u8, Vec<u8>)>);

impl Sink for Keep {
    fn record(&mut self, record: &Sent<'_>) {
        self.0.push((record.kind as u8, record.value.to_vec()));
    }
}

/// One record of each kind.
pub fn kinds() -> Vec<Vec<u8>> {
    let mut keep = Keep::default();
    Generator::new(Arc::new(Config::default()), Seed(1)).run(Micros(i64::MAX), 3_000, &mut keep);
    keep.0.sort_by_key(|(kind, _)| *kind);
    keep.0.dedup_by_key(|(kind, _)| *kind);
    keep.0.into_iter().map(|(_, value)| value).collect()
}
