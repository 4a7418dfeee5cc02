//! Hands on what a run's topics receive, from their beginning: to a sink, say. Not here: sending it.

use crate::record::Record;
use crate::topic::{Consumer, TopicId, Topics};

/// One consumer for each of some topics.
#[derive(Debug)]
pub struct Outlet {
    taps: Vec<(TopicId, Consumer)>,
}

impl Outlet {
    /// An outlet of the topics of these names.
    ///
    /// # Errors
    /// The names of which there is no topic.
    pub fn new<'n>(
        topics: &Topics,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, Vec<&'n str>> {
        let (mut taps, mut missing) = (Vec::new(), Vec::new());
        for name in names {
            match topics.id(name).and_then(|id| Some((id, topics.get(id)?))) {
                Some((id, topic)) => taps.push((id, Consumer::from_start(topic))),
                None => missing.push(name),
            }
        }
        if missing.is_empty() { Ok(Self { taps }) } else { Err(missing) }
    }

    /// Hands at most `most` records to `each`, with the place of their topic among the names; those of
    /// a partition in their order. Returns how many there were.
    pub fn poll(
        &mut self,
        topics: &Topics,
        most: usize,
        mut each: impl FnMut(usize, &Record<'_>),
    ) -> usize {
        let mut records = 0;
        for (place, (id, consumer)) in self.taps.iter_mut().enumerate() {
            let Some(topic) = topics.get(*id) else { continue };
            records +=
                consumer.poll(topic, most - records, usize::MAX, |record| each(place, &record));
        }
        records
    }

    /// Records that are there and were not handed on yet.
    #[must_use]
    pub fn lag(&self, topics: &Topics) -> u64 {
        let lag = |(id, consumer): &(TopicId, Consumer)| {
            topics.get(*id).map_or(0, |topic| consumer.total_lag(topic))
        };
        self.taps.iter().map(lag).sum()
    }

    /// Records that retention removed before they were handed on.
    #[must_use]
    pub fn lost_to_retention(&self) -> u64 {
        self.taps.iter().map(|(_, consumer)| consumer.lost_to_retention()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PartitionId;
    use crate::time::Timestamp;
    use crate::topic::TopicConfig;

    #[test]
    fn every_record_is_handed_on_once() {
        let mut topics = Topics::default();
        for name in ["a", "b"] {
            topics.create(TopicConfig::new(name, 2)).expect("it can be");
        }
        assert_eq!(Outlet::new(&topics, ["a", "c", "d"]).expect_err("no c"), ["c", "d"]);
        let mut outlet = Outlet::new(&topics, ["b", "a"]).expect("they are there");
        let append = |topics: &mut Topics, name: &str, value: u8| {
            let id = topics.id(name).expect("it is there");
            let topic = topics.get_mut(id).expect("it is there");
            let partition = PartitionId(u32::from(value % 2));
            topic.append(partition, None, Some(&[value]), &[], Timestamp(0)).expect("it is small");
        };
        for value in 0..5 {
            append(&mut topics, "a", value);
        }
        append(&mut topics, "b", 9);
        assert_eq!(outlet.lag(&topics), 6);
        let mut seen = Vec::new();
        while outlet
            .poll(&topics, 2, |place, record| seen.push((place, record.value.map(<[u8]>::to_vec))))
            > 0
        {}
        let value = |place, value: u8| (place, Some(vec![value]));
        let expected =
            [value(0, 9), value(1, 0), value(1, 1), value(1, 2), value(1, 3), value(1, 4)];
        assert_eq!(seen, expected);
        append(&mut topics, "b", 7);
        let polled = outlet.poll(&topics, 9, |place, record| {
            assert_eq!((place, record.value), (0, Some(&[7][..])));
        });
        assert_eq!((polled, outlet.lag(&topics), outlet.lost_to_retention()), (1, 0, 0));
    }
}
