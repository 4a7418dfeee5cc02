//! Appending to and polling a topic of four partitions, without a look at the bytes.

use streamglass::topic::{Consumer, Topic, Topics};

use super::input::{fill, mixed};
use super::{Loop, Run};

const RECORDS: usize = 20_000;

pub fn loops() -> Vec<Loop> {
    let records = RECORDS as u64;
    vec![
        Loop { name: "topic append", records, plain: None, prepare: append },
        Loop { name: "topic poll", records, plain: None, prepare: poll },
    ]
}

fn append() -> Run {
    let records = mixed(RECORDS);
    Box::new(move || {
        let mut topics = Topics::default();
        fill(&mut topics, "appended", &records);
        topics.by_name("appended").map_or(0, Topic::appended)
    })
}

fn poll() -> Run {
    let mut topics = Topics::default();
    fill(&mut topics, "polled", &mixed(RECORDS));
    Box::new(move || {
        let topic = topics.by_name("polled").expect("it was created");
        let mut bytes = 0;
        Consumer::from_start(topic).poll(topic, RECORDS, usize::MAX, |record| {
            bytes += record.value.map_or(0, <[u8]>::len) as u64;
        });
        bytes
    })
}
