//! `cargo xtask soak`: tests that get better with time.
//!
//! In Rust they are `#[ignore]`d tests whose names begin with `soak_`; each runs for
//! `STREAMGLASS_SOAK_SECONDS`, its share of the time. In the browser they are the Playwright tests tagged `@soak`.

use std::process::Command;

use crate::process::{cargo, output, root, run};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, browser, kafka, page};

const HELP: &str = "\
Runs the long tests: properties, determinism, and the page left alone at full load.

USAGE: cargo xtask soak [--minutes N | --short | --experiments N] [--no-browser | --no-rust | --no-kafka]...

  --minutes N      how long the Rust tests run together, and then the page (default 10)
  --experiments N  only N random experiments on all cores, however long they take
  --short          the Rust tests for 10 seconds, no browser: what `cargo xtask test` runs
  --no-browser     without the page
  --no-rust        without the Rust tests
  --no-kafka       without the long tests of the Kafka sink";

const SHORT_SECONDS: u64 = 10;

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut minutes, mut in_browser, mut in_rust, mut in_kafka) = (10_u64, true, true, true);
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("minutes") => minutes = crate::number(&mut args)?,
            lexopt::Arg::Long("short") => return short(),
            lexopt::Arg::Long("experiments") => return experiments(crate::number(&mut args)?),
            lexopt::Arg::Long("no-browser") => in_browser = false,
            lexopt::Arg::Long("no-rust") => in_rust = false,
            lexopt::Arg::Long("no-kafka") => in_kafka = false,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    if in_rust {
        rust(minutes * 60)?;
    }
    if in_kafka {
        match kafka::long() {
            Err(Failure::Skipped(why)) => println!("SKIPPED: the Kafka sink: {why}"),
            outcome => outcome?,
        }
    }
    if in_browser { in_page(minutes) } else { Ok(()) }
}

/// The Rust tests, for as long as a merge can wait.
pub fn short() -> Outcome {
    rust(SHORT_SECONDS)
}

/// Random experiments, judged by the checkers.
fn experiments(runs: u64) -> Outcome {
    let mut tests = cargo(["test", "--profile", "fast", "--test", "experiments"]);
    tests.args(["--", "--ignored", "--nocapture", "soak_random_runs"]);
    run(tests.env("STREAMGLASS_SOAK_RUNS", runs.to_string()))
}

fn rust(seconds: u64) -> Outcome {
    // Optimized code finds more in a longer time than it takes to build. In a short one, what
    // `cargo xtask test` has built for the workspace is there: other packages, other features.
    let build: &[&str] =
        if seconds > 60 { &["--profile", "fast"] } else { &["--profile", "dev", "--workspace"] };
    let tests = |last: &[&str]| -> Command {
        let mut tests = cargo(["test", "--lib", "--tests", "--quiet"]);
        tests.args(build).args(["--", "--ignored", "soak_"]).args(last);
        tests
    };
    let list = output(&mut tests(&["--list"]))?;
    let count = list.lines().filter(|line| line.ends_with(": test")).count() as u64;
    if count == 0 {
        return Err("there are no soak_* tests: nothing was proved".into());
    }
    let each = (seconds / count).max(1);
    println!("{count} soak_* tests, {each} s each");
    let mut tests = tests(&["--test-threads", "1", "--nocapture"]);
    // A case that fails is printed; the rounds are too many to look for a file of old ones each time.
    tests.env("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1");
    run(tests.env("STREAMGLASS_SOAK_SECONDS", each.to_string()))
}

fn in_page(minutes: u64) -> Outcome {
    wasm::build_library(Flavor::Release)?;
    page::build_page()?;
    println!(
        "the page for {minutes} min; the figures go to {}",
        root().join(".cache/soak.json").display()
    );
    let mut tests = browser::playwright(&["--grep", "@soak"])?;
    run(tests.env("SOAK_MINUTES", minutes.to_string()))
}
