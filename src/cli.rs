//! Commands of the command line, one file each.

mod config;
mod count;
mod failure;
mod generate;
mod include;
mod progress;
mod replay;
mod run;
mod send;
mod simulate;
mod simulate_charts;
mod sql;
mod svg;
mod test;
mod units;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A streaming-analytics lab: generates the clickstream of a news site, routes it and counts it in
/// windows, the same way and with the same bytes as in the browser.
#[derive(Debug, Parser)]
#[command(name = "streamglass", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Box<generate::Args>),
    Count(count::Args),
    Run(run::Args),
    Sql(sql::Args),
    Replay(replay::Args),
    Simulate(simulate::Args),
    Test(test::Args),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; a pipe that is closed under them is none either.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(64) } else { ExitCode::SUCCESS };
        }
    };
    let outcome = match &cli.command {
        Command::Generate(args) => generate::run(args),
        Command::Count(args) => count::run(args),
        Command::Run(args) => run::run(args),
        Command::Sql(args) => sql::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Simulate(args) => simulate::run(args),
        Command::Test(args) => test::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
