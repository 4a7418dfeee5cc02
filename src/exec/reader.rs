//! Records to rows: the reading half of a source, apart from what is done with the rows.
//!
//! Reading is the cost of a query, so it is a step of its own: several tasks can take the rows of
//! one reader ([`super::Task::push_rows`]).

use thiserror::Error;

use crate::chunk::{Chunk, Column};
use crate::format::json::{JsonReader, ReadError};
use crate::format::kafka::{self, KafkaError};
use crate::plan::{Format, Source};
use crate::record::Record;
use crate::schema::{Role, Schema};

/// Why a record is not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The value's JSON.
    #[error("value: {0}")]
    ValueJson(ReadError),
    /// The value in Kafka's own form.
    #[error("value: {0}")]
    ValueKafka(KafkaError),
    /// The key's JSON.
    #[error("key: {0}")]
    KeyJson(ReadError),
    /// The key in Kafka's own form.
    #[error("key: {0}")]
    KeyKafka(KafkaError),
}

/// Why a schema cannot be read in a format.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// Key columns come first.
    #[error("key column {0} comes after a value column")]
    KeyAfterValue(String),
    /// A format has a fixed number of columns.
    #[error("the {format:?} format has {takes}, there are {columns} {role:?} columns")]
    Columns {
        /// The format.
        format: Format,
        /// How many it takes.
        takes: &'static str,
        /// How many there are.
        columns: usize,
        /// Keys or values.
        role: Role,
    },
}

/// Checks that keys come first and that the formats have room for the columns; returns the number
/// of key columns. A key format of `NONE` has no bytes for key columns: they are NULL when read.
///
/// # Errors
/// When not.
pub fn check_formats(
    schema: &Schema,
    key_format: Format,
    value_format: Format,
) -> Result<usize, FormatError> {
    let keys = schema.keys().count();
    if let Some((_, late)) = schema.keys().find(|(index, _)| *index >= keys) {
        return Err(FormatError::KeyAfterValue(late.name.to_string()));
    }
    let values = schema.fields.len() - keys;
    for (format, columns, role) in
        [(key_format, keys, Role::Key), (value_format, values, Role::Value)]
    {
        let takes = match format {
            Format::Kafka if columns > 1 => "at most one column",
            Format::None if columns > 0 && role == Role::Value => "no column",
            _ => continue,
        };
        return Err(FormatError::Columns { format, takes, columns, role });
    }
    Ok(keys)
}

/// How some columns are read from bytes.
#[derive(Clone, Debug)]
enum Part {
    Json(JsonReader),
    /// A key of one column is its bare JSON value: it is read as a member of this name.
    BareJson(JsonReader, String, Vec<u8>),
    Kafka,
    Nothing,
}

/// Reads records into chunks.
#[derive(Clone, Debug)]
pub struct RecordReader {
    keys: usize,
    key: Part,
    value: Part,
}

impl RecordReader {
    /// For the columns and formats of a source.
    ///
    /// # Errors
    /// When the formats do not fit the columns.
    pub fn new(plan: &Source) -> Result<Self, FormatError> {
        let keys = check_formats(&plan.schema, plan.key_format, plan.value_format)?;
        let names =
            |role| plan.schema.fields.iter().filter(move |f| f.role == role).map(|f| &*f.name);
        let part = |format, role| match format {
            Format::Json => Part::Json(JsonReader::new(names(role))),
            Format::Kafka => Part::Kafka,
            Format::None => Part::Nothing,
        };
        let key = match (plan.key_format, keys) {
            (Format::Json, 1) => {
                Part::BareJson(JsonReader::new(["key"]), "{\"key\":".to_owned(), Vec::new())
            }
            (format, _) => part(format, Role::Key),
        };
        Ok(Self { keys, key, value: part(plan.value_format, Role::Value) })
    }

    /// Adds a row. A record without a value is a tombstone.
    ///
    /// # Errors
    /// When key or value cannot be read; nothing is added then.
    pub fn read(&mut self, record: &Record<'_>, chunk: &mut Chunk) -> Result<(), RecordError> {
        let rows = chunk.len();
        let (keys, values) = chunk.columns.split_at_mut(self.keys);
        read_part(&mut self.value, record.value, values).map_err(|error| match error {
            PartError::Json(error) => RecordError::ValueJson(error),
            PartError::Kafka(error) => RecordError::ValueKafka(error),
        })?;
        if let Err(error) = read_part(&mut self.key, record.key, keys) {
            chunk.columns.iter_mut().for_each(|column| column.truncate(rows));
            return Err(match error {
                PartError::Json(error) => RecordError::KeyJson(error),
                PartError::Kafka(error) => RecordError::KeyKafka(error),
            });
        }
        chunk.timestamps.push(record.timestamp);
        chunk.partitions.push(record.partition.0);
        chunk.offsets.push(record.offset.0);
        let is_tombstone = record.value.is_none();
        if is_tombstone || !chunk.tombstones.is_empty() {
            // Marks begin with the first tombstone of a chunk: most chunks have none.
            chunk.tombstones.resize(rows, false);
            chunk.tombstones.push(is_tombstone);
        }
        Ok(())
    }
}

enum PartError {
    Json(ReadError),
    Kafka(KafkaError),
}

fn read_part(
    part: &mut Part,
    bytes: Option<&[u8]>,
    columns: &mut [Column],
) -> Result<(), PartError> {
    let (part, Some(present)) = (part, bytes) else {
        columns.iter_mut().for_each(Column::push_null);
        return Ok(());
    };
    match part {
        Part::Json(reader) => reader.read(present, columns).map_err(PartError::Json),
        Part::BareJson(reader, open, object) => {
            object.clear();
            object.extend_from_slice(open.as_bytes());
            object.extend_from_slice(present);
            object.push(b'}');
            reader.read(object, columns).map_err(PartError::Json)
        }
        Part::Kafka => match columns {
            [column] => kafka::read(bytes, column).map_err(PartError::Kafka),
            _ => Ok(()),
        },
        Part::Nothing => {
            columns.iter_mut().for_each(Column::push_null);
            Ok(())
        }
    }
}
