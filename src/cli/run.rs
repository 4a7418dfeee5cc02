//! `streamglass run`: a SQL script over recorded inputs.
//!
//! Exit status besides the usual ones: 2 the script or the input is invalid, 3 the script is valid
//! ksqlDB that is not supported yet.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args as Arguments;
use streamglass::replay::{Inputs, Replay, ReplayError};
use streamglass::sql::diagnostic::{Diagnostic, render};
use streamglass::sql::settings::Settings;

use super::failure::Failure;

/// Run a ksqlDB script over recorded inputs; write every record that its queries write, one JSON
/// object a line, in order.
#[derive(Debug, Arguments)]
pub struct Args {
    /// The script: ksqlDB statements.
    #[arg(long, value_name = "FILE")]
    sql: PathBuf,
    /// The inputs, in the form of ksqlDB's test runner:
    /// `{"inputs": [{"topic", "key", "value", "timestamp", "window"?}, ...]}`.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// A property, as with SET; can be given several times.
    #[arg(long = "property", value_name = "NAME=VALUE", value_parser = property)]
    properties: Vec<(String, String)>,
}

fn property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(Failure::io(path.display().to_string()))
    };
    let script = read(&args.sql)?;
    let inputs = match &args.input {
        Some(path) => read(path)?,
        None => "{}".to_owned(),
    };
    let mut settings = Settings::default();
    for (name, value) in &args.properties {
        settings.set(name, value);
    }
    let file = args.sql.display().to_string();
    let told = |error| tell(error, &file, &script);
    let replay = Replay::plan(&script, settings).map_err(told)?;
    let inputs = Inputs::parse(&inputs).map_err(ReplayError::from).map_err(told)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut written = Ok(());
    let result = replay.run(&inputs, &mut |line| {
        if written.is_ok() {
            written = writeln!(out, "{line}");
        }
    });
    let written = written.and_then(|()| out.flush());
    written.map_err(Failure::io("standard output"))?;
    result.map_err(told)
}

/// An error with its place in the script.
fn tell(error: ReplayError, file: &str, script: &str) -> Failure {
    match error {
        ReplayError::Script(diagnostics) => {
            let texts = diagnostics.iter().map(|d| render::plain(d, file, script)).collect();
            let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
            let is_unsupported = errors().all(Diagnostic::is_unsupported);
            Failure::Script { texts, is_unsupported }
        }
        other => Failure::Run {
            code: other.code(),
            message: other.to_string(),
            // What was planned must start.
            is_fault: matches!(other, ReplayError::Start(..)),
        },
    }
}
