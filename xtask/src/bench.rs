//! `cargo xtask bench`: the loops of `benches/loops.rs`, native under criterion and as WebAssembly
//! under Node.js, in one table (Markdown).
//!
//! A loop's time is that of its fastest sample: whatever else the machine does only ever adds to it.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::process::{cache, cargo, output, root, run};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, npm};

const HELP: &str = "\
Measures the engine's loops, native and in WebAssembly, and prints them side by side.

USAGE: cargo xtask bench [--fast] [--seconds N] [--rounds N] [--native | --wasm] [filter]

  --fast       code without the slow link: for everyday measuring
  --seconds N  how long to measure each loop, after a warm-up (default 5)
  --rounds N   how often to measure all loops; each one's fastest round counts (default 1)
  --native     only natively
  --wasm       only in WebAssembly
  filter       only the loops whose names contain this

`x plain` compares a loop with the one that does the same in the plainest way.";

/// One loop as one of the two sides reports it.
struct Line {
    name: String,
    /// Records in a run of the loop.
    records: f64,
    /// The loop that does the same in the plainest way.
    plain: Option<String>,
    /// What a run computed: both sides must agree to the bit.
    sum: String,
    /// Nanoseconds of a run: the fastest.
    nanoseconds: f64,
}

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut flavor, mut filter) = (Flavor::Release, String::new());
    let (mut seconds, mut rounds) = (5_u32, 1_u32);
    let (mut native, mut in_wasm) = (true, true);
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("fast") => flavor = Flavor::Fast,
            lexopt::Arg::Long("seconds") => seconds = crate::number(&mut args)?,
            lexopt::Arg::Long("rounds") => rounds = crate::number(&mut args)?,
            lexopt::Arg::Long("native") => in_wasm = false,
            lexopt::Arg::Long("wasm") => native = false,
            lexopt::Arg::Value(text) => filter = text.to_string_lossy().into_owned(),
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    let (mut natively, mut in_node) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        if native {
            keep_fastest(&mut natively, measure_native(flavor, seconds, &filter)?);
        }
        if in_wasm {
            keep_fastest(&mut in_node, measure_wasm(flavor, seconds, &filter)?);
        }
    }
    print_table(&natively, &in_node);
    agree(&natively, &in_node)
}

/// Adds another round to the lines of those before it.
fn keep_fastest(lines: &mut Vec<Line>, round: Vec<Line>) {
    for line in round {
        match lines.iter_mut().find(|known| known.name == line.name) {
            Some(known) => known.nanoseconds = known.nanoseconds.min(line.nanoseconds),
            None => lines.push(line),
        }
    }
}

fn measure_native(flavor: Flavor, seconds: u32, filter: &str) -> Outcome<Vec<Line>> {
    let report = cache().join("bench-native.jsonl");
    fs::create_dir_all(cache())?;
    fs::write(&report, "")?;
    let mut bench = cargo(["bench", "--bench", "native", "--profile", flavor.profile(), "--"]);
    bench.args(["--measurement-time", &seconds.to_string(), "--warm-up-time", "1"]);
    if !filter.is_empty() {
        bench.arg(filter);
    }
    run(bench.env("STREAMGLASS_BENCH_REPORT", &report))?;
    fs::read_to_string(report)?.lines().map(|text| line(text, criterion_best)).collect()
}

fn measure_wasm(flavor: Flavor, seconds: u32, filter: &str) -> Outcome<Vec<Line>> {
    let module = wasm::build_for_node("streamglass-bench", flavor)?;
    let mut script = npm::script("bench.mjs")?;
    script.arg(module).arg(seconds.to_string()).arg(filter);
    let measured = |_: &str, line: &Value| number(line, "nanoseconds");
    output(&mut script)?.lines().map(|text| line(text, measured)).collect()
}

fn line(text: &str, time: impl Fn(&str, &Value) -> Outcome<f64>) -> Outcome<Line> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("`{text}`: {error}"))?;
    let word = |name: &str| value.get(name).and_then(Value::as_str).map(ToOwned::to_owned);
    let name = word("name").ok_or_else(|| format!("a loop without a name: {text}"))?;
    Ok(Line {
        records: number(&value, "records")?,
        plain: word("plain"),
        sum: word("sum").ok_or_else(|| format!("a loop without a sum: {text}"))?,
        nanoseconds: time(&name, &value)?,
        name,
    })
}

fn number(value: &Value, name: &str) -> Outcome<f64> {
    value.get(name).and_then(Value::as_f64).ok_or_else(|| format!("no `{name}` in {value}").into())
}

/// The time of a run in the fastest of the samples that criterion took of the loop called `name`.
fn criterion_best(name: &str, _: &Value) -> Outcome<f64> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    // Criterion's folders have no colons.
    let folder = name.replace(':', "_");
    let file = target.join("criterion").join(folder).join("run/new/sample.json");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    best(&text).ok_or_else(|| format!("{}: no samples", file.display()).into())
}

/// The least time of a run in criterion's `sample.json`: total times over numbers of runs.
fn best(samples: &str) -> Option<f64> {
    let value: Value = serde_json::from_str(samples).ok()?;
    let (runs, times) = (value["iters"].as_array()?, value["times"].as_array()?);
    let each = |(runs, time): (&Value, &Value)| Some(time.as_f64()? / runs.as_f64()?);
    runs.iter().zip(times).filter_map(each).min_by(f64::total_cmp)
}

fn print_table(native: &[Line], wasm: &[Line]) {
    let rate = |lines: &[Line], name: &str| {
        let line = lines.iter().find(|line| line.name == name)?;
        Some(line.records / line.nanoseconds * 1e9)
    };
    println!(
        "\n| {:48} | {:>12} | {:>7} | {:>12} | {:>7} | {:>11} |\n|{:-<50}|{:->13}:|{:->8}:|{:->13}:|{:->8}:|{:->12}:|",
        "records/s", "native", "x plain", "wasm", "x plain", "wasm/native", "", "", "", "", "", ""
    );
    let names = if native.is_empty() { wasm } else { native };
    for line in names {
        let sides = [rate(native, &line.name), rate(wasm, &line.name)];
        let plain = |lines| line.plain.as_deref().and_then(|plain| rate(lines, plain));
        let plain = [plain(native), plain(wasm)];
        let speed = |side: Option<f64>| side.map_or_else(|| "-".to_owned(), thousands);
        let ratio = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => format!("{:.2}", a / b),
            _ => String::new(),
        };
        println!(
            "| {:48} | {:>12} | {:>7} | {:>12} | {:>7} | {:>11} |",
            line.name,
            speed(sides[0]),
            ratio(sides[0], plain[0]),
            speed(sides[1]),
            ratio(sides[1], plain[1]),
            ratio(sides[1], sides[0]),
        );
    }
}

/// 1234567.8 as `1,234,568`.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A loop that computes one thing natively and another in WebAssembly is not one loop.
fn agree(native: &[Line], wasm: &[Line]) -> Outcome {
    for line in native {
        if let Some(other) = wasm.iter().find(|other| other.name == line.name)
            && other.sum != line.sum
        {
            let (name, ours, theirs) = (&line.name, &line.sum, &other.sum);
            return Err(format!("`{name}` computes {ours} natively and {theirs} in wasm").into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(thousands(7.4), "7");
        assert_eq!(thousands(123.0), "123");
        assert_eq!(thousands(1_234_567.8), "1,234,568");
    }

    #[test]
    fn the_fastest_sample_counts() {
        let samples = r#"{"sampling_mode":"Flat","iters":[2.0,2.0,1.0],"times":[30.0,20.0,11.0]}"#;
        assert_eq!(best(samples), Some(10.0));
        assert_eq!(best(r#"{"iters":[],"times":[]}"#), None);
    }

    #[test]
    fn sides_that_compute_different_things_are_refused() {
        let side = |sum| {
            line(
                &format!(r#"{{"name":"a","records":1,"sum":"{sum}","nanoseconds":2}}"#),
                |_, value| number(value, "nanoseconds"),
            )
        };
        let (one, two) = (side("1").unwrap(), side("2").unwrap());
        assert!(agree(&[side("1").unwrap()], &[one]).is_ok());
        assert!(agree(&[side("1").unwrap()], &[two]).is_err());
    }
}
