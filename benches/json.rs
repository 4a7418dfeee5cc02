//! Reading JSON: the members that a windowed count needs, from full-size click records; and the
//! router over the mixed topic. Beside each the loop that one would write first: typed serde_json.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use streamglass::chunk::Column;
use streamglass::exec::split::Splitter;
use streamglass::format::json::JsonReader;
use streamglass::plan::{Route, Split};
use streamglass::schema::{Field, Schema};
use streamglass::time::Timestamp;
use streamglass::topic::{Topic, TopicConfig, Topics};
use streamglass::value::DataType;

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
];
const STATES: [&str; 6] =
    ["home", "content", "clickbait", "subscribe", "plusContent", "affiliateLink"];
const CONTENT: [&str; 7] = ["News", "Comment", "World", "Business", "Sport", "Puzzle", "Law"];
const PLACES: [&str; 4] = [
    r#""latitude": "45.47885", "longitude": "133.42825", "place_name": "Lesozavodsk", "country_code": "RU", "timezone": "Asia/Vladivostok""#,
    r#""latitude": "4.96667", "longitude": "10.7", "place_name": "Tonga", "country_code": "CM", "timezone": "Africa/Douala""#,
    r#""latitude": "-33.59217", "longitude": "-70.6996", "place_name": "San Bernardo", "country_code": "CL", "timezone": "America/Santiago""#,
    r#""latitude": "-23.5475", "longitude": "-46.63611", "place_name": "São Paulo", "country_code": "BR", "timezone": "America/Sao_Paulo""#,
];

/// Numbers that look random, the same each time (a linear congruential generator; Knuth's MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

fn click(i: usize, n: &mut Numbers) -> String {
    let (state, content) = (n.one(&STATES), n.one(&CONTENT));
    let visited = vec![r#""content""#; 1 + n.below(20)].join(", ");
    let (sid, uid, micros) = (14_300_000 + n.below(80_000), n.below(100_000), n.below(1_000_000));
    let title = "step left list discuss budget region which brother affiliate";
    let title = &title[..30 + n.below(30)];
    let slug = title.replace(' ', "-");
    format!(
        r#"{{"timestamp": {}.{micros:06}, "recordType": "click", "url": "https://imply-news.com/{state}/{content}/{slug}", "useragent": "{}", "statuscode": "200", "state": "{state}", "statesVisited": [{visited}], "sid": {sid}, "uid": "{uid}", "isSubscriber": 0, "campaign": "fb-2 US Election", "channel": "paid search", "contentId": "{content}", "subContentId": "{title}", "gender": "w", "age": "51-60", {}}}"#,
        1_673_512_817 + i / 100,
        n.one(&AGENTS),
        n.one(&PLACES),
    )
}

fn session(i: usize, n: &mut Numbers) -> String {
    format!(
        r#"{{"timestamp": {}.517501, "recordType": "session", "useragent": "{}", "statesVisited": ["home", "exitSession"], "sid": {}, "uid": "{}", "isSubscriber": 1, "campaign": "fb-2 US Election", "channel": "social media", "gender": "m", "age": "26-35", {}, "home": 1, "content": 0, "clickbait": 0, "subscribe": 0, "plusContent": 0, "affiliateLink": 0, "exitSession": 1}}"#,
        1_673_512_817 + i / 100,
        n.one(&AGENTS),
        14_300_000 + n.below(80_000),
        n.below(100_000),
        n.one(&PLACES),
    )
}

fn user(i: usize, n: &mut Numbers) -> String {
    format!(
        r#"{{"timestamp": {}.517501, "version": "1.0", "recordType": "user", "uid": "{}", "isSubscriber": 1, "gender": "m", "age": "26-35", {}}}"#,
        1_673_512_817 + i / 100,
        n.below(100_000),
        n.one(&PLACES),
    )
}

#[derive(Deserialize)]
struct Click<'a> {
    timestamp: f64,
    sid: i64,
    #[serde(borrow)]
    state: std::borrow::Cow<'a, str>,
    #[serde(borrow, rename = "contentId")]
    content: std::borrow::Cow<'a, str>,
}

const COUNT: usize = 10_000;

fn read(c: &mut Criterion) {
    let mut n = Numbers(7);
    let records: Vec<String> = (0..COUNT).map(|i| click(i, &mut n)).collect();
    let bytes: usize = records.iter().map(String::len).sum();
    let mut group = c.benchmark_group(format!("read 4 members of {} bytes", bytes / COUNT));
    group.throughput(Throughput::Elements(COUNT as u64));
    let wanted = [
        ("timestamp", DataType::Double),
        ("sid", DataType::BigInt),
        ("state", DataType::Varchar),
        ("contentId", DataType::Varchar),
    ];
    let mut reader = JsonReader::new(wanted.iter().map(|(name, _)| *name));
    let mut columns: Vec<Column> = wanted.iter().map(|(_, t)| Column::new(t)).collect();
    group.bench_function("streamglass", |b| {
        b.iter(|| {
            columns.iter_mut().for_each(Column::clear);
            for record in &records {
                reader.read(record.as_bytes(), &mut columns).expect("valid");
            }
            black_box(&columns);
        });
    });
    group.bench_function("typed serde_json", |b| {
        b.iter(|| {
            for record in &records {
                let click: Click<'_> = serde_json::from_slice(record.as_bytes()).expect("valid");
                black_box((click.timestamp, click.sid, &*click.state, &*click.content));
            }
        });
    });
    group.finish();
}

fn mixed(n: &mut Numbers) -> Vec<(String, String)> {
    let record = |i| {
        let value = match n.below(20) {
            0 => user(i, n),
            1 | 2 => session(i, n),
            _ => click(i, n),
        };
        (n.below(80_000).to_string(), value)
    };
    (0..COUNT).map(record).collect()
}

fn plan() -> Split {
    let required = |name, data_type| Schema::new(vec![Field::value(name, data_type)]);
    let route =
        |value: &str, required| Route { value: value.into(), topic: format!("{value}s"), required };
    Split {
        topic: "imply-news".into(),
        member: "recordType".into(),
        routes: vec![
            route("click", required("sid", DataType::BigInt)),
            route("session", required("sid", DataType::BigInt)),
            route("user", required("uid", DataType::Varchar)),
        ],
        dead_letters: "dead-letters".into(),
        max_bytes: 1 << 20,
    }
}

/// A topic of records to route, and nothing else.
fn source(records: &[(String, String)]) -> Topics {
    let mut topics = Topics::default();
    let config = TopicConfig { retention_bytes: None, ..TopicConfig::new("imply-news", 4) };
    let id = topics.create(config).expect("valid");
    let topic = topics.get_mut(id).expect("there");
    for (key, value) in records {
        let (key, value) = (Some(key.as_bytes()), Some(value.as_bytes()));
        topic.append_keyed(key, value, &[], Timestamp(0), |_| unreachable!()).expect("fits");
    }
    topics
}

/// What is read of a record to route it by hand, with what is required.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "recordType")]
    record_type: std::borrow::Cow<'a, str>,
    sid: Option<i64>,
    #[serde(borrow)]
    uid: Option<std::borrow::Cow<'a, str>>,
}

/// The source and outputs that are full: from then on retention frees what is written next, as in
/// a lab that has run for a while.
fn steady(records: &[(String, String)]) -> (Topics, Splitter) {
    let mut topics = source(records);
    for name in ["clicks", "sessions", "users", "dead-letters"] {
        let config = TopicConfig::new(name, 4);
        let config =
            TopicConfig { retention_bytes: Some(1 << 20), segment_bytes: 1 << 18, ..config };
        topics.create(config).expect("valid");
    }
    let mut splitter = Splitter::new(&plan(), &mut topics).expect("valid");
    splitter.poll(&mut topics, records.len());
    (topics, splitter)
}

fn route(c: &mut Criterion) {
    let records = mixed(&mut Numbers(8));
    let mut group = c.benchmark_group("route the mixed topic");
    group.throughput(Throughput::Elements(COUNT as u64));
    let (mut topics, mut splitter) = steady(&records);
    let start = Splitter::new(&plan(), &mut topics).expect("valid").checkpoint();
    group.bench_function("streamglass", |b| {
        b.iter(|| {
            splitter.restore(start.clone()).expect("the same plan");
            assert_eq!(splitter.poll(&mut topics, COUNT), COUNT);
            assert_eq!(splitter.counters().dead(), 0);
        });
    });
    group.bench_function("typed serde_json", |b| {
        b.iter_batched_ref(
            BTreeMap::<&str, Vec<(Vec<u8>, Vec<u8>)>>::new,
            |outputs| {
                for (key, value) in &records {
                    let it: Envelope<'_> = serde_json::from_str(value).expect("valid");
                    let output = match (&*it.record_type, it.sid, it.uid) {
                        ("click", Some(_), _) => "clicks",
                        ("session", Some(_), _) => "sessions",
                        ("user", _, Some(_)) => "users",
                        _ => "dead-letters",
                    };
                    let record = (key.as_bytes().to_vec(), value.as_bytes().to_vec());
                    outputs.entry(output).or_default().push(record);
                }
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

/// Appending to and polling a topic of four partitions, without a look at the bytes.
fn topic(c: &mut Criterion) {
    let records = mixed(&mut Numbers(9));
    let topics = source(&records);
    let filled: &Topic = topics.by_name("imply-news").expect("there");
    let mut group = c.benchmark_group("topic");
    group.throughput(Throughput::Elements(COUNT as u64));
    group.bench_function("append", |b| b.iter(|| source(&records)));
    group.bench_function("poll", |b| {
        b.iter(|| {
            let mut consumer = streamglass::topic::Consumer::from_start(filled);
            let mut bytes = 0;
            consumer.poll(filled, COUNT, usize::MAX, |record| {
                bytes += record.value.map_or(0, <[u8]>::len);
            });
            bytes
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = read, route, topic
}

criterion_main!(benches);
