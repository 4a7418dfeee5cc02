//! One reading of a topic's records for all queries that come to it.
//!
//! Reading is most of what a query costs. Sources that read the same topic in the same form are
//! therefore given a share of one reading: the columns that any of them wants are read once, by
//! whoever comes first, and the others take theirs from there. Each source still polls its own
//! consumer: positions, counters, errors and chunks are what they would be if it were alone. What
//! was read is kept for a turn of the engine ([`SharedReads::clear`]) and up to a bound; a source
//! that is somewhere else in the topic, or comes to a record that its own columns do not fit, reads
//! for itself. Whoever is where another one was takes at once what that one's poll has taken.
//!
//! **Architecture Invariant:** no result depends on what is shared.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::event_time::EventTime;
use super::extract::Extractor;
use super::reader::{Decoder, RecordError, RecordReader, push_meta, push_system};
use super::task::Task;
use crate::chunk::Chunk;
use crate::plan::{Extract, Format, Source, SystemColumn, TimestampColumn};
use crate::record::Record;
use crate::schema::{Field, Role, Schema};
use crate::state::NONE;
use crate::time::Timestamp;
use crate::topic::{Consumer, Topic, TopicId};

/// Rows and bytes that a reading keeps in a turn; what is beyond is read by each for itself.
const MOST_ROWS: usize = 1 << 16;
const MOST_BYTES: u64 = 16 << 20;
/// Rows after which they are measured again.
const ROWS_BETWEEN_LOOKS: usize = 512;

/// The readings of some tasks.
#[derive(Debug, Default)]
pub struct SharedReads {
    readings: Vec<Reading>,
}

/// A source that may share.
pub(super) struct Sharer<'a> {
    pub plan: &'a Source,
    pub topic: TopicId,
    pub share: &'a mut Option<Share>,
}

/// Where a source finds its columns.
#[derive(Debug)]
pub(super) struct Share {
    reading: usize,
    /// For each of its columns the place in the reading.
    columns: Vec<usize>,
    /// For each of its extracts the place behind the reading's columns.
    extracts: Vec<usize>,
    timestamp: Option<EventTime>,
    /// Whether its records must have keys.
    is_table: bool,
}

/// What some sources of a topic want, and what was read of it.
#[derive(Debug)]
struct Reading {
    decoder: Decoder,
    /// How many columns the decoder fills; behind them are those of the extractor.
    decoded: usize,
    extractor: Extractor,
    /// With the records' own timestamps.
    rows: Chunk,
    /// By partition.
    spans: Vec<Span>,
    /// What was polled in this turn and lies in rows that follow each other.
    polls: Vec<Poll>,
    /// Values that do not fit: row and column, ascending.
    unfit: Vec<(usize, usize)>,
    /// How many rows there were when they were measured.
    measured: usize,
    is_full: bool,
    /// A source was beyond what is here: begin again where it is.
    is_passed: bool,
    read: u64,
    taken: u64,
}

/// A poll whose records are rows that follow each other.
#[derive(Debug)]
struct Poll {
    from: Consumer,
    to: Consumer,
    rows: Range<usize>,
}

/// Records of a partition that were read, without a gap.
#[derive(Debug, Default)]
struct Span {
    first: i64,
    /// The row of each record, or [`NONE`] where it cannot be read.
    rows: Vec<u32>,
}

/// Sources with one reading, while it is planned.
struct Group {
    topic: TopicId,
    plan: Source,
    sources: usize,
}

impl Group {
    fn takes(&self, topic: TopicId, plan: &Source) -> bool {
        let of = &self.plan;
        self.topic == topic
            && of.key_format == plan.key_format
            && of.window == plan.window
            && of.value_format == plan.value_format
            && of.schema.keys().map(|(_, field)| field).eq(plan.schema.keys().map(|(_, f)| f))
            // Other formats than JSON have no names: columns are told by their places.
            && (of.value_format == Format::Json || of.schema == plan.schema)
    }

    /// The place of a column, which is added if it is not there.
    fn place(&mut self, field: &Field) -> usize {
        let fields = &mut self.plan.schema.fields;
        fields.iter().position(|known| known == field).unwrap_or_else(|| {
            fields.push(field.clone());
            fields.len() - 1
        })
    }

    /// The place of an extract whose text is in this column of the reading, likewise.
    fn place_extract(&mut self, column: usize, extract: &Extract) -> usize {
        let extracts = &mut self.plan.extracts;
        let extract = Extract { column, ..extract.clone() };
        extracts.iter().position(|known| *known == extract).unwrap_or_else(|| {
            extracts.push(extract);
            extracts.len() - 1
        })
    }
}

impl SharedReads {
    /// What these tasks can share, and tells their sources. Tasks that are left out must not be
    /// polled with it.
    pub fn of<'a>(tasks: impl Iterator<Item = &'a mut Task>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        let mut sharers: Vec<Sharer<'a>> = tasks.flat_map(Task::sharers).collect();
        for Sharer { plan, topic, share } in &mut sharers {
            **share = None;
            if plan.value_format == Format::None {
                continue;
            }
            let at = groups.iter().position(|group| group.takes(*topic, plan));
            let at = at.unwrap_or_else(|| {
                let mut schema = plan.schema.clone();
                if plan.value_format == Format::Json {
                    schema.fields.retain(|field| field.role == Role::Key);
                }
                let plan = Source { schema, window: plan.window, ..form(plan) };
                groups.push(Group { topic: *topic, plan, sources: 0 });
                groups.len() - 1
            });
            let group = &mut groups[at];
            group.sources += 1;
            let place = |field| group.place(field);
            let columns: Vec<usize> = plan.schema.fields.iter().map(place).collect();
            let place = |extract: &Extract| group.place_extract(columns[extract.column], extract);
            let extracts = plan.extracts.iter().map(place).collect();
            **share = Some(Share {
                reading: at,
                columns,
                extracts,
                timestamp: None,
                is_table: plan.table,
            });
        }
        for Sharer { plan, share, .. } in &mut sharers {
            let Some(of) = share.as_mut() else { continue };
            let group = &groups[of.reading];
            if group.sources < 2 {
                **share = None;
            } else if let Some(timestamp) = &plan.timestamp {
                let column = of.columns[timestamp.column];
                let timestamp = TimestampColumn { column, ..timestamp.clone() };
                of.timestamp = EventTime::new(&timestamp, &group.plan.schema).ok();
            }
        }
        Self { readings: groups.iter().map(|group| Reading::new(&group.plan)).collect() }
    }

    /// Forgets what was read, as records may change before the next turn. Keeps the memory.
    pub fn clear(&mut self) {
        self.readings.iter_mut().for_each(Reading::clear);
    }

    /// Records that were read into readings so far, and rows that sources took from them.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        let sum = |of: fn(&Reading) -> u64| self.readings.iter().map(of).sum();
        (sum(|reading| reading.read), sum(|reading| reading.taken))
    }
}

/// The form of a source without its columns.
fn form(plan: &Source) -> Source {
    Source::new(plan.topic.clone(), plan.key_format, plan.value_format, Schema::default())
}

impl Reading {
    fn new(plan: &Source) -> Self {
        Self {
            decoder: Decoder::new(plan).expect("the form of sources that were built"),
            decoded: plan.schema.fields.len(),
            extractor: Extractor::new(&plan.extracts).expect("extracts of sources that were built"),
            rows: Chunk::new(plan.output().fields.iter().map(|field| &field.data_type)),
            spans: Vec::new(),
            polls: Vec::new(),
            unfit: Vec::new(),
            measured: 0,
            is_full: false,
            is_passed: false,
            read: 0,
            taken: 0,
        }
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.spans.iter_mut().for_each(|span| span.rows.clear());
        self.polls.clear();
        self.measured = 0;
        self.unfit.clear();
        (self.is_full, self.is_passed) = (false, false);
    }

    /// Before a source takes rows.
    fn begin(&mut self) {
        if self.is_passed {
            self.clear();
        }
        if self.rows.len() >= self.measured + ROWS_BETWEEN_LOOKS {
            self.measured = self.rows.len();
            self.is_full |= self.measured >= MOST_ROWS || self.rows.bytes() >= MOST_BYTES;
        }
    }

    /// The row of a record, which is read if it is the next one.
    #[inline]
    fn row_of(&mut self, record: &Record<'_>) -> Option<usize> {
        if let Some(span) = self.spans.get(record.partition.0 as usize)
            && let Ok(at) = usize::try_from(record.offset.0 - span.first)
            && let Some(row) = span.rows.get(at)
        {
            return (*row != NONE).then_some(*row as usize);
        }
        self.read_next(record)
    }

    #[inline(never)]
    fn read_next(&mut self, record: &Record<'_>) -> Option<usize> {
        let partition = record.partition.0 as usize;
        if self.spans.len() <= partition {
            self.spans.resize_with(partition + 1, Span::default);
        }
        let span = &mut self.spans[partition];
        if span.rows.is_empty() {
            span.first = record.offset.0;
        }
        let at = usize::try_from(record.offset.0 - span.first).ok()?;
        let is_next = at == span.rows.len();
        self.is_passed |= !is_next && !self.is_full;
        if !is_next || self.is_full {
            return None;
        }
        let row = self.read(record);
        self.read += 1;
        self.spans[partition].rows.push(row.unwrap_or(NONE));
        row.map(|row| row as usize)
    }

    /// Adds a record to the rows.
    fn read(&mut self, record: &Record<'_>) -> Option<u32> {
        let Self { decoder, decoded, extractor, rows, unfit, .. } = self;
        let row = rows.len();
        let (columns, extracts) = rows.columns.split_at_mut(*decoded);
        let read = decoder.read_each(record, columns, |at| unfit.push((row, at)));
        match read {
            Ok(window) => {
                extractor.push(columns, row, extracts);
                push_meta(record, record.timestamp, window, rows);
                Some(row as u32)
            }
            Err(_) => {
                // Whoever comes to it reads it for itself, and finds what is wrong.
                columns.iter_mut().for_each(|column| column.truncate(row));
                unfit.retain(|(of, _)| *of < row);
                None
            }
        }
    }

    fn fits(&self, row: usize, columns: &[usize]) -> bool {
        self.unfit.is_empty()
            || columns.iter().all(|column| self.unfit.binary_search(&(row, *column)).is_err())
    }
}

/// A source that takes rows of a reading into its chunk.
pub(super) struct Taking<'a> {
    share: &'a Share,
    reading: &'a mut Reading,
    /// Rows that were taken and are not in the chunk yet,
    run: Range<usize>,
    /// and their event times where a column holds them.
    times: Vec<Timestamp>,
}

impl<'a> Taking<'a> {
    /// Where `share` says; `None` when that is not there.
    pub fn new(share: &'a Share, shared: &'a mut SharedReads) -> Option<Self> {
        let reading = shared.readings.get_mut(share.reading)?;
        reading.begin();
        Some(Self { share, reading, run: 0..0, times: Vec::new() })
    }

    /// Takes what another consumer's poll took from where this one is, if that was up to
    /// `max_records` and there is nothing to look at in any of them; gives how many there were.
    /// The rows are in the chunk after [`Taking::flush`].
    pub fn follow(
        &mut self,
        consumer: &mut Consumer,
        topic: &Topic,
        max_records: usize,
    ) -> Option<usize> {
        if self.share.timestamp.is_some() || self.share.is_table || !self.reading.unfit.is_empty() {
            return None;
        }
        let may_follow = |poll: &&Poll| {
            poll.rows.len() <= max_records && consumer.is_level_with(&poll.from, topic)
        };
        let poll = self.reading.polls.iter().find(may_follow)?;
        consumer.go_to(&poll.to);
        self.run = poll.rows.clone();
        Some(poll.rows.len())
    }

    /// Keeps what a poll of so many records has taken for others to follow, if all of it was taken
    /// and waits in one piece.
    pub fn lead(&mut self, from: Consumer, to: &Consumer, records: usize) {
        if records > 0 && self.run.len() == records {
            let rows = self.run.clone();
            self.reading.polls.push(Poll { from, to: to.clone(), rows });
        }
    }

    /// As [`RecordReader::read`]; the row is in the chunk after [`Taking::flush`].
    #[inline]
    pub fn read(
        &mut self,
        reader: &mut RecordReader,
        record: &Record<'_>,
        chunk: &mut Chunk,
    ) -> Result<(), RecordError> {
        let Self { share, reading, .. } = self;
        let row = reading.row_of(record).filter(|row| reading.fits(*row, &share.columns));
        let Some(row) = row else {
            self.flush(reader.system_columns(), chunk);
            return reader.read(record, chunk);
        };
        let times = share.timestamp.as_ref();
        let time = reader.time_of(record, &reading.rows.columns, row, times)?;
        if self.run.end != row {
            self.flush(reader.system_columns(), chunk);
            self.run.start = row;
        }
        self.run.end = row + 1;
        if times.is_some() {
            self.times.push(time);
        }
        Ok(())
    }

    /// Adds the rows that were taken.
    pub fn flush(&mut self, system_columns: &[SystemColumn], chunk: &mut Chunk) {
        let run = std::mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        let Self { share, reading, times, .. } = self;
        reading.taken += run.len() as u64;
        let rows = chunk.len()..chunk.len() + run.len();
        chunk.extend_meta_from(&reading.rows, run.clone());
        if !times.is_empty() {
            chunk.timestamps[rows.clone()].copy_from_slice(times);
            times.clear();
        }
        let (columns, behind) = chunk.columns.split_at_mut(share.columns.len());
        let (system, extracts) = behind.split_at_mut(system_columns.len());
        let (decoded, extracted) = reading.rows.columns.split_at(reading.decoded);
        for (column, from) in columns.iter_mut().zip(&share.columns) {
            column.extend_from(&decoded[*from], run.clone());
        }
        for (column, from) in extracts.iter_mut().zip(&share.extracts) {
            column.extend_from(&extracted[*from], run.clone());
        }
        for (kind, column) in system_columns.iter().zip(system) {
            for row in rows.clone() {
                let (partition, offset) = (chunk.partitions[row], chunk.offsets[row]);
                let window = chunk.windows.get(row).copied();
                push_system(*kind, chunk.timestamps[row], partition, offset, window, column);
            }
        }
    }
}
