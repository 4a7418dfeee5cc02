//! `streamglass sql`: a prompt for ksqlDB's SQL over a lab that runs behind it.
//!
//! On a terminal virtual time goes on while a person types, as on a cluster. With statements from a
//! file or a pipe it stands still, but while a push query has rows to come and at `advance`: what a
//! script prints follows from the script.

mod complete;
mod machine;
mod prompt;
mod script;
mod show;

use std::io::{IsTerminal, stdin};
use std::path::PathBuf;

use clap::ValueEnum;
use streamglass::lab::FIRST_SPEED;
use streamglass::rng::MOST_SEED;

use super::config::{self, Overrides};
use super::failure::Failure;
use super::units;
use machine::Machine;

/// A prompt for SQL over the built-in news site: its clickstream runs behind it.
///
/// Topics and their streams and tables are there: `SHOW TOPICS;`, `SHOW STREAMS;`. A statement ends
/// with `;` and can have several lines; Tab completes, Ctrl-C ends a push query, Ctrl-D leaves.
/// Statements can also come from standard input: `streamglass sql < script.sql`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = COMMANDS)]
pub struct Args {
    /// Configuration (YAML) of the news site. Without it, the built-in one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The one number that determines the run. Without it, the configuration's, or else 1.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Virtual seconds in a second, while a person is at the prompt.
    #[arg(long, value_name = "X", value_parser = units::positive, default_value_t = FIRST_SPEED)]
    speed: f64,

    /// Virtual time ends here, and push queries with it: such as 90s, 15m, 24h.
    #[arg(long = "for", id = "duration", value_name = "TIME", value_parser = units::duration_ms)]
    duration: Option<i64>,

    /// How rows are written.
    #[arg(long, value_enum, default_value = "table")]
    output: Shape,

    /// Where statements are remembered. Without it, `streamglass/history` in the folder for state
    /// (`XDG_STATE_HOME`, or `~/.local/state`).
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

/// What the prompt knows besides SQL.
const COMMANDS: &str = "\
Commands besides SQL, each a line of its own:
  advance TIME   moves virtual time on by TIME, such as 10m, as fast as possible
  speed X        virtual seconds in a second; `speed max` for as fast as possible
  clock          where virtual time is
  help           this list
  exit           leaves, as Ctrl-D does
Time: at the prompt it goes on by itself at --speed. With statements from standard input it stands
still, except while a push query (SELECT … EMIT CHANGES, PRINT) waits for rows and at `advance`; then
it goes as fast as possible, so that a script always prints the same. A push query ends at its LIMIT,
at --for, or with Ctrl-C. The first statement that is refused ends a script: exit status 2, or 3 for
valid ksqlDB that is not supported.";

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// A table.
    Table,
    /// An object of JSON a line.
    Json,
}

/// Runs the command.
///
/// # Errors
/// When the configuration is invalid, reading or writing fails, or a statement of a script is
/// refused.
pub fn run(args: &Args) -> Result<(), Failure> {
    let (config, notices) = config::load(args.config.as_deref(), &Overrides::default())?;
    let seed = args.seed.or(config.seed().map(|seed| seed.0)).unwrap_or(1);
    if seed > MOST_SEED {
        return Err(Failure::Usage(format!("--seed is at most {MOST_SEED}")));
    }
    let tree = config.tree().clone();
    let notices: Vec<String> = notices.iter().map(ToString::to_string).collect();
    let (speed, duration) = (args.speed, args.duration);
    let build = move || Machine::new(&tree, seed, speed, duration);
    if stdin().is_terminal() {
        prompt::run(build, &notices, args.output, args.history.clone())
    } else {
        script::run(build()?, args.output)
    }
}

/// A line that is no SQL but for the prompt.
#[derive(Clone, Debug, PartialEq)]
enum Aside {
    Advance(i64),
    Speed(Option<f64>),
    Clock,
    Help,
    Exit,
}

/// What a line asks of the prompt; `None` for SQL.
fn aside(line: &str) -> Option<Result<Aside, String>> {
    let line = line.trim().trim_end_matches(';').trim();
    let mut words = line.split_whitespace();
    let (first, second) = (words.next()?.to_ascii_lowercase(), words.next());
    if words.next().is_some() {
        return None;
    }
    let aside = match (first.as_str(), second) {
        ("advance", Some(time)) => units::duration_ms(time).map(Aside::Advance),
        ("advance", None) => Err("say how far, as in `advance 10m`".to_owned()),
        ("speed", Some("max")) => Ok(Aside::Speed(None)),
        ("speed", Some(factor)) => units::positive(factor).map(|factor| Aside::Speed(Some(factor))),
        ("speed", None) => Err("say how fast, as in `speed 60` or `speed max`".to_owned()),
        ("clock", None) => Ok(Aside::Clock),
        ("help", None) => Ok(Aside::Help),
        ("exit" | "quit", None) => Ok(Aside::Exit),
        _ => return None,
    };
    Some(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asides() {
        for (line, expect) in [
            ("advance 10m", Some(Ok(Aside::Advance(600_000)))),
            ("  EXIT;", Some(Ok(Aside::Exit))),
            ("speed max", Some(Ok(Aside::Speed(None)))),
            ("speed 60;", Some(Ok(Aside::Speed(Some(60.0))))),
            ("SHOW TOPICS;", None),
            ("advance by the hour", None),
        ] {
            assert_eq!(aside(line), expect, "{line}");
        }
        assert!(matches!(aside("advance far"), Some(Err(_))));
    }
}
