//! Leaves out the columns of JSON sources that a query does not use, so that nobody parses them.
//!
//! Other formats have no names, so that their columns are read by place, all of them. A value in a
//! column that is left out cannot make a record unreadable any more.

use std::collections::BTreeSet;

use super::expression::Expr;
use super::pipeline::{Format, Node, Op, Output, Pipeline, Source};
use crate::schema::Role;

/// The place of each column of a node's output behind the change; `None` for one that is gone.
type Places = Vec<Option<usize>>;

/// How many columns a node gives, and how many of them are keys, which come first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    pub width: usize,
    pub keys: usize,
}

/// Leaves out what is not used. Of a node that no other takes, all columns are.
pub fn prune(pipeline: &mut Pipeline) {
    let shapes = shapes(&pipeline.nodes);
    let used = used(&pipeline.nodes, &shapes);
    let mut places: Vec<Places> = Vec::with_capacity(pipeline.nodes.len());
    for (node, used) in pipeline.nodes.iter_mut().zip(&used) {
        let of_node = renumber(node, used, &shapes, &places);
        places.push(of_node);
    }
}

pub(super) fn shapes(nodes: &[Node]) -> Vec<Shape> {
    let of_outputs = |outputs: &[Output]| Shape {
        width: outputs.len(),
        keys: outputs.iter().filter(|output| output.field.role == Role::Key).count(),
    };
    let mut shapes: Vec<Shape> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let input = |n: usize| node.inputs.get(n).map_or_else(Shape::default, |at| shapes[*at]);
        let (left, right) = (input(0), input(1));
        shapes.push(match &node.op {
            Op::Source(source) => {
                Shape { width: source.output().fields.len(), keys: source.schema.keys().count() }
            }
            Op::Filter(_) => left,
            Op::Explode(explode) => Shape { width: left.width + explode.functions.len(), ..left },
            Op::Project(outputs) => of_outputs(outputs),
            Op::PartitionBy(by) => of_outputs(&by.outputs),
            Op::Aggregate(aggregate) => {
                let keys = aggregate.group_by.len();
                Shape { width: keys + aggregate.calls.len(), keys }
            }
            // The left input's columns, then the right's but for its keys.
            Op::Join(_) => Shape { width: left.width + right.width - right.keys, ..left },
            Op::Split(_) | Op::Sink(_) => Shape::default(),
        });
    }
    shapes
}

/// For each node the columns of its output that others use.
fn used(nodes: &[Node], shapes: &[Shape]) -> Vec<BTreeSet<usize>> {
    let mut used: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); nodes.len()];
    for (at, node) in nodes.iter().enumerate().rev() {
        if !nodes.iter().any(|other| other.inputs.contains(&at)) {
            used[at].extend(0..shapes[at].width);
        }
        // Keys are what joins, tables and partitions go by.
        used[at].extend(0..shapes[at].keys);
        let own = used[at].clone();
        match (&node.op, node.inputs.as_slice()) {
            (Op::Filter(expr), [input]) => {
                used[*input].extend(own);
                columns(expr, &mut used[*input]);
            }
            (Op::Explode(explode), [input]) => {
                let taken = &mut used[*input];
                taken.extend(own.into_iter().filter(|column| *column < shapes[*input].width));
                of_outputs(&explode.functions, taken);
            }
            (Op::Project(outputs), [input]) => of_outputs(outputs, &mut used[*input]),
            (Op::PartitionBy(by), [input]) => of_outputs(&by.outputs, &mut used[*input]),
            (Op::Aggregate(aggregate), [input]) => {
                let taken = &mut used[*input];
                of_outputs(&aggregate.group_by, taken);
                let arguments = aggregate.calls.iter().filter_map(|call| call.argument.as_ref());
                arguments.for_each(|argument| columns(argument, taken));
            }
            (Op::Join(_), [left, right]) => {
                let width = shapes[*left].width;
                for column in own {
                    if column < width {
                        used[*left].insert(column);
                    } else {
                        used[*right].insert(column - width + shapes[*right].keys);
                    }
                }
            }
            (_, inputs) => {
                for input in inputs {
                    used[*input].extend(0..shapes[*input].width);
                }
            }
        }
    }
    used
}

fn of_outputs(outputs: &[Output], used: &mut BTreeSet<usize>) {
    outputs.iter().for_each(|output| columns(&output.expr, used));
}

fn columns(expr: &Expr, used: &mut BTreeSet<usize>) {
    if let Expr::Column(column) = expr {
        used.insert(*column);
    }
    expr.for_each_child(&mut |child| columns(child, used));
}

/// Changes a node to what its inputs give now, and tells where its own columns are.
fn renumber(
    node: &mut Node,
    used: &BTreeSet<usize>,
    shapes: &[Shape],
    before: &[Places],
) -> Places {
    let all = |count: usize| (0..count).map(Some).collect();
    let input: &[Option<usize>] = node.inputs.first().map_or(&[], |input| &before[*input]);
    let kept = input.iter().flatten().count();
    let shift_outputs = |outputs: &mut [Output]| {
        outputs.iter_mut().for_each(|output| shift(&mut output.expr, input));
    };
    match &mut node.op {
        Op::Source(source) => narrow(source, used),
        Op::Filter(expr) => {
            shift(expr, input);
            input.to_vec()
        }
        Op::Explode(explode) => {
            shift_outputs(&mut explode.functions);
            let own = (kept..kept + explode.functions.len()).map(Some);
            input.iter().copied().chain(own).collect()
        }
        Op::Project(outputs) => {
            shift_outputs(outputs);
            all(outputs.len())
        }
        Op::PartitionBy(by) => {
            shift_outputs(&mut by.outputs);
            all(by.outputs.len())
        }
        Op::Aggregate(aggregate) => {
            shift_outputs(&mut aggregate.group_by);
            let arguments = aggregate.calls.iter_mut().filter_map(|call| call.argument.as_mut());
            arguments.for_each(|argument| shift(argument, input));
            all(aggregate.group_by.len() + aggregate.calls.len())
        }
        Op::Join(_) => {
            let [_, right] = node.inputs[..] else { return input.to_vec() };
            let keys = shapes[right].keys;
            let values = before[right].iter().skip(keys).map(|at| at.map(|at| at - keys + kept));
            input.iter().copied().chain(values).collect()
        }
        Op::Split(_) | Op::Sink(_) => Places::new(),
    }
}

/// Leaves out of a source what is not used.
fn narrow(source: &mut Source, used: &BTreeSet<usize>) -> Places {
    let time = source.timestamp.as_ref().map(|timestamp| timestamp.column);
    let is_json = source.value_format == Format::Json;
    let stays = |column: usize| {
        let field = source.schema.fields.get(column);
        let is_value = field.is_some_and(|field| field.role == Role::Value);
        let is_searched = source.extracts.iter().any(|extract| extract.column == column);
        !(is_json && is_value) || used.contains(&column) || time == Some(column) || is_searched
    };
    let mut next = 0;
    let places: Places = (0..source.output().fields.len())
        .map(|column| {
            stays(column).then(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    for extract in &mut source.extracts {
        extract.column = places[extract.column].unwrap_or_default();
    }
    let mut column = 0;
    source.schema.fields.retain(|_| {
        column += 1;
        places[column - 1].is_some()
    });
    if let Some(timestamp) = &mut source.timestamp
        && let Some(place) = places[timestamp.column]
    {
        timestamp.column = place;
    }
    places
}

fn shift(expr: &mut Expr, places: &[Option<usize>]) {
    if let Expr::Column(column) = expr
        && let Some(Some(place)) = places.get(*column)
    {
        *column = *place;
    }
    expr.for_each_child_mut(&mut |child| shift(child, places));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Join, JoinKind};
    use crate::schema::{Field, Schema};
    use crate::value::DataType;

    fn source(names: &str) -> Op {
        let field = |(at, name): (usize, &str)| match at {
            0 => Field::key(name, DataType::Varchar),
            _ => Field::value(name, DataType::Varchar),
        };
        let fields = names.split(' ').enumerate().map(field).collect();
        Op::Source(Source::new("t", Format::Kafka, Format::Json, Schema::new(fields)))
    }

    fn outputs(columns: &[usize]) -> Vec<Output> {
        let output = |column: &usize| Output {
            field: Field::value(&format!("c{column}"), DataType::Varchar),
            expr: Expr::Not(Box::new(Expr::Column(*column))),
        };
        columns.iter().map(output).collect()
    }

    /// The names that sources still read, and the columns that each other node takes.
    fn pruned(nodes: Vec<(&[usize], Op)>) -> Vec<String> {
        let node = |(inputs, op): (&[usize], Op)| Node {
            name: String::new(),
            inputs: inputs.to_vec(),
            op,
        };
        let nodes = nodes.into_iter().map(node).collect();
        let mut pipeline = Pipeline { name: String::new(), nodes };
        prune(&mut pipeline);
        let of_expr = |expr: &Expr| {
            let mut used = BTreeSet::new();
            columns(expr, &mut used);
            used.iter().map(usize::to_string).collect::<String>()
        };
        let show = |node: &Node| match &node.op {
            Op::Source(source) => {
                let names = source.schema.fields.iter().map(|field| field.name.to_string());
                names.collect::<Vec<_>>().join(" ")
            }
            Op::Filter(expr) => of_expr(expr),
            Op::Project(outputs) => outputs.iter().map(|output| of_expr(&output.expr)).collect(),
            _ => "-".to_owned(),
        };
        pipeline.nodes.iter().map(show).collect()
    }

    #[test]
    fn what_no_node_uses_is_not_read() {
        let filter = Op::Filter(Expr::Column(4));
        let project = Op::Project(outputs(&[2, 0]));
        let nodes = vec![(&[][..], source("k a b c d e")), (&[0][..], filter), (&[1][..], project)];
        assert_eq!(pruned(nodes), ["k b d", "2", "10"]);
    }

    #[test]
    fn a_join_finds_its_columns_again() {
        let join = Op::Join(Join { kind: JoinKind::Inner, window: None });
        // k a b c, then y z without the key x.
        let project = Op::Project(outputs(&[3, 5]));
        let nodes = vec![
            (&[][..], source("k a b c")),
            (&[][..], source("x y z")),
            (&[0, 1][..], join),
            (&[2][..], project),
        ];
        assert_eq!(pruned(nodes), ["k c", "x z", "-", "12"]);
    }

    #[test]
    fn what_is_asked_for_itself_is_read() {
        assert_eq!(pruned(vec![(&[][..], source("k a"))]), ["k a"]);
        let nodes = vec![(&[][..], source("k a")), (&[0][..], Op::Filter(Expr::Column(1)))];
        assert_eq!(pruned(nodes), ["k a", "1"]);
    }
}
