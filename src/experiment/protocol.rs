//! What a page can ask of a running experiment, and what it hears back.
//!
//! Both enums are closed. `www/experiment-protocol.ts` is generated from them by the test at the end
//! of this file; with `UPDATE=1` it writes the file anew. Times are milliseconds of virtual time
//! since the start of the run unless a name says otherwise; every number is safe in JavaScript.
//!
//! How a worker plays it: `Open` makes a [`Simulation`](super::Simulation). `Play`, `Pause`,
//! `Step` and `Speed` move the time up to which the worker calls
//! [`Simulation::advance`](super::Simulation::advance), in slices of events that keep it
//! answering. `Set` and `Operate` are the simulation's own. The worker sends a `Tick` and a `Scene`
//! some times a second, a `Series` and the `Notes` when they have grown, and a `Verdict` when the run
//! stands still.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
#[cfg(test)]
use ts_rs::TS;

use crate::fields::Fields;

pub use super::knob::{Choice, KnobInfo, KnobKind};
pub use crate::architecture::report::{Check, Expected, LaneSample, LaneSummary, Sample, Summary};
pub use crate::architecture::scene::{
    LaneScene, Link, Note, Scene, Station, StationKind, StationState, WindowPoint,
};
pub use crate::architecture::{Lane, Operation, Path, SwitchWhen};

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ExperimentCommand {
    /// All experiments; answered with [`ExperimentEvent::Catalogue`].
    List,
    /// Begins an experiment at its start. Answered with [`ExperimentEvent::Opened`], or
    /// [`ExperimentEvent::Refused`] with a problem at each knob that is wrong: what ran goes on then.
    Open {
        /// Its name.
        experiment: String,
        /// The seed, 0 to 2^53 − 1.
        #[cfg_attr(test, ts(type = "number"))]
        seed: u64,
        /// Knobs that differ from the preset: name and value with unit, as `("period", "45m")`.
        settings: Vec<(String, String)>,
        /// How long the run is; `null` is the preset's length.
        #[cfg_attr(test, ts(type = "number | null"))]
        for_ms: Option<i64>,
        /// Commands of the log to play again, from a saved run or a link; empty for a new one.
        log: Vec<Logged>,
        /// Whether virtual time runs at once; otherwise the run is paused.
        play: bool,
    },
    /// Asks what all knobs and operations of the experiment are; answered with
    /// [`ExperimentEvent::Explained`].
    Explain,
    /// Begins the run of a link, paused and on its way to where it was. Answered as [`Self::Open`].
    OpenLink {
        /// What [`ExperimentEvent::Shared`] gave, from wherever it came since.
        link: String,
    },
    /// Asks for a link to the run as it is now; answered with [`ExperimentEvent::Shared`].
    Share,
    /// Asks for the report as of now; answered with [`ExperimentEvent::Reported`].
    Report,
    /// Turns a knob: the run begins anew with it, paused if it was, and plays up to where it was.
    Set {
        /// The knob.
        name: String,
        /// Its value with unit.
        value: String,
    },
    /// Something happens now. Enters the command log with the virtual time.
    Operate {
        /// What.
        operation: Operation,
    },
    /// Lets virtual time run.
    Play,
    /// Stops virtual time.
    Pause,
    /// Pauses, and moves virtual time on by `ms`.
    Step {
        /// How far.
        #[cfg_attr(test, ts(type = "number"))]
        ms: i64,
    },
    /// Sets how many virtual seconds pass in one second; `null` is as fast as possible.
    Speed {
        /// The factor, more than 0.
        factor: Option<f64>,
    },
    /// Goes to a time, back or ahead. The log keeps what comes after it until a new operation
    /// changes history.
    Seek {
        /// Where to.
        #[cfg_attr(test, ts(type = "number"))]
        to_ms: i64,
    },
}

impl<'de> Deserialize<'de> for ExperimentCommand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        command(Fields::read(deserializer)?).map_err(D::Error::custom)
    }
}

/// By the names that serde derives for [`ExperimentCommand`]'s other direction: a test holds the two
/// together.
fn command(mut fields: Fields) -> serde_json::Result<ExperimentCommand> {
    Ok(match fields.kind.as_str() {
        "list" => ExperimentCommand::List,
        "open" => ExperimentCommand::Open {
            experiment: fields.take("experiment")?,
            seed: fields.take("seed")?,
            settings: fields.list("settings", setting)?,
            for_ms: fields.take("forMs")?,
            log: fields.list("log", logged)?,
            play: fields.take("play")?,
        },
        "openLink" => ExperimentCommand::OpenLink { link: fields.take("link")? },
        "explain" => ExperimentCommand::Explain,
        "share" => ExperimentCommand::Share,
        "report" => ExperimentCommand::Report,
        "set" => {
            ExperimentCommand::Set { name: fields.take("name")?, value: fields.take("value")? }
        }
        "operate" => {
            ExperimentCommand::Operate { operation: operation(fields.take("operation")?)? }
        }
        "play" => ExperimentCommand::Play,
        "pause" => ExperimentCommand::Pause,
        "step" => ExperimentCommand::Step { ms: fields.take("ms")? },
        "speed" => ExperimentCommand::Speed { factor: fields.take("factor")? },
        "seek" => ExperimentCommand::Seek { to_ms: fields.take("toMs")? },
        _ => return Err(fields.unknown()),
    })
}

/// Apart, so that it is loaded with the first operation (`xtask/src/wasm/doors.rs`).
#[inline(never)]
fn operation(value: serde_json::Value) -> serde_json::Result<Operation> {
    serde_json::from_value(value)
}

/// As [`operation`].
#[inline(never)]
fn setting(value: serde_json::Value) -> serde_json::Result<(String, String)> {
    serde_json::from_value(value)
}

/// As [`operation`].
#[inline(never)]
fn logged(value: serde_json::Value) -> serde_json::Result<Logged> {
    serde_json::from_value(value)
}

/// What a page hears.
#[expect(clippy::large_enum_variant, reason = "few are made, and each is sent at once")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ExperimentEvent {
    /// All experiments, in the order of their numbers.
    Catalogue {
        /// They.
        experiments: Vec<ExperimentTitle>,
    },
    /// An experiment is there, at its start.
    Opened(Opened),
    /// What was asked was refused, and changed nothing.
    Refused {
        /// Everything that is wrong.
        problems: Vec<KnobProblem>,
    },
    /// What there is to the experiment, with all sentences.
    Explained {
        /// As in [`Opened`], but that nothing is left out.
        info: ExperimentInfo,
    },
    /// A link to the run.
    Shared {
        /// The part of an address behind the room: experiment, seed, knobs, command log, clock.
        link: String,
        /// The command that makes the same run.
        command: String,
    },
    /// The report, as of now.
    Reported {
        /// JSON, byte for byte what the command prints.
        json: String,
    },
    /// Where the run is.
    Tick(ExperimentTick),
    /// The three lanes as diagrams, now.
    Scene(Scene),
    /// The data of the charts.
    Series(Series),
    /// What happened and when, oldest first: all notes of the run so far.
    Notes {
        /// They.
        notes: Vec<Note>,
    },
    /// What the run shows so far.
    Verdict(Verdict),
    /// The run met a bug and has stopped.
    Failed {
        /// What happened, with the command that replays it.
        message: String,
    },
}

/// An experiment as a person chooses it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ExperimentTitle {
    /// The number in the list, from 0.
    pub number: u32,
    /// The name for links and the command line, as `late-data`.
    pub name: String,
    /// The title for people, as `Late data`.
    pub title: String,
    /// The question in one or two sentences.
    pub question: String,
}

/// What a person reads of an experiment and can do to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ExperimentInfo {
    /// What to look at, and why it comes out so: a paragraph.
    pub text: String,
    /// How long the preset runs.
    #[cfg_attr(test, ts(type = "number"))]
    pub for_ms: i64,
    /// All knobs, those of the experiment first.
    pub knobs: Vec<KnobInfo>,
    /// All operations, those of the experiment first.
    pub operations: Vec<OperationInfo>,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct OperationInfo {
    /// What it asks for.
    pub operation: Operation,
    /// The button's text.
    pub label: String,
    /// One sentence on what happens. Empty where it has not been asked for: see
    /// [`ExperimentCommand::Explain`].
    pub detail: String,
    /// Whether it belongs to the experiment; the others are under "more".
    pub primary: bool,
}

/// A run that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    /// The experiment.
    pub experiment: String,
    /// What there is to it.
    pub info: ExperimentInfo,
    /// The seed.
    #[cfg_attr(test, ts(type = "number"))]
    pub seed: u64,
    /// How long the run is.
    #[cfg_attr(test, ts(type = "number"))]
    pub for_ms: i64,
    /// Every knob's value with unit, in the order of the knobs.
    pub settings: Vec<(String, String)>,
    /// The question as the engine's SQL.
    pub sql: String,
    /// What the answer counts, for the chart's axis, as `clicks`.
    pub answer_unit: String,
    /// What was simplified, said openly: sampling and its standard error, or that a replay will
    /// never catch up. Each with the knob it is about, if there is one.
    pub notices: Vec<KnobProblem>,
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ExperimentTick {
    /// The virtual clock.
    #[cfg_attr(test, ts(type = "number"))]
    pub clock_ms: i64,
    /// The latest time that this run has reached: the right end of what is drawn.
    #[cfg_attr(test, ts(type = "number"))]
    pub latest_ms: i64,
    /// Where the run ends.
    #[cfg_attr(test, ts(type = "number"))]
    pub end_ms: i64,
    /// Whether virtual time runs.
    pub playing: bool,
    /// The speed; `null` is as fast as possible.
    pub speed: Option<f64>,
    /// Whether the engine cannot hold the speed.
    pub behind: bool,
    /// Whether a seek is under way.
    pub seeking: bool,
    /// For each button, in the order of [`ExperimentInfo::operations`], why it cannot be pressed
    /// now; `null` when it can.
    pub unavailable: Vec<Option<String>>,
    /// The command log, for saving and links.
    pub log: Vec<Logged>,
    /// A digest of the report so far: 16 hexadecimal digits. Only when the run stands still and its
    /// checkers are through.
    pub digest: Option<String>,
}

/// An operation in the command log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Logged {
    /// When.
    #[cfg_attr(test, ts(type = "number"))]
    pub at_ms: i64,
    /// What.
    pub operation: Operation,
    /// Whether the preset's script does it, not a person. What a person does changes nothing about
    /// what the script does later.
    #[serde(default)]
    pub preset: bool,
}

impl Logged {
    /// Something that a preset's script does.
    #[must_use]
    pub const fn scripted(at_ms: i64, operation: Operation) -> Self {
        Self { at_ms, operation, preset: true }
    }
}

/// The data of all charts, in bounded memory: at most 1,024 samples and 512 windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// Over virtual time: answer, both truths, age, completeness, work, storage. Error is
    /// answer − happened.
    pub samples: Vec<Sample>,
    /// Over event time: what each architecture now says of each window (or of some windows
    /// together), beside the truth.
    pub windows: Vec<WindowPoint>,
}

/// What a run shows so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Each architecture's price in plain words, computed from the run.
    pub score_card: Vec<ScoreLine>,
    /// Figures of the run.
    pub summary: Summary,
    /// Closed forms beside measures.
    pub expected: Vec<Expected>,
    /// What must hold in every run.
    pub checkers: Vec<Check>,
}

/// A sentence of the score card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ScoreLine {
    /// Whose.
    pub lane: Lane,
    /// The sentence.
    pub text: String,
}

/// Something wrong with a knob, or to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct KnobProblem {
    /// The knob; empty for the whole.
    pub knob: String,
    /// What is wrong and what to do.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::report::Truth;

    /// The TypeScript of every type of the protocol.
    fn typescript() -> String {
        let config = ts_rs::Config::new();
        let mut text = String::from(
            "// Generated from src/experiment/protocol.rs by its test: `UPDATE=1 cargo test experiment::protocol`.\n",
        );
        macro_rules! declare {
            ($($type:ty),* $(,)?) => {$(
                if let Some(docs) = <$type as TS>::docs() {
                    text.push_str("\n");
                    text.push_str(&docs);
                }
                text.push_str("export ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push_str("\n");
            )*};
        }
        declare![
            ExperimentCommand,
            ExperimentEvent,
            ExperimentTitle,
            ExperimentInfo,
            KnobInfo,
            KnobKind,
            Choice,
            OperationInfo,
            Operation,
            Path,
            SwitchWhen,
            Lane,
            Opened,
            ExperimentTick,
            Logged,
            Scene,
            LaneScene,
            Station,
            StationKind,
            StationState,
            Link,
            Series,
            WindowPoint,
            Sample,
            Truth,
            LaneSample,
            Note,
            Verdict,
            Summary,
            LaneSummary,
            Expected,
            Check,
            ScoreLine,
            KnobProblem,
        ];
        text
    }

    #[test]
    fn a_command_is_read_as_it_is_written() {
        let text = || "a".to_owned();
        let revert = Logged::scripted(5, Operation::Revert);
        let commands = [
            ExperimentCommand::List,
            ExperimentCommand::Open {
                experiment: text(),
                seed: 7,
                settings: vec![(text(), text())],
                for_ms: Some(9),
                log: vec![revert],
                play: true,
            },
            ExperimentCommand::Explain,
            ExperimentCommand::OpenLink { link: text() },
            ExperimentCommand::Share,
            ExperimentCommand::Report,
            ExperimentCommand::Set { name: text(), value: text() },
            ExperimentCommand::Operate { operation: Operation::Crash },
            ExperimentCommand::Play,
            ExperimentCommand::Pause,
            ExperimentCommand::Step { ms: 5 },
            ExperimentCommand::Speed { factor: Some(0.5) },
            ExperimentCommand::Seek { to_ms: 6 },
        ];
        let declaration = <ExperimentCommand as TS>::decl(&ts_rs::Config::new());
        assert_eq!(
            declaration.matches("\"type\"").count(),
            commands.len(),
            "every command is here"
        );
        for command in commands {
            let json = serde_json::to_string(&command).expect("a command");
            assert_eq!(serde_json::from_str::<ExperimentCommand>(&json).expect("one"), command);
        }
        let error =
            serde_json::from_str::<ExperimentCommand>(r#"{"type":"operate","operation":5}"#);
        assert!(error.is_err());
    }

    #[test]
    fn experiment_protocol_ts_is_generated_from_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/experiment-protocol.ts");
        let expected = typescript();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).expect("www/experiment-protocol.ts can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == expected,
            "www/experiment-protocol.ts is out of date: run UPDATE=1 cargo test experiment::protocol"
        );
    }
}
