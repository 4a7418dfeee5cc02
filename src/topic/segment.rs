//! A run of consecutive records of one partition: their bytes one behind the other, and an index.

use crate::record::{Header, Offset, PartitionId, Record};
use crate::time::Timestamp;

/// Marks a key or a value that is not there, in place of its length.
const ABSENT: u32 = u32::MAX;
/// Marks that nothing was appended to the topic after a record yet.
const NO_SUCCESSOR: u16 = u16::MAX;
/// Bytes by which a segment's memory grows: memory in like pieces can be used again.
const STEP: usize = 4 << 10;

/// A record on its way into a topic.
pub(super) struct NewRecord<'a> {
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub headers: &'a [Header],
    pub timestamp: Timestamp,
    pub sequence: u64,
}

impl NewRecord<'_> {
    /// Bytes of key, value, headers and index entry: the entry counts, or tombstones without a key
    /// would fill the memory for nothing.
    pub fn size(&self) -> u64 {
        let payload = self.payload_bytes() as u64;
        let headers: usize = self.headers.iter().map(|h| h.name.len() + h.value.len()).sum();
        payload + headers as u64 + size_of::<Entry>() as u64
    }

    fn payload_bytes(&self) -> usize {
        self.key.map_or(0, <[u8]>::len) + self.value.map_or(0, <[u8]>::len)
    }
}

/// Index entry of a record, 32 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Where the key begins; the value follows it.
    position: u32,
    key_length: u32,
    value_length: u32,
    /// The partition that the topic's next record went to: a consumer of all partitions finds its
    /// next record there without a search.
    successor: u16,
    has_headers: bool,
    timestamp: Timestamp,
    /// The record's place among all records of the topic.
    pub sequence: u64,
}

impl Entry {
    pub const fn successor(&self) -> Option<PartitionId> {
        match self.successor {
            NO_SUCCESSOR => None,
            partition => Some(PartitionId(partition as u32)),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Segment {
    base: Offset,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Headers are rare: index of the record and its headers, by index.
    headers: Vec<(u32, Box<[Header]>)>,
    size: u64,
    largest: Timestamp,
}

impl Default for Segment {
    fn default() -> Self {
        Self {
            base: Offset(0),
            bytes: Vec::new(),
            entries: Vec::new(),
            headers: Vec::new(),
            size: 0,
            largest: Timestamp::MIN,
        }
    }
}

/// As much as a segment like one with `len` needs, in whole steps.
const fn with_slack(len: usize, step: usize) -> usize {
    (len + len / 32).next_multiple_of(step)
}

/// Room for some more, by small steps where there is much: twice as much as is needed would be left over
/// when the segment is sealed.
#[inline]
fn make_room<T>(list: &mut Vec<T>, more: usize, step: usize) {
    if list.capacity() - list.len() < more && list.len() >= 2 * step {
        let len = list.len() + more;
        list.reserve_exact(with_slack(len, step) - list.len());
    }
}

impl Segment {
    /// The empty segment that follows this one, in the memory of `spare` or with room for as much
    /// as this one has.
    pub fn successor(&self, spare: Option<Self>) -> Self {
        let memory = spare.unwrap_or_else(|| Self {
            bytes: Vec::with_capacity(with_slack(self.bytes.len(), STEP)),
            entries: Vec::with_capacity(with_slack(self.entries.len(), STEP / size_of::<Entry>())),
            ..Self::default()
        });
        Self { base: self.end(), ..memory }
    }

    /// Without its records, with its memory.
    pub fn emptied(mut self) -> Self {
        self.bytes.clear();
        self.entries.clear();
        self.headers.clear();
        Self { size: 0, largest: Timestamp::MIN, ..self }
    }

    pub const fn base(&self) -> Offset {
        self.base
    }

    /// The offset behind the last record.
    pub fn end(&self) -> Offset {
        Offset(self.base.0 + self.entries.len() as i64)
    }

    pub const fn size(&self) -> u64 {
        self.size
    }

    pub const fn largest_timestamp(&self) -> Timestamp {
        self.largest
    }

    pub fn first_timestamp(&self) -> Option<Timestamp> {
        self.entries.first().map(|entry| entry.timestamp)
    }

    /// Gives back memory that growing took in advance, where it is much: the segment will not grow.
    pub fn shrink(&mut self) {
        if self.bytes.capacity() > self.bytes.len() + self.bytes.len() / 4 {
            self.bytes.shrink_to_fit();
        }
        if self.entries.capacity() > self.entries.len() + self.entries.len() / 4 {
            self.entries.shrink_to_fit();
        }
    }

    /// Adds a record. The caller keeps the segment under [`super::config::MAX_BYTES`] twice over,
    /// so positions and lengths fit.
    pub fn push(&mut self, record: &NewRecord<'_>) {
        if !record.headers.is_empty() {
            self.headers.push((self.entries.len() as u32, record.headers.into()));
        }
        let payload = record.payload_bytes();
        make_room(&mut self.entries, 1, STEP / size_of::<Entry>());
        make_room(&mut self.bytes, payload, STEP);
        self.entries.push(Entry {
            position: self.bytes.len() as u32,
            key_length: record.key.map_or(ABSENT, |key| key.len() as u32),
            value_length: record.value.map_or(ABSENT, |value| value.len() as u32),
            successor: NO_SUCCESSOR,
            has_headers: !record.headers.is_empty(),
            timestamp: record.timestamp,
            sequence: record.sequence,
        });
        self.bytes.extend_from_slice(record.key.unwrap_or_default());
        self.bytes.extend_from_slice(record.value.unwrap_or_default());
        self.size += record.size();
        self.largest = self.largest.max(record.timestamp);
    }

    /// Notes on the newest record where the topic's next record goes.
    pub fn point_newest_to(&mut self, partition: PartitionId) {
        if let Some(entry) = self.entries.last_mut() {
            entry.successor = partition.0 as u16;
        }
    }

    /// The index of the record at an offset, if it is here.
    pub fn index_of(&self, offset: Offset) -> Option<usize> {
        let index = usize::try_from(offset.0.checked_sub(self.base.0)?).ok()?;
        (index < self.entries.len()).then_some(index)
    }

    /// # Panics
    /// When there is no such record.
    pub fn entry(&self, index: usize) -> &Entry {
        &self.entries[index]
    }

    /// # Panics
    /// When there is no such record.
    pub fn record(&self, partition: PartitionId, index: usize) -> Record<'_> {
        let entry = &self.entries[index];
        let key_at = entry.position as usize;
        let key = (entry.key_length != ABSENT).then_some(entry.key_length as usize);
        let value_at = key_at + key.unwrap_or(0);
        let value = (entry.value_length != ABSENT).then_some(entry.value_length as usize);
        Record {
            partition,
            offset: Offset(self.base.0 + index as i64),
            timestamp: entry.timestamp,
            key: key.map(|length| &self.bytes[key_at..key_at + length]),
            value: value.map(|length| &self.bytes[value_at..value_at + length]),
            headers: if entry.has_headers { self.headers_of(index) } else { &[] },
        }
    }

    fn headers_of(&self, index: usize) -> &[Header] {
        match self.headers.binary_search_by_key(&(index as u32), |(at, _)| *at) {
            Ok(found) => &self.headers[found].1,
            Err(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_follows_what_segments_hold() {
        let value = [b'x'; 300];
        let mut segment = Segment::default();
        for round in 0..20_usize {
            for at in 0..900 + round * 37 % 200 {
                segment.push(&NewRecord {
                    key: None,
                    value: Some(&value[..at % 300]),
                    headers: &[],
                    timestamp: Timestamp(0),
                    sequence: 0,
                });
            }
            segment.shrink();
            let (bytes, entries) = (&segment.bytes, &segment.entries);
            assert!(bytes.capacity() <= bytes.len() * 5 / 4, "round {round}");
            assert!(entries.capacity() <= entries.len() * 5 / 4, "round {round}");
            segment = segment.successor(None);
        }
    }
}
