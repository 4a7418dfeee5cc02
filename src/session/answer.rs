//! What a statement answers: data for a terminal or a page.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

use crate::sql::diagnostic::Diagnostic;
use crate::sql::span::Span;

/// The answer to one statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Where the statement stands in the script.
    pub span: Span,
    /// Whether it changed what the run computes.
    pub changed: bool,
    /// What it led to.
    pub outcome: Outcome,
}

/// What a statement led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Outcome {
    /// It is done.
    Done {
        /// What was done.
        message: String,
    },
    /// Lists of what there is.
    Lists {
        /// One or more.
        lists: Vec<List>,
    },
    /// A query is running.
    Started {
        /// Its id.
        query: String,
    },
    /// Rows come from now on: [`crate::session::Session::take_rows`] has them.
    Push {
        /// Its number.
        id: u32,
        /// The columns.
        columns: Vec<ResultColumn>,
    },
    /// All rows that there are.
    Rows {
        /// The columns.
        columns: Vec<ResultColumn>,
        /// The rows; each cell is the JSON of its value.
        rows: Vec<Vec<String>>,
        /// What is to be known of them.
        notes: Vec<String>,
    },
    /// The plan of a query.
    Plan {
        /// Its nodes, each after its inputs.
        nodes: Vec<PlanNode>,
    },
    /// It is wrong, or has what is not supported: nothing was done.
    Refused {
        /// All that was found.
        diagnostics: Vec<Diagnostic>,
    },
}

/// A list with a name for each column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct List {
    /// What is listed.
    pub title: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, as text.
    pub rows: Vec<Vec<String>>,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ResultColumn {
    /// Its name.
    pub name: String,
    /// Its SQL type.
    pub data_type: String,
}

/// A node of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct PlanNode {
    /// Its name in the plan.
    pub name: String,
    /// What it does.
    pub operation: String,
    /// How it does it, a line each.
    pub details: Vec<String>,
    /// The nodes before it whose rows it takes.
    pub inputs: Vec<u32>,
}
