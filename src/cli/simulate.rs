//! `streamglass simulate`: an experiment, headless: the run that the page shows, as a report.

mod text;

use std::io::{self, Write};

use clap::{Args as Arguments, ValueEnum};
use streamglass::architecture::report::Report;
use streamglass::experiment::protocol::{KnobProblem, Logged};
use streamglass::experiment::{Experiment, Simulation, experiment, knob, operations};
use streamglass::rng::Seed;

use super::failure::Failure;

/// Run an experiment on batch ETL, lambda and kappa, and report what it showed.
#[derive(Debug, Arguments)]
#[command(disable_help_flag = true)]
pub struct Args {
    /// The experiment: see --list.
    #[arg(required_unless_present_any = ["list", "help"])]
    name: Option<String>,
    /// Print the name and the question of every experiment.
    #[arg(long)]
    list: bool,
    /// Print help; with an experiment its knobs, with units, defaults and ranges.
    #[arg(long, short)]
    help: bool,
    /// The seed, 0 to 2^53 − 1.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(..1 << 53))]
    seed: u64,
    /// A knob, as `grace=30s`; can be given several times.
    #[arg(long = "set", value_name = "KNOB=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// Something that happens, as `90m=crash`; can be given several times. What: the names of the
    /// page's buttons, or with arguments, as `late:3%:6m:30m`.
    #[arg(long = "do", value_name = "TIME=WHAT", value_parser = done)]
    operations: Vec<Logged>,
    /// How long the run is, in virtual time: `6h`. By default as the preset says.
    #[arg(long = "for", value_name = "DURATION", value_parser = knob::duration_ms)]
    for_ms: Option<i64>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Run once for each value of a knob and compare, as `grace=0s,10s,1m`.
    #[arg(long, value_name = "KNOB=A,B,C", value_parser = pair)]
    sweep: Option<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// Everything, for programs.
    Json,
    /// Charts.
    Svg,
    /// A page with charts and tables.
    Html,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write KNOB=VALUE".to_owned()),
    }
}

fn done(text: &str) -> Result<Logged, String> {
    let (at, operation) = pair(text).map_err(|_| "write TIME=WHAT".to_owned())?;
    let at_ms = knob::duration_ms(&at)?;
    Ok(Logged { at_ms, operation: operations::parse(&operation)?, preset: false })
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    if args.list {
        return print(&text::list());
    }
    let Some(name) = &args.name else { return print(&text::help::<Args>()) };
    let Some(found) = experiment(name) else {
        return Err(Failure::Usage(format!("there is no experiment `{name}`: see --list")));
    };
    if args.help {
        return print(&text::knobs(found));
    }
    match &args.sweep {
        Some((knob, values)) => sweep(args, found, knob, values),
        None => {
            let mut simulation = open(args, found, &args.settings)?;
            simulation.advance(simulation.end_ms(), u64::MAX);
            print(&report(args, &mut simulation)?)?;
            // What must hold in every run is this program's to hold: the report tells what did not.
            let held = simulation.checkers().iter().all(|check| check.held);
            if held { Ok(()) } else { Err(Failure::Told) }
        }
    }
}

fn open(
    args: &Args,
    experiment: &Experiment,
    settings: &[(String, String)],
) -> Result<Simulation, Failure> {
    let opened = Simulation::open(experiment.name, Seed(args.seed), settings, args.for_ms);
    let mut simulation = opened.map_err(|problems| {
        let told = |problem: KnobProblem| match problem.knob.as_str() {
            "" => problem.message,
            knob => format!("{knob}: {}", problem.message),
        };
        Failure::Invalid(problems.into_iter().map(told).collect())
    })?;
    let log = [simulation.log(), &args.operations].concat();
    simulation.replay(log);
    Ok(simulation)
}

fn report(args: &Args, simulation: &mut Simulation) -> Result<String, Failure> {
    Ok(match args.format {
        Format::Text => text::report(simulation),
        Format::Json => simulation.report().json(),
        Format::Svg => super::simulate_charts::svg(simulation),
        Format::Html => super::simulate_charts::html(simulation),
    })
}

fn sweep(args: &Args, found: &Experiment, knob: &str, values: &str) -> Result<(), Failure> {
    let mut runs = Vec::new();
    for value in values.split(',') {
        let mut settings = args.settings.clone();
        settings.push((knob.to_owned(), value.to_owned()));
        let mut simulation = open(args, found, &settings)?;
        simulation.advance(simulation.end_ms(), u64::MAX);
        runs.push((value.to_owned(), simulation.report()));
    }
    let out = match args.format {
        Format::Text => text::sweep(knob, &runs),
        Format::Json => {
            let all: Vec<_> = runs
                .iter()
                .map(|(value, report)| serde_json::json!({ "value": value, "report": report }))
                .collect();
            let all = serde_json::json!({ "knob": knob, "runs": all });
            let broken = |error: serde_json::Error| Failure::Invalid(vec![error.to_string()]);
            serde_json::to_string_pretty(&all).map_err(broken)? + "\n"
        }
        Format::Svg => super::simulate_charts::sweep_svg(knob, &runs),
        Format::Html => super::simulate_charts::sweep_html(found, knob, &runs),
    };
    print(&out)
}

/// A run's report as text.
pub fn text_of(simulation: &mut Simulation) -> String {
    text::report(simulation)
}

/// A sweep as text.
pub fn sweep_text(knob: &str, runs: &[(String, Report)]) -> String {
    text::sweep(knob, runs)
}

fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::io("standard output"))
}
