//! Sinks and configurations that the tests share.

use std::sync::Arc;

use serde_json::Value;
use streamglass::clickstream::{Config, FaultSet, Generator, Sent, Sink, Stream, Truth};
use streamglass::record::PartitionId;
use streamglass::rng::Seed;
use streamglass::time::Micros;

/// No end of virtual time.
pub const END: Micros = Micros(i64::MAX);

/// The built-in site with a section `Streamglass` of its own.
pub fn site(settings: Value) -> Arc<Config> {
    changed(|tree| tree["Streamglass"] = settings)
}

/// The built-in site after a change to its tree.
pub fn changed(change: impl FnOnce(&mut Value)) -> Arc<Config> {
    let mut tree = Config::default().tree().clone();
    change(&mut tree);
    Arc::new(Config::from_tree(&tree).expect("valid").0)
}

pub fn generator(settings: Value, seed: u64) -> Generator {
    Generator::new(site(settings), Seed(seed))
}

/// FNV-1a over everything a sink is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub u64);

impl Digest {
    pub const NEW: Self = Self(0xcbf2_9ce4_8422_2325);

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Sink for Digest {
    fn record(&mut self, record: &Sent<'_>) {
        self.take(&[record.stream as u8, u8::from(record.key.is_some())]);
        self.take(record.key.unwrap_or_default());
        self.take(&record.sticky.map_or(u32::MAX, |partition| partition.0).to_le_bytes());
        self.take(record.value);
        self.take(&record.event_time.0.to_le_bytes());
        self.take(&record.arrival.0.to_le_bytes());
    }
}

/// A record that was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub stream: Stream,
    pub key: Option<String>,
    pub value: Vec<u8>,
    pub event_time: Micros,
    pub arrival: Micros,
    pub sticky: Option<PartitionId>,
    pub faults: FaultSet,
}

impl Kept {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.value).expect("JSON")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.value).expect("UTF-8")
    }
}

/// Keeps all records, and the truth as lines.
#[derive(Default)]
pub struct Keep {
    pub records: Vec<Kept>,
    pub truth: Vec<String>,
}

impl Sink for Keep {
    fn record(&mut self, record: &Sent<'_>) {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("digits");
        self.records.push(Kept {
            stream: record.stream,
            key: record.key.map(text),
            value: record.value.to_vec(),
            event_time: record.event_time,
            arrival: record.arrival,
            sticky: record.sticky,
            faults: record.faults,
        });
    }

    fn wants_truth(&self) -> bool {
        true
    }

    fn truth(&mut self, event: &Truth<'_>) {
        self.truth.push(String::from_utf8(event.value.to_vec()).expect("UTF-8"));
    }
}

pub fn keep(settings: Value, seed: u64, records: u64) -> Keep {
    let mut keep = Keep::default();
    generator(settings, seed).run(END, records, &mut keep);
    keep
}

/// Forgets everything: for runs of which only the counters matter.
pub struct Nothing;

impl Sink for Nothing {
    fn record(&mut self, _: &Sent<'_>) {}
}
