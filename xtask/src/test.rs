//! `cargo xtask test`: all that must hold before a merge, one step after the other.

use std::time::{Duration, Instant};

use crate::process::{cargo, root, run};
use crate::wasm::{self, Flavor};
use crate::{Failure, Outcome, browser, command_line, fuzz, kafka, npm, page, soak, tidy};

const HELP: &str = "\
Runs everything that must hold before a merge.

USAGE: cargo xtask test [--keep-going] [--only STEP]... [--list]

  --keep-going  run the later steps too when one fails
  --only STEP   only this step (may be given more than once)
  --list        the steps, in their order

The last line is `N passed, N failed, N skipped`, counting steps.";

/// A name, what it is about, and the work.
struct Step {
    name: &'static str,
    about: &'static str,
    work: fn() -> Outcome,
}

const STEPS: &[Step] = &[
    Step { name: "format", about: "rustfmt has nothing to change", work: format },
    Step { name: "tidy", about: "layers, prologues and the other house rules", work: tidy::check },
    Step { name: "clippy", about: "no warning, native, all targets", work: clippy },
    Step {
        name: "clippy-wasm",
        about: "no warning in the library for the browser",
        work: clippy_wasm,
    },
    Step { name: "unit", about: "unit, property, golden and integration tests", work: unit },
    Step { name: "doctest", about: "the examples in the documentation", work: doctest },
    Step { name: "doc", about: "the documentation builds without a warning", work: doc },
    Step {
        name: "fuzz",
        about: "a few seconds of random input for each reader",
        work: fuzz::short,
    },
    Step { name: "soak", about: "the long tests, cut short", work: soak::short },
    Step {
        name: "kafka",
        about: "the sink through REST proxies to a real broker and back",
        work: kafka::short,
    },
    Step { name: "wasm", about: "the module for the browser builds", work: build_wasm },
    Step {
        name: "types",
        about: "TypeScript's check of the page and its tests",
        work: page::check_types,
    },
    Step { name: "page", about: "the demo page and the npm package build", work: build_page },
    Step {
        name: "browser",
        about: "Playwright on the demo page and the element",
        work: run_browser,
    },
];

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut keep_going, mut only) = (false, Vec::new());
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("keep-going") => keep_going = true,
            lexopt::Arg::Long("only") => only.push(crate::text(&mut args)?),
            lexopt::Arg::Long("list") => {
                STEPS.iter().for_each(|step| println!("{:12} {}", step.name, step.about));
                return Ok(());
            }
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some(name) = only.iter().find(|name| !STEPS.iter().any(|step| step.name == **name)) {
        return Err(Failure::Usage(format!("there is no step `{name}` (see --list)")));
    }
    let wanted = |step: &Step| only.is_empty() || only.iter().any(|name| name == step.name);
    report(&run_steps(wanted, keep_going))
}

enum Verdict {
    Passed(Duration),
    Failed(Duration, String),
    /// Not asked for, or why it could not be.
    Skipped(Option<String>),
}

fn run_steps(wanted: impl Fn(&Step) -> bool, keep_going: bool) -> Vec<(&'static str, Verdict)> {
    let mut stopped = false;
    let mut verdicts = Vec::with_capacity(STEPS.len());
    for step in STEPS {
        if stopped || !wanted(step) {
            verdicts.push((step.name, Verdict::Skipped(None)));
            continue;
        }
        println!("\n== {}: {}", step.name, step.about);
        let start = Instant::now();
        let verdict = match (step.work)() {
            Ok(()) => Verdict::Passed(start.elapsed()),
            Err(Failure::Skipped(why)) => {
                println!("SKIPPED: {why}");
                Verdict::Skipped(Some(why))
            }
            Err(failure) => Verdict::Failed(start.elapsed(), explain(failure)),
        };
        stopped = matches!(verdict, Verdict::Failed(..)) && !keep_going;
        verdicts.push((step.name, verdict));
    }
    verdicts
}

fn explain(failure: Failure) -> String {
    match failure {
        Failure::Work(message) | Failure::Usage(message) | Failure::Skipped(message) => message,
        Failure::Help(text) => text.to_owned(),
    }
}

/// Prints the summary; a failed step makes the command fail, quietly, so that the counts stay last.
fn report(verdicts: &[(&str, Verdict)]) -> Outcome {
    println!("\n== summary");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, verdict) in verdicts {
        match verdict {
            Verdict::Passed(time) => {
                passed += 1;
                println!("{name:12} passed   {:7.1} s", time.as_secs_f64());
            }
            Verdict::Failed(time, why) => {
                failed += 1;
                println!("{name:12} FAILED   {:7.1} s  {why}", time.as_secs_f64());
            }
            Verdict::Skipped(why) => {
                skipped += 1;
                println!("{name:12} skipped  {}", why.as_deref().unwrap_or_default());
            }
        }
    }
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { Ok(()) } else { std::process::exit(1) }
}

fn format() -> Outcome {
    run(&mut cargo(["fmt", "--all", "--check"]))?;
    run(&mut cargo(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    run(&mut cargo(["fmt", "--manifest-path", "tests/kafka/Cargo.toml", "--check"]))
}

fn clippy() -> Outcome {
    run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut fuzz = cargo(["clippy", "--manifest-path", "fuzz/Cargo.toml", "--all-targets"]);
    fuzz.arg("--target-dir").arg(root().join("target/fuzz"));
    run(fuzz.args(["--", "-D", "warnings"]))
}

fn clippy_wasm() -> Outcome {
    wasm::ensure_target()?;
    let target = ["--target", "wasm32-unknown-unknown"];
    run(cargo(["clippy", "--lib"]).args(target).args(["--", "-D", "warnings"]))
}

fn unit() -> Outcome {
    // Benches are programs that measure for minutes: built by clippy, run by `cargo xtask bench`.
    run(&mut cargo(["test", "--workspace", "--lib", "--bins", "--tests", "--quiet"]))?;
    let mut fuzz = cargo(["test", "--manifest-path", "fuzz/Cargo.toml", "--lib", "--quiet"]);
    run(fuzz.arg("--target-dir").arg(root().join("target/fuzz")))
}

fn doctest() -> Outcome {
    // Of the whole workspace, as `unit`: its builds serve here.
    run(&mut cargo(["test", "--workspace", "--doc", "--quiet"]))
}

fn doc() -> Outcome {
    let private = ["doc", "--no-deps", "--document-private-items", "--quiet"];
    run(cargo(private).env("RUSTDOCFLAGS", "-D warnings"))
}

fn build_wasm() -> Outcome {
    wasm::build_library(Flavor::Fast)
}

fn build_page() -> Outcome {
    npm::ensure_packages()?;
    if !root().join(".cache/wasm/streamglass.js").is_file() {
        build_wasm()?;
    }
    page::build_page()?;
    page::build_element()
}

fn run_browser() -> Outcome {
    if !root().join("dist/index.html").is_file() || !root().join("pkg/dist/element.js").is_file() {
        build_page()?;
    }
    let mut specs = browser::playwright(&["--grep-invert", "@soak|@screenshots|@kafka"])?;
    run(specs.env("STREAMGLASS_PROGRAM", command_line::build("dev")?))?;
    match kafka::short_in_page() {
        Err(Failure::Skipped(why)) => {
            println!("SKIPPED: the page before a real Kafka: {why}");
            Ok(())
        }
        outcome => outcome,
    }
}
