//! `streamglass run`: a SQL script over recorded inputs, or over topics as files of lines.
//!
//! Exit status besides the usual ones: 2 the script or the input is invalid, 3 the script is valid
//! ksqlDB that is not supported yet.

mod lines;

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args as Arguments, ValueEnum};
use streamglass::engine::drop_name;
use streamglass::replay::{Inputs, Replay, ReplayError, Taken};
use streamglass::sql::diagnostic::Diagnostic;
use streamglass::sql::settings::{Settings, properties};

use super::failure::Failure;
use super::include::Script;
use super::progress::thousands;
use lines::Lines;

/// Run a ksqlDB script over recorded inputs; write every record that its queries write, one JSON
/// object a line, in order.
#[derive(Debug, Arguments)]
#[command(after_long_help = TOPICS_HELP)]
pub struct Args {
    /// The script: ksqlDB statements.
    #[arg(long, value_name = "FILE")]
    sql: PathBuf,
    /// The inputs, in the form of ksqlDB's test runner:
    /// `{"inputs": [{"topic", "key", "value", "timestamp", "window"?}, ...]}`.
    #[arg(long, value_name = "FILE", conflicts_with = "topics")]
    input: Option<PathBuf>,
    /// Fills a topic of the script from a file of lines (`-` for standard input), such as
    /// `imply-news=clicks.ndjson`; can be given several times. See below.
    #[arg(long = "topic", id = "topics", value_name = "NAME=FILE", value_parser = topic)]
    topics: Vec<(String, PathBuf)>,
    /// With --topic: the topic whose records are written; can be given several times. Without it,
    /// every topic that a query writes.
    #[arg(long = "follow-topic", value_name = "NAME", requires = "topics")]
    followed: Vec<String>,
    /// With --topic: what is written of a record.
    #[arg(long, value_enum, default_value = "record", requires = "topics")]
    output: Shape,
    /// With --topic: the member of a record that holds its event time, in seconds since 1970; can
    /// be given several times, the first that a record has counts.
    #[arg(
        long = "event-time",
        value_name = "MEMBER",
        default_values = ["timestamp", "shipped_at"],
        requires = "topics"
    )]
    event_time: Vec<String>,
    /// A property, as with SET; can be given several times.
    #[arg(long = "property", value_name = "NAME=VALUE", value_parser = property)]
    properties: Vec<(String, String)>,
}

const TOPICS_HELP: &str = "\
Topics from lines (--topic):
  A line is `value` or `key|value`, as `streamglass generate` writes it. It has a key when what
  stands behind its first bar begins with `{` or `[`; `key|` alone is a tombstone. Anything else is
  a value without a key. A key or value in KAFKA format is the text, or the number as text.
  The event time of a record is that of its member --event-time. A record without one gets the
  largest time before it in its file, and if there is none, the time of its arrival: now.
  Lines are read as they are needed, never a whole file; of several files the one that is behind in
  event time is next. Topics have one partition, and every update is written.
  Example:
    streamglass generate --for 1h --with-key > raw.ndjson
    streamglass run --sql clicks.sql --topic imply-news=raw.ndjson --follow-topic CLICKS";

/// What is written of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// `{"topic", "partition", "offset", "key", "value", "timestamp", "window"?}`.
    Record,
    /// The value.
    Value,
    /// `key|value`, which --topic takes again.
    KeyValue,
}

fn topic(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if !name.is_empty() && !file.is_empty() => {
            Ok((name.to_owned(), PathBuf::from(file)))
        }
        _ => Err("write NAME=FILE".to_owned()),
    }
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
    let script = Script::read(&args.sql)?;
    let inputs = match &args.input {
        Some(path) => read(path)?,
        None => "{}".to_owned(),
    };
    let mut settings = Settings::default();
    for (name, value) in &args.properties {
        properties::check(name, value).map_err(Failure::Usage)?;
        settings.set(name, value);
    }
    let told = |error| tell(error, &script);
    let replay = Replay::plan(&script.text, settings).map_err(told)?;
    for text in script.show(replay.notes()) {
        // A terminal that went away is no reason to fail.
        let _ = writeln!(io::stderr(), "{text}");
    }
    if !args.topics.is_empty() {
        return follow(args, &replay, &told);
    }
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
    let unshown = result.map_err(told)?;
    if unshown > 0 {
        let message = format!(
            "note: {} errors are in the processing log: `PRINT ksql_processing_log;` in the script \
             shows them, and a query can read KSQL_PROCESSING_LOG\n",
            thousands(unshown as u64)
        );
        // A terminal that went away is no reason to fail.
        let _ = io::stderr().write_all(message.as_bytes());
    }
    Ok(())
}

/// Runs the script over lines, and writes what comes into the topics that are followed.
fn follow(
    args: &Args,
    replay: &Replay,
    told: &dyn Fn(ReplayError) -> Failure,
) -> Result<(), Failure> {
    let mut follow = replay.follow(&args.followed).map_err(told)?;
    for (name, _) in &args.topics {
        follow.check_input(name).map_err(|error| told(error.into()))?;
    }
    let mut lines = Lines::open(&args.topics, &args.event_time)?;
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut turn = |follow: &mut streamglass::replay::Follow| {
        let mut written = Ok(());
        let result = follow.turn(&mut |taken| {
            if written.is_ok() {
                written = write(&mut out, args.output, taken);
            }
        });
        written.and_then(|()| out.flush()).map_err(Failure::io("standard output"))?;
        result.map_err(told)
    };
    let mut ended = Ok(());
    while let Some(line) = lines.next()? {
        if follow.is_due(line.timestamp) {
            ended = turn(&mut follow);
            if ended.is_err() {
                break;
            }
        }
        follow
            .append_text(line.topic, line.index, (line.key, line.value), line.timestamp)
            .map_err(|error| told(error.into()))?;
    }
    let ended = ended.and_then(|()| turn(&mut follow));
    for (name, reason, count) in follow.drops() {
        let message = format!("note: {name}: {} {}\n", thousands(count), drop_name(reason));
        // A terminal that went away is no reason to fail.
        let _ = io::stderr().write_all(message.as_bytes());
    }
    ended
}

fn write(out: &mut impl Write, shape: Shape, taken: &Taken<'_>) -> io::Result<()> {
    match shape {
        Shape::Record => writeln!(out, "{}", taken.line()),
        Shape::Value => writeln!(out, "{}", taken.value()),
        Shape::KeyValue => writeln!(out, "{}|{}", taken.key(), taken.value()),
    }
}

/// An error with its place in the script.
fn tell(error: ReplayError, script: &Script) -> Failure {
    match error {
        ReplayError::Script(diagnostics) => {
            let texts = script.show(&diagnostics);
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
