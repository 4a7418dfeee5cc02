//! Which partition a record goes to.

pub use crate::murmur2::partition_for_key;

use crate::record::PartitionId;
use crate::rng::Stream;

/// Chooses partitions for records without a key: one partition for a number of records, then
/// another at random, as Kafka's sticky partitioner does from batch to batch.
#[derive(Clone, Debug)]
pub struct StickyPartitioner {
    stream: Stream,
    /// Records before the partition changes.
    every: u32,
    left: u32,
    current: PartitionId,
}

impl StickyPartitioner {
    /// Changes the partition after `every` records (at least 1), by draws from `stream`.
    #[must_use]
    pub fn new(stream: Stream, every: u32) -> Self {
        Self { stream, every: every.max(1), left: 0, current: PartitionId(0) }
    }

    /// The partition for the next record without a key, of `partitions` (at least 1).
    pub fn next(&mut self, partitions: u32) -> PartitionId {
        if self.left == 0 || self.current.0 >= partitions {
            self.current = PartitionId(self.stream.below(partitions.max(1)));
            self.left = self.every;
        }
        self.left -= 1;
        self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn the_partition_stays_for_a_while_and_all_get_their_share() {
        let mut sticky = StickyPartitioner::new(Seed(3).stream("sticky"), 10);
        let mut seen = [0_u32; 4];
        for _ in 0..1_000 {
            let first = sticky.next(4);
            assert!((1..10).all(|_| sticky.next(4) == first));
            seen[first.0 as usize] += 1;
        }
        assert!(seen.iter().all(|&n| (180..320).contains(&n)), "{seen:?}");
        assert_eq!(sticky.next(1), PartitionId(0), "a topic with fewer partitions");
    }
}
