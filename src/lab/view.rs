//! The results of a windowed query, read from its topic as a client would and kept for a chart.

use std::collections::BTreeMap;

use crate::chart::model::{Axis, ChartData, ChartId, Series};
use crate::chunk::{Column, ColumnData};
use crate::format::json::JsonReader;
use crate::order;
use crate::time::Timestamp;
use crate::topic::{Consumer, TopicId, Topics};
use crate::value::DataType;

/// Counts by window start and name, of the newest windows.
#[derive(Clone, Debug)]
pub struct View {
    topic: &'static str,
    /// The topic of that name and where it was read to; `None` while there is none.
    reads: Option<(TopicId, Consumer)>,
    reader: JsonReader,
    counts: Column,
    windows: BTreeMap<i64, BTreeMap<String, i64>>,
    /// Names in the order in which they first came, which is the order of the legend.
    names: Vec<String>,
    most_windows: usize,
    newest: Timestamp,
}

/// The most names that are kept: a chart with more says nothing.
const MOST_NAMES: usize = 64;

impl View {
    /// Reads `column` of `topic`, and keeps the newest `most_windows` windows.
    #[must_use]
    pub fn new(topic: &'static str, column: &str, most_windows: usize) -> Self {
        Self {
            topic,
            reads: None,
            reader: JsonReader::new([column]),
            counts: Column::new(&DataType::BigInt),
            windows: BTreeMap::new(),
            names: Vec::new(),
            most_windows,
            newest: Timestamp::MIN,
        }
    }

    /// Reads what is new. When the topic was dropped, or is another of its name, what was read of the
    /// old one is forgotten.
    pub fn poll(&mut self, topics: &Topics) {
        let id = topics.id(self.topic);
        if self.reads.as_ref().map(|(known, _)| *known) != id {
            self.windows.clear();
            self.names.clear();
            self.newest = Timestamp::MIN;
            self.reads = id.and_then(|id| Some((id, Consumer::from_start(topics.get(id)?))));
        }
        let Self { reads, reader, counts, windows, names, newest, .. } = self;
        let Some((id, consumer)) = reads else { return };
        let Some(topic) = topics.get(*id) else { return };
        consumer.poll(topic, usize::MAX, usize::MAX, |record| {
            let Some((name, start)) = record.key.and_then(split) else { return };
            *newest = record.timestamp.max(*newest);
            counts.clear();
            let value = record.value.unwrap_or_default();
            let read = reader.read(value, std::slice::from_mut(counts)).is_ok();
            let ColumnData::BigInt(numbers) = &counts.data else { return };
            let window = windows.entry(start).or_default();
            match numbers.first() {
                Some(count) if read && counts.valid[0] => {
                    if let Some(known) = window.get_mut(name) {
                        *known = *count;
                        return;
                    }
                    if !names.iter().any(|known| known == name) {
                        if names.len() >= MOST_NAMES {
                            return;
                        }
                        names.push(name.to_owned());
                    }
                    window.insert(name.to_owned(), *count);
                }
                _ => {
                    window.remove(name);
                }
            }
        });
        while windows.len() > self.most_windows {
            windows.pop_first();
        }
    }

    /// A line for each name, over the newest windows. In a window without records of a name its
    /// count is 0. Windows are open, and may still change, until `size_ms + grace_ms` after their
    /// start.
    #[must_use]
    pub fn lines(&self, chart: ChartId, unit: &str, size_ms: i64, grace_ms: i64) -> ChartData {
        let closed = |start: i64| start + size_ms + grace_ms <= self.newest.0;
        let open = self.windows.keys().filter(|start| !closed(**start)).count();
        let series = self.names.iter().map(|name| Series {
            name: name.clone(),
            values: self
                .windows
                .values()
                .map(|counts| Some(counts.get(name).map_or(0.0, |count| *count as f64)))
                .collect(),
            open: open as u32,
        });
        ChartData {
            chart,
            unit: unit.to_owned(),
            x: Axis::Time { at_ms: self.windows.keys().copied().collect() },
            series: series.collect(),
            plot: None,
        }
    }

    /// A bar for each name, longest first, of the window that ends next.
    #[must_use]
    pub fn bars(&self, chart: ChartId, unit: &str, size_ms: i64) -> ChartData {
        let current = self.windows.iter().find(|(start, _)| *start + size_ms > self.newest.0);
        let mut bars: Vec<(&str, i64)> = current
            .map(|(_, counts)| counts.iter().map(|(name, count)| (&**name, *count)).collect())
            .unwrap_or_default();
        order::sort_by(&mut bars, |a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        ChartData {
            chart,
            unit: unit.to_owned(),
            x: Axis::Category { names: bars.iter().map(|(name, _)| (*name).to_owned()).collect() },
            series: vec![Series {
                name: unit.to_owned(),
                values: bars.iter().map(|(_, count)| Some(*count as f64)).collect(),
                open: bars.len() as u32,
            }],
            plot: None,
        }
    }
}

/// Name and window start of a windowed key.
fn split(key: &[u8]) -> Option<(&str, i64)> {
    let (name, start) = key.split_last_chunk::<8>()?;
    Some((std::str::from_utf8(name).ok()?, i64::from_be_bytes(*start)))
}
