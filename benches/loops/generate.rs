//! The clickstream to JSON bytes, all costs in.

use std::hint::black_box;

use serde_json::{Value, json};
use streamglass::clickstream::{Generator, Sent, Sink};
use streamglass::rng::Seed;

use super::input::{END, site};
use super::{Loop, Run};

const RECORDS: u64 = 100_000;
/// Records between two checkpoints of the generator.
const CHECKPOINT: u64 = 10_000;

pub fn loops() -> Vec<Loop> {
    let generate =
        |name, prepare: fn() -> Run| Loop { name, records: RECORDS, plain: None, prepare };
    vec![
        generate("generate to bytes", || run(json!({}), RECORDS)),
        generate("generate, 50,000 sessions open", || run(crowded(), RECORDS)),
        generate("generate, 50,000 sessions, checkpoints", || run(crowded(), CHECKPOINT)),
        generate("generate, delays of a minute", || {
            let delay = json!({ "medianMs": 60_000 });
            run(json!({ "sessionsPerSecond": 100, "delay": delay }), RECORDS)
        }),
        generate("generate with faults", || {
            let faults =
                json!({ "duplicate": 0.01, "drop": 0.01, "malformed": 0.01, "missingKey": 0.01 });
            run(json!({ "faults": faults }), RECORDS)
        }),
    ]
}

fn crowded() -> Value {
    json!({ "sessionsPerSecond": 220 })
}

/// Goes on from run to run, so that every run is in the middle of a day. A clone of the generator, as
/// a checkpoint keeps one, is made every `checkpoint` records.
fn run(settings: Value, checkpoint: u64) -> Run {
    let mut generator = Generator::new(site(settings), Seed(1));
    // Until the number of open sessions is what it stays at.
    generator.run(END, 500_000, &mut Touch(0));
    let mut kept = generator.clone();
    Box::new(move || {
        let mut touch = Touch(0);
        for _ in 0..RECORDS / checkpoint {
            generator.run(END, checkpoint, &mut touch);
            if checkpoint < RECORDS {
                kept = black_box(generator.clone());
            }
        }
        black_box(&kept);
        touch.0
    })
}

/// Looks at every record, so that none of the work can be left out.
struct Touch(u64);

impl Sink for Touch {
    fn record(&mut self, record: &Sent<'_>) {
        let ends = record.value.first().zip(record.value.last());
        self.0 += ends.map_or(0, |(first, last)| u64::from(first ^ last));
        self.0 += black_box(record.value).len() as u64;
    }
}
