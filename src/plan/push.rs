//! Moves filters of streams towards their sources, so that rows which do not pass are not
//! repartitioned, exploded or looked up first.
//!
//! A filter moves only where the rows that come out stay the same in every respect:
//! * through a projection or `PARTITION BY`, where all that it looks at is a column of the input or a
//!   constant: an expression that fails is NULL as a column, but makes a whole condition NULL;
//! * through `EXPLODE`, where it looks at the row and not at its items;
//! * to the stream of a join of a stream with a table; a part of the condition moves alone.
//!
//! It does not move over an aggregate or into a join of two streams: there rows that do not pass
//! still carry stream time on, which decides what is late and when windows close. Nor does it move
//! over a table, where a row that stops passing is a deletion.

use super::expression::Expr;
use super::pipeline::{Node, NodeId, Op, Output, Pipeline};
use super::prune::{Shape, shapes};

/// Moves all filters as far as they go. The last node stays the last.
pub fn push_filters(pipeline: &mut Pipeline) {
    let nodes = &mut pipeline.nodes;
    // A move brings a filter one node nearer to its source, so this ends.
    while (0..nodes.len()).any(|filter| push(nodes, filter)) {}
}

/// Moves a filter over the node before it; `false` when the node is no filter or stays.
fn push(nodes: &mut Vec<Node>, filter: NodeId) -> bool {
    let (Op::Filter(condition), &[input]) = (&nodes[filter].op, &nodes[filter].inputs[..]) else {
        return false;
    };
    let readers = nodes.iter().filter(|node| node.inputs.contains(&input)).count();
    let Some(&before) = nodes[input].inputs.first() else { return false };
    if readers > 1 || tables(nodes)[before] {
        return false;
    }
    let (moving, staying) = match &nodes[input].op {
        Op::Project(outputs) => (below(condition, outputs), None),
        Op::PartitionBy(by) if !asks_partition(condition) => (below(condition, &by.outputs), None),
        Op::Explode(_) => {
            let shape = shapes(nodes)[before];
            (uses_only(condition, shape).then(|| condition.clone()), None)
        }
        Op::Join(join) if join.window.is_none() => split(condition, shapes(nodes)[before]),
        _ => (None, None),
    };
    let Some(moving) = moving else { return false };
    match staying {
        None => {
            // The two nodes change places.
            nodes[filter].op = Op::Filter(moving);
            let (first, second) = nodes.split_at_mut(filter);
            let (over, filter) = (&mut first[input], &mut second[0]);
            std::mem::swap(&mut over.op, &mut filter.op);
            std::mem::swap(&mut over.name, &mut filter.name);
            filter.inputs = std::mem::replace(&mut over.inputs, vec![before]);
            filter.inputs[0] = input;
        }
        Some(staying) => {
            let name = format!("{} before {}", nodes[filter].name, nodes[input].name);
            nodes[filter].op = Op::Filter(staying);
            for of in nodes.iter_mut().flat_map(|node| &mut node.inputs) {
                *of += usize::from(*of >= input);
            }
            nodes[input].inputs[0] = input;
            nodes.insert(input, Node { name, inputs: vec![before], op: Op::Filter(moving) });
        }
    }
    true
}

/// Of each node whether it gives a table.
fn tables(nodes: &[Node]) -> Vec<bool> {
    let mut tables: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        tables.push(match &node.op {
            Op::Source(source) => source.table,
            Op::Aggregate(_) => true,
            Op::Filter(_) | Op::Project(_) | Op::Join(_) => {
                node.inputs.iter().all(|input| tables[*input])
            }
            Op::PartitionBy(_) | Op::Explode(_) | Op::Split(_) | Op::Sink(_) => false,
        });
    }
    tables
}

/// A condition over the outputs of a projection as one over its input.
fn below(condition: &Expr, outputs: &[Output]) -> Option<Expr> {
    let mut moved = condition.clone();
    substitute(&mut moved, outputs).then_some(moved)
}

/// Puts outputs in the place of columns; `false` when one is more than a column or a constant.
fn substitute(expr: &mut Expr, outputs: &[Output]) -> bool {
    if let Expr::Column(column) = expr {
        let plain = outputs.get(*column).map(|output| &output.expr).filter(|expr| is_plain(expr));
        let Some(plain) = plain else { return false };
        *expr = plain.clone();
        return true;
    }
    let mut all = true;
    expr.for_each_child_mut(&mut |child| all &= substitute(child, outputs));
    all
}

const fn is_plain(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Column(_)
            | Expr::Literal(..)
            | Expr::RowTime
            | Expr::RowPartition
            | Expr::RowOffset
            | Expr::WindowStart
            | Expr::WindowEnd
    )
}

/// Whether a condition asks for what `PARTITION BY` changes besides columns.
fn asks_partition(expr: &Expr) -> bool {
    let mut asks = matches!(expr, Expr::RowPartition | Expr::WindowStart | Expr::WindowEnd);
    expr.for_each_child(&mut |child| asks |= asks_partition(child));
    asks
}

fn uses_only(expr: &Expr, shape: Shape) -> bool {
    let mut all = !matches!(expr, Expr::Column(column) if *column >= shape.width);
    expr.for_each_child(&mut |child| all &= uses_only(child, shape));
    all
}

/// The parts of a condition that look at the first columns only, and the others.
fn split(condition: &Expr, first: Shape) -> (Option<Expr>, Option<Expr>) {
    let terms = match condition {
        Expr::And(terms) => terms.as_slice(),
        one => std::slice::from_ref(one),
    };
    let (moving, staying): (Vec<Expr>, Vec<Expr>) =
        terms.iter().cloned().partition(|term| uses_only(term, first));
    (all_of(moving), all_of(staying))
}

fn all_of(mut terms: Vec<Expr>) -> Option<Expr> {
    if terms.len() > 1 { Some(Expr::And(terms)) } else { terms.pop() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::show::expression;
    use crate::plan::{
        Comparison, Explode, Format, Join, JoinKind, JoinWindow, PartitionBy, Source,
    };
    use crate::schema::{Field, Schema};
    use crate::value::{DataType, Value};

    fn source(name: &str, table: bool) -> Node {
        let fields = vec![
            Field::key("k", DataType::Varchar),
            Field::value("a", DataType::Varchar),
            Field::value("b", DataType::Varchar),
        ];
        let source = Source::new("t", Format::Kafka, Format::Json, Schema::new(fields));
        node(name, &[], Op::Source(Source { table, ..source }))
    }

    fn node(name: &str, inputs: &[NodeId], op: Op) -> Node {
        Node { name: name.to_owned(), inputs: inputs.to_vec(), op }
    }

    fn is(column: usize) -> Expr {
        let text = Expr::Literal(Value::varchar("x"), DataType::Varchar);
        Expr::Compare(Comparison::Equal, Box::new(Expr::Column(column)), Box::new(text))
    }

    fn filter(input: NodeId, condition: Expr) -> Node {
        node("where", &[input], Op::Filter(condition))
    }

    fn outputs(exprs: &[Expr]) -> Vec<Output> {
        let field = Field::key("o", DataType::Varchar);
        exprs.iter().map(|expr| Output { field: field.clone(), expr: expr.clone() }).collect()
    }

    fn project(input: NodeId) -> Node {
        node("select", &[input], Op::Project(outputs(&[Expr::Column(0)])))
    }

    /// Names of the nodes with their inputs, and of filters the condition.
    fn pushed(nodes: Vec<Node>) -> String {
        let mut pipeline = Pipeline { name: String::new(), nodes };
        push_filters(&mut pipeline);
        let show = |node: &Node| {
            let inputs: String = node.inputs.iter().map(ToString::to_string).collect();
            match &node.op {
                Op::Filter(expr) => {
                    format!("{}{inputs} {}", node.name, expression(expr, &[] as &[&str]))
                }
                _ => format!("{}{inputs}", node.name),
            }
        };
        pipeline.nodes.iter().map(show).collect::<Vec<_>>().join("; ")
    }

    fn joined(right_is_table: bool, window: Option<JoinWindow>, condition: Expr) -> String {
        let columns = outputs(&[Expr::Column(1), Expr::Column(2), Expr::Column(0)]);
        let by = PartitionBy { outputs: columns, repartition: Some(4) };
        pushed(vec![
            source("left", false),
            node("by", &[0], Op::PartitionBy(by)),
            source("right", right_is_table),
            node("join", &[1, 2], Op::Join(Join { kind: JoinKind::Left, window })),
            filter(3, condition),
            project(4),
        ])
    }

    #[test]
    fn a_condition_on_the_stream_goes_to_its_source() {
        assert_eq!(joined(true, None, is(1)), "left; where0 #2 = 'x'; right; by1; join32; select4",);
    }

    #[test]
    fn a_condition_on_both_sides_is_split() {
        assert_eq!(
            joined(true, None, Expr::And(vec![is(3), is(2), is(1)])),
            "left; where before join0 #0 = 'x' AND #2 = 'x'; right; by1; join32; \
             where4 #3 = 'x'; select5",
        );
    }

    #[test]
    fn a_condition_stays_where_it_decides_more_than_rows() {
        let within = Some(JoinWindow { before_ms: 1, after_ms: 1, grace_ms: None });
        let stays = "left; by0; right; join12; where3 #1 = 'x'; select4";
        assert_eq!(joined(false, within, is(1)), stays, "a join of streams");
        let right = "left; by0; right; join12; where3 #4 = 'x'; select4";
        assert_eq!(joined(true, None, is(4)), right, "a column of the table");
        let tables = pushed(vec![source("t", true), project(0), filter(1, is(0)), project(2)]);
        assert_eq!(tables, "t; select0; where1 #0 = 'x'; select2", "a table");
    }

    #[test]
    fn projections_are_looked_through_where_nothing_can_fail() {
        let through = |exprs: &[Expr], condition: Expr| {
            let project = node("project", &[0], Op::Project(outputs(exprs)));
            pushed(vec![source("s", false), project, filter(1, condition), self::project(2)])
        };
        let moved = through(&[Expr::RowTime, Expr::Column(2)], is(1));
        assert_eq!(moved, "s; where0 #2 = 'x'; project1; select2");
        let cast = Expr::Cast(Box::new(Expr::Column(2)), DataType::Int);
        let null = Expr::IsNull(Box::new(Expr::Column(1)));
        let stays = through(&[Expr::RowTime, cast], null);
        assert_eq!(stays, "s; project0; where1 #1 IS NULL; select2", "a failed cast is NULL");
    }

    #[test]
    fn what_was_exploded_is_looked_at_behind() {
        let explode = |condition: Expr| {
            let explode = Op::Explode(Explode { functions: outputs(&[Expr::Column(1)]) });
            let explode = node("explode", &[0], explode);
            pushed(vec![source("s", false), explode, filter(1, condition), project(2)])
        };
        assert_eq!(explode(is(2)), "s; where0 #2 = 'x'; explode1; select2");
        assert_eq!(explode(is(3)), "s; explode0; where1 #3 = 'x'; select2");
        let partition = Expr::IsNull(Box::new(Expr::RowPartition));
        assert_eq!(explode(partition), "s; where0 ROWPARTITION IS NULL; explode1; select2");
    }
}
