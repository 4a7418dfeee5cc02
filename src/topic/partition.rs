//! One partition: sealed segments, the active one, and what retention removed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::PartitionStats;
use super::config::TopicConfig;
use super::segment::{NewRecord, Segment};
use crate::record::{Offset, PartitionId};
use crate::time::Timestamp;

#[derive(Clone, Debug, Default)]
pub(super) struct Partition {
    sealed: VecDeque<Arc<Segment>>,
    active: Segment,
    /// A segment that retention removed and nobody else holds: its memory serves the next one, as
    /// new memory costs more than the records' copy.
    spare: Option<Segment>,
    /// Bytes of all segments.
    size: u64,
    /// Segments that retention removed, so that a segment keeps its number.
    removed_segments: u64,
    removed_bytes: u64,
}

impl Partition {
    pub fn log_start(&self) -> Offset {
        self.sealed.front().map_or(self.active.base(), |oldest| oldest.base())
    }

    pub fn log_end(&self) -> Offset {
        self.active.end()
    }

    /// Adds a record; `true` when a segment was sealed for it.
    pub fn append(&mut self, record: &NewRecord<'_>, config: &TopicConfig) -> bool {
        let roll = self.must_roll(record, config);
        if roll {
            let next = self.active.successor(self.spare.take());
            let mut full = std::mem::replace(&mut self.active, next);
            full.shrink();
            self.sealed.push_back(Arc::new(full));
        }
        self.active.push(record);
        self.size += record.size();
        roll
    }

    fn must_roll(&self, record: &NewRecord<'_>, config: &TopicConfig) -> bool {
        let Some(first) = self.active.first_timestamp() else { return false };
        self.active.size() + record.size() > u64::from(config.segment_bytes)
            || config.segment_ms().is_some_and(|ms| record.timestamp.since_ms(first) > ms)
    }

    /// The topic's newest record is this partition's newest; its next one goes to `partition`.
    pub fn point_newest_to(&mut self, partition: PartitionId) {
        self.active.point_newest_to(partition);
    }

    /// Removes sealed segments from the old end, by size and those with no record from `oldest` on.
    pub fn retain(&mut self, retention_bytes: Option<u64>, oldest: Option<Timestamp>) {
        while let Some(segment) = self.sealed.front() {
            let too_much = retention_bytes.is_some_and(|keep| self.size - segment.size() >= keep);
            let too_old = oldest.is_some_and(|oldest| segment.largest_timestamp() < oldest);
            if !too_much && !too_old {
                break;
            }
            self.size -= segment.size();
            self.removed_bytes += segment.size();
            self.removed_segments += 1;
            let removed = self.sealed.pop_front().and_then(Arc::into_inner);
            self.spare = removed.map(Segment::emptied).or(self.spare.take());
        }
    }

    /// The segment that holds an offset, and the index there.
    pub fn locate(&self, offset: Offset) -> Option<(&Segment, usize)> {
        let mut nowhere = u64::MAX;
        self.locate_near(offset, &mut nowhere)
    }

    /// As [`Partition::locate`], looking first in the segment numbered `hint`, then setting it.
    pub fn locate_near(&self, offset: Offset, hint: &mut u64) -> Option<(&Segment, usize)> {
        if let Some(segment) = self.numbered(*hint)
            && let Some(index) = segment.index_of(offset)
        {
            return Some((segment, index));
        }
        // Who has read all asks most often.
        if offset >= self.log_end() {
            return None;
        }
        let at = self.sealed.partition_point(|segment| segment.end() <= offset);
        *hint = self.removed_segments + at as u64;
        let segment = self.numbered(*hint)?;
        Some((segment, segment.index_of(offset)?))
    }

    fn numbered(&self, number: u64) -> Option<&Segment> {
        let at = usize::try_from(number.checked_sub(self.removed_segments)?).ok()?;
        match self.sealed.get(at) {
            Some(segment) => Some(segment),
            None => (at == self.sealed.len()).then_some(&self.active),
        }
    }

    pub fn stats(&self) -> PartitionStats {
        let (log_start, log_end) = (self.log_start(), self.log_end());
        PartitionStats {
            records: (log_end.0 - log_start.0) as u64,
            bytes: self.size,
            log_start,
            log_end,
            segments: self.sealed.len() as u64 + 1,
            removed_records: log_start.0 as u64,
            removed_bytes: self.removed_bytes,
        }
    }
}
