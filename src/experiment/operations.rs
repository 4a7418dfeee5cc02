//! The buttons of a bad day: labels, what they ask for, when they can be pressed.

use super::Experiment;
use super::knob::{duration, duration_ms, later, shown};
use super::protocol::OperationInfo;
use super::simulation::Simulation;
use crate::architecture::{Operation, Path, SwitchWhen, words};
use crate::order;
use crate::time::MINUTE_MS;

/// A button.
struct Button {
    key: &'static str,
    label: &'static str,
    detail: fn() -> &'static str,
    operation: fn() -> Operation,
}

const LAMBDAS: [Path; 2] = [Path::Batch, Path::Speed];

/// First what goes wrong, then what mends it.
static BUTTONS: &[Button] = &[
    Button {
        key: "bug",
        label: "Deploy a bug",
        detail: later!("The logic of all paths leaves out the clicks of one section from now on."),
        operation: || Operation::DeployBug { paths: Path::ALL.to_vec() },
    },
    Button {
        key: "bug-speed",
        label: "Bug in the speed layer",
        detail: later!("Only one of lambda's two paths gets the bug."),
        operation: || Operation::DeployBug { paths: vec![Path::Speed] },
    },
    Button {
        key: "bug-batch",
        label: "Bug in the batch layer",
        detail: later!("Only one of lambda's two paths gets the bug."),
        operation: || Operation::DeployBug { paths: vec![Path::Batch] },
    },
    Button {
        key: "crash",
        label: "Crash a worker",
        detail: shown!(
            "The stream jobs of lambda and kappa crash, and restart with what their guarantee kept."
        ),
        operation: || Operation::Crash,
    },
    Button {
        key: "miss-batch",
        label: "Drop a batch",
        detail: shown!("The next batch of batch ETL and of lambda comes to nothing, silently."),
        operation: || Operation::MissBatch,
    },
    Button {
        key: "late",
        label: "Late data",
        detail: later!("For half an hour 3 % of the events arrive about six minutes late."),
        operation: || Operation::LateData {
            share: 0.03,
            mean_ms: 6 * MINUTE_MS,
            for_ms: 30 * MINUTE_MS,
        },
    },
    Button {
        key: "outage",
        label: "Outage",
        detail: later!("For ten minutes nothing reaches the topic; it all arrives afterwards."),
        operation: || Operation::Outage { for_ms: 10 * MINUTE_MS },
    },
    Button {
        key: "duplicates",
        label: "Duplicates",
        detail: later!("For half an hour 5 % of the events arrive twice."),
        operation: || Operation::Duplicates { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "drops",
        label: "Lost events",
        detail: later!("For half an hour 5 % of the events never arrive."),
        operation: || Operation::Drops { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "bad-data",
        label: "Bad data",
        detail: later!(
            "For half an hour 5 % of the events carry values that the logic cannot read until it is fixed."
        ),
        operation: || Operation::BadData { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "silence",
        label: "Silence",
        detail: later!("For twenty minutes nobody clicks."),
        operation: || Operation::Silence { for_ms: 20 * MINUTE_MS },
    },
    Button {
        key: "fix-reprocess",
        label: "Fix, reprocess",
        detail: later!("The right logic everywhere, and what the bug touched is computed again."),
        operation: || Operation::Fix { paths: Path::ALL.to_vec(), reprocess: true },
    },
    Button {
        key: "fix",
        label: "Fix only",
        detail: later!("The right logic everywhere, for what comes from now on."),
        operation: || Operation::Fix { paths: Path::ALL.to_vec(), reprocess: false },
    },
    Button {
        key: "fix-lambda",
        label: "Fix lambda",
        detail: later!(
            "The right logic on both of lambda's paths; the next batch mends what it recomputes."
        ),
        operation: || Operation::Fix { paths: LAMBDAS.to_vec(), reprocess: false },
    },
    Button {
        key: "switch-now",
        label: "Switch now",
        detail: later!("Kappa's readers go over to the second table, whatever it has replayed."),
        operation: || Operation::Switch { when: SwitchWhen::Now },
    },
    Button {
        key: "switch",
        label: "Switch at catch-up",
        detail: later!("Kappa's readers go over to the second table when it has caught up."),
        operation: || Operation::Switch { when: SwitchWhen::CaughtUp },
    },
    Button {
        key: "revert",
        label: "Revert",
        detail: later!("Kappa's readers go back to the old table, which still runs."),
        operation: || Operation::Revert,
    },
    Button {
        key: "drop-old",
        label: "Drop the old job",
        detail: later!("Ends kappa's job that is not read; a revert would need a replay then."),
        operation: || Operation::DropOld,
    },
];

/// All buttons, those of the experiment first and in its order, and with what they do; the others have
/// that where it is wanted.
#[must_use]
pub fn infos(experiment: &Experiment, details: bool) -> Vec<OperationInfo> {
    let own = experiment.operations;
    let place = |button: &&Button| own.iter().position(|key| *key == button.key);
    let mut buttons: Vec<_> = BUTTONS.iter().collect();
    order::sort_by_key(&mut buttons, |button| place(button).unwrap_or(own.len()));
    let info = |button: &Button| {
        let primary = own.contains(&button.key);
        let detail = if primary || details { (button.detail)() } else { "" };
        OperationInfo {
            operation: (button.operation)(),
            label: button.label.to_owned(),
            detail: detail.to_owned(),
            primary,
        }
    };
    buttons.into_iter().map(info).collect()
}

/// Why an operation cannot be done now.
#[must_use]
pub fn unavailable(operation: &Operation, simulation: &Simulation) -> Option<String> {
    let kappa = &simulation.lanes.kappa;
    let candidate = kappa.candidate();
    let old = kappa.other().filter(|_| candidate.is_none());
    let no = |text: &str| Some(text.to_owned());
    match operation {
        Operation::Switch { .. } if candidate.is_none() => {
            no("no replay of kappa is under way: reprocess first")
        }
        Operation::Revert if old.is_none() => {
            no("there is no old job of kappa: it is there after a switch")
        }
        Operation::DropOld if kappa.other().is_none() => no("kappa has only one job"),
        _ if simulation.clock_ms() >= simulation.end_ms() => no("the run is over"),
        _ => None,
    }
}

/// Between the arguments of an operation as text, and between paths.
const ARGUMENT: char = ':';
const PATH: char = '+';

fn path_key(path: Path) -> &'static str {
    match path {
        Path::Etl => "etl",
        Path::Batch => "batch",
        Path::Speed => "speed",
        Path::Stream => "stream",
    }
}

/// An operation as the command line takes it, like `crash` or `late:3%:6m:30m`.
#[must_use]
pub fn text(operation: &Operation) -> String {
    let paths = |name: &str, paths: &[Path]| {
        let keys: Vec<_> = paths.iter().map(|path| path_key(*path)).collect();
        format!("{name}{ARGUMENT}{}", keys.join(&PATH.to_string()))
    };
    let share = |name: &str, share: f64, for_ms: i64| {
        format!("{name}{ARGUMENT}{share}{ARGUMENT}{}", duration(for_ms))
    };
    match operation {
        Operation::DeployBug { paths: of } => paths("bug", of),
        Operation::Fix { paths: of, reprocess: true } => paths("fix-reprocess", of),
        Operation::Fix { paths: of, reprocess: false } => paths("fix", of),
        Operation::Switch { when: SwitchWhen::Now } => "switch-now".to_owned(),
        Operation::Switch { when: SwitchWhen::CaughtUp } => "switch".to_owned(),
        Operation::Revert => "revert".to_owned(),
        Operation::DropOld => "drop-old".to_owned(),
        Operation::Crash => "crash".to_owned(),
        Operation::MissBatch => "miss-batch".to_owned(),
        Operation::Outage { for_ms } => format!("outage{ARGUMENT}{}", duration(*for_ms)),
        Operation::Silence { for_ms } => format!("silence{ARGUMENT}{}", duration(*for_ms)),
        Operation::LateData { share, mean_ms, for_ms } => {
            format!(
                "late{ARGUMENT}{share}{ARGUMENT}{}{ARGUMENT}{}",
                duration(*mean_ms),
                duration(*for_ms)
            )
        }
        Operation::Duplicates { share: twice, for_ms } => share("duplicates", *twice, *for_ms),
        Operation::Drops { share: lost, for_ms } => share("drops", *lost, *for_ms),
        Operation::BadData { share: bad, for_ms } => share("bad-data", *bad, *for_ms),
    }
}

/// Reads an operation: what [`text`] writes, or a button's name alone for what the button does.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Operation, String> {
    let mut parts = text.split(ARGUMENT);
    let name = parts.next().unwrap_or_default();
    let arguments: Vec<&str> = parts.collect();
    if arguments.is_empty()
        && let Some(button) = BUTTONS.iter().find(|button| button.key == name)
    {
        return Ok((button.operation)());
    }
    let span = |at: usize| match arguments.get(at).map(|text| duration_ms(text)) {
        Some(Ok(ms)) if ms >= 0 => Ok(ms),
        Some(Err(error)) => Err(error),
        _ => Err(format!("`{text}` lacks a duration")),
    };
    let share = || {
        let text = arguments.first().copied().unwrap_or_default();
        let (number, factor) = text.strip_suffix('%').map_or((text, 1.0), |text| (text, 0.01));
        let share = number.parse::<f64>().map(|share| share * factor);
        share
            .ok()
            .filter(|share| (0.0..=1.0).contains(share))
            .ok_or_else(|| format!("`{text}` is no share from 0 to 1"))
    };
    let paths = || {
        let path = |key: &str| {
            let known = |path: &&Path| path_key(**path) == key;
            let found = Path::ALL.iter().find(known).copied();
            found.ok_or_else(|| format!("`{key}` is none of etl, batch, speed, stream"))
        };
        arguments
            .first()
            .copied()
            .unwrap_or_default()
            .split(PATH)
            .map(path)
            .collect::<Result<Vec<_>, _>>()
    };
    let operation = match name {
        "bug" => Operation::DeployBug { paths: paths()? },
        "fix" => Operation::Fix { paths: paths()?, reprocess: false },
        "fix-reprocess" => Operation::Fix { paths: paths()?, reprocess: true },
        "outage" => Operation::Outage { for_ms: span(0)? },
        "silence" => Operation::Silence { for_ms: span(0)? },
        "late" => Operation::LateData { share: share()?, mean_ms: span(1)?, for_ms: span(2)? },
        "duplicates" => Operation::Duplicates { share: share()?, for_ms: span(1)? },
        "drops" => Operation::Drops { share: share()?, for_ms: span(1)? },
        "bad-data" => Operation::BadData { share: share()?, for_ms: span(1)? },
        _ => {
            let names: Vec<_> = BUTTONS.iter().map(|button| button.key).collect();
            return Err(format!("`{text}` is none of {}", names.join(", ")));
        }
    };
    Ok(operation)
}

/// An operation in words: a label for the chart, and a sentence.
#[must_use]
pub fn told(operation: &Operation) -> (String, String) {
    let percent = |share: f64| libm::round(share * 1e4) / 1e2;
    let names = |paths: &[Path]| {
        let names: Vec<_> = paths.iter().map(|path| path.name()).collect();
        names.join(", ")
    };
    let (label, text) = match operation {
        Operation::DeployBug { paths } => {
            ("bug", format!("Logic that leaves out one section is deployed: {}.", names(paths)))
        }
        Operation::Fix { paths, reprocess: true } => (
            "fix, reprocess",
            format!("The right logic is deployed, and history computed again: {}.", names(paths)),
        ),
        Operation::Fix { paths, reprocess: false } => {
            ("fix", format!("The right logic is deployed: {}.", names(paths)))
        }
        Operation::Switch { when: SwitchWhen::Now } => {
            ("switch asked for", "Readers are sent to the second table at once.".to_owned())
        }
        Operation::Switch { when: SwitchWhen::CaughtUp } => {
            ("switch asked for", "Readers go over when the replay has caught up.".to_owned())
        }
        Operation::Revert => ("revert", "Readers are sent back to the old table.".to_owned()),
        Operation::DropOld => ("drop old", "The job that is not read ends.".to_owned()),
        Operation::Crash => ("crash", "The stream jobs crash.".to_owned()),
        Operation::Outage { for_ms } => {
            ("outage", format!("Nothing reaches the topic for {}.", words(*for_ms)))
        }
        Operation::Silence { for_ms } => {
            ("silence", format!("Nobody clicks for {}.", words(*for_ms)))
        }
        Operation::LateData { share, mean_ms, for_ms } => (
            "late data",
            format!(
                "{} % of the events take {} longer in the mean, for {}.",
                percent(*share),
                words(*mean_ms),
                words(*for_ms)
            ),
        ),
        Operation::Duplicates { share, for_ms } => (
            "duplicates",
            format!("{} % of the events arrive twice, for {}.", percent(*share), words(*for_ms)),
        ),
        Operation::Drops { share, for_ms } => (
            "drops",
            format!("{} % of the events never arrive, for {}.", percent(*share), words(*for_ms)),
        ),
        Operation::BadData { share, for_ms } => (
            "bad data",
            format!(
                "{} % of the events carry values that the logic cannot read, for {}.",
                percent(*share),
                words(*for_ms)
            ),
        ),
        Operation::MissBatch => {
            ("batch to be dropped", "The next batch will come to nothing.".to_owned())
        }
    };
    (label.to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_read_what_they_write() {
        for button in BUTTONS {
            let operation = (button.operation)();
            assert_eq!(parse(&text(&operation)), Ok(operation.clone()), "{}", button.key);
            assert_eq!(parse(button.key), Ok(operation));
        }
        for wrong in ["", "x", "outage:", "late:3%", "late:200%:1m:1m", "bug:x", "outage:-1s"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
