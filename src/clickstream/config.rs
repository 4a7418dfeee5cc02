//! The generator's configuration: the imply-news document and, in its section `Streamglass`, our own
//! settings. One that exists is valid. Not here: YAML text (`yaml.rs`), or what a run changes while it
//! goes on (`setting.rs`).

mod error;
mod fault_text;
mod news;
mod node;
mod section;
mod settings;
mod site;
mod units;

pub use error::{ConfigError, ConfigErrors, Notice, Reason};
pub use fault_text::faults_from_text;
use node::{Node, Report};
use serde_json::Value;
pub use settings::{
    Delay, FaultRates, LogNormal, Outage, Pacing, Rate, ScheduleRule, Skew, Span, Tail,
};
pub(super) use settings::{Settings, bounds};
pub(super) use site::Mode;

use super::envelope::Envelope;
use crate::rng::Seed;
use crate::time::Micros;

/// Most states, modes, and values of an attribute in one mode.
pub(super) const MOST_STATES: usize = 64;
pub(super) const MOST_MODES: usize = 16;
pub(super) const MOST_VALUES: usize = 256;
/// Most sessions that may be open, and most users.
pub(super) const MOST_SESSIONS: u32 = 4_000_000;
pub(super) const MOST_USERS: u32 = 20_000_000;

/// A valid configuration. To keep one, keep its [`Config::tree`]: what comes back has been validated
/// again then.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub(super) max_sessions: u32,
    pub(super) max_users: u32,
    pub(super) user_change_probability: f64,
    /// Seconds.
    pub(super) sleep: (f64, f64),
    pub(super) click_topic: String,
    pub(super) states: Vec<String>,
    pub(super) modes: Vec<Mode>,
    pub(super) settings: Settings,
    tree: Value,
}

/// The sections of the document that mean something here.
const SECTIONS: [&str; 4] = ["General", "StateMachine", "ModeConfig", "Streamglass"];

impl Config {
    /// Reads the tree that the YAML or JSON text of a configuration stands for.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its path, and no configuration.
    pub fn from_tree(tree: &Value) -> Result<(Self, Vec<Notice>), ConfigErrors> {
        let mut report = Report::default();
        let root = Node::root(tree);
        let config = root.object(&mut report).and_then(|_| Self::read(&root, tree, &mut report));
        match config {
            Some(config) if report.errors.errors.is_empty() => Ok((config, report.notices)),
            _ => Err(report.errors),
        }
    }

    fn read(root: &Node<'_>, tree: &Value, report: &mut Report) -> Option<Self> {
        for name in ["IncludeOptional", "Kafka"] {
            if root.get(name).is_some() {
                report
                    .notice(name, "is ignored: nothing is read from other files or sent to Kafka");
            }
        }
        let mut known = SECTIONS.to_vec();
        known.extend(["IncludeOptional", "Kafka"]);
        root.ignore_others(report, &known);
        // Every section is read even when one fails, so that all errors are found at once.
        let general = site::general(root, report);
        let machine = site::state_machine(root, report);
        let states = machine.as_ref().map(|machine| machine.states.as_slice());
        let modes = site::modes(root, machine.as_ref(), report);
        let names: Option<Vec<&str>> =
            modes.as_ref().map(|modes| modes.iter().map(|mode| mode.name.as_str()).collect());
        let settings = section::read(root, names.as_deref(), report);
        let (general, states, modes, settings) = (general?, states?.to_vec(), modes?, settings?);
        Some(Self {
            max_sessions: general.max_sessions,
            max_users: general.max_users,
            user_change_probability: general.user_change_probability,
            sleep: general.sleep,
            click_topic: general.click_topic,
            states,
            modes,
            settings,
            tree: relevant(tree),
        })
    }

    /// The tree that this configuration was read from, without what was ignored.
    #[must_use]
    pub fn tree(&self) -> &Value {
        &self.tree
    }

    /// The seed that the configuration asks for.
    #[must_use]
    pub fn seed(&self) -> Option<Seed> {
        self.settings.seed
    }

    /// The name of the mixed topic.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.click_topic
    }

    /// The states, in the order of the session records' flags.
    pub fn states(&self) -> impl ExactSizeIterator<Item = &str> {
        self.states.iter().map(String::as_str)
    }

    /// The modes, in the order of the configuration.
    pub fn modes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.modes.iter().map(|mode| mode.name.as_str())
    }

    /// Where virtual time starts.
    #[must_use]
    pub fn start(&self) -> Micros {
        self.settings.start
    }

    /// Partitions of each of the topics.
    #[must_use]
    pub fn partitions(&self) -> u32 {
        self.settings.partitions
    }

    /// Mean rate of new sessions, a second, when pacing is [`Pacing::Dwell`].
    #[must_use]
    pub fn sessions_per_second(&self) -> f64 {
        self.settings.sessions_per_second
    }

    /// How many sessions are expected to start in `hour` (0–23, UTC) of a day in the base mode, when
    /// pacing is [`Pacing::Dwell`]: the integral of the clamped spline, which differs from the hourly
    /// values by up to 40 %.
    ///
    /// # Panics
    /// If `hour` is not below 24.
    #[must_use]
    pub fn expected_sessions(&self, hour: usize) -> f64 {
        let envelope = Envelope::new(&self.modes[self.settings.base_mode].envelope);
        3_600.0 * self.settings.sessions_per_second * envelope.hour_integral(hour) / envelope.mean()
    }

    /// How many clicks a session has on average in the base mode: the expected number of steps of
    /// the state machine until it is left.
    #[must_use]
    pub fn clicks_per_session(&self) -> f64 {
        let rows = &self.modes[self.settings.base_mode].rows;
        let mut here = vec![0.0; self.states.len()];
        here[0] = 1.0;
        let mut clicks = 0.0;
        // Longer paths are cut.
        for _ in 0..1_000 {
            clicks += here.iter().sum::<f64>();
            let mut next = vec![0.0; self.states.len()];
            for (mass, row) in here.iter().zip(rows) {
                for (to, p) in next.iter_mut().zip(row.iter().flatten()) {
                    *to += mass * p;
                }
            }
            here = next;
        }
        clicks
    }

    /// The weight of the time of day over its mean over a day: how busy the site is at `at`, in the
    /// base mode.
    #[must_use]
    pub fn busyness(&self, at: Micros) -> f64 {
        let envelope = Envelope::new(&self.modes[self.settings.base_mode].envelope);
        envelope.weight(at) / envelope.mean()
    }

    /// How sessions are paced.
    #[must_use]
    pub fn pacing(&self) -> Pacing {
        self.settings.pacing
    }

    /// The rates that faults start with.
    #[must_use]
    pub fn faults(&self) -> &FaultRates {
        &self.settings.faults
    }
}

/// The part of a document that [`Config`] is made from.
fn relevant(tree: &Value) -> Value {
    let sections = SECTIONS.iter().filter_map(|name| {
        tree.get(*name)
            .filter(|value| !value.is_null())
            .map(|value| ((*name).to_owned(), value.clone()))
    });
    Value::Object(sections.collect())
}

impl Default for Config {
    /// The news site: the figures of imply-news and our default settings.
    fn default() -> Self {
        let (config, _) = Self::from_tree(&news::tree()).expect("the built-in site is valid");
        config
    }
}

#[cfg(test)]
mod tests;
