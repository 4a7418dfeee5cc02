//! Which columns a query sees, by which names.

use std::sync::Arc;

use crate::plan::Expr;
use crate::sql::ast::Ident;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::spelling;
use crate::value::DataType;

/// Columns that every row has.
pub const ROW_COLUMNS: [&str; 3] = ["ROWTIME", "ROWPARTITION", "ROWOFFSET"];
/// Columns that every row with a windowed key has.
pub const WINDOW_COLUMNS: [&str; 2] = ["WINDOWSTART", "WINDOWEND"];

/// Whether no column can have this name.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    ROW_COLUMNS.contains(&name) || WINDOW_COLUMNS.contains(&name)
}

/// What a column is to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of the key.
    Key,
    /// Part of the value.
    Value,
    /// Given by the record, not by the source's schema; `*` leaves it out.
    Pseudo,
}

/// A column that can be named.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub data_type: DataType,
    /// What it is to its source.
    pub kind: Kind,
    /// Its value.
    pub expr: Expr,
}

/// The columns of one source of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The name that qualifies its columns.
    pub alias: Arc<str>,
    /// Its columns, in order.
    pub columns: Vec<Column>,
}

/// All that a query can name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// The sources, from left to right.
    pub relations: Vec<Relation>,
    /// The key of a join that is no column of either side; it has no qualifier.
    pub synthetic_key: Option<Column>,
}

impl Scope {
    /// Whether the query joins.
    #[must_use]
    pub fn is_join(&self) -> bool {
        self.relations.len() > 1
    }

    /// The source that `name` qualifies.
    ///
    /// # Errors
    /// When there is none.
    pub fn relation(&self, name: &Ident) -> Result<&Relation, Diagnostic> {
        self.relations.iter().find(|relation| relation.alias == name.name).ok_or_else(|| {
            let message = format!("no source {} in this query", quoted(&name.name));
            let mut diagnostic = Diagnostic::error(Code::UNKNOWN_SOURCE, message, name.span);
            let names = self.relations.iter().map(|relation| &*relation.alias);
            if let Some(near) = spelling::closest(&name.name, names) {
                diagnostic = diagnostic.with_help(format!("did you mean {}?", quoted(near)));
            }
            diagnostic
        })
    }

    /// The column `source.name`, or `name` of whichever source has it.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn column(
        &self,
        source: Option<&Ident>,
        name: &Ident,
    ) -> Result<(&Relation, &Column), Diagnostic> {
        let all: Vec<&Relation> = match source {
            Some(source) => vec![self.relation(source)?],
            None => self.relations.iter().collect(),
        };
        let found: Vec<(&Relation, &Column)> = all
            .iter()
            .flat_map(|relation| relation.columns.iter().map(move |column| (*relation, column)))
            .filter(|(_, column)| column.name == name.name)
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => match (&self.synthetic_key, self.relations.first()) {
                (Some(key), Some(relation)) if source.is_none() && key.name == name.name => {
                    Ok((relation, key))
                }
                _ => Err(unknown(&all, name)),
            },
            [(first, _), (second, _), ..] => {
                let message = format!("column {} is in several sources", quoted(&name.name));
                let help = format!(
                    "write {}.{name} or {}.{name}",
                    quoted(&first.alias),
                    quoted(&second.alias),
                    name = quoted(&name.name)
                );
                Err(Diagnostic::error(Code::AMBIGUOUS_COLUMN, message, name.span).with_help(help))
            }
        }
    }

    /// Whether more than one source has a column of this name.
    #[must_use]
    pub fn is_shared(&self, name: &str) -> bool {
        let has =
            |relation: &&Relation| relation.columns.iter().any(|column| &*column.name == name);
        self.relations.iter().filter(has).count() > 1
    }

    /// Whether any source has a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.relations.iter().any(|relation| relation.columns.iter().any(|c| &*c.name == name))
    }
}

fn unknown(relations: &[&Relation], name: &Ident) -> Diagnostic {
    let place = match relations {
        [one] => format!(" in {}", quoted(&one.alias)),
        _ => String::new(),
    };
    let message = format!("no column {}{place}", quoted(&name.name));
    let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span);
    let names = || relations.iter().flat_map(|r| r.columns.iter().map(|column| &*column.name));
    let near = names()
        .find(|other| other.eq_ignore_ascii_case(&name.name))
        .or_else(|| spelling::closest(&name.name, names()));
    match near {
        Some(near) => diagnostic.with_help(format!("did you mean {}?", quoted(near))),
        None => diagnostic,
    }
}
