//! The buttons of a bad day: labels, what they ask for, when they can be pressed.

use super::Experiment;
use super::protocol::OperationInfo;
use super::simulation::Simulation;
use crate::architecture::{Operation, Path, SwitchWhen, words};
use crate::time::MINUTE_MS;

/// A button.
struct Button {
    key: &'static str,
    label: &'static str,
    detail: &'static str,
    operation: fn() -> Operation,
}

const LAMBDAS: [Path; 2] = [Path::Batch, Path::Speed];

static BUTTONS: &[Button] = &[
    Button {
        key: "bug",
        label: "Deploy a bug",
        detail: "The logic of all paths leaves out the clicks of one section from now on.",
        operation: || Operation::DeployBug { paths: Path::ALL.to_vec() },
    },
    Button {
        key: "fix-reprocess",
        label: "Fix, reprocess",
        detail: "The right logic everywhere, and what the bug touched is computed again.",
        operation: || Operation::Fix { paths: Path::ALL.to_vec(), reprocess: true },
    },
    Button {
        key: "fix",
        label: "Fix only",
        detail: "The right logic everywhere, for what comes from now on.",
        operation: || Operation::Fix { paths: Path::ALL.to_vec(), reprocess: false },
    },
    Button {
        key: "bug-speed",
        label: "Bug in the speed layer",
        detail: "Only one of lambda's two paths gets the bug.",
        operation: || Operation::DeployBug { paths: vec![Path::Speed] },
    },
    Button {
        key: "bug-batch",
        label: "Bug in the batch layer",
        detail: "Only one of lambda's two paths gets the bug.",
        operation: || Operation::DeployBug { paths: vec![Path::Batch] },
    },
    Button {
        key: "fix-lambda",
        label: "Fix lambda",
        detail: "The right logic on both of lambda's paths; the next batch mends what it recomputes.",
        operation: || Operation::Fix { paths: LAMBDAS.to_vec(), reprocess: false },
    },
    Button {
        key: "switch-now",
        label: "Switch now",
        detail: "Kappa's readers go over to the second table, whatever it has replayed.",
        operation: || Operation::Switch { when: SwitchWhen::Now },
    },
    Button {
        key: "switch",
        label: "Switch at catch-up",
        detail: "Kappa's readers go over to the second table when it has caught up.",
        operation: || Operation::Switch { when: SwitchWhen::CaughtUp },
    },
    Button {
        key: "revert",
        label: "Revert",
        detail: "Kappa's readers go back to the old table, which still runs.",
        operation: || Operation::Revert,
    },
    Button {
        key: "drop-old",
        label: "Drop the old job",
        detail: "Ends kappa's job that is not read; a revert would need a replay then.",
        operation: || Operation::DropOld,
    },
    Button {
        key: "crash",
        label: "Crash a worker",
        detail: "The stream jobs of lambda and kappa crash, and restart with what their guarantee kept.",
        operation: || Operation::Crash,
    },
    Button {
        key: "miss-batch",
        label: "Drop a batch",
        detail: "The next batch of batch ETL and of lambda comes to nothing, silently.",
        operation: || Operation::MissBatch,
    },
    Button {
        key: "late",
        label: "Late data",
        detail: "For half an hour 3 % of the events arrive about six minutes late.",
        operation: || Operation::LateData {
            share: 0.03,
            mean_ms: 6 * MINUTE_MS,
            for_ms: 30 * MINUTE_MS,
        },
    },
    Button {
        key: "outage",
        label: "Outage",
        detail: "For ten minutes nothing reaches the topic; it all arrives afterwards.",
        operation: || Operation::Outage { for_ms: 10 * MINUTE_MS },
    },
    Button {
        key: "duplicates",
        label: "Duplicates",
        detail: "For half an hour 5 % of the events arrive twice.",
        operation: || Operation::Duplicates { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "drops",
        label: "Lost events",
        detail: "For half an hour 5 % of the events never arrive.",
        operation: || Operation::Drops { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "bad-data",
        label: "Bad data",
        detail: "For half an hour 5 % of the events carry wrong values.",
        operation: || Operation::BadData { share: 0.05, for_ms: 30 * MINUTE_MS },
    },
    Button {
        key: "silence",
        label: "Silence",
        detail: "For twenty minutes nobody clicks.",
        operation: || Operation::Silence { for_ms: 20 * MINUTE_MS },
    },
];

/// All buttons, those of the experiment first.
#[must_use]
pub fn infos(experiment: &Experiment) -> Vec<OperationInfo> {
    let info = |button: &Button| OperationInfo {
        operation: (button.operation)(),
        label: button.label.to_owned(),
        detail: button.detail.to_owned(),
        primary: experiment.operations.contains(&button.key),
    };
    let (mut first, rest): (Vec<_>, Vec<_>) = BUTTONS.iter().map(info).partition(|i| i.primary);
    first.extend(rest);
    first
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
                "{} % of the events carry wrong values, for {}.",
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
