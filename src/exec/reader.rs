//! Records to rows: the reading half of a source, apart from what is done with the rows.
//!
//! Reading is the cost of a query, so it is a step of its own: several tasks can take the rows of
//! one reader ([`super::Task::push_rows`]).

use thiserror::Error;

use super::DropReason;
use super::event_time::{EventTime, EventTimeError};
use super::extract::Extractor;
use crate::chunk::{Chunk, Column, ColumnData, Window};
use crate::format::delimited::{DelimitedError, DelimitedReader};
use crate::format::json::{JsonReader, ReadError};
use crate::format::kafka::{self, KafkaError};
use crate::plan::{Format, OnError, Source, SystemColumn};
use crate::record::Record;
use crate::schema::{Role, Schema};
use crate::time::Timestamp;
use crate::value::DataType;
use crate::window::WindowSpec;

/// Why a record is not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RecordError {
    /// The value's bytes.
    #[error("value: {0}")]
    Value(BytesError),
    /// The key's bytes.
    #[error("key: {0}")]
    Key(BytesError),
    /// The key's window.
    #[error("key: {0}")]
    Window(KafkaError),
    /// The column that holds the event time is NULL, negative or not in its format.
    #[error("the timestamp column holds no time")]
    Timestamp,
    /// A table's record without a key.
    #[error("a table's record has no key")]
    NoKey,
}

/// Why bytes are not the values of some columns.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BytesError {
    /// In JSON.
    #[error(transparent)]
    Json(#[from] ReadError),
    /// In Kafka's own form.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// As delimited values.
    #[error(transparent)]
    Delimited(#[from] DelimitedError),
}

impl RecordError {
    /// How such records are counted.
    #[must_use]
    pub const fn reason(&self) -> DropReason {
        match self {
            Self::Value(_) | Self::Key(_) | Self::Window(_) => DropReason::Unreadable,
            Self::Timestamp => DropReason::InvalidTimestamp,
            Self::NoKey => DropReason::NullKey,
        }
    }
}

/// Why a schema cannot be read or written in a format.
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
    /// A format has no such type.
    #[error("the {format:?} format has no {data_type}, as column {column} is")]
    Type {
        /// The format.
        format: Format,
        /// The column.
        column: String,
        /// Its type.
        data_type: DataType,
    },
    /// The event time.
    #[error(transparent)]
    Timestamp(#[from] EventTimeError),
    /// A path into JSON.
    #[error("a path into JSON is none")]
    Path,
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
        check_types(schema, format, role)?;
        let takes = match format {
            Format::Kafka if columns > 1 => "at most one column",
            Format::JsonBare if columns != 1 => "exactly one column",
            Format::None if columns > 0 && role == Role::Value => "no column",
            _ => continue,
        };
        return Err(FormatError::Columns { format, takes, columns, role });
    }
    Ok(keys)
}

/// DELIMITED has no nested values.
fn check_types(schema: &Schema, format: Format, role: Role) -> Result<(), FormatError> {
    let is_nested = |data_type: &DataType| {
        matches!(data_type, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_))
    };
    let mut fields = schema.fields.iter().filter(|field| field.role == role);
    match fields.find(|field| is_nested(&field.data_type)) {
        Some(field) if matches!(format, Format::Delimited(_)) => Err(FormatError::Type {
            format,
            column: field.name.to_string(),
            data_type: field.data_type.clone(),
        }),
        _ => Ok(()),
    }
}

/// How some columns are read from bytes.
#[derive(Clone, Debug)]
enum Part {
    Json(JsonReader),
    /// The bare JSON value of one column: it is read as a member of an object.
    BareJson(JsonReader, Vec<u8>),
    Delimited(DelimitedReader),
    Kafka,
    Nothing,
}

/// The object that a bare value is put into.
const BARE_OPEN: &[u8] = b"{\"bare\":";

impl Part {
    fn new(format: Format, schema: &Schema, role: Role) -> Self {
        let names = || schema.fields.iter().filter(|f| f.role == role).map(|f| &*f.name);
        let is_bare_key = role == Role::Key && names().count() == 1;
        match format {
            Format::Json if is_bare_key => Self::BareJson(JsonReader::new(["bare"]), Vec::new()),
            Format::JsonBare => Self::BareJson(JsonReader::new(["bare"]), Vec::new()),
            Format::Json => Self::Json(JsonReader::new(names())),
            Format::Delimited(delimiter) => Self::Delimited(DelimitedReader::new(delimiter)),
            Format::Kafka => Self::Kafka,
            Format::None => Self::Nothing,
        }
    }

    fn read(&mut self, bytes: Option<&[u8]>, columns: &mut [Column]) -> Result<(), BytesError> {
        let (part, Some(present)) = (self, bytes) else {
            columns.iter_mut().for_each(Column::push_null);
            return Ok(());
        };
        match part {
            Self::Json(reader) => reader.read(present, columns)?,
            Self::BareJson(reader, object) => {
                object.clear();
                object.extend_from_slice(BARE_OPEN);
                object.extend_from_slice(present);
                object.push(b'}');
                reader.read(object, columns)?;
            }
            Self::Delimited(reader) => reader.read(present, columns)?,
            Self::Kafka => match columns {
                [column] => kafka::read(bytes, column)?,
                _ => return Ok(()),
            },
            Self::Nothing => columns.iter_mut().for_each(Column::push_null),
        }
        Ok(())
    }
}

/// Reads keys and values into columns: the part of reading that depends on bytes alone.
#[derive(Clone, Debug)]
pub(super) struct Decoder {
    keys: usize,
    key: Part,
    value: Part,
    window: Option<WindowSpec>,
}

impl Decoder {
    /// For the columns and formats of a source.
    ///
    /// # Errors
    /// When the formats do not fit the columns.
    pub fn new(plan: &Source) -> Result<Self, FormatError> {
        Ok(Self {
            keys: check_formats(&plan.schema, plan.key_format, plan.value_format)?,
            key: Part::new(plan.key_format, &plan.schema, Role::Key),
            value: Part::new(plan.value_format, &plan.schema, Role::Value),
            window: plan.window,
        })
    }

    /// Adds a value to each column, of which some may be longer after an error; gives the key's
    /// window.
    #[inline]
    fn read(
        &mut self,
        record: &Record<'_>,
        columns: &mut [Column],
    ) -> Result<Option<Window>, RecordError> {
        let (key, window) = self.split_key(record.key)?;
        let (keys, values) = columns.split_at_mut(self.keys);
        self.value.read(record.value, values).map_err(RecordError::Value)?;
        self.key.read(key, keys).map_err(RecordError::Key)?;
        Ok(window)
    }

    /// As [`Decoder::read`], but a JSON member that does not fit its column is NULL there, and the
    /// column's number goes to `unfit`.
    pub fn read_each(
        &mut self,
        record: &Record<'_>,
        columns: &mut [Column],
        mut unfit: impl FnMut(usize),
    ) -> Result<Option<Window>, RecordError> {
        let (Part::Json(reader), Some(value)) = (&mut self.value, record.value) else {
            return self.read(record, columns);
        };
        let values = &mut columns[self.keys..];
        let read = reader.read_each(value, values, |column| unfit(self.keys + column));
        read.map_err(|error| RecordError::Value(error.into()))?;
        let (key, window) = self.split_key(record.key)?;
        self.key.read(key, &mut columns[..self.keys]).map_err(RecordError::Key)?;
        Ok(window)
    }

    /// The key without its window.
    fn split_key<'a>(
        &self,
        key: Option<&'a [u8]>,
    ) -> Result<(Option<&'a [u8]>, Option<Window>), RecordError> {
        let Some(spec) = self.window else { return Ok((key, None)) };
        let split = match (key, spec) {
            (None, _) => return Err(RecordError::NoKey),
            (Some(key), WindowSpec::Session(_)) => kafka::split_session_window(key),
            (Some(key), _) => kafka::split_time_window(key, spec.span_ms()),
        };
        let (key, window) = split.map_err(RecordError::Window)?;
        Ok((Some(key), Some(window)))
    }
}

/// Reads records into chunks.
#[derive(Clone, Debug)]
pub struct RecordReader {
    columns: usize,
    decoder: Decoder,
    is_table: bool,
    system_columns: Vec<SystemColumn>,
    extractor: Extractor,
    timestamp: Option<EventTime>,
    on_error: OnError,
}

impl RecordReader {
    /// For the columns and formats of a source.
    ///
    /// # Errors
    /// When the formats do not fit the columns.
    pub fn new(plan: &Source) -> Result<Self, FormatError> {
        let decoder = Decoder::new(plan)?;
        let timestamp = plan.timestamp.as_ref().map(|t| EventTime::new(t, &plan.schema));
        Ok(Self {
            columns: plan.schema.fields.len(),
            decoder,
            is_table: plan.table,
            system_columns: plan.system_columns.clone(),
            extractor: Extractor::new(&plan.extracts).ok_or(FormatError::Path)?,
            timestamp: timestamp.transpose()?,
            on_error: plan.on_error,
        })
    }

    /// Whether an error stops the query.
    #[must_use]
    pub fn stops_at(&self, error: &RecordError) -> bool {
        let on_error = match error {
            RecordError::Timestamp => self.timestamp.as_ref().map(EventTime::on_invalid),
            RecordError::NoKey => None,
            _ => Some(self.on_error),
        };
        on_error == Some(OnError::Fail)
    }

    /// The columns behind those that are read from bytes.
    pub(super) fn system_columns(&self) -> &[SystemColumn] {
        &self.system_columns
    }

    /// Adds a row. A record without a value is a tombstone.
    ///
    /// # Errors
    /// When key or value cannot be read or there is no event time; nothing is added then.
    pub fn read(&mut self, record: &Record<'_>, chunk: &mut Chunk) -> Result<(), RecordError> {
        let row = chunk.len();
        let (columns, behind) = chunk.columns.split_at_mut(self.columns);
        let read = self.decoder.read(record, columns).and_then(|window| {
            let timestamp = self.time_of(record, columns, row, self.timestamp.as_ref())?;
            Ok((timestamp, window))
        });
        let (timestamp, window) = match read {
            Ok(found) => found,
            Err(error) => {
                columns.iter_mut().for_each(|column| column.truncate(row));
                return Err(error);
            }
        };
        let (system, extracts) = behind.split_at_mut(self.system_columns.len());
        for (kind, column) in self.system_columns.iter().zip(system) {
            let (partition, offset) = (record.partition.0, record.offset.0);
            push_system(*kind, timestamp, partition, offset, window, column);
        }
        self.extractor.push(columns, row, extracts);
        push_meta(record, timestamp, window, chunk);
        Ok(())
    }

    /// The event time of a record that was read into `row` of columns; `timestamp` says where it is
    /// there.
    ///
    /// # Errors
    /// When there is none, or no key where there must be one.
    #[inline]
    pub(super) fn time_of(
        &self,
        record: &Record<'_>,
        columns: &[Column],
        row: usize,
        timestamp: Option<&EventTime>,
    ) -> Result<Timestamp, RecordError> {
        let keys = &columns[..self.decoder.keys];
        if self.is_table && !keys.iter().any(|column| column.valid[row]) {
            return Err(RecordError::NoKey);
        }
        match timestamp {
            // A tombstone has no columns to look at.
            Some(time) if record.value.is_some() => {
                time.of(columns, row).map(Timestamp).ok_or(RecordError::Timestamp)
            }
            _ => Ok(record.timestamp),
        }
    }
}

/// Adds all of a record's row but its columns.
#[inline]
pub(super) fn push_meta(
    record: &Record<'_>,
    timestamp: Timestamp,
    window: Option<Window>,
    chunk: &mut Chunk,
) {
    chunk.timestamps.push(timestamp);
    chunk.partitions.push(record.partition.0);
    chunk.offsets.push(record.offset.0);
    chunk.windows.extend(window);
    let is_tombstone = record.value.is_none();
    if is_tombstone || !chunk.tombstones.is_empty() {
        // Marks begin with the first tombstone of a chunk: most chunks have none.
        chunk.mark_last(is_tombstone);
    }
}

/// Adds to a system column what it says of a row.
pub(super) fn push_system(
    kind: SystemColumn,
    timestamp: Timestamp,
    partition: u32,
    offset: i64,
    window: Option<Window>,
    column: &mut Column,
) {
    let value = match kind {
        SystemColumn::RowTime => Some(timestamp.0),
        SystemColumn::RowPartition => Some(i64::from(partition)),
        SystemColumn::RowOffset => Some(offset),
        SystemColumn::WindowStart => window.map(|window| window.start.0),
        SystemColumn::WindowEnd => window.map(|window| window.end.0),
    };
    match (value, &mut column.data) {
        (None, _) => return column.push_null(),
        (Some(value), ColumnData::Int(values)) => values.push(value as i32),
        (Some(value), ColumnData::BigInt(values)) => values.push(value),
        _ => unreachable!("a system column is an integer"),
    }
    column.valid.push(true);
}
