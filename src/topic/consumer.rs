//! A reader of a topic: a position in each partition it reads.

use serde::{Deserialize, Serialize};

use super::Topic;
use super::segment::Segment;
use crate::record::{Offset, PartitionId, Record};
use crate::time::Timestamp;

/// The number of the segment that was last read: only a place to look first, so it takes no part
/// in comparisons and is not saved.
#[derive(Clone, Copy, Debug, Default)]
struct SegmentHint(u64);

impl PartialEq for SegmentHint {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for SegmentHint {}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Position {
    partition: PartitionId,
    next: Offset,
    lost_to_retention: u64,
    #[serde(skip)]
    hint: SegmentHint,
}

impl Position {
    /// Goes on at the log start if the next record was removed, and counts what was lost.
    fn skip_removed(&mut self, topic: &Topic) {
        let start = topic.log_start(self.partition).unwrap_or_default();
        if self.next < start {
            self.lost_to_retention += (start.0 - self.next.0) as u64;
            self.next = start;
        }
    }
}

/// Reads the records of some or all partitions of a topic in the order in which they were
/// appended. Its state is its positions: a clone, or one read back by serde, goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumer {
    /// By partition, ascending.
    positions: Vec<Position>,
}

impl Consumer {
    /// Reads all partitions of `topic`, from the oldest record that is there.
    #[must_use]
    pub fn from_start(topic: &Topic) -> Self {
        let mut consumer = Self::of(0..topic.partitions());
        for position in &mut consumer.positions {
            position.next = topic.log_start(position.partition).unwrap_or_default();
        }
        consumer
    }

    /// Reads all partitions of `topic`, from the next record that is appended.
    #[must_use]
    pub fn from_end(topic: &Topic) -> Self {
        let mut consumer = Self::of(0..topic.partitions());
        for position in &mut consumer.positions {
            position.next = topic.log_end(position.partition).unwrap_or_default();
        }
        consumer
    }

    /// Reads these partitions, each from offset 0.
    #[must_use]
    pub fn of(partitions: impl IntoIterator<Item = u32>) -> Self {
        let mut ids: Vec<u32> = partitions.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let position = |id| Position {
            partition: PartitionId(id),
            next: Offset(0),
            lost_to_retention: 0,
            hint: SegmentHint::default(),
        };
        Self { positions: ids.into_iter().map(position).collect() }
    }

    /// Sets the next offset to read of a partition; `false` when this consumer does not read it.
    pub fn seek(&mut self, partition: PartitionId, offset: Offset) -> bool {
        let Some(slot) = self.slot_of(partition) else { return false };
        self.positions[slot].next = Offset(offset.0.max(0));
        true
    }

    /// The next offset to read of a partition.
    #[must_use]
    pub fn position(&self, partition: PartitionId) -> Option<Offset> {
        self.slot_of(partition).map(|slot| self.positions[slot].next)
    }

    /// All positions, by partition.
    pub fn positions(&self) -> impl Iterator<Item = (PartitionId, Offset)> {
        self.positions.iter().map(|position| (position.partition, position.next))
    }

    /// Whether both would read the same next: they are at the same place, and no record of it was
    /// removed.
    #[must_use]
    pub fn is_level_with(&self, other: &Self, topic: &Topic) -> bool {
        self.positions.len() == other.positions.len()
            && self.positions.iter().zip(&other.positions).all(|(at, other)| {
                at.partition == other.partition
                    && at.next == other.next
                    && topic.log_start(at.partition).is_some_and(|start| start <= at.next)
            })
    }

    /// Goes to where another consumer of the same partitions is.
    pub fn go_to(&mut self, other: &Self) {
        for (at, other) in self.positions.iter_mut().zip(&other.positions) {
            at.next = other.next;
        }
    }

    /// Records of a partition that are there and not read yet.
    #[must_use]
    pub fn lag(&self, topic: &Topic, partition: PartitionId) -> u64 {
        let Some(slot) = self.slot_of(partition) else { return 0 };
        lag(topic, &self.positions[slot])
    }

    /// Records of all its partitions that are there and not read yet.
    #[must_use]
    pub fn total_lag(&self, topic: &Topic) -> u64 {
        self.positions.iter().map(|position| lag(topic, position)).sum()
    }

    /// Records that retention removed before they were read, up to the last poll.
    #[must_use]
    pub fn lost_to_retention(&self) -> u64 {
        self.positions.iter().map(|position| position.lost_to_retention).sum()
    }

    /// Hands records to `each` in append order until `max_records` were handed out, their keys and
    /// values have at least `max_bytes`, or there is none left. Returns how many there were.
    ///
    /// A partition whose next record was removed goes on at its log start; what was lost is
    /// counted.
    pub fn poll<'t>(
        &mut self,
        topic: &'t Topic,
        max_records: usize,
        max_bytes: usize,
        mut each: impl FnMut(Record<'t>),
    ) -> usize {
        let is_at_end =
            |at: &Position| topic.log_end(at.partition).is_none_or(|end| at.next >= end);
        if self.positions.iter().all(is_at_end) {
            return 0;
        }
        self.positions.iter_mut().for_each(|position| position.skip_removed(topic));
        let (mut records, mut bytes) = (0, 0);
        let mut head = self.earliest(topic);
        while let Some((slot, segment, index)) = head {
            if records >= max_records || bytes >= max_bytes {
                break;
            }
            let position = &mut self.positions[slot];
            position.next = position.next.next();
            let record = segment.record(position.partition, index);
            records += 1;
            bytes += record.key.map_or(0, <[u8]>::len) + record.value.map_or(0, <[u8]>::len);
            each(record);
            head = self.successor(topic, segment, index).or_else(|| self.earliest(topic));
        }
        records
    }

    /// The timestamp of the next record of a partition, if it is there.
    pub fn next_timestamp(&mut self, topic: &Topic, partition: PartitionId) -> Option<Timestamp> {
        let slot = self.slot_of(partition)?;
        self.positions[slot].skip_removed(topic);
        let (_, segment, index) = self.head(topic, slot)?;
        Some(segment.record(partition, index).timestamp)
    }

    /// Hands the next records of one partition to `each` as long as `wanted` says so of their
    /// timestamp, up to `max_records`. Returns how many there were.
    pub fn poll_partition<'t>(
        &mut self,
        topic: &'t Topic,
        partition: PartitionId,
        max_records: usize,
        mut wanted: impl FnMut(Timestamp) -> bool,
        mut each: impl FnMut(Record<'t>),
    ) -> usize {
        let Some(slot) = self.slot_of(partition) else { return 0 };
        self.positions[slot].skip_removed(topic);
        let mut records = 0;
        while records < max_records
            && let Some((_, segment, index)) = self.head(topic, slot)
        {
            let record = segment.record(partition, index);
            if !wanted(record.timestamp) {
                break;
            }
            let position = &mut self.positions[slot];
            position.next = position.next.next();
            records += 1;
            each(record);
        }
        records
    }

    /// The unread record with the smallest sequence.
    fn earliest<'t>(&mut self, topic: &'t Topic) -> Option<(usize, &'t Segment, usize)> {
        let mut earliest: Option<(u64, (usize, &Segment, usize))> = None;
        for slot in 0..self.positions.len() {
            let Some(head) = self.head(topic, slot) else { continue };
            let sequence = head.1.entry(head.2).sequence;
            if earliest.as_ref().is_none_or(|(least, _)| sequence < *least) {
                earliest = Some((sequence, head));
            }
        }
        earliest.map(|(_, head)| head)
    }

    /// The record that was appended right after the given one, if it is the next of one of this
    /// consumer's partitions. Sequences have no gaps, so then no other can come before it.
    fn successor<'t>(
        &mut self,
        topic: &'t Topic,
        segment: &Segment,
        index: usize,
    ) -> Option<(usize, &'t Segment, usize)> {
        let entry = segment.entry(index);
        let slot = self.slot_of(entry.successor()?)?;
        let head = self.head(topic, slot)?;
        (head.1.entry(head.2).sequence == entry.sequence + 1).then_some(head)
    }

    fn head<'t>(&mut self, topic: &'t Topic, slot: usize) -> Option<(usize, &'t Segment, usize)> {
        let position = &mut self.positions[slot];
        let partition = topic.partitions.get(position.partition.0 as usize)?;
        let (segment, index) = partition.locate_near(position.next, &mut position.hint.0)?;
        Some((slot, segment, index))
    }

    fn slot_of(&self, partition: PartitionId) -> Option<usize> {
        // A consumer of all partitions has each at its own number.
        let likely = partition.0 as usize;
        if self.positions.get(likely).is_some_and(|p| p.partition == partition) {
            return Some(likely);
        }
        self.positions.binary_search_by_key(&partition, |position| position.partition).ok()
    }
}

fn lag(topic: &Topic, position: &Position) -> u64 {
    let start = topic.log_start(position.partition).unwrap_or_default();
    let end = topic.log_end(position.partition).unwrap_or_default();
    (end.0 - position.next.max(start).0).max(0) as u64
}
