//! Lets sources find members of JSON texts: `EXTRACTJSONFIELD(column, '$.name')` becomes a column of
//! the source, so that a text is gone through once however often a query asks for it, and by sources
//! that share what they read once for all queries.
//!
//! Only constant paths of plain names move, which cannot fail, and only where filters alone stand
//! between the source and what makes new columns: all others give their input's columns on. And only
//! what is looked for in every row anyway: what stands behind a filter, in a branch of a `CASE` or
//! behind the first term of an `AND` may be wanted for few rows. Where it is the same as one that moves,
//! it takes that one's column.

use super::expression::Expr;
use super::pipeline::{Extract, Node, NodeId, Op, Output, Pipeline};
use crate::schema::Role;
use crate::value::Value;

/// The function's name in [`Expr::Call`].
const FUNCTION: &str = "EXTRACTJSONFIELD";

/// Moves them in all of a pipeline.
pub fn extract(pipeline: &mut Pipeline) {
    let nodes = &mut pipeline.nodes;
    for at in 0..nodes.len() {
        let Some(readers) = readers(nodes, at) else { continue };
        let Op::Source(source) = &nodes[at].op else { continue };
        let is_value = |column: usize| {
            source.schema.fields.get(column).is_some_and(|field| field.role == Role::Value)
        };
        let behind = source.schema.fields.len() + source.system_columns.len();
        let mut found = source.extracts.clone();
        for reader in readers.iter().filter(|reader| nodes[**reader].inputs.contains(&at)) {
            // A copy, as what is found decides only when all is looked at.
            expressions(&mut nodes[*reader].op.clone(), &mut |expr| {
                for_every_row(expr, &mut |extract| {
                    if is_value(extract.column) && !found.contains(&extract) {
                        found.push(extract);
                    }
                });
            });
        }
        for reader in readers {
            expressions(&mut nodes[reader].op, &mut |expr| replace(expr, &found, behind));
        }
        if let Op::Source(source) = &mut nodes[at].op {
            source.extracts = found;
        }
    }
}

/// The nodes that look at the columns of a source; `None` when one gives them on or nobody does.
fn readers(nodes: &[Node], source: NodeId) -> Option<Vec<NodeId>> {
    if !matches!(&nodes[source].op, Op::Source(source) if !source.table) {
        return None;
    }
    let (mut giving, mut readers) = (vec![source], Vec::new());
    for (at, node) in nodes.iter().enumerate() {
        if !node.inputs.iter().any(|input| giving.contains(input)) {
            continue;
        }
        match &node.op {
            Op::Filter(_) => giving.push(at),
            Op::Project(_) | Op::PartitionBy(_) | Op::Aggregate(_) => {}
            Op::Source(_) | Op::Explode(_) | Op::Join(_) | Op::Split(_) | Op::Sink(_) => {
                return None;
            }
        }
        readers.push(at);
    }
    let is_read = |at: &NodeId| nodes.iter().any(|node| node.inputs.contains(at));
    giving.iter().all(is_read).then_some(readers)
}

fn expressions(op: &mut Op, visit: &mut impl FnMut(&mut Expr)) {
    let of_outputs = |outputs: &mut [Output], visit: &mut dyn FnMut(&mut Expr)| {
        outputs.iter_mut().for_each(|output| visit(&mut output.expr));
    };
    match op {
        Op::Filter(expr) => visit(expr),
        Op::Project(outputs) => of_outputs(outputs, visit),
        Op::PartitionBy(by) => of_outputs(&mut by.outputs, visit),
        Op::Aggregate(aggregate) => {
            of_outputs(&mut aggregate.group_by, visit);
            aggregate.calls.iter_mut().filter_map(|call| call.argument.as_mut()).for_each(visit);
        }
        Op::Source(_) | Op::Explode(_) | Op::Join(_) | Op::Split(_) | Op::Sink(_) => {}
    }
}

/// Visits what an expression looks for in every row.
fn for_every_row(expr: &Expr, visit: &mut dyn FnMut(Extract)) {
    match expr {
        Expr::And(terms) | Expr::Or(terms) => {
            terms.iter().take(1).for_each(|term| for_every_row(term, visit));
        }
        Expr::Case { branches, .. } => {
            branches.iter().take(1).for_each(|(when, _)| for_every_row(when, visit));
        }
        _ => match extract_of(expr) {
            Some(extract) => visit(extract),
            None => expr.for_each_child(&mut |child| for_every_row(child, visit)),
        },
    }
}

/// What a call looks for, if it can move.
fn extract_of(expr: &Expr) -> Option<Extract> {
    let Expr::Call(name, arguments) = expr else { return None };
    let [Expr::Column(column), Expr::Literal(Value::Varchar(path), _)] = &arguments[..] else {
        return None;
    };
    let moves = **name == *FUNCTION && is_plain(path);
    moves.then(|| Extract { column: *column, path: path.to_string() })
}

/// Puts the columns of `found`, which begin at `behind`, in the place of calls.
fn replace(expr: &mut Expr, found: &[Extract], behind: usize) {
    let place = extract_of(expr).and_then(|extract| found.iter().position(|one| *one == extract));
    match place {
        Some(place) => *expr = Expr::Column(behind + place),
        None => expr.for_each_child_mut(&mut |child| replace(child, found, behind)),
    }
}

/// Whether a path is of names only that need no quotes.
fn is_plain(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    path.strip_prefix("$.").is_some_and(|names| names.split('.').all(is_name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::show::expression;
    use crate::plan::{Explode, Format, Source, SystemColumn};
    use crate::schema::{Field, Schema};
    use crate::value::DataType;

    fn call(column: usize, path: &str) -> Expr {
        let path = Expr::Literal(Value::varchar(path), DataType::Varchar);
        Expr::Call(FUNCTION.into(), vec![Expr::Column(column), path])
    }

    fn outputs(expr: Expr) -> Vec<Output> {
        vec![Output { field: Field::key("o", DataType::Varchar), expr }]
    }

    /// What the source finds, and the expressions of the other nodes.
    fn extracted(ops: Vec<Op>) -> (Vec<String>, Vec<String>) {
        let fields = vec![Field::key("k", DataType::Varchar), Field::value("v", DataType::Varchar)];
        let source = Source {
            system_columns: vec![SystemColumn::RowOffset],
            ..Source::new("t", Format::Kafka, Format::Kafka, Schema::new(fields))
        };
        let node = |(at, op)| Node {
            name: format!("n{at}"),
            inputs: if at == 0 { vec![] } else { vec![at - 1] },
            op,
        };
        let ops = std::iter::once(Op::Source(source)).chain(ops);
        let mut pipeline =
            Pipeline { name: String::new(), nodes: ops.enumerate().map(node).collect() };
        extract(&mut pipeline);
        let Op::Source(source) = pipeline.nodes[0].op.clone() else { unreachable!("the source") };
        let names = source.output().fields.iter().map(|field| field.name.to_string()).collect();
        let mut shown = Vec::new();
        for node in &mut pipeline.nodes {
            expressions(&mut node.op, &mut |expr| shown.push(expression(expr, &[] as &[&str])));
        }
        (names, shown)
    }

    #[test]
    fn each_path_becomes_one_column_of_the_source() {
        let (names, shown) = extracted(vec![
            Op::Filter(Expr::In(Box::new(call(1, "$.a")), vec![call(1, "$.a.b_1")])),
            Op::Filter(Expr::Not(Box::new(call(1, "$.a.b_1")))),
            Op::Project(outputs(Expr::IsNull(Box::new(call(1, "$.a"))))),
        ]);
        let calls = ["EXTRACTJSONFIELD(v, '$.a')", "EXTRACTJSONFIELD(v, '$.a.b_1')"];
        assert_eq!(names, ["k", "v", "ROWOFFSET", calls[0], calls[1]]);
        assert_eq!(shown, ["#3 IN (#4)", "NOT (#4)", "#3 IS NULL"]);
    }

    #[test]
    fn what_few_rows_may_want_stays_unless_it_is_there() {
        let is_null = |path: &str| Expr::IsNull(Box::new(call(1, path)));
        let (names, shown) = extracted(vec![
            Op::Filter(Expr::And(vec![is_null("$.a"), is_null("$.b")])),
            Op::Project(outputs(Expr::Case {
                branches: vec![(is_null("$.c"), call(1, "$.a"))],
                otherwise: None,
            })),
        ]);
        assert_eq!(names[3..], ["EXTRACTJSONFIELD(v, '$.a')"]);
        let stays = "EXTRACTJSONFIELD(#1, ";
        assert_eq!(shown[0], format!("#3 IS NULL AND {stays}'$.b') IS NULL"));
        assert_eq!(shown[1], format!("CASE WHEN {stays}'$.c') IS NULL THEN #3 END"));
    }

    #[test]
    fn what_could_fail_or_is_given_on_stays() {
        let stays = |ops: Vec<Op>, expected: &str| {
            let (names, shown) = extracted(ops);
            assert_eq!(names, ["k", "v", "ROWOFFSET"], "{shown:?}");
            assert_eq!(shown[0], expected);
        };
        for path in ["no path", "$", "$.a[0]", "$['a']", "$.", "$.a..b"] {
            let expected = format!("EXTRACTJSONFIELD(#1, '{}')", path.replace('\'', "''"));
            stays(vec![Op::Project(outputs(call(1, path)))], &expected);
        }
        stays(vec![Op::Project(outputs(call(0, "$.a")))], "EXTRACTJSONFIELD(#0, '$.a')");
        let filter = || Op::Filter(call(1, "$.a"));
        stays(vec![filter()], "EXTRACTJSONFIELD(#1, '$.a')");
        let explode = Op::Explode(Explode { functions: outputs(Expr::Column(1)) });
        stays(vec![filter(), explode], "EXTRACTJSONFIELD(#1, '$.a')");
    }
}
