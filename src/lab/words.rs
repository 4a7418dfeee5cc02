//! Plans in plain words, for the labels of the dataflow.

use crate::plan::{Aggregate, AggregateFunction, Op, Pipeline};
use crate::schema::Role;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::window::WindowSpec;

/// A short name of a query that aggregates, like `count by state`. The keys are called as its results
/// call them.
#[must_use]
pub fn label(pipeline: &Pipeline, aggregate: &Aggregate) -> String {
    let mut calls: Vec<_> = aggregate.calls.iter().map(|call| function(call.function)).collect();
    calls.dedup();
    let results = pipeline.nodes.iter().rev().find_map(|node| match &node.op {
        Op::Project(outputs) => Some(outputs),
        _ => None,
    });
    let keys: Vec<_> = results
        .unwrap_or(&aggregate.group_by)
        .iter()
        .filter(|output| output.field.role == Role::Key)
        .map(|output| name(&output.field.name))
        .collect();
    format!("{} by {}", calls.join(", "), keys.join(", "))
}

const JOIN: &str = "join";

/// A short name of a query that does not aggregate, like `filter to clicks-gb`: what it does, and the
/// topic that it writes. `None` when it writes none.
#[must_use]
pub fn step_label(pipeline: &Pipeline) -> Option<String> {
    let topic = pipeline.nodes.iter().find_map(|node| match &node.op {
        Op::Sink(sink) => Some(&sink.topic),
        _ => None,
    })?;
    let has = |wanted: fn(&Op) -> bool| pipeline.nodes.iter().any(|node| wanted(&node.op));
    let word = if has(|op| matches!(op, Op::Join(_))) {
        JOIN
    } else if has(|op| matches!(op, Op::Filter(_))) {
        "filter"
    } else {
        "project"
    };
    Some(format!("{word} to {topic}"))
}

/// A column's name as people would write it: without case it means the same.
fn name(name: &str) -> String {
    if name.bytes().any(|byte| byte.is_ascii_lowercase()) {
        name.to_owned()
    } else {
        name.to_ascii_lowercase()
    }
}

/// What a query without windows does, step by step, like `Filter, project`.
#[must_use]
pub fn steps(pipeline: &Pipeline) -> String {
    let word = |op: &Op| match op {
        Op::Filter(_) => Some("filter"),
        Op::Project(_) => Some("project"),
        Op::PartitionBy(_) => Some("partition by"),
        Op::Explode(_) => Some("explode"),
        Op::Join(_) => Some(JOIN),
        Op::Aggregate(_) => Some("aggregate"),
        Op::Source(_) | Op::Sink(_) | Op::Split(_) => None,
    };
    let mut words: Vec<_> = pipeline.nodes.iter().filter_map(|node| word(&node.op)).collect();
    words.dedup();
    let mut text = words.join(", ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// What an aggregate does, like `Tumbling windows of 1 min, grace 30 s`.
#[must_use]
pub fn detail(aggregate: &Aggregate) -> String {
    let Some(window) = &aggregate.window else { return "Over all time".to_owned() };
    let emits_final = aggregate.emit == crate::plan::Emit::Final;
    let grace = duration(window.grace_ms(emits_final));
    match window {
        WindowSpec::Tumbling(w) => {
            format!("Tumbling windows of {}, grace {grace}", duration(w.size_ms()))
        }
        WindowSpec::Hopping(w) => format!(
            "Hopping windows of {} every {}, grace {grace}",
            duration(w.size_ms()),
            duration(w.advance_ms())
        ),
        WindowSpec::Session(w) => {
            format!("Sessions with a gap of {}, grace {grace}", duration(w.gap_ms()))
        }
        WindowSpec::Sliding(w) => {
            format!("Sliding windows of {}, grace {grace}", duration(w.difference_ms()))
        }
    }
}

const fn function(function: AggregateFunction) -> &'static str {
    match function {
        AggregateFunction::Count => "count",
        AggregateFunction::Sum => "sum",
        AggregateFunction::Min => "minimum",
        AggregateFunction::Max => "maximum",
        AggregateFunction::Avg => "average",
        AggregateFunction::CountDistinct => "distinct",
        AggregateFunction::ApproxCountDistinct { .. } => "distinct (sketch)",
        AggregateFunction::TopK { .. } | AggregateFunction::TopKDistinct { .. } => "top",
        AggregateFunction::CollectList { .. } => "list",
        AggregateFunction::CollectSet { .. } => "set",
        AggregateFunction::EarliestByOffset { .. } => "first",
        AggregateFunction::LatestByOffset { .. } => "last",
        AggregateFunction::Histogram { .. } => "histogram",
        AggregateFunction::Attribute { .. } => "only value",
        AggregateFunction::StandardDeviation => "deviation",
        AggregateFunction::Correlation => "correlation",
    }
}

/// A duration in the largest unit that gives a whole number, like `90 s` or `2 h`.
#[must_use]
pub fn duration(ms: i64) -> String {
    for (unit, name) in [(DAY_MS, "d"), (HOUR_MS, "h"), (MINUTE_MS, "min"), (SECOND_MS, "s")] {
        if ms != 0 && ms % unit == 0 {
            return format!("{} {name}", ms / unit);
        }
    }
    format!("{ms} ms")
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_in_words() {
        for (ms, words) in [
            (0, "0 ms"),
            (1_500, "1500 ms"),
            (90_000, "90 s"),
            (600_000, "10 min"),
            (7_200_000, "2 h"),
            (86_400_000, "1 d"),
        ] {
            assert_eq!(duration(ms), words);
        }
    }
}
