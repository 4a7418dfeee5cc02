//! Event time from a column (`WITH (TIMESTAMP=…)`), on the way in and on the way out.

use thiserror::Error;

use crate::chunk::{Column, ColumnData};
use crate::format::datetime::{DateTimePattern, PatternError};
use crate::plan::{OnError, TimestampColumn};
use crate::schema::Schema;
use crate::value::DataType;

/// Why a column cannot hold the event time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventTimeError {
    /// There is no such column.
    #[error("the timestamp is column {index} of {columns}")]
    NoColumn {
        /// The index.
        index: usize,
        /// How many there are.
        columns: usize,
    },
    /// The column is of another type.
    #[error("timestamp column {column} is of type {data_type}, not BIGINT, TIMESTAMP or VARCHAR")]
    Type {
        /// The column.
        column: String,
        /// Its type.
        data_type: DataType,
    },
    /// A text needs a format, a number has none.
    #[error("timestamp column {column} is of type {data_type}: a format {needs}")]
    Format {
        /// The column.
        column: String,
        /// Its type.
        data_type: DataType,
        /// What is wrong.
        needs: &'static str,
    },
    /// The format cannot be read.
    #[error("the timestamp format {format:?}: {error}")]
    Pattern {
        /// The format.
        format: String,
        /// What is wrong.
        error: PatternError,
    },
}

/// Finds the event time of rows.
#[derive(Clone, Debug)]
pub struct EventTime {
    column: usize,
    pattern: Option<DateTimePattern>,
    on_invalid: OnError,
}

impl EventTime {
    /// For a column of a schema.
    ///
    /// # Errors
    /// When it cannot hold a time.
    pub fn new(plan: &TimestampColumn, schema: &Schema) -> Result<Self, EventTimeError> {
        let missing = EventTimeError::NoColumn { index: plan.column, columns: schema.fields.len() };
        let field = schema.fields.get(plan.column).ok_or(missing)?;
        let (column, data_type) = (field.name.to_string(), field.data_type.clone());
        let pattern = match (&data_type, &plan.format) {
            (DataType::BigInt | DataType::Timestamp, None) => None,
            (DataType::BigInt | DataType::Timestamp, Some(_)) => {
                return Err(EventTimeError::Format { column, data_type, needs: "is for VARCHAR" });
            }
            (DataType::Varchar, None) => {
                return Err(EventTimeError::Format { column, data_type, needs: "is missing" });
            }
            (DataType::Varchar, Some(format)) => {
                let wrong = |error| EventTimeError::Pattern { format: format.clone(), error };
                Some(DateTimePattern::new(format).map_err(wrong)?)
            }
            _ => return Err(EventTimeError::Type { column, data_type }),
        };
        Ok(Self { column: plan.column, pattern, on_invalid: plan.on_invalid })
    }

    /// What to do with a row that has none.
    #[must_use]
    pub const fn on_invalid(&self) -> OnError {
        self.on_invalid
    }

    /// The event time of a row; `None` when it is NULL, negative or not in the format.
    #[must_use]
    pub fn of(&self, columns: &[Column], row: usize) -> Option<i64> {
        let column = &columns[self.column];
        if !column.valid[row] {
            return None;
        }
        let time = match (&column.data, &self.pattern) {
            (ColumnData::BigInt(v) | ColumnData::Timestamp(v), _) => Some(v[row]),
            (ColumnData::Varchar(v), Some(pattern)) => pattern.parse(v.get(row)),
            _ => None,
        };
        time.filter(|time| *time >= 0)
    }
}
