//! Developer commands of Streamglass: `cargo xtask <command>`.
//!
//! What a command needs and does not find (the wasm target, npm packages, a browser) it installs.
//! Nothing here is part of the product; the product's own command line is `streamglass`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a terminal program that measures wall time; the determinism rules are the library's"
)]

mod bench;
mod browser;
mod command_line;
mod demo;
mod dist;
mod fuzz;
mod kafka;
mod npm;
mod page;
mod process;
mod serve;
mod soak;
mod test;
mod tidy;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
Developer commands of Streamglass.

USAGE: cargo xtask <command> [options]     (each command has --help)

  demo    build the page and serve it on this machine
  test    everything that must hold before a merge
  dist    the release build, with what it weighs on the wire, held to a budget
  bench   speed of the engine, native and in WebAssembly, side by side
  tidy    the rules of ARCHITECTURE.md that a compiler does not check
  soak    the long tests, and the page left running
  kafka   a real broker and REST proxies before it, for tests and by hand
  fuzz    random input for everything that reads bytes from outside
  serve   a static file server with the demo page's headers (the browser tests use it)";

fn main() -> ExitCode {
    let mut args = lexopt::Parser::from_env();
    let command = match args.next() {
        Ok(Some(lexopt::Arg::Value(name))) => name.to_string_lossy().into_owned(),
        Ok(None | Some(lexopt::Arg::Short('h') | lexopt::Arg::Long("help"))) => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Some(other)) => return usage(&other.unexpected().to_string()),
        Err(error) => return usage(&error.to_string()),
    };
    let outcome = match command.as_str() {
        "demo" => demo::main(args),
        "test" => test::main(args),
        "dist" => dist::main(args),
        "bench" => bench::main(args),
        "tidy" => tidy::main(args),
        "soak" => soak::main(args),
        "kafka" => kafka::main(args),
        "fuzz" => fuzz::main(args),
        "serve" => serve::main(args),
        other => return usage(&format!("there is no command `{other}`")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => usage(&message),
        Err(Failure::Work(message)) => {
            eprintln!("xtask {command}: {message}");
            ExitCode::FAILURE
        }
        Err(Failure::Skipped(why)) => {
            println!("xtask {command}: skipped: {why}");
            ExitCode::SUCCESS
        }
        Err(Failure::Help(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
    }
}

fn usage(message: &str) -> ExitCode {
    eprintln!("xtask: {message}\nTry `cargo xtask --help`.");
    ExitCode::from(64)
}

/// How a command ends when it does not end well.
#[derive(Debug)]
enum Failure {
    /// The work itself failed.
    Work(String),
    /// It was not done, because this machine lacks what it needs and no one insists.
    Skipped(String),
    /// The command line was wrong: exit code 64, as sysexits.h has it.
    Usage(String),
    /// `--help` was asked for.
    Help(&'static str),
}

type Outcome<T = ()> = Result<T, Failure>;

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Work(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::Work(message.to_owned())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Work(error.to_string())
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

/// The value of the option just read, as a number.
fn number<T: std::str::FromStr>(args: &mut lexopt::Parser) -> Outcome<T> {
    let value = args.value()?;
    let text = value.to_string_lossy();
    text.parse().map_err(|_| Failure::Usage(format!("`{text}` is not a number that fits here")))
}

/// The value of the option just read, as text.
fn text(args: &mut lexopt::Parser) -> Outcome<String> {
    Ok(args.value()?.to_string_lossy().into_owned())
}
