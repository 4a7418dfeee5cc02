//! `GROUP BY` and aggregate functions.

use super::{Input, Planner, ResultKey, Rows, rows, schema_of};
use crate::plan::{Aggregate, AggregateCall, Emit, Expr, NodeId, Op, Output};
use crate::schema::Field;
use crate::sql::analyzer::expression::Lowering;
use crate::sql::analyzer::names::{AggregateNames, Group, RowNames, is_typed};
use crate::sql::analyzer::select;
use crate::sql::analyzer::types::{has_map, show};
use crate::sql::ast::{self, SourceKind};
use crate::sql::catalog::{KeyWindow, Serde};
use crate::sql::diagnostic::Code;
use crate::window::WindowSpec;

impl Planner<'_> {
    fn groups(&mut self, input: &Input) -> Option<Vec<Group>> {
        let mut groups: Vec<Group> = Vec::new();
        let mut complete = true;
        for ast in &self.query.group_by {
            let names = &mut RowNames {
                scope: &input.scope,
                context: self.context,
                clause: "GROUP BY",
                exploded: None,
            };
            let lowering = &mut Lowering { names, context: self.context, findings: self.findings };
            let typed = lowering.lower(ast);
            let Some(typed) = typed.and_then(|typed| lowering.concrete(typed, ast.span)) else {
                complete = false;
                continue;
            };
            debug_assert!(is_typed(&typed.ty), "a concrete type is known");
            let data_type = typed.data_type();
            if groups.iter().any(|group| group.expr == typed.expr) {
                let message = format!("{ast} is in GROUP BY twice");
                self.error(Code::AGGREGATION, message, ast.span);
                // It would be missing in SELECT too: one fault, one message.
                continue;
            }
            if has_map(&data_type) {
                let message = format!("a key cannot have a MAP in it: {}", show(&data_type));
                self.error(Code::KEY, message, ast.span);
            }
            groups.push(Group { expr: typed.expr, data_type });
        }
        complete.then_some(groups)
    }

    pub(super) fn aggregate(&mut self, mut input: Input, node: NodeId) -> Option<Rows> {
        let groups = self.groups(&input)?;
        let window = self.window();
        let mut calls: Vec<AggregateCall> = Vec::new();
        let has_bounds = self.query.window.is_some() && !input.scope.is_join();
        let (scope, context) = (&input.scope, self.context);
        let names = &mut AggregateNames {
            scope,
            context,
            groups: &groups,
            calls: &mut calls,
            clause: "SELECT",
            has_bounds,
        };
        let (list, written) = (&self.query.select, self.sink.is_some());
        let items = select::analyze(list, scope, names, written, context, self.findings);
        let having = self.query.having.as_ref().map(|having| {
            let names = &mut AggregateNames {
                scope,
                context,
                groups: &groups,
                calls: &mut calls,
                clause: "HAVING",
                has_bounds: false,
            };
            Lowering { names, context, findings: self.findings }.condition(having)
        });
        if groups.is_empty() {
            self.error(Code::AGGREGATION, "aggregate functions need GROUP BY", self.query.span);
        } else if calls.is_empty() && items.is_some() {
            let message = "GROUP BY needs an aggregate function in SELECT or HAVING";
            self.error(Code::AGGREGATION, message, self.query.group_by[0].span);
        }
        if input.kind == SourceKind::Table
            && let Some(call) = calls.iter().find(|call| !call.function.can_retract())
        {
            let message = format!(
                "{:?} cannot take back the old value of a row: it is not for tables",
                call.function
            );
            self.error(
                Code::AGGREGATION,
                message,
                self.query.group_by.first().map_or(self.query.span, |g| g.span),
            );
        }
        self.check_state(&input, &calls);
        let (items, having) = (items?, having.map_or(Some(None), |having| having.map(Some))?);
        let keys: Vec<ResultKey> = groups
            .iter()
            .enumerate()
            .map(|(at, group)| ResultKey {
                value: Expr::Column(at),
                data_type: group.data_type.clone(),
                means: vec![(Expr::Column(at), self.query.group_by[at].to_string())],
            })
            .collect();
        let outputs = self.outputs(items, &keys, "grouping expression")?;
        let (spec, retention_ms) = match window {
            Some(window) => {
                let (spec, retention_ms) = window?;
                (Some(spec), retention_ms)
            }
            None => (None, None),
        };
        let mut node = self.add_aggregate(&input, node, groups, calls, spec, retention_ms);
        if let Some(having) = having {
            node = self.builder.add("having", vec![node], Op::Filter(having));
        }
        let schema = schema_of(&outputs);
        let node = self.builder.add("select", vec![node], Op::Project(outputs));
        input.kind = SourceKind::Table;
        input.window = spec.map(|spec| match spec {
            WindowSpec::Session(_) => KeyWindow::Session,
            other => KeyWindow::Time(Some(other.span_ms())),
        });
        Some(rows(input, node, schema))
    }

    /// ksqlDB writes what aggregates remember in the format of the source's values.
    fn check_state(&mut self, input: &Input, calls: &[AggregateCall]) {
        use crate::plan::AggregateFunction as F;
        let is_nested = |call: &&AggregateCall| {
            !matches!(
                call.function,
                F::Count | F::Sum | F::Min | F::Max | F::ApproxCountDistinct { .. }
            )
        };
        if let (Serde::Delimited { .. }, Some(call)) =
            (input.first.value_format, calls.iter().find(is_nested))
        {
            let message = format!(
                "{:?} remembers more than one value, which the format DELIMITED cannot hold",
                call.function
            );
            self.error(Code::FORMAT, message, self.query.span);
        }
    }

    fn add_aggregate(
        &mut self,
        input: &Input,
        node: NodeId,
        groups: Vec<Group>,
        calls: Vec<AggregateCall>,
        window: Option<WindowSpec>,
        retention_ms: Option<i64>,
    ) -> NodeId {
        let keeps_key = input.keys.iter().map(|key| &key.value).eq(groups.iter().map(|g| &g.expr));
        let group_by = groups.into_iter().enumerate().map(|(at, group)| Output {
            field: Field::key(&format!("KSQL_GROUP_{at}"), group.data_type),
            expr: group.expr,
        });
        let op = Aggregate {
            group_by: group_by.collect(),
            repartition: (!keeps_key).then_some(input.partitions),
            window,
            retention_ms,
            calls,
            emit: match self.query.emit {
                Some(ast::Emit::Final) => Emit::Final,
                _ => self.context.changes,
            },
        };
        self.builder.add("aggregate", vec![node], Op::Aggregate(op))
    }
}
