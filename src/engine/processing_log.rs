//! ksqlDB's processing log: a topic with one JSON record for each record that a query could not read,
//! each expression that failed and each result that could not be written.
//!
//! The records have the form of ksqlDB's (its reference, "Processing log"), so that what reads the
//! log here reads it there. As there, a record that several queries read is logged by each, under
//! its own name; what only looks (push and pull queries) logs nothing, as a replay is without it.

use std::fmt::Write;

use crate::exec::NodeError;
use crate::format::json;
use crate::function::encoding::base64;
use crate::plan::{self, Expr, NodeId, Op, Output, Pipeline};
use crate::record::PartitionId;
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::topic::{TopicConfig, Topics};

/// The topic, by ksqlDB's name without the prefix of a cluster's service.
pub const TOPIC: &str = "ksql_processing_log";

/// The topic's settings: it keeps 4 MiB, in one partition, and takes the largest record that
/// topics have, as base64.
#[must_use]
pub fn config() -> TopicConfig {
    TopicConfig {
        retention_bytes: Some(4 << 20),
        segment_bytes: 1 << 18,
        max_record_bytes: 8 << 20,
        ..TopicConfig::new(TOPIC, 1)
    }
}

/// Whether the errors of a query are logged. One that reads the log could go on for ever with its
/// own.
pub(super) fn is_logged(pipeline: &Pipeline) -> bool {
    !pipeline.nodes.iter().any(|node| matches!(&node.op, Op::Source(of) if of.topic == TOPIC))
}

/// An error of one node of a query.
pub(super) struct Logged<'a> {
    pub pipeline: &'a Pipeline,
    pub node: NodeId,
    /// The columns of the rows that the node takes.
    pub columns: &'a Schema,
    pub error: &'a NodeError,
}

impl Logged<'_> {
    /// Appends it; whether the log took it.
    pub fn append(&self, topics: &mut Topics, now: Timestamp) -> bool {
        let Some(topic) = topics.id(TOPIC).and_then(|id| topics.get_mut(id)) else { return false };
        let value = self.record(now);
        topic.append(PartitionId(0), None, Some(value.as_bytes()), &[], now).is_ok()
    }

    fn record(&self, now: Timestamp) -> String {
        let mut out = String::from("{\"level\":\"ERROR\",\"logger\":");
        let (query, step) = (&self.pipeline.name, &self.pipeline.nodes[self.node].name);
        let (kind, last) = match self.error {
            NodeError::Record { .. } => (0, ".deserializer"),
            NodeError::Timestamp { .. } | NodeError::Expression { .. } => (1, ""),
            NodeError::Production { .. } => (2, ""),
        };
        text(&mut out, &format!("processing.{query}.{step}{last}"));
        let _ = write!(out, ",\"time\":{},\"message\":{{\"type\":{kind}", now.0);
        for (place, name) in KINDS.iter().enumerate() {
            let _ = write!(out, ",\"{name}\":");
            if place == kind {
                self.details(&mut out);
            } else {
                out.push_str("null");
            }
        }
        out.push_str("}}");
        out
    }

    fn details(&self, out: &mut String) {
        match self.error {
            NodeError::Record { in_key, message, bytes, topic, partition, offset } => {
                let target = if *in_key { "key" } else { "value" };
                let _ = write!(out, "{{\"target\":\"{target}\",\"errorMessage\":");
                text(out, message);
                out.push_str(",\"recordB64\":");
                match bytes {
                    // Letters of base64 need no escapes.
                    Some(bytes) => drop(write!(out, "\"{}\"", base64(bytes))),
                    None => out.push_str("null"),
                }
                out.push_str(",\"cause\":[],\"topic\":");
                text(out, topic);
                let _ = write!(out, ",\"partition\":{partition},\"offset\":{offset}}}");
            }
            NodeError::Timestamp { message, bytes } => processing(out, message, bytes),
            NodeError::Expression { expression, row } => {
                processing(out, &self.failed(*expression as usize), row);
            }
            NodeError::Production { message } => {
                out.push_str("{\"errorMessage\":");
                text(out, message);
                out.push('}');
            }
        }
    }

    /// Which expression failed, in ksqlDB's words.
    fn failed(&self, place: usize) -> String {
        let names: Vec<&str> = self.columns.fields.iter().map(|field| &*field.name).collect();
        match expression(&self.pipeline.nodes[self.node].op, place) {
            Some((expr, Some(column))) => {
                let expr = plan::show::expression(expr, &names);
                format!("Error computing expression {expr} for column {column} with index {place}")
            }
            Some((expr, None)) => {
                format!("Error evaluating predicate {}", plan::show::expression(expr, &names))
            }
            None => "Error computing an expression".to_owned(),
        }
    }
}

/// The members of a message, one for each kind of error; those that do not apply are NULL.
const KINDS: [&str; 5] = [
    "deserializationError",
    "recordProcessingError",
    "productionError",
    "serializationError",
    "kafkaStreamsThreadError",
];

fn processing(out: &mut String, message: &str, record: &[u8]) {
    out.push_str("{\"errorMessage\":");
    text(out, message);
    out.push_str(",\"record\":");
    text(out, &String::from_utf8_lossy(record));
    out.push_str(",\"cause\":[]}");
}

/// A node's expression at a place, with the column that it computes.
fn expression(op: &Op, place: usize) -> Option<(&Expr, Option<&str>)> {
    fn of(outputs: &[Output], place: usize) -> Option<(&Expr, Option<&str>)> {
        outputs.get(place).map(|output| (&output.expr, Some(&*output.field.name)))
    }
    match op {
        Op::Filter(expr) => Some((expr, None)),
        Op::Project(outputs) => of(outputs, place),
        Op::PartitionBy(by) => of(&by.outputs, place),
        Op::Explode(explode) => of(&explode.functions, place),
        Op::Aggregate(aggregate) => of(&aggregate.group_by, place).or_else(|| {
            let calls = aggregate.calls.iter();
            let mut arguments = calls.filter_map(|c| Some((c.argument.as_ref()?, &*c.field.name)));
            let (expr, column) = arguments.nth(place - aggregate.group_by.len())?;
            Some((expr, Some(column)))
        }),
        Op::Source(_) | Op::Split(_) | Op::Join(_) | Op::Sink(_) => None,
    }
}

fn text(out: &mut String, text: &str) {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    json::write_string(&mut quoted, text);
    out.push_str(&String::from_utf8_lossy(&quoted));
}
