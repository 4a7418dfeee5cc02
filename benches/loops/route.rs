//! The router over the mixed topic.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use streamglass::exec::split::Splitter;
use streamglass::lab::builtin;
use streamglass::plan::{Op, Split};
use streamglass::topic::{TopicConfig, Topics};

use super::input::{Record, fill, mixed};
use super::{Loop, Run};

const RECORDS: usize = 50_000;
const PLAIN: &str = "plain: route";
const MIXED: &str = "imply-news";

pub fn loops() -> Vec<Loop> {
    let records = RECORDS as u64;
    vec![
        Loop { name: "route", records, plain: Some(PLAIN), prepare: route },
        Loop { name: PLAIN, records, plain: None, prepare: plain },
    ]
}

fn plan() -> Split {
    match builtin::router("router", MIXED).nodes.swap_remove(0).op {
        Op::Split(split) => split,
        other => panic!("{other:?} is no router"),
    }
}

/// Over outputs that are full: retention frees what is written next, as in a lab that has run for a
/// while.
fn route() -> Run {
    let records = mixed(RECORDS);
    let mut topics = Topics::default();
    fill(&mut topics, MIXED, &records);
    let plan = plan();
    for name in plan.routes.iter().map(|route| &route.topic).chain([&plan.dead_letters]) {
        let config = TopicConfig::new(name, 4);
        let config =
            TopicConfig { retention_bytes: Some(1 << 20), segment_bytes: 1 << 18, ..config };
        topics.create(config).expect("a new topic");
    }
    let mut splitter = Splitter::new(&plan, &mut topics).expect("a valid plan");
    let start = splitter.checkpoint();
    let expected = route_plainly(&records);
    Box::new(move || {
        splitter.restore(start.clone()).expect("a checkpoint of this plan");
        assert_eq!(splitter.poll(&mut topics, RECORDS), RECORDS);
        let routed = &splitter.counters().routed;
        assert_eq!((routed[0], routed[1], routed[2]), expected);
        splitter.counters().bytes
    })
}

/// What is read of a record to route it, with what is required.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "recordType")]
    record_type: Cow<'a, str>,
    timestamp: Option<f64>,
    sid: Option<i64>,
    #[serde(borrow)]
    uid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Option<Cow<'a, str>>,
}

impl Envelope<'_> {
    fn topic(&self) -> Option<&'static str> {
        self.timestamp.and(self.uid.as_ref())?;
        match &*self.record_type {
            "click" => self.sid.and(self.state.as_ref()).map(|_| builtin::CLICKS),
            "session" => self.sid.map(|_| builtin::SESSIONS),
            "user" => Some(builtin::USERS),
            _ => None,
        }
    }
}

/// Records that are handed on at once.
const BATCH: usize = 1_000;

type Batches = BTreeMap<&'static str, Vec<(Option<Vec<u8>>, Vec<u8>)>>;

/// Copies each record to the batch of its topic; a full batch is handed on and freed, so that memory
/// does not grow here either.
fn route_plainly(records: &[Record]) -> (u64, u64, u64) {
    let mut routed = BTreeMap::<&str, u64>::new();
    let mut batches = Batches::new();
    for Record { key, value, .. } in records {
        let topic = match serde_json::from_slice::<Envelope<'_>>(value) {
            Ok(envelope) => envelope.topic().unwrap_or(builtin::DEAD_LETTERS),
            Err(_) => builtin::DEAD_LETTERS,
        };
        *routed.entry(topic).or_default() += 1;
        let batch = batches.entry(topic).or_default();
        batch.push((key.clone(), value.clone()));
        if batch.len() == BATCH {
            std::hint::black_box(&batch);
            batch.clear();
        }
    }
    let count = |topic| routed.get(topic).copied().unwrap_or(0);
    (count(builtin::CLICKS), count(builtin::SESSIONS), count(builtin::USERS))
}

fn plain() -> Run {
    let records = mixed(RECORDS);
    Box::new(move || {
        let (clicks, sessions, users) = route_plainly(&records);
        clicks + sessions + users
    })
}
