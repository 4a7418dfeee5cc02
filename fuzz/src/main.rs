//! The driver for stable toolchains: spoils well-formed inputs and runs the targets on them.
//!
//! It prints its seed and, when a target panics or hangs, the file with the input and the command
//! that runs it again. It sees no coverage: for a real search use cargo-fuzz (`cargo xtask fuzz`).
#![allow(clippy::disallowed_methods, reason = "a program that runs for a time, not the library")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use streamglass_fuzz::{TARGETS, Target, mutate};

const HELP: &str = "\
USAGE: driver [--seconds N] [--seed N] [--replay FILE] [--write-corpus DIR] [target]...";

/// A target that thinks for this long about one input hangs.
const PATIENCE: Duration = Duration::from_secs(10);

struct Options {
    seconds: u64,
    seed: u64,
    replay: Option<PathBuf>,
    write_corpus: Option<PathBuf>,
    targets: Vec<&'static Target>,
}

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\n{HELP}");
            return ExitCode::from(64);
        }
    };
    if let Some(folder) = &options.write_corpus {
        return write_corpus(folder, &options.targets);
    }
    if let Some(file) = &options.replay {
        return replay(file, &options.targets);
    }
    let all_hold = options.targets.iter().all(|target| run(target, &options));
    if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options, String> {
    let clock =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let mut options =
        Options { seconds: 10, seed: clock, replay: None, write_corpus: None, targets: Vec::new() };
    while let Some(argument) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{argument} wants a value"));
        let number = |text: String| text.parse().map_err(|_| format!("`{text}` is no number"));
        match argument.as_str() {
            "--seconds" => options.seconds = number(value()?)?,
            "--seed" => options.seed = number(value()?)?,
            "--replay" => options.replay = Some(value()?.into()),
            "--write-corpus" => options.write_corpus = Some(value()?.into()),
            name => options.targets.push(
                TARGETS
                    .iter()
                    .find(|target| target.name == name)
                    .ok_or_else(|| format!("there is no target `{name}`"))?,
            ),
        }
    }
    if options.targets.is_empty() {
        options.targets = TARGETS.iter().collect();
    }
    Ok(options)
}

/// What the watchdog looks at: which input runs since when.
struct Current {
    input: Vec<u8>,
    since: Option<Instant>,
}

/// Runs `target` until time is up; false when it panicked.
fn run(target: &'static Target, options: &Options) -> bool {
    let corpus = (target.seeds)();
    let current = Arc::new(Mutex::new(Current { input: Vec::new(), since: None }));
    watch(target, Arc::clone(&current));
    println!(
        "{}: {} s from {} seeds, --seed {}",
        target.name,
        options.seconds,
        corpus.len(),
        options.seed
    );
    let (start, mut executions, mut bytes, mut input) = (Instant::now(), 0_u64, 0_u64, Vec::new());
    while start.elapsed() < Duration::from_secs(options.seconds) {
        mutate::input(options.seed, executions, &corpus, &mut input);
        {
            let mut now = current.lock().unwrap_or_else(PoisonError::into_inner);
            now.input.clone_from(&input);
            now.since = Some(Instant::now());
        }
        executions += 1;
        bytes += input.len() as u64;
        if catch_unwind(AssertUnwindSafe(|| (target.fuzz)(&input))).is_err() {
            report(target, &input, "panicked");
            return false;
        }
    }
    current.lock().unwrap_or_else(PoisonError::into_inner).since = None;
    let megabytes = bytes as f64 / 1e6;
    println!("{}: {executions} executions, {megabytes:.0} MB, no panic", target.name);
    true
}

/// Ends the process, with the input on disk, when one execution takes longer than [`PATIENCE`].
fn watch(target: &'static Target, current: Arc<Mutex<Current>>) {
    thread::spawn(move || {
        loop {
            thread::sleep(PATIENCE / 10);
            let now = current.lock().unwrap_or_else(PoisonError::into_inner);
            if now.since.is_some_and(|since| since.elapsed() > PATIENCE) {
                report(target, &now.input, "hangs");
                std::process::exit(1);
            }
        }
    });
}

fn report(target: &Target, input: &[u8], what: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts").join(target.name);
    let file = folder.join(format!("{what}-{:016x}", fingerprint(input)));
    let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&file, input));
    eprintln!("{}: {what} on {} bytes", target.name, input.len());
    match written {
        Ok(()) => eprintln!(
            "the input is {}; again: cargo run --manifest-path fuzz/Cargo.toml --bin driver -- {} --replay {0}",
            file.display(),
            target.name
        ),
        Err(error) => {
            eprintln!("the input could not be written ({error}): {}", input.escape_ascii())
        }
    }
}

/// FNV-1a: names the file, so that the same input is written once.
fn fingerprint(input: &[u8]) -> u64 {
    input.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn replay(file: &Path, targets: &[&'static Target]) -> ExitCode {
    match fs::read(file) {
        Ok(input) => {
            targets.iter().for_each(|target| (target.fuzz)(&input));
            println!("{} bytes, no panic", input.len());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            ExitCode::FAILURE
        }
    }
}

/// Writes the seeds as files for libFuzzer, and prints the targets' names, one a line.
fn write_corpus(folder: &Path, targets: &[&'static Target]) -> ExitCode {
    for target in targets {
        let folder = folder.join(target.name);
        let written = fs::create_dir_all(&folder).and_then(|()| {
            (target.seeds)().iter().try_for_each(|seed| {
                fs::write(folder.join(format!("{:016x}", fingerprint(seed))), seed)
            })
        });
        if let Err(error) = written {
            eprintln!("{}: {error}", folder.display());
            return ExitCode::FAILURE;
        }
        println!("{}", target.name);
    }
    ExitCode::SUCCESS
}
