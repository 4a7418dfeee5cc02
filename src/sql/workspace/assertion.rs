//! `ASSERT`: what a statement says of sources, rows and topics.

use super::{Outcome, Step, Workspace, refuse, text_of};
use crate::order;
use crate::schema::{Field, Role};
use crate::sql::analyzer::{self, Context, Purpose};
use crate::sql::ast::{AssertSource, ColumnConstraint, CreateSource, Expr, Ident, Property};
use crate::sql::catalog::Source;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::span::Span;

impl Workspace {
    pub(super) fn assert_row(
        &self,
        source: &Ident,
        columns: &[Ident],
        values: &[Expr],
        at: Span,
        purpose: Purpose,
        context: &Context<'_>,
    ) -> Outcome {
        let row = analyzer::values(source, columns, values, at, purpose, context)?;
        Ok(Step::AssertRow(Box::new(row), purpose))
    }

    /// A source is as it is said to be: kind, columns, and each property that is named.
    pub(super) fn assert_source(&self, assert: &AssertSource, context: &Context<'_>) -> Outcome {
        let source = self.source(&assert.name)?;
        let at = assert.name.span;
        let mut problems = Vec::new();
        if source.kind != assert.source_kind {
            problems.push(format!("{} is a {}", quoted(&source.name), source.kind_name()));
        }
        if !assert.columns.is_empty() {
            let mut expected = Vec::new();
            for column in &assert.columns {
                let data_type = analyzer::data_type(&column.data_type, &self.catalog)?;
                expected.push(match &column.constraint {
                    Some(ColumnConstraint::Key | ColumnConstraint::PrimaryKey) => {
                        Field::key(&column.name.name, data_type)
                    }
                    _ => Field::value(&column.name.name, data_type),
                });
            }
            // Key columns come first in a source, wherever they were declared.
            order::sort_by_key(&mut expected, |field| field.role != Role::Key);
            if expected != source.schema.fields {
                let actual = analyzer::describe(&source.schema);
                problems.push(format!("{} has the columns {actual}", quoted(&source.name)));
            }
        }
        if !assert.properties.is_empty() && problems.is_empty() {
            let create = CreateSource {
                source_kind: assert.source_kind,
                or_replace: false,
                read_only: false,
                if_not_exists: false,
                name: assert.name.clone(),
                columns: assert.columns.clone(),
                properties: assert.properties.clone(),
            };
            let expected = analyzer::create(&create, context)?;
            if expected.topic != source.topic {
                problems.push(format!("its topic is {}", source.topic));
            }
            let formats = |source: &Source| (source.key_format, source.value_format);
            if formats(&expected) != formats(source) {
                let (key, value) = (source.key_format.name(), source.value_format.name());
                problems.push(format!("its formats are {key} and {value}"));
            }
            if expected.timestamp != source.timestamp {
                problems.push("its timestamp column is another".to_owned());
            }
        }
        if problems.is_empty() {
            return Ok(Step::Done(format!("{} is as expected", quoted(&source.name))));
        }
        refuse(Code::ASSERTION, problems.join("; "), at)
    }
}

/// `ASSERT TOPIC … WITH`: what a topic that is there must have. Each has one replica here.
pub(super) fn properties(
    topic: &str,
    properties: &[Property],
    partitions_of: &dyn Fn(&str) -> Option<u32>,
) -> Result<(), Vec<Diagnostic>> {
    for property in properties {
        let (name, at) = (property.name.name(), property.name.span());
        let there = match name.to_ascii_uppercase().as_str() {
            "PARTITIONS" => partitions_of(topic),
            "REPLICAS" => Some(1),
            _ => {
                let message = format!("ASSERT TOPIC knows PARTITIONS and REPLICAS, not {name}");
                return Err(vec![Diagnostic::error(Code::UNKNOWN_PROPERTY, message, at)]);
            }
        };
        let said = text_of(&property.value.kind).unwrap_or_default();
        if let Some(there) = there.filter(|there| said != there.to_string()) {
            let message = format!("the topic {topic} has {name} = {there}");
            return Err(vec![Diagnostic::error(Code::ASSERTION, message, at)]);
        }
    }
    Ok(())
}
