//! Reading JSON: the members that a windowed count needs, from full-size click records; and the
//! router over the mixed topic. Beside each the loop that one would write first: typed serde_json.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use streamglass::chunk::Column;
use streamglass::format::json::JsonReader;
use streamglass::value::DataType;

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
    "Opera/9.80 (X11; Linux x86_64) Presto/2.12.388 Version/12.16",
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
    let visited = vec![r#""content""#; 1 + n.below(7)].join(", ");
    let (sid, uid, micros) = (14_300_000 + n.below(80_000), n.below(100_000), n.below(1_000_000));
    let title = "step left list discuss budget region which brother";
    let title = &title[..20 + n.below(30)];
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

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = read
}

criterion_main!(benches);
