//! A plan for people: what each node does, with names in the place of positions.

use super::answer::PlanNode;
use crate::plan::show::expression;
use crate::plan::{Emit, Format, Node, Op, Output, Pipeline, Source};
use crate::schema::{Field, Role};
use crate::window::WindowSpec;

/// The nodes of a plan in its order.
#[must_use]
pub fn explain(pipeline: &Pipeline) -> Vec<PlanNode> {
    let mut names: Vec<Vec<Named>> = Vec::new();
    let mut nodes = Vec::new();
    for node in &pipeline.nodes {
        let from = |n: usize| node.inputs.get(n).map_or(&[][..], |input| &names[*input]);
        // Of the right side of a join the key is the left one's.
        let right = from(1).iter().filter(|(_, role)| *role == Role::Value);
        let columns: Vec<Named> = from(0).iter().chain(right).cloned().collect();
        let input: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let (operation, details) = describe(node, &input);
        nodes.push(PlanNode {
            name: node.name.clone(),
            operation: operation.to_owned(),
            details,
            inputs: node.inputs.iter().map(|input| *input as u32).collect(),
        });
        names.push(outputs(node, columns));
    }
    nodes
}

/// The plan as a tree, the result on top.
#[must_use]
pub fn tree(nodes: &[PlanNode]) -> String {
    fn branch(nodes: &[PlanNode], at: usize, depth: usize, out: &mut String) {
        let Some(node) = nodes.get(at) else { return };
        let indent = "  ".repeat(depth);
        out.push_str(&format!("{indent}{} [{}]\n", node.operation, node.name));
        for detail in &node.details {
            out.push_str(&format!("{indent}    {detail}\n"));
        }
        for input in &node.inputs {
            branch(nodes, *input as usize, depth + 1, out);
        }
    }
    let mut out = String::new();
    // A node that nobody reads is a result.
    for at in (0..nodes.len()).rev() {
        if !nodes.iter().any(|node| node.inputs.contains(&(at as u32))) {
            branch(nodes, at, 0, &mut out);
        }
    }
    out
}

/// A column's name, and whether it is of the key.
type Named = (String, Role);

fn outputs(node: &Node, input: Vec<Named>) -> Vec<Named> {
    let named = |field: &Field| (field.name.to_string(), field.role);
    let of = |outputs: &[Output]| -> Vec<Named> {
        outputs.iter().map(|output| named(&output.field)).collect()
    };
    match &node.op {
        Op::Source(source) => source.output().fields.iter().map(named).collect(),
        Op::Project(outputs) => of(outputs),
        Op::PartitionBy(by) => of(&by.outputs),
        Op::Explode(explode) => input.into_iter().chain(of(&explode.functions)).collect(),
        Op::Aggregate(aggregate) => {
            let calls = aggregate.calls.iter().map(|call| named(&call.field));
            of(&aggregate.group_by).into_iter().chain(calls).collect()
        }
        Op::Filter(_) | Op::Join(_) => input,
        Op::Split(_) | Op::Sink(_) => Vec::new(),
    }
}

fn describe(node: &Node, input: &[String]) -> (&'static str, Vec<String>) {
    let computed = |outputs: &[Output]| -> Vec<String> {
        let one = |output: &Output| {
            let expr = expression(&output.expr, input);
            if expr == *output.field.name {
                expr
            } else {
                format!("{expr} AS {}", output.field.name)
            }
        };
        outputs.iter().map(one).collect()
    };
    match &node.op {
        Op::Source(source) => ("read", read(source)),
        Op::Split(split) => {
            let routes =
                split.routes.iter().map(|route| format!("{} → {}", route.value, route.topic));
            let mut details = vec![format!("topic {}, by {}", split.topic, split.member)];
            details.extend(routes);
            details.push(format!("else → {}", split.dead_letters));
            ("split", details)
        }
        Op::Filter(expr) => ("filter", vec![expression(expr, input)]),
        Op::Project(outputs) => ("project", vec![computed(outputs).join(", ")]),
        Op::PartitionBy(by) => {
            let mut details = vec![computed(&by.outputs).join(", ")];
            details.extend(by.repartition.map(repartition));
            ("partition by", details)
        }
        Op::Explode(explode) => ("explode", vec![computed(&explode.functions).join(", ")]),
        Op::Join(join) => {
            let mut details = Vec::new();
            if let Some(window) = &join.window {
                let grace = window.grace_ms.map_or(String::new(), |ms| format!(", grace {ms} ms"));
                details.push(format!(
                    "within {} ms before and {} ms after{grace}",
                    window.before_ms, window.after_ms
                ));
            }
            (kind_of_join(join.kind), details)
        }
        Op::Aggregate(aggregate) => {
            let mut details = vec![format!("by {}", computed(&aggregate.group_by).join(", "))];
            for call in &aggregate.calls {
                let argument = call.argument.as_ref().map_or("*".into(), |a| expression(a, input));
                details.push(format!("{} = {:?}({argument})", call.field.name, call.function));
            }
            details.extend(aggregate.window.map(|spec| window(spec, aggregate.emit)));
            details.extend(aggregate.repartition.map(repartition));
            details.push(
                match aggregate.emit {
                    Emit::Update => "emits every update",
                    Emit::Commit => "emits the last update at each commit",
                    Emit::Final => "emits a window once, when it closes",
                }
                .to_owned(),
            );
            ("aggregate", details)
        }
        Op::Sink(sink) => {
            let formats = formats(sink.key_format, sink.value_format);
            ("write", vec![format!("topic {}, {formats}", sink.topic)])
        }
    }
}

fn repartition(partitions: u32) -> String {
    format!("repartitions into {partitions}")
}

fn kind_of_join(kind: crate::plan::JoinKind) -> &'static str {
    use crate::plan::JoinKind::{Full, Inner, Left, Right};
    match kind {
        Inner => "inner join",
        Left => "left join",
        Right => "right join",
        Full => "full outer join",
    }
}

fn window(spec: WindowSpec, emit: Emit) -> String {
    let grace = spec.grace_ms(emit == Emit::Final);
    let span = spec.span_ms();
    match spec {
        WindowSpec::Tumbling(_) => format!("tumbling windows of {span} ms, grace {grace} ms"),
        WindowSpec::Hopping(windows) => {
            format!(
                "hopping windows of {span} ms every {} ms, grace {grace} ms",
                windows.advance_ms()
            )
        }
        WindowSpec::Session(_) => format!("sessions with a gap of {span} ms, grace {grace} ms"),
        WindowSpec::Sliding(_) => format!("sliding windows of {span} ms, grace {grace} ms"),
    }
}

fn read(source: &Source) -> Vec<String> {
    let kind = if source.table { "table" } else { "stream" };
    let formats = formats(source.key_format, source.value_format);
    let columns: Vec<&str> = source.schema.fields.iter().map(|field| &*field.name).collect();
    let mut details = vec![format!("{kind} over topic {}, {formats}", source.topic)];
    details.push(format!("columns {}", columns.join(", ")));
    if let Some(timestamp) = &source.timestamp
        && let Some(field) = source.schema.fields.get(timestamp.column)
    {
        details.push(format!("event time from {}", field.name));
    }
    details
}

fn formats(key: Format, value: Format) -> String {
    let name = |format| match format {
        Format::Json => "JSON",
        Format::JsonBare => "JSON unwrapped",
        Format::Kafka => "KAFKA",
        Format::Delimited(_) => "DELIMITED",
        Format::None => "NONE",
    };
    format!("key {}, value {}", name(key), name(value))
}
