//! What is said to a sink and by it: settings, events, figures.
//!
//! `www/sink-protocol.ts` is generated from these types by the test at the end of this file (`UPDATE=1`
//! writes it anew). Every number is a safe integer or a double in JavaScript. Credentials come in and
//! never go out: their type cannot be serialised, and shows nothing of itself when it is printed.

mod progress;
mod settings;

use serde::Serialize;
#[cfg(test)]
use ts_rs::TS;

pub use self::progress::{
    ListedFate, ListedRecord, LogLevel, LogLine, ReasonCount, SinkCounters, SinkState,
};
pub use self::settings::{
    Api, AuthKind, ConnectSettings, Credentials, Field, FieldError, KeyForm, RateSetting,
    Timestamps, TopicMapping, ValueForm,
};

/// What a sink tells.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SinkEvent {
    /// How sending goes; some times a second while it does.
    Progress {
        /// The state.
        state: SinkState,
        /// The figures.
        counters: SinkCounters,
    },
    /// The throughput so far, for the values and the table behind its chart; about once a second.
    Throughput {
        /// Where the chart's axis of time ends, in milliseconds since the start.
        #[cfg_attr(test, ts(type = "number"))]
        until_ms: i64,
        /// Milliseconds since the start, and the records acknowledged a second in the time before.
        #[cfg_attr(test, ts(type = "Array<[number, number]>"))]
        points: Vec<(f64, f64)>,
    },
    /// New lines of the activity log.
    Log {
        /// The lines.
        lines: Vec<LogLine>,
    },
    /// A part of a list.
    Listed {
        /// Which list.
        fate: ListedFate,
        /// How many records the whole list has.
        total: u32,
        /// How many come before these.
        from: u32,
        /// The records.
        records: Vec<ListedRecord>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The TypeScript of every type of the protocol.
    fn typescript() -> String {
        let config = ts_rs::Config::new();
        let mut text = String::from(
            "// Generated from src/sink/protocol.rs by its test: `UPDATE=1 cargo test protocol`.\n",
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
            SinkEvent,
            ConnectSettings,
            Api,
            AuthKind,
            Credentials,
            TopicMapping,
            ValueForm,
            KeyForm,
            RateSetting,
            Timestamps,
            FieldError,
            Field,
            SinkState,
            SinkCounters,
            ReasonCount,
            ListedFate,
            ListedRecord,
            LogLine,
            LogLevel,
        ];
        text
    }

    #[test]
    fn sink_protocol_ts_is_generated_from_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/sink-protocol.ts");
        let expected = typescript();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).expect("www/sink-protocol.ts can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == expected,
            "www/sink-protocol.ts is out of date: run UPDATE=1 cargo test protocol"
        );
    }
}
