//! `ALTER STREAM|TABLE name ADD COLUMN …`: more value columns for a source that was declared.

use super::{Outcome, Step, Workspace, refuse};
use crate::schema::Field;
use crate::sql::analyzer;
use crate::sql::analyzer::scope::is_reserved;
use crate::sql::ast::{Ident, SourceKind, TypeName};
use crate::sql::catalog::{Serde, values};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;

impl Workspace {
    /// Queries that run keep the columns that they were planned with, as in ksqlDB.
    pub(super) fn alter(
        &mut self,
        kind: SourceKind,
        name: &Ident,
        columns: &[(Ident, TypeName)],
    ) -> Outcome {
        let mut source = self.source(name)?.clone();
        if source.kind != kind {
            let message = format!("{} is a {}", quoted(&source.name), source.kind_name());
            return refuse(Code::SOURCE_KIND, message, name.span);
        }
        if let Some(query) = &source.created_by {
            let message = format!("{} is made by the query {query}", quoted(&source.name));
            let diagnostic = Diagnostic::error(Code::STATEMENT, message, name.span);
            return Err(vec![diagnostic.with_help("change it with CREATE OR REPLACE … AS SELECT")]);
        }
        if source.read_only {
            let message = format!("{} is read-only", quoted(&source.name));
            return refuse(Code::STATEMENT, message, name.span);
        }
        for (column, data_type) in columns {
            if is_reserved(&column.name) {
                let message =
                    format!("`{}` is a reserved name: no column can have it", column.name);
                return refuse(Code::RESERVED_COLUMN, message, column.span);
            }
            if source.schema.fields.iter().any(|field| field.name == column.name) {
                let message = format!("there is a column {} already", quoted(&column.name));
                return refuse(Code::DUPLICATE_COLUMN, message, column.span);
            }
            let data_type = analyzer::data_type(data_type, &self.catalog)?;
            source.schema.fields.push(Field::value(&column.name, data_type));
        }
        let holds_one =
            matches!(source.value_format, Serde::Kafka | Serde::Json { wrapped: false });
        if holds_one && values(&source.schema).count() > 1 {
            let message = "the format of the values holds one column";
            return refuse(Code::FORMAT, message, columns[0].0.span);
        }
        self.catalog.add_source(source.clone());
        Ok(Step::Altered(source))
    }
}
