//! How fast the clickstream is generated to JSON bytes, on one core, all costs in.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::json;
use streamglass::clickstream::{Config, Generator, Sent, Sink};
use streamglass::rng::Seed;
use streamglass::time::Micros;

const RECORDS: u64 = 100_000;
const END: Micros = Micros(i64::MAX);

/// Looks at every record, so that none of the work can be left out.
struct Touch(u64);

impl Sink for Touch {
    fn record(&mut self, record: &Sent<'_>) {
        let ends = record.value.first().zip(record.value.last());
        self.0 += ends.map_or(0, |(first, last)| u64::from(first ^ last));
        black_box(record.value);
    }
}

/// The built-in site with a section `Streamglass` of its own.
fn site(settings: serde_json::Value) -> Arc<Config> {
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = settings;
    Arc::new(Config::from_tree(&tree).expect("valid").0)
}

fn generate(c: &mut Criterion) {
    let mut group = c.benchmark_group("generate");
    group.throughput(Throughput::Elements(RECORDS)).sample_size(20);
    let faults = json!({ "duplicate": 0.01, "drop": 0.01, "malformed": 0.01, "missingKey": 0.01 });
    for (name, settings) in [
        ("default", json!({})),
        ("50k sessions open", json!({ "sessionsPerSecond": 220 })),
        ("long delays", json!({ "sessionsPerSecond": 100, "delay": { "medianMs": 60_000 } })),
        ("faults", json!({ "faults": faults })),
    ] {
        // Warm: the number of open sessions is what it stays at.
        let mut warm = Generator::new(site(settings), Seed(1));
        warm.run(END, 500_000, &mut Touch(0));
        group.bench_function(name, |b| {
            b.iter_batched(
                || warm.clone(),
                |mut generator| generator.run(END, RECORDS, &mut Touch(0)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    c.bench_function("generate/clone", |b| {
        let mut warm = Generator::new(site(json!({ "sessionsPerSecond": 200 })), Seed(1));
        warm.run(END, 1_000_000, &mut Touch(0));
        b.iter(|| warm.clone());
    });
}

criterion_group!(benches, generate);
criterion_main!(benches);
