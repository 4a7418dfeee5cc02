//! Reports for people, as plain text.

use std::fmt::Write;

use clap::{Args, Command};
use streamglass::architecture::report::{LaneSummary, Report, Summary};
use streamglass::architecture::{grouped, words};
use streamglass::experiment::knob::duration;
use streamglass::experiment::protocol::Verdict;
use streamglass::experiment::settings::KNOBS;
use streamglass::experiment::{EXPERIMENTS, Experiment, Simulation};

/// Name and question of every experiment.
pub fn list() -> String {
    let mut out = String::new();
    for experiment in EXPERIMENTS {
        let _ = writeln!(out, "{:<16}{}", experiment.name, experiment.question);
    }
    out
}

/// The command's own help.
pub fn help<A: Args>() -> String {
    let command = Command::new("streamglass simulate").disable_help_flag(true);
    format!("{}\n", A::augment_args(command).render_help())
}

/// An experiment with its knobs.
pub fn knobs(experiment: &Experiment) -> String {
    let mut out = format!(
        "{}: {}\n\n{}\n\nLength: {} by default; set it with --for.\n",
        experiment.name,
        experiment.question,
        wrapped((experiment.text)(), 0),
        duration(experiment.for_ms)
    );
    let defaults = experiment.defaults();
    let is_primary = |name: &str| experiment.primary.contains(&name);
    for (title, primary) in [("Knobs of this experiment", true), ("All other knobs", false)] {
        let _ = writeln!(out, "\n{title} (--set KNOB=VALUE):");
        for knob in KNOBS.iter().filter(|knob| is_primary(knob.name) == primary) {
            let default = knob.show(&defaults);
            let _ = writeln!(out, "  {} = {default}    [{}]", knob.name, knob.range());
            let _ = writeln!(out, "      {}", wrapped(knob.texts().1, 6));
        }
    }
    out
}

/// Breaks a text into lines of at most 96 characters.
fn wrapped(text: &str, indent: usize) -> String {
    let (mut out, mut width) = (String::new(), indent);
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > indent && width + 1 + length > 96 {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            width = indent;
        } else if width > indent {
            out.push(' ');
            width += 1;
        }
        out.push_str(word);
        width += length;
    }
    out
}

/// A run.
pub fn report(simulation: &mut Simulation) -> String {
    let experiment = simulation.experiment();
    let mut out = format!("{}\n{}\n\n", experiment.title, wrapped(experiment.question, 0));
    let _ = writeln!(out, "{}\n", simulation.command());
    for notice in simulation.opened().notices {
        let _ = writeln!(out, "Note ({}): {}", notice.knob, wrapped(&notice.message, 0));
    }
    let verdict = full_verdict(simulation);
    let truth = simulation.truth();
    let unit = simulation.settings.shape().unit();
    let number = |value: Option<f64>| value.map_or("–".to_owned(), amount);
    let _ = writeln!(
        out,
        "After {}: {} {unit} happened, {} were delivered.\n",
        words(simulation.clock_ms()),
        number(truth.happened),
        number(truth.delivered)
    );
    out.push_str(&table(&verdict.summary, simulation));
    out.push('\n');
    for line in &verdict.score_card {
        let _ = writeln!(out, "{}. {}", line.lane.name(), wrapped(&line.text, 0));
    }
    if !verdict.expected.is_empty() {
        out.push_str("\nExpected and measured\n");
        for row in &verdict.expected {
            let _ = writeln!(
                out,
                "  {} {}: expected {}, measured {} (± {})",
                if row.held { "✓" } else { "✗" },
                row.name,
                row.expected.map_or("never".to_owned(), amount),
                row.measured.map_or("never".to_owned(), amount),
                amount(row.tolerance)
            );
        }
    }
    out.push_str("\nCheckers\n");
    for check in &verdict.checkers {
        let mark = if check.held { "✓" } else { "✗" };
        let _ = writeln!(out, "  {mark} {}: {}", check.name, check.detail);
    }
    out.push_str("\nWhat happened\n");
    let notes = simulation.notes();
    const SHOWN: usize = 40;
    if notes.len() > SHOWN {
        let _ = writeln!(out, "  … {} earlier", notes.len() - SHOWN);
    }
    for note in notes.iter().skip(notes.len().saturating_sub(SHOWN)) {
        let lane = note.lane.map_or("all", |lane| lane.name());
        let _ = writeln!(out, "  {:>12}  {lane}: {}. {}", clock(note.at_ms), note.label, note.text);
    }
    out
}

fn full_verdict(simulation: &mut Simulation) -> Verdict {
    let checkers = simulation.checkers();
    simulation.verdict(Some(checkers))
}

/// A time since the start: `3:50:00`.
fn clock(ms: i64) -> String {
    let seconds = ms / 1_000;
    format!("{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn table(summary: &Summary, simulation: &Simulation) -> String {
    let lanes = [&summary.batch_etl, &summary.lambda, &summary.kappa];
    let answers = simulation.lanes.all().map(|lane| simulation.answer(lane));
    let mut out = format!("{:<22}{:>16}{:>16}{:>16}\n", "", "batch ETL", "lambda", "kappa");
    let mut row = |name: &str, cells: [String; 3]| {
        let [a, b, c] = cells;
        let _ = writeln!(out, "{name:<22}{a:>16}{b:>16}{c:>16}");
    };
    let none = || "–".to_owned();
    row("answer", answers.map(|answer| answer.map_or_else(none, amount)));
    for (name, cell) in ROWS {
        row(name, lanes.map(|lane| cell(lane).unwrap_or_else(none)));
    }
    out
}

/// The rows of the table.
type Row = (&'static str, fn(&LaneSummary) -> Option<String>);
const ROWS: [Row; 9] = [
    ("mean age", |s| s.mean_age_ms.map(|ms| words(ms as i64))),
    ("largest age", |s| s.max_age_ms.map(words)),
    ("mean relative error", |s| s.mean_relative_error.map(|e| format!("{:.4} %", e * 100.0))),
    ("dropped as late", |s| s.late_dropped.map(|n| grouped(n as f64))),
    ("counted twice", |s| s.double_counted.map(|n| grouped(n as f64))),
    ("lost", |s| s.lost.map(|n| grouped(n as f64))),
    ("events processed", |s| Some(grouped(s.events_processed as f64))),
    ("bytes stored", |s| Some(grouped(s.stored_bytes as f64))),
    ("time to correct", |s| s.time_to_correct_ms.map(words)),
];

/// A number with as many digits as it needs.
fn amount(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000.0 || value.trunc() == value => grouped(value),
        size if size >= 10.0 => format!("{value:.2}"),
        _ => format!("{value:.5}"),
    }
}

/// Runs that differ in one knob.
pub fn sweep(knob: &str, runs: &[(String, Report)]) -> String {
    let mut out = String::new();
    for (lane, of) in LANES {
        let _ = writeln!(out, "{lane}");
        let _ = write!(out, "  {knob:<14}");
        for (name, _) in ROWS {
            let _ = write!(out, "{name:>22}");
        }
        out.push('\n');
        for (value, report) in runs {
            let _ = write!(out, "  {value:<14}");
            for (_, cell) in ROWS {
                let cell = cell(of(&report.summary)).unwrap_or_else(|| "–".to_owned());
                let _ = write!(out, "{cell:>22}");
            }
            out.push('\n');
        }
        out.push('\n');
    }
    let failed: Vec<_> = runs
        .iter()
        .flat_map(|(value, report)| {
            report.expected.iter().filter(|row| !row.held).map(move |row| (value, &row.name))
        })
        .collect();
    for (value, name) in &failed {
        let _ = writeln!(out, "✗ {knob}={value}: {name}");
    }
    if failed.is_empty() {
        out.push_str("Everything expected held in every run.\n");
    }
    out
}

/// A lane's part of a summary.
type Part = fn(&Summary) -> &LaneSummary;
const LANES: [(&str, Part); 3] = [
    ("Batch ETL", |summary| &summary.batch_etl),
    ("Lambda", |summary| &summary.lambda),
    ("Kappa", |summary| &summary.kappa),
];
