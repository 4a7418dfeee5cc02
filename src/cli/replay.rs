//! `streamglass replay`: a saved run, made again.

use std::fs::File;
use std::io::{Read, Write, stdout};
use std::path::PathBuf;

use streamglass::lab::Lab;
use streamglass::lab::protocol::Problem;
use streamglass::lab::save::{MOST_BYTES, Save};

use super::failure::Failure;
use super::progress::{Progress, thousands};
use super::units;

/// Makes a run again that the page saved, to the byte: seed, configuration and every change of it.
///
/// Prints where it ends and the digest of all records of its topics, which is that of the page's
/// run in the same place.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The saved run (JSON).
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read or is no saved run.
pub fn run(args: &Args) -> Result<(), Failure> {
    let name = args.file.display().to_string();
    let file = File::open(&args.file).map_err(Failure::io(name.clone()))?;
    let mut text = String::new();
    // One byte over the limit is enough to see that there are too many.
    file.take(MOST_BYTES as u64 + 1)
        .read_to_string(&mut text)
        .map_err(Failure::io(name.clone()))?;
    let invalid = |problem: &Problem| {
        let at = if problem.path.is_empty() { "" } else { ": " };
        format!("{name}: {}{at}{}", problem.path, problem.message)
    };
    let save = Save::parse(&text).map_err(|problem| Failure::Invalid(vec![invalid(&problem)]))?;
    let mut progress = Progress::new(false);
    let mut lab = Lab::replay(&save, |lab| {
        progress.show(|_| {
            let at = lab.save().until;
            format!("turn {} of {}", thousands(at.turn), thousands(save.until.turn))
        });
    })
    .map_err(|problems| Failure::Invalid(problems.iter().map(invalid).collect()))?;
    let tick = lab.tick();
    let text = serde_json::json!({
        "seed": save.seed,
        "turns": save.until.turn,
        "clockMs": tick.clock_ms,
        "sent": tick.sent,
        "changes": save.log.len(),
        "digest": tick.digest,
    });
    progress.finish(|elapsed| {
        let ran = units::in_words((tick.clock_ms - lab.config().start().timestamp().0) * 1_000);
        format!("{ran} of virtual time in {:.1} s", elapsed.as_secs_f64())
    });
    writeln!(stdout().lock(), "{text}").map_err(Failure::io("standard output"))
}
