//! What an editor of SQL needs to know: the words of the language, and what there is by name. The
//! page has no list of its own.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use crate::function::registry;
use crate::schema::Role;
use crate::sql::analyzer::{TYPE_NAMES, show_type};
use crate::sql::printer::quoted;
use crate::sql::token::Keyword;
use crate::sql::workspace::Workspace;

/// The words of the language. The same for all runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Vocabulary {
    /// Keywords, in upper case.
    pub keywords: Vec<String>,
    /// Those of them that are not reserved: a column can be called so.
    pub can_be_names: Vec<String>,
    /// Names of types.
    pub types: Vec<String>,
    /// Functions, by name.
    pub functions: Vec<FunctionDoc>,
}

/// A function as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct FunctionDoc {
    /// Its name, in upper case.
    pub name: String,
    /// `scalar`, `aggregate` or `table`.
    pub kind: String,
    /// What it does.
    pub doc: String,
    /// How it is called, one for each overload.
    pub signatures: Vec<String>,
}

/// What there is by name in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct CatalogNames {
    /// Streams and tables, by name.
    pub sources: Vec<SourceNames>,
    /// Ids of the persistent queries, in the order in which they were started.
    pub queries: Vec<String>,
}

/// A stream or table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct SourceNames {
    /// Its name as a statement must write it.
    pub name: String,
    /// `stream` or `table`.
    pub kind: String,
    /// The topic that it is a view of.
    pub topic: String,
    /// Its columns, key columns first.
    pub columns: Vec<ColumnName>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ColumnName {
    /// Its name as a statement must write it.
    pub name: String,
    /// Its SQL type.
    pub data_type: String,
    /// Whether it is part of the key.
    pub key: bool,
}

/// The words of the language.
#[must_use]
pub fn vocabulary() -> Vocabulary {
    let function = |function: crate::function::Function| FunctionDoc {
        name: function.name.to_owned(),
        kind: format!("{:?}", function.kind).to_ascii_lowercase(),
        doc: function.doc.to_owned(),
        signatures: function
            .signatures
            .iter()
            .map(|signature| registry::describe_signature(function.name, signature))
            .collect(),
    };
    Vocabulary {
        keywords: Keyword::ALL.iter().map(|keyword| keyword.text().to_owned()).collect(),
        can_be_names: Keyword::ALL
            .iter()
            .filter(|keyword| !keyword.is_reserved())
            .map(|keyword| keyword.text().to_owned())
            .collect(),
        types: TYPE_NAMES.map(str::to_owned).to_vec(),
        functions: registry::all().into_iter().map(function).collect(),
    }
}

/// What there is by name.
#[must_use]
pub fn catalog(workspace: &Workspace) -> CatalogNames {
    let column = |field: &crate::schema::Field| ColumnName {
        name: quoted(&field.name),
        data_type: show_type(&field.data_type),
        key: field.role == Role::Key,
    };
    let source = |source: &crate::sql::catalog::Source| SourceNames {
        name: quoted(&source.name),
        kind: source.kind_name().to_owned(),
        topic: source.topic.to_string(),
        columns: source.schema.fields.iter().map(column).collect(),
    };
    CatalogNames {
        sources: workspace.catalog.sources().map(source).collect(),
        queries: workspace.catalog.queries().iter().map(|query| query.id.to_string()).collect(),
    }
}
