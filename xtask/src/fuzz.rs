//! `cargo xtask fuzz`: random input for whatever reads bytes from outside.
//!
//! On a stable toolchain the targets run under the small driver of `fuzz/src/main.rs`; with a nightly
//! one and cargo-fuzz, under libFuzzer, which sees coverage and gets further.

use crate::process::{cargo, on_path, program, root, run, succeeds};
use crate::{Failure, Outcome};

const HELP: &str = "\
Feeds random input to the readers of outside bytes and stops at the first panic.

USAGE: cargo xtask fuzz [--seconds N | --short] [--seed N] [--driver | --libfuzzer] [target]...

  --seconds N  how long each target runs (default 300)
  --short      3 seconds each: what `cargo xtask test` runs
  --seed N     the driver's random seed (default: from the clock; it is printed)
  --driver     the driver for stable toolchains
  --libfuzzer  cargo-fuzz, with coverage (default when it and a nightly toolchain are there)
  target       config, delimited, json_reader, kafka, router, sink_answer or sql
               (default all)";

const SHORT_SECONDS: u64 = 3;

pub fn main(mut args: lexopt::Parser) -> Outcome {
    let (mut seconds, mut seed, mut libfuzzer, mut targets) =
        (300, None, has_libfuzzer(), Vec::new());
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("seconds") => seconds = crate::number(&mut args)?,
            lexopt::Arg::Long("short") => seconds = SHORT_SECONDS,
            lexopt::Arg::Long("seed") => {
                seed = Some(crate::number(&mut args)?);
                libfuzzer = false;
            }
            lexopt::Arg::Long("driver") => libfuzzer = false,
            lexopt::Arg::Long("libfuzzer") => libfuzzer = true,
            lexopt::Arg::Value(name) => targets.push(name.to_string_lossy().into_owned()),
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    if libfuzzer {
        under_libfuzzer(seconds, &targets)
    } else {
        under_driver(seconds, seed, &targets)
    }
}

/// Every target for as long as a merge can wait, on any toolchain.
pub fn short() -> Outcome {
    under_driver(SHORT_SECONDS, None, &[])
}

fn under_driver(seconds: u64, seed: Option<u64>, targets: &[String]) -> Outcome {
    let mut driver = cargo(["run", "--quiet", "--manifest-path", "fuzz/Cargo.toml"]);
    driver.arg("--target-dir").arg(root().join("target/fuzz"));
    driver.args(["--bin", "driver", "--", "--seconds", &seconds.to_string()]);
    if let Some(seed) = seed {
        driver.args(["--seed", &seed.to_string()]);
    }
    run(driver.args(targets))
}

fn under_libfuzzer(seconds: u64, targets: &[String]) -> Outcome {
    // The driver knows the targets' names, and writes what it begins from as files.
    let mut list = cargo(["run", "--quiet", "--manifest-path", "fuzz/Cargo.toml"]);
    list.arg("--target-dir").arg(root().join("target/fuzz"));
    list.args(["--bin", "driver", "--", "--write-corpus", "fuzz/corpus"]).args(targets);
    for target in crate::process::output(&mut list)?.lines() {
        let limit = format!("-max_total_time={seconds}");
        run(program(
            "cargo",
            ["+nightly", "fuzz", "run", "--features", "libfuzzer", target, "--"],
        )
        .arg(limit))?;
    }
    Ok(())
}

fn has_libfuzzer() -> bool {
    on_path(&["cargo-fuzz"]).is_some()
        && succeeds(&mut program("rustup", ["run", "nightly", "rustc", "--version"]))
}
