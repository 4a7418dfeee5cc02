//! The experiments: knobs, presets, texts and expectations, one file each, and the simulation that
//! runs them.
//!
//! [`Simulation`] is what both shells drive: the page's worker and `streamglass simulate`. Not here:
//! the architectures (`architecture`), wall time and drawing.

mod bad_data;
mod batch_staleness;
mod cost;
mod crash;
mod distinct;
mod hand_off;
mod idle_stream;
pub mod knob;
mod late_data;
mod limits;
pub mod link;
mod logic_drift;
mod missing_batch;
mod oltp_direct;
pub mod operations;
pub mod protocol;
mod reckon;
mod reprocess;
mod retention;
pub mod score;
pub mod settings;
pub mod simulation;
pub mod source;
mod speed_layer;
mod switch_over;
mod verify;

use protocol::{Expected, ExperimentInfo, ExperimentTitle, Logged};
use settings::{KNOBS, Settings};
pub use simulation::Simulation;
pub use verify::Audit;

/// An experiment: what is fixed about it. Everything else is a [`Simulation`].
pub struct Experiment {
    /// The number in the design's list.
    pub number: u32,
    /// The name for links and the command line.
    pub name: &'static str,
    /// The title for people.
    pub title: &'static str,
    /// The question in a sentence or two.
    pub question: &'static str,
    /// What to look at, and why it comes out so. A function, so that it comes with what else only this
    /// experiment needs.
    pub text: fn() -> &'static str,
    /// How long the preset runs, milliseconds.
    pub for_ms: i64,
    /// The knobs that it is about, in the order in which they are shown.
    pub primary: &'static [&'static str],
    /// The buttons that it is about, by their keys in `operations`.
    pub operations: &'static [&'static str],
    /// What the preset sets.
    pub preset: fn(&mut Settings),
    /// What the preset does, and when.
    pub script: fn(&Settings) -> Vec<Logged>,
    /// Closed forms and independent computations beside what a run measured. Asked at any time.
    pub expected: fn(&Simulation) -> Vec<Expected>,
}

impl std::fmt::Debug for Experiment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// All experiments, by number.
pub static EXPERIMENTS: &[&Experiment] = &[
    &oltp_direct::EXPERIMENT,
    &batch_staleness::EXPERIMENT,
    &speed_layer::EXPERIMENT,
    &hand_off::EXPERIMENT,
    &missing_batch::EXPERIMENT,
    &logic_drift::EXPERIMENT,
    &reprocess::EXPERIMENT,
    &switch_over::EXPERIMENT,
    &retention::EXPERIMENT,
    &late_data::EXPERIMENT,
    &idle_stream::EXPERIMENT,
    &crash::EXPERIMENT,
    &bad_data::EXPERIMENT,
    &cost::EXPERIMENT,
    &distinct::EXPERIMENT,
];

/// The experiment of a name.
#[must_use]
pub fn experiment(name: &str) -> Option<&'static Experiment> {
    EXPERIMENTS.iter().find(|experiment| experiment.name == name).copied()
}

impl Experiment {
    /// The settings of its preset.
    #[must_use]
    pub fn defaults(&self) -> Settings {
        let mut settings = Settings::default();
        (self.preset)(&mut settings);
        settings
    }

    /// As a page lists it.
    #[must_use]
    pub fn titled(&self) -> ExperimentTitle {
        ExperimentTitle {
            number: self.number,
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            question: self.question.to_owned(),
        }
    }

    /// As a page shows it. What only other knobs and operations than its own say is left out unless `all`
    /// is wanted.
    #[must_use]
    pub fn info(&self, all: bool) -> ExperimentInfo {
        let defaults = self.defaults();
        let first = self
            .primary
            .iter()
            .filter_map(|name| KNOBS.iter().find(|knob| knob.name == *name))
            .map(|knob| knob.info(&defaults, true, true));
        let rest = KNOBS
            .iter()
            .filter(|knob| !self.primary.contains(&knob.name))
            .map(|knob| knob.info(&defaults, false, all));
        ExperimentInfo {
            text: (self.text)().to_owned(),
            for_ms: self.for_ms,
            knobs: first.chain(rest).collect(),
            operations: operations::infos(self, all),
        }
    }
}

/// All experiments, as a page lists them.
#[must_use]
pub fn catalogue() -> Vec<ExperimentTitle> {
    EXPERIMENTS.iter().map(|experiment| experiment.titled()).collect()
}
