//! What the loops read: records of the generator, as they arrive.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use streamglass::clickstream::{Config, Generator, RecordKind, Sent, Sink, Stream};
use streamglass::rng::Seed;
use streamglass::time::{Micros, Timestamp};
use streamglass::topic::{TopicConfig, Topics};

/// No end of virtual time.
pub const END: Micros = Micros(i64::MAX);
/// Sessions a second for which clicks come at about one a second.
const SESSIONS_PER_CLICK: f64 = 0.24;
/// How long the site is open before the input begins: half an hour.
const WARM_MICROS: i64 = 1_800_000_000;

/// The built-in site with a section `Streamglass` of its own.
pub fn site(settings: serde_json::Value) -> Arc<Config> {
    let mut tree = Config::default().tree().clone();
    tree["Streamglass"] = settings;
    Arc::new(Config::from_tree(&tree).expect("valid").0)
}

/// A record of the mixed topic.
pub struct Record {
    pub key: Option<Vec<u8>>,
    pub time: Timestamp,
    pub value: Vec<u8>,
}

/// A click with what the queries need of it.
#[derive(Deserialize)]
pub struct Click {
    #[serde(skip)]
    pub time: i64,
    #[serde(rename = "contentId")]
    pub content_id: String,
    pub state: String,
    pub uid: String,
    #[serde(rename = "country_code")]
    pub country: String,
    pub sid: i64,
}

/// `count` records of the mixed topic.
pub fn mixed(count: usize) -> Vec<Record> {
    collect(count, 50.0, |_, record| Some(record))
}

/// `count` clicks as records.
pub fn clicks(count: usize) -> Vec<Record> {
    collect(count, sessions_per_second(count), |kind, record| {
        (kind == RecordKind::Click).then_some(record)
    })
}

/// `count` clicks as typed rows.
pub fn rows(count: usize) -> Vec<Click> {
    collect(count, sessions_per_second(count), |kind, record| {
        let click = || serde_json::from_slice(&record.value).expect("a click");
        (kind == RecordKind::Click).then(|| Click { time: record.time.0, ..click() })
    })
}

/// A topic of four partitions with these records, which keeps all of them.
pub fn fill(topics: &mut Topics, name: &str, records: &[Record]) {
    let config = TopicConfig { retention_bytes: None, ..TopicConfig::new(name, 4) };
    let id = topics.create(config).expect("a new topic");
    let topic = topics.get_mut(id).expect("it was created");
    for Record { key, time, value } in records {
        let keyless = |_| unreachable!("without faults every record has a key");
        topic.append_keyed(key.as_deref(), Some(value), &[], *time, keyless).expect("it fits");
    }
}

/// So many that `count` clicks come in about four hours.
fn sessions_per_second(count: usize) -> f64 {
    count as f64 / (4.0 * 3_600.0) * SESSIONS_PER_CLICK
}

/// What `choose` takes, until there are `count`. It begins when the site has been open for a while.
fn collect<T>(
    count: usize,
    sessions_per_second: f64,
    choose: impl FnMut(RecordKind, Record) -> Option<T>,
) -> Vec<T> {
    let settings = json!({ "sessionsPerSecond": sessions_per_second });
    let mut generator = Generator::new(site(settings), Seed(1));
    let opened = generator.now().plus(WARM_MICROS);
    generator.run(opened, u64::MAX, &mut Collect { chosen: Vec::new(), choose: |_, _| None::<T> });
    let mut sink = Collect { chosen: Vec::with_capacity(count), choose };
    while sink.chosen.len() < count {
        generator.run(END, 1, &mut sink);
    }
    sink.chosen
}

struct Collect<T, F> {
    chosen: Vec<T>,
    choose: F,
}

impl<T, F: FnMut(RecordKind, Record) -> Option<T>> Sink for Collect<T, F> {
    fn record(&mut self, sent: &Sent<'_>) {
        if sent.stream == Stream::Mixed {
            let record = Record {
                key: sent.key.map(<[u8]>::to_vec),
                time: sent.event_time.timestamp(),
                value: sent.value.to_vec(),
            };
            self.chosen.extend((self.choose)(sent.kind, record));
        }
    }
}
