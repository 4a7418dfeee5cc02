//! From a plan's nodes to running ones.

use super::source::Source;
use super::{PlanErrorKind, Running, Stage, types};
use crate::chunk::Chunk;
use crate::exec::explode::Explode;
use crate::exec::expression::Evaluator;
use crate::exec::filter::{Filter, TableFilter};
use crate::exec::partition_by::PartitionBy;
use crate::exec::partitioner::Partitioner;
use crate::exec::project::Project;
use crate::exec::sink::SinkWriter;
use crate::exec::split::Splitter;
use crate::exec::{Collector, Operator, aggregate, join};
use crate::plan::{Node, Op, Output};
use crate::schema::{Field, Role, Schema};
use crate::topic::{Topic, TopicConfig, Topics};
use crate::value::DataType;
use crate::window::WindowSpec;

/// What a node is made of.
struct Built {
    stage: Stage,
    schema: Schema,
    window: Option<WindowSpec>,
    is_table: bool,
}

/// Builds a node behind those that are there. `template` is the configuration of the first topic
/// that is read, which those that are created follow.
pub(super) fn build(
    node: &Node,
    nodes: &[Running],
    template: &mut Option<TopicConfig>,
    topics: &mut Topics,
) -> Result<Running, PlanErrorKind> {
    check_inputs(node, nodes.len())?;
    let built = match (&node.op, node.inputs.as_slice()) {
        (Op::Source(plan), _) => {
            let source = Source::new(plan, topics)?;
            let topic = topics.get(source.topic).map(Topic::config);
            *template = template.take().or_else(|| topic.cloned());
            Built {
                stage: Stage::Source(Box::new(source)),
                schema: plan.output(),
                window: plan.window,
                is_table: plan.table,
            }
        }
        (Op::Split(plan), _) => {
            let splitter = Splitter::new(plan, topics)?;
            let stage = Stage::Split(Box::new(splitter));
            Built { stage, schema: Schema::default(), window: None, is_table: false }
        }
        (Op::Sink(plan), [input, ..]) => {
            let input = &nodes[*input];
            let mut config = template.clone().ok_or(PlanErrorKind::NoSource)?;
            config.partitions = plan.partitions.unwrap_or(config.partitions);
            let topic = topics.get_or_create(TopicConfig { name: plan.topic.clone(), ..config })?;
            let sink = SinkWriter::new(plan, &input.schema, input.window, topic)?;
            let stage = Stage::Sink(sink);
            Built { stage, schema: Schema::default(), window: None, is_table: false }
        }
        (_, [left, right]) => build_join(node, &nodes[*left], &nodes[*right])?,
        (_, inputs) => build_operator(node, &nodes[inputs[0]])?,
    };
    let Built { stage, schema, window, is_table } = built;
    let output_types = types(&schema);
    Ok(Running {
        name: node.name.clone(),
        inputs: node.inputs.clone(),
        stage,
        schema,
        is_table,
        window,
        collector: Collector::new(&output_types),
        kept: Chunk::new(&output_types),
        is_subscribed: false,
        rows_in: 0,
        rows_out: 0,
        bytes_in: 0,
    })
}

/// Builds an operator with one input.
fn build_operator(node: &Node, input: &Running) -> Result<Built, PlanErrorKind> {
    let (schema, window, is_table) = (input.schema.clone(), input.window, input.is_table);
    let (name, columns) = (node.name.clone(), types(&schema));
    let needs_stream = |what| match is_table {
        true => Err(PlanErrorKind::NeedsStream(what)),
        false => Ok(()),
    };
    let (operator, schema, window, is_table): (Box<dyn Operator>, _, _, _) = match &node.op {
        Op::Filter(expr) => {
            let predicate = Evaluator::new(expr, &columns)?;
            if *predicate.data_type() != DataType::Boolean {
                return Err(PlanErrorKind::Predicate(predicate.data_type().clone()));
            }
            let filter: Box<dyn Operator> = if is_table {
                let keys = &columns[..schema.keys().count()];
                let keep_ms = window.map(|w| w.grace_ms(false).saturating_add(w.span_ms()));
                Box::new(TableFilter::new(name, predicate, keys, keep_ms))
            } else {
                Box::new(Filter::new(name, predicate))
            };
            (filter, schema, window, is_table)
        }
        Op::Project(outputs) => {
            let (project, schema) = project(name, outputs, &columns)?;
            (Box::new(project), schema, window, is_table)
        }
        Op::PartitionBy(plan) => {
            needs_stream("PARTITION BY")?;
            let before = schema.keys().count();
            let (project, schema) = project(name, &plan.outputs, &columns)?;
            let keys = schema.keys().count();
            let of_value = (0..keys)
                .filter(|at| !plan.outputs[*at].expr.reads_only_columns_before(before))
                .collect();
            if let Some((_, late)) = schema.keys().find(|(index, _)| *index >= keys) {
                return Err(PlanErrorKind::KeyAfterValue(late.name.to_string()));
            }
            let partitioner = plan
                .repartition
                .filter(|_| keys > 0)
                .map(|partitions| Partitioner::new(partitions.max(1), plan.outputs[..keys].iter()));
            (Box::new(PartitionBy::new(project, keys, of_value, partitioner)), schema, None, false)
        }
        Op::Explode(plan) => {
            needs_stream("a table function")?;
            let mut arrays = Vec::new();
            let mut schema = schema;
            for output in &plan.functions {
                let array = Evaluator::new(&output.expr, &columns)?;
                let DataType::Array(item) = array.data_type() else {
                    let (column, found) =
                        (output.field.name.to_string(), array.data_type().clone());
                    return Err(PlanErrorKind::NoArray { column, found });
                };
                check_field(&output.field, item)?;
                arrays.push(array);
                schema.fields.push(Field { role: Role::Value, ..output.field.clone() });
            }
            (Box::new(Explode::new(name, arrays)), schema, window, false)
        }
        Op::Aggregate(plan) => {
            let operator = if is_table {
                let key = (schema.keys().count(), window.is_some());
                aggregate::table_operator(&name, plan, &columns, key)?
            } else {
                aggregate::operator(&name, plan, &columns)?
            };
            let keys = plan.group_by.iter().map(|output| &output.field);
            let fields = keys.chain(plan.calls.iter().map(|call| &call.field));
            (operator, Schema::new(fields.cloned().collect()), plan.window, true)
        }
        Op::Source(_) | Op::Split(_) | Op::Sink(_) | Op::Join(_) => {
            unreachable!("built elsewhere")
        }
    };
    Ok(Built { stage: Stage::Operator(operator), schema, window, is_table })
}

fn build_join(node: &Node, left: &Running, right: &Running) -> Result<Built, PlanErrorKind> {
    let Op::Join(plan) = &node.op else { unreachable!("only joins have two inputs") };
    let input = |of: &Running| (of.is_table, of.window.is_some());
    let [(left_table, left_windowed), (right_table, right_windowed)] = [input(left), input(right)];
    let operator = join::operator(
        &node.name,
        plan,
        join::Input { schema: &left.schema, is_table: left_table, is_windowed: left_windowed },
        join::Input { schema: &right.schema, is_table: right_table, is_windowed: right_windowed },
    )?;
    Ok(Built {
        stage: Stage::Operator(operator),
        schema: join::output(&left.schema, &right.schema),
        window: left.window,
        is_table: left_table && right_table,
    })
}

fn project(
    name: String,
    outputs: &[Output],
    columns: &[DataType],
) -> Result<(Project, Schema), PlanErrorKind> {
    let mut evaluators = Vec::new();
    for output in outputs {
        let evaluator = Evaluator::new(&output.expr, columns)?;
        check_field(&output.field, evaluator.data_type())?;
        evaluators.push((output.field.role, evaluator));
    }
    let schema = Schema::new(outputs.iter().map(|output| output.field.clone()).collect());
    Ok((Project::new(name, evaluators), schema))
}

/// Checks number and order of a node's inputs.
fn check_inputs(node: &Node, before: usize) -> Result<(), PlanErrorKind> {
    let needs = match &node.op {
        Op::Source(_) | Op::Split(_) => 0,
        Op::Filter(_)
        | Op::Project(_)
        | Op::PartitionBy(_)
        | Op::Explode(_)
        | Op::Aggregate(_)
        | Op::Sink(_) => 1,
        Op::Join(_) => 2,
    };
    if node.inputs.len() != needs {
        return Err(PlanErrorKind::Inputs { needs, found: node.inputs.len() });
    }
    match node.inputs.iter().find(|input| **input >= before) {
        Some(&input) => Err(PlanErrorKind::InputOrder(input)),
        None => Ok(()),
    }
}

fn check_field(field: &Field, actual: &DataType) -> Result<(), PlanErrorKind> {
    if field.data_type == *actual {
        return Ok(());
    }
    Err(PlanErrorKind::Type {
        column: field.name.to_string(),
        declared: field.data_type.clone(),
        actual: actual.clone(),
    })
}
