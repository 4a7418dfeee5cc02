//! `streamglass test`: SQL scripts that test themselves.

use std::io::{Write, stdout};
use std::path::PathBuf;

use streamglass::session::script::cases;

use super::failure::Failure;

/// Runs SQL scripts with ASSERT statements, as ksqlDB's testing tool does.
///
/// Each case begins with a line `--@test: name` (a file without one is a single case) and has a
/// session of its own: topics are created as they are needed, queries run to the end after each
/// statement, every update is emitted. With a line `--@expected.message: text` the case holds when
/// a statement is refused with that text in its message. The exit status is 1 when a case does not
/// hold.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The scripts.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Only cases whose names contain this text.
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    only: String,
}

/// Runs the command.
///
/// # Errors
/// When a file cannot be read or a case does not hold.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut out = stdout().lock();
    let (mut held, mut failed) = (0, 0);
    for path in &args.files {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(Failure::io(name.clone()))?;
        for case in cases(&text).iter().filter(|case| case.name.contains(&args.only)) {
            let told = match case.run(&name) {
                Ok(()) => {
                    held += 1;
                    writeln!(out, "ok      {name}:{} {}", case.line, case.name)
                }
                Err(why) => {
                    failed += 1;
                    writeln!(out, "FAILED  {name}:{} {}\n{why}", case.line, case.name)
                }
            };
            told.map_err(Failure::io("standard output"))?;
        }
    }
    writeln!(out, "{held} held, {failed} failed").map_err(Failure::io("standard output"))?;
    if failed > 0 { Err(Failure::Told) } else { Ok(()) }
}
