//! What a shell (the worker, the command line) may ask of a lab, and what it hears back.
//!
//! Both enums are closed and matched exhaustively. `www/protocol.ts` is generated from them by the
//! test at the end of this file; with `UPDATE=1` it writes the file anew.
//! Every number is a safe integer or a double in JavaScript; times are milliseconds of virtual
//! time since the epoch unless a name says otherwise.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
#[cfg(test)]
use ts_rs::TS;

use crate::chart::model::ChartData;
use crate::clickstream::Setting;
use crate::fields::Fields;
use crate::lab::assist::{CatalogNames, Vocabulary};
use crate::session::{Answer, PushRows};
use crate::sql::diagnostic::Diagnostic;
use crate::sql::span::Span;

/// What a person can ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    /// Starts a new run, paused at its beginning. Refused with [`Event::Refused`] when the
    /// configuration is invalid: the run that was there goes on.
    Load {
        /// The configuration as the YAML's tree; `null` for the built-in news site.
        #[cfg_attr(test, ts(type = "unknown"))]
        config: Option<serde_json::Value>,
        /// The seed, 0 to 2^53 − 1.
        #[cfg_attr(test, ts(type = "number"))]
        seed: u64,
        /// The script of the pipeline; `null` for the built-in one.
        script: Option<String>,
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
    /// Goes to a point in virtual time, back or ahead: from the nearest checkpoint, replaying the
    /// command log. The log keeps what comes after that point until a new command changes history.
    Seek {
        /// Where to.
        #[cfg_attr(test, ts(type = "number"))]
        to_ms: i64,
    },
    /// Changes a setting of the generator from now on. Enters the command log.
    Apply {
        /// The setting.
        setting: Setting,
    },
    /// Stops a query; its lag grows. Enters the command log.
    PauseQuery {
        /// The query.
        query: String,
    },
    /// Lets a stopped query go on. Enters the command log.
    ResumeQuery {
        /// The query.
        query: String,
    },
    /// Whether results are coalesced per commit interval of virtual time (as ksqlDB's record cache
    /// does) or emitted at every update. Enters the command log.
    Coalesce {
        /// On or off.
        on: bool,
    },
    /// Carries out a script of SQL, and answers with [`Event::Answers`]. The statements that change
    /// the run enter the command log.
    Execute {
        /// The script.
        script: String,
    },
    /// Ends a push query.
    EndPush {
        /// Its number.
        id: u32,
    },
    /// Tells what is wrong with a script, and where its statements are, by [`Event::Checked`]. Nothing
    /// is carried out.
    Check {
        /// The script.
        script: String,
        /// Whether it is the pipeline of a new run, where nothing is declared yet.
        anew: bool,
    },
    /// Asks for a script in the canonical layout, by [`Event::Formatted`].
    Format {
        /// The script.
        script: String,
    },
    /// Asks for the SQL that the run's queries come from, by [`Event::Sql`].
    Sql,
    /// Asks for the words of the language, by [`Event::Vocabulary`].
    Vocabulary,
    /// Asks for what there is by name now, by [`Event::Catalog`].
    Catalog,
    /// Chooses the topic whose last records come with [`Event::Inspection`]; `null` stops them.
    Inspect {
        /// The topic.
        topic: Option<String>,
    },
}

impl<'de> Deserialize<'de> for Command {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        command(Fields::read(deserializer)?).map_err(D::Error::custom)
    }
}

/// By the names that serde derives for [`Command`]'s other direction: a test holds the two together.
fn command(mut fields: Fields) -> serde_json::Result<Command> {
    Ok(match fields.kind.as_str() {
        "load" => Command::Load {
            config: fields.take("config")?,
            seed: fields.take("seed")?,
            script: fields.take("script")?,
        },
        "play" => Command::Play,
        "pause" => Command::Pause,
        "step" => Command::Step { ms: fields.take("ms")? },
        "speed" => Command::Speed { factor: fields.take("factor")? },
        "seek" => Command::Seek { to_ms: fields.take("toMs")? },
        "apply" => Command::Apply { setting: fields.take("setting")? },
        "pauseQuery" => Command::PauseQuery { query: fields.take("query")? },
        "resumeQuery" => Command::ResumeQuery { query: fields.take("query")? },
        "coalesce" => Command::Coalesce { on: fields.take("on")? },
        "execute" => Command::Execute { script: fields.take("script")? },
        "endPush" => Command::EndPush { id: fields.take("id")? },
        "check" => Command::Check { script: fields.take("script")?, anew: fields.take("anew")? },
        "format" => Command::Format { script: fields.take("script")? },
        "sql" => Command::Sql,
        "vocabulary" => Command::Vocabulary,
        "catalog" => Command::Catalog,
        "inspect" => Command::Inspect { topic: fields.take("topic")? },
        _ => return Err(fields.unknown()),
    })
}

/// What a lab tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A run is there, paused at its beginning.
    Loaded {
        /// The seed.
        #[cfg_attr(test, ts(type = "number"))]
        seed: u64,
        /// Where virtual time begins.
        #[cfg_attr(test, ts(type = "number"))]
        start_ms: i64,
        /// The dataflow.
        flow: Flow,
        /// What was ignored in the configuration, and why.
        notices: Vec<String>,
        /// The script of its pipeline.
        script: String,
        /// Whether that is the built-in one.
        built_in: bool,
    },
    /// A command was refused and changed nothing.
    Refused {
        /// Everything that is wrong.
        problems: Vec<Problem>,
    },
    /// What the statements of a script led to.
    Answers {
        /// One each, up to the first that was refused.
        answers: Vec<Answer>,
    },
    /// What is wrong with a script.
    Checked {
        /// Where the statements are that can be read.
        statements: Vec<Span>,
        /// All that was found.
        diagnostics: Vec<Diagnostic>,
    },
    /// A script in the canonical layout.
    Formatted {
        /// The script.
        script: String,
    },
    /// The SQL that the run's queries come from.
    Sql {
        /// The pipeline's script, and after it the statements that changed the run since.
        script: String,
    },
    /// The words of the language.
    Vocabulary(Vocabulary),
    /// What there is by name.
    Catalog(CatalogNames),
    /// Rows of a push query.
    Pushed {
        /// Its number.
        id: u32,
        /// What came since the last time.
        pushed: PushRows,
    },
    /// Queries were started or stopped: the dataflow is another.
    FlowChanged {
        /// The dataflow.
        flow: Flow,
    },
    /// The state of the run; a shell sends it some times a second.
    Tick(Tick),
    /// The topic that [`Command::Inspect`] chose.
    Inspection(Inspection),
    /// The data of a chart, for hover values and its table; the worker draws the picture.
    Chart(ChartData),
    /// The engine met a bug. The run has stopped.
    Failed {
        /// What happened.
        message: String,
        /// The run up to there as a file (JSON), for `streamglass replay`.
        saved: String,
    },
}

/// Something wrong with what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Where, like `StateMachine.StateTransitionMatrix.default.home`; empty for the whole.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// The dataflow as a graph, from the generator to the results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Flow {
    /// Nodes, in topological order.
    pub nodes: Vec<FlowNode>,
    /// Edges as pairs of indices into `nodes`.
    pub edges: Vec<(u32, u32)>,
}

/// A node of the dataflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct FlowNode {
    /// A name for people, unique in the flow: of a topic its own.
    pub label: String,
    /// What it is.
    pub kind: FlowKind,
    /// One line on what it does.
    pub detail: String,
    /// The query that an operator belongs to, for [`Command::PauseQuery`].
    pub query: Option<String>,
}

/// What a node of the dataflow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub enum FlowKind {
    /// Where the records come from.
    Generator,
    /// A topic.
    Topic,
    /// A topic of records that nothing else takes.
    DeadLetters,
    /// A query's operator.
    Operator,
}

/// The state of a run at one point of virtual time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Tick {
    /// The virtual clock.
    #[cfg_attr(test, ts(type = "number"))]
    pub clock_ms: i64,
    /// The latest point that this run has reached: the right end of the time line.
    #[cfg_attr(test, ts(type = "number"))]
    pub latest_ms: i64,
    /// Whether virtual time runs.
    pub playing: bool,
    /// The speed; `null` is as fast as possible.
    pub speed: Option<f64>,
    /// Whether the engine cannot hold the speed.
    pub behind: bool,
    /// Whether a seek is under way.
    pub seeking: bool,
    /// Whether results are coalesced.
    pub coalesced: bool,
    /// The generator's settings that were changed and hold now: the last of each kind.
    pub settings: Vec<Setting>,
    /// Records that the generator has sent.
    #[cfg_attr(test, ts(type = "number"))]
    pub sent: u64,
    /// Open sessions of the clickstream.
    #[cfg_attr(test, ts(type = "number"))]
    pub open_sessions: u64,
    /// Faults at the source and what the generator had to leave out, by name; only what is not 0.
    pub faults: Vec<Count>,
    /// A digest of all records in all topics, equal for equal runs: 16 hexadecimal digits. Only
    /// while the run stands still.
    pub digest: Option<String>,
    /// One entry a node of the flow.
    pub nodes: Vec<NodeState>,
}

/// A named counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Count {
    /// What is counted.
    pub name: String,
    /// How many.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
}

/// Totals of one node of the flow since the beginning of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct NodeState {
    /// Records that came in (of a topic: that were appended).
    #[cfg_attr(test, ts(type = "number"))]
    pub records_in: u64,
    /// Records that went out (of a topic: those that retention has not removed).
    #[cfg_attr(test, ts(type = "number"))]
    pub records_out: u64,
    /// Records not yet read by the query that the node belongs to.
    #[cfg_attr(test, ts(type = "number"))]
    pub lag: u64,
    /// Bytes of state, or of a topic's segments.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
    /// What was dropped, by reason; only what is not 0.
    pub dropped: Vec<Count>,
    /// Whether the query is paused.
    pub paused: bool,
}

/// A topic and its last records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The topic.
    pub topic: String,
    /// Retention in words, like `64 MB a partition, 24 h`.
    pub retention: String,
    /// The partitions.
    pub partitions: Vec<PartitionState>,
    /// The last records, newest first.
    pub records: Vec<InspectedRecord>,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct PartitionState {
    /// The first offset that retention has left.
    #[cfg_attr(test, ts(type = "number"))]
    pub log_start: i64,
    /// The offset that the next record will get.
    #[cfg_attr(test, ts(type = "number"))]
    pub log_end: i64,
    /// Bytes held.
    #[cfg_attr(test, ts(type = "number"))]
    pub bytes: u64,
}

/// A record as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct InspectedRecord {
    /// The partition.
    pub partition: u32,
    /// The offset.
    #[cfg_attr(test, ts(type = "number"))]
    pub offset: i64,
    /// The record's timestamp.
    #[cfg_attr(test, ts(type = "number"))]
    pub timestamp_ms: i64,
    /// The key as text; bytes that are no UTF-8 as `\xNN`.
    pub key: Option<String>,
    /// The window of the key, if it is windowed: start and end.
    #[cfg_attr(test, ts(type = "[number, number] | null"))]
    pub window: Option<(i64, i64)>,
    /// The value as text, cut after 4,096 characters; `null` is a tombstone.
    pub value: Option<String>,
    /// Headers as text.
    pub headers: Vec<(String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::model::{Axis, ChartId, ChartStyle, Plot, Series};
    use crate::clickstream::{FaultKind, LogNormal, Skew, Tail};
    use crate::lab::assist::{ColumnName, FunctionDoc, SourceNames};
    use crate::session::{List, Outcome, PlanNode, ResultColumn};
    use crate::sql::diagnostic::{Code, Label, Severity};

    /// The TypeScript of every type of the protocol.
    fn typescript() -> String {
        let config = ts_rs::Config::new();
        let mut text = String::from(
            "// Generated from src/lab/protocol.rs by its test: `UPDATE=1 cargo test protocol`.\n",
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
            Command,
            Event,
            Answer,
            Outcome,
            List,
            ResultColumn,
            PlanNode,
            PushRows,
            Diagnostic,
            Severity,
            Code,
            Label,
            Span,
            Vocabulary,
            FunctionDoc,
            CatalogNames,
            SourceNames,
            ColumnName,
            Setting,
            Tail,
            LogNormal,
            Skew,
            FaultKind,
            Problem,
            Flow,
            FlowNode,
            FlowKind,
            Tick,
            Count,
            NodeState,
            Inspection,
            PartitionState,
            InspectedRecord,
            ChartData,
            ChartId,
            Axis,
            Series,
            Plot,
            ChartStyle,
        ];
        text
    }

    #[test]
    fn a_command_is_read_as_it_is_written() {
        let text = || "a".to_owned();
        let commands = [
            Command::Load { config: Some(serde_json::json!({})), seed: 7, script: Some(text()) },
            Command::Play,
            Command::Pause,
            Command::Step { ms: -5 },
            Command::Speed { factor: Some(0.5) },
            Command::Seek { to_ms: 6 },
            Command::Apply { setting: Setting::SessionRate(2.5) },
            Command::PauseQuery { query: text() },
            Command::ResumeQuery { query: text() },
            Command::Coalesce { on: true },
            Command::Execute { script: text() },
            Command::EndPush { id: 3 },
            Command::Check { script: text(), anew: true },
            Command::Format { script: text() },
            Command::Sql,
            Command::Vocabulary,
            Command::Catalog,
            Command::Inspect { topic: Some(text()) },
        ];
        let declared = <Command as TS>::decl(&ts_rs::Config::new()).matches("\"type\"").count();
        assert_eq!(declared, commands.len(), "every command is here");
        for command in commands {
            let json = serde_json::to_string(&command).expect("a command");
            assert_eq!(serde_json::from_str::<Command>(&json).expect("a command"), command);
        }
        let load = serde_json::from_str::<Command>(r#"{"type":"load","seed":7}"#);
        assert_eq!(load.ok(), Some(Command::Load { config: None, seed: 7, script: None }));
        let refused = [r#"{"type":"load","seed":-1}"#, r#"{"type":"fly"}"#, r#"{"type":"step"}"#];
        for json in refused {
            assert!(serde_json::from_str::<Command>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn protocol_ts_is_generated_from_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/protocol.ts");
        let expected = typescript();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).expect("www/protocol.ts can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == expected,
            "www/protocol.ts is out of date: run UPDATE=1 cargo test protocol"
        );
    }
}
