//! The loops of `loops.rs`, measured natively by criterion.
//!
//! With `STREAMGLASS_BENCH_REPORT` set, what criterion does not keep (records, sums) is appended to
//! that file, one JSON object a line, for `cargo xtask bench`.
#![expect(clippy::print_stderr, reason = "a bench reports to the terminal")]

use std::fs::OpenOptions;
use std::io::Write as _;

use criterion::{Criterion, Throughput};

mod loops;

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    for entry in loops::all() {
        let mut prepared = None;
        let mut group = criterion.benchmark_group(entry.name);
        group.throughput(Throughput::Elements(entry.records));
        group.bench_function("run", |bencher| {
            // Criterion calls this for every sample; a filter lets it call it never.
            let (run, _) = prepared.get_or_insert_with(|| {
                let mut run = (entry.prepare)();
                let sum = run();
                (run, sum)
            });
            bencher.iter(run);
        });
        group.finish();
        if let Some((_, sum)) = prepared {
            report(entry, sum);
        }
    }
    criterion.final_summary();
}

fn report(entry: loops::Loop, sum: u64) {
    let Some(file) = std::env::var_os("STREAMGLASS_BENCH_REPORT") else { return };
    let line = serde_json::json!({
        "name": entry.name, "records": entry.records, "plain": entry.plain, "sum": sum.to_string(),
    });
    let opened = OpenOptions::new().append(true).create(true).open(file);
    if let Err(error) = opened.and_then(|mut file| writeln!(file, "{line}")) {
        eprintln!("the report of `{}` is lost: {error}", entry.name);
    }
}
