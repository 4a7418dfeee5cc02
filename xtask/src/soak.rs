//! `cargo xtask soak`: tests that get better with time.
//!
//! In Rust they are `#[ignore]`d tests whose names begin with `soak_`; they run for
//! `STREAMGLASS_SOAK_SECONDS`. In the browser they are the Playwright tests tagged `@soak`.

use crate::process::{cargo, root, run};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, browser, page};

const HELP: &str = "\
Runs the long tests: properties, determinism, and the page left alone at full load.

USAGE: cargo xtask soak [--minutes N | --short] [--no-browser]

  --minutes N   how long the page and each of the Rust tests run (default 10)
  --short       the Rust tests for 20 seconds each, no browser: what `cargo xtask test` runs
  --no-browser  only the Rust tests";

const SHORT_SECONDS: u64 = 20;

/// Property tests draw this many cases in a second, roughly, so that time decides here as well.
const CASES_A_SECOND: u64 = 25;

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut minutes, mut in_browser) = (10_u64, true);
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("minutes") => minutes = crate::number(&mut args)?,
            lexopt::Arg::Long("short") => return short(),
            lexopt::Arg::Long("no-browser") => in_browser = false,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    rust(minutes * 60)?;
    if in_browser { in_page(minutes) } else { Ok(()) }
}

/// The Rust tests, for as long as a merge can wait.
pub fn short() -> Outcome {
    rust(SHORT_SECONDS)
}

fn rust(seconds: u64) -> Outcome {
    println!("soak_* tests for {seconds} s");
    let profile = if seconds > 60 { "fast" } else { "dev" };
    let mut tests = cargo(["test", "--lib", "--tests", "--profile", profile, "--quiet"]);
    tests.args(["--", "--ignored", "soak_"]);
    tests.env("STREAMGLASS_SOAK_SECONDS", seconds.to_string());
    run(tests.env("PROPTEST_CASES", (seconds * CASES_A_SECOND).to_string()))
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
