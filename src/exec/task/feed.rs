//! Which topics a task reads, and whose record is next.
//!
//! A task with one topic takes its records in the order of their arrival, of all partitions at once.
//! With several, each partition takes the next record from the topic whose next one has the smallest
//! timestamp (of equal ones from the topic that the plan names first), as Kafka Streams does; a
//! topic without a record waits for none. [`Task::poll_topic`] lets the caller decide instead.

use std::collections::BTreeSet;

use super::{Running, Stage, Task};
use crate::exec::shared::SharedReads;
use crate::plan::NodeId;
use crate::record::PartitionId;
use crate::time::Timestamp;
use crate::topic::{Topic, TopicId, Topics};

/// A topic that a task reads into rows.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    topic: TopicId,
    /// The sources that take each of its records, one after the other.
    sources: Vec<NodeId>,
    /// Whether a record must be through before the next is read: its rows reach a join from both
    /// sides.
    is_stepwise: bool,
}

/// A bound of time: that of the record that is next elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    bound: Option<Timestamp>,
    /// Whether records of the bound's own time come first.
    is_inclusive: bool,
}

impl Before {
    pub fn is_wanted(self, timestamp: Timestamp) -> bool {
        self.bound.is_none_or(|bound| timestamp < bound || self.is_inclusive && timestamp == bound)
    }
}

/// The feeds of a task, in the order of their first source.
pub(super) fn feeds(nodes: &[Running]) -> Vec<Feed> {
    let mut feeds: Vec<Feed> = Vec::new();
    for (id, node) in nodes.iter().enumerate() {
        let Stage::Source(source) = &node.stage else { continue };
        match feeds.iter_mut().find(|feed| feed.topic == source.topic) {
            Some(feed) => {
                feed.sources.push(id);
                feed.is_stepwise = true;
            }
            None => feeds.push(Feed { topic: source.topic, sources: vec![id], is_stepwise: false }),
        }
    }
    for source in sources_on_both_sides(nodes) {
        for feed in feeds.iter_mut().filter(|feed| feed.sources.contains(&source)) {
            feed.is_stepwise = true;
        }
    }
    feeds
}

/// The sources whose rows reach a node through two of its inputs.
fn sources_on_both_sides(nodes: &[Running]) -> BTreeSet<NodeId> {
    let mut found = BTreeSet::new();
    let mut reached_by: Vec<BTreeSet<NodeId>> = Vec::new();
    for (id, node) in nodes.iter().enumerate() {
        let mut all = BTreeSet::new();
        if matches!(node.stage, Stage::Source(_)) {
            all.insert(id);
        }
        for &input in &node.inputs {
            found.extend(all.intersection(&reached_by[input]));
            all.extend(&reached_by[input]);
        }
        reached_by.push(all);
    }
    found
}

impl Task {
    /// Reads and processes up to `max_records` records of the task's topics; returns how many there
    /// were. Routers read as many of theirs besides.
    pub fn poll(&mut self, topics: &mut Topics, max_records: usize) -> usize {
        self.poll_shared(topics, &mut SharedReads::default(), max_records)
    }

    /// As [`Task::poll`], taking what others have read where it can: the same rows, cheaper.
    pub fn poll_shared(
        &mut self,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
    ) -> usize {
        if self.failure.is_some() {
            return 0;
        }
        let mut total = 0;
        for node in &mut self.nodes {
            if let Stage::Split(splitter) = &mut node.stage {
                total += splitter.poll(topics, max_records);
            }
        }
        total
            + match self.feeds.len() {
                0 => 0,
                1 => self.poll_feed(0, topics, shared, max_records),
                _ => self.poll_by_time(topics, shared, max_records),
            }
    }

    /// Reads and processes up to `max_records` records of one topic in the order of their arrival;
    /// returns how many there were. Who knows in which order records of several topics came, lets
    /// the task take them so.
    pub fn poll_topic(&mut self, topics: &mut Topics, topic: TopicId, max_records: usize) -> usize {
        match self.feeds.iter().position(|feed| feed.topic == topic) {
            Some(feed) => self.poll_feed(feed, topics, &mut SharedReads::default(), max_records),
            None => 0,
        }
    }

    fn poll_feed(
        &mut self,
        feed: usize,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
    ) -> usize {
        let mut total = 0;
        while total < max_records {
            let records = self.step(feed, topics, shared, max_records - total, None);
            if records == 0 {
                break;
            }
            total += records;
        }
        total
    }

    /// Takes records of a feed at once, in each of its sources; gives how many there were.
    fn step(
        &mut self,
        feed: usize,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
        of: Option<(PartitionId, Before)>,
    ) -> usize {
        if self.failure.is_some() {
            return 0;
        }
        let most = if self.feeds[feed].is_stepwise { 1 } else { self.pace.records() };
        let mut records = 0;
        for source in 0..self.feeds[feed].sources.len() {
            let node = self.feeds[feed].sources[source];
            let read = self.nodes[node].read(topics, shared, max_records.min(most), of);
            if read > 0 {
                self.flow(topics);
            }
            records = records.max(read);
        }
        if records > 0 {
            self.keep_pace(records);
        }
        records
    }

    fn poll_by_time(
        &mut self,
        topics: &mut Topics,
        shared: &mut SharedReads,
        max_records: usize,
    ) -> usize {
        let partitions = |feed: &Feed| topics.get(feed.topic).map_or(0, Topic::partitions);
        let most = self.feeds.iter().map(partitions).max().unwrap_or(0);
        let mut total = 0;
        for partition in (0..most).map(PartitionId) {
            while total < max_records
                && let Some((feed, before)) = self.next_feed(topics, partition)
            {
                let of = Some((partition, before));
                let records = self.step(feed, topics, shared, max_records - total, of);
                if records == 0 {
                    break;
                }
                total += records;
            }
        }
        total
    }

    /// The feed whose next record of a partition is the oldest, and up to where it is.
    fn next_feed(&mut self, topics: &Topics, partition: PartitionId) -> Option<(usize, Before)> {
        let mut first: Option<(Timestamp, usize)> = None;
        let mut second: Option<(Timestamp, usize)> = None;
        for (at, feed) in self.feeds.iter().enumerate() {
            let Stage::Source(source) = &mut self.nodes[feed.sources[0]].stage else { continue };
            let topic = topics.get(feed.topic)?;
            let Some(timestamp) = source.consumer.next_timestamp(topic, partition) else {
                continue;
            };
            let head = (timestamp, at);
            if first.is_none_or(|first| head < first) {
                second = first.replace(head);
            } else if second.is_none_or(|second| head < second) {
                second = Some(head);
            }
        }
        let (_, feed) = first?;
        let before = Before {
            bound: second.map(|(timestamp, _)| timestamp),
            is_inclusive: second.is_some_and(|(_, other)| feed < other),
        };
        Some((feed, before))
    }
}
