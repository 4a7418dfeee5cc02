//! The router on records of any bytes: each goes exactly one way, unchanged, and the way is the one
//! that an independent reading of the record says.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value as Json;
use streamglass::exec::split::{SplitCounters, Splitter};
use streamglass::lab::builtin;
use streamglass::plan::{Op, Split};
use streamglass::record::{PartitionId, Record};
use streamglass::time::Timestamp;
use streamglass::topic::{Consumer, Topic, TopicConfig, Topics};

const MIXED: &str = "mixed";
const PARTITIONS: u32 = 2;
/// The routes, in the plan's order: what `recordType` says, and where that goes.
const ROUTES: [(&str, &str); 3] =
    [("click", builtin::CLICKS), ("session", builtin::SESSIONS), ("user", builtin::USERS)];

/// The first byte chooses settings; the rest are records, one a line.
pub fn fuzz(data: &[u8]) {
    let Some((settings, lines)) = data.split_first() else { return };
    let records: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').take(64).collect();
    // With small dead letters, most are refused.
    let small = settings & 1 == 1;

    let mut topics = topics(small);
    let mut splitter = Splitter::new(&plan(), &mut topics).expect("the built-in plan is valid");
    let expected = send(&mut topics, &records, *settings);
    while splitter.poll(&mut topics, 1_000) > 0 {}
    let counters = splitter.counters().clone();

    adds_up(&counters, records.len() as u64, &topics);
    if !small {
        assert_eq!(counters.refused, 0, "dead letters have room for what the source takes");
        each_goes_one_way(&topics, &expected);
    }

    // One by one, and over a crash after each record: the same.
    let mut again = self::topics(small);
    let mut splitter = Splitter::new(&plan(), &mut again).expect("the built-in plan is valid");
    send(&mut again, &records, *settings);
    while splitter.poll(&mut again, 1) > 0 {
        let state = splitter.checkpoint();
        splitter = Splitter::new(&plan(), &mut again).expect("the built-in plan is valid");
        splitter.restore(state).expect("a checkpoint of the same plan");
    }
    assert_eq!(splitter.counters(), &counters, "batches change nothing");
    for (id, topic) in topics.iter() {
        let other = again.get(id).expect("the same topics");
        assert_eq!(all(topic), all(other), "{}", topic.name());
    }
}

fn plan() -> Split {
    let node = builtin::router("router", MIXED).nodes.remove(0);
    let Op::Split(split) = node.op else { panic!("the router's first node splits") };
    split
}

fn topics(small: bool) -> Topics {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new(MIXED, PARTITIONS)).expect("valid");
    if small {
        let config = TopicConfig {
            max_record_bytes: 400,
            ..TopicConfig::new(builtin::DEAD_LETTERS, PARTITIONS)
        };
        topics.create(config).expect("valid");
    }
    topics
}

/// What must become of a record; `None` where serde_json cannot judge.
type Expected<'a> = Vec<(&'a [u8], Option<&'static str>)>;

fn send<'a>(topics: &mut Topics, records: &[&'a [u8]], settings: u8) -> Expected<'a> {
    let id = topics.id(MIXED).expect("created");
    let topic = topics.get_mut(id).expect("created");
    for (i, record) in records.iter().enumerate() {
        let partition = PartitionId((i as u32 + u32::from(settings >> 1)) % PARTITIONS);
        let key = (settings & 2 == 0).then_some(b"k".as_slice());
        topic.append(partition, key, Some(record), &[], Timestamp(i as i64)).expect("fits");
    }
    records.iter().map(|record| (*record, judge(record))).collect()
}

fn adds_up(counters: &SplitCounters, sent: u64, topics: &Topics) {
    assert_eq!(counters.read, sent, "every record is read");
    let routed: u64 = counters.routed.iter().sum();
    assert_eq!(routed + counters.dead() + counters.refused, sent, "and goes one way: {counters:?}");
    let appended = |name: &str| topics.by_name(name).map_or(0, Topic::appended);
    for ((_, topic), count) in ROUTES.iter().zip(&counters.routed) {
        assert_eq!(appended(topic), *count, "{topic}");
    }
    assert_eq!(appended(builtin::DEAD_LETTERS), counters.dead());
    assert_eq!(appended(MIXED), sent);
}

/// Each record is, byte by byte, the next one of exactly one topic, the right one.
fn each_goes_one_way(topics: &Topics, expected: &Expected<'_>) {
    let names = ROUTES.iter().map(|(_, topic)| *topic).chain([builtin::DEAD_LETTERS]);
    // The place of a record in the source is its timestamp.
    let mut ways: BTreeMap<i64, &str> = BTreeMap::new();
    for name in names {
        for record in topics.by_name(name).map(all).unwrap_or_default() {
            assert_eq!(ways.insert(record.timestamp.0, name), None, "two ways");
            let (sent, _) = expected[record.timestamp.0 as usize];
            assert_eq!(record.value, Some(sent), "the bytes are unchanged");
            let errors = record.headers.iter().filter(|header| header.name == "error").count();
            assert_eq!(errors, usize::from(name == builtin::DEAD_LETTERS));
        }
    }
    assert_eq!(ways.len(), expected.len(), "no record is lost");
    for (i, (record, way)) in expected.iter().enumerate() {
        if let Some(way) = way {
            assert_eq!(ways[&(i as i64)], *way, "{}", String::from_utf8_lossy(record));
        }
    }
}

fn all(topic: &Topic) -> Vec<Record<'_>> {
    let mut records = Vec::new();
    Consumer::from_start(topic).poll(topic, usize::MAX, usize::MAX, |record| records.push(record));
    records
}

/// An object's members in order, those that are there twice too.
struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Collect)
    }
}

impl Members {
    fn get(&self, wanted: &str) -> Option<&Json> {
        let mut found = self.0.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value);
        let first = found.next();
        assert!(found.next().is_none(), "judged before");
        first
    }
}

/// Where serde_json would send a record: the route's topic or the dead letters.
fn judge(record: &[u8]) -> Option<&'static str> {
    const DEAD: Option<&str> = Some(builtin::DEAD_LETTERS);
    if record.len() > 1 << 20 {
        return DEAD;
    }
    let members: Members = match serde_json::from_slice(record) {
        Ok(members) => members,
        Err(error) if error.to_string().contains("number out of range") => return None,
        Err(_) => return DEAD,
    };
    // Which of two is meant, and what nests too deep, are rules of our own.
    let names = members.0.iter().map(|(name, _)| name);
    let twice = names.clone().any(|a| names.clone().filter(|b| *b == a).count() > 1);
    if twice || record.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() > 60 {
        return None;
    }
    let Some(Json::String(kind)) = members.get("recordType") else { return DEAD };
    let Some((_, topic)) = ROUTES.iter().find(|(value, _)| value == kind) else { return DEAD };
    let required: &[&str] = match kind.as_str() {
        "click" => &["timestamp", "sid", "uid", "state"],
        "session" => &["timestamp", "sid", "uid"],
        _ => &["timestamp", "uid"],
    };
    for name in required {
        let Some(value) = members.get(name).filter(|value| !value.is_null()) else { return DEAD };
        let fits = match (*name, value) {
            ("timestamp", Json::Number(_)) => true,
            ("sid", Json::Number(number)) if number.is_i64() => true,
            // What becomes of a fraction or a text is ksqlDB's rule, which other tests hold.
            ("timestamp" | "sid", Json::Number(_) | Json::String(_)) => return None,
            ("timestamp" | "sid", _) => false,
            _ => true,
        };
        if !fits {
            return DEAD;
        }
    }
    Some(topic)
}

/// Lines of the generator, and others that are nearly right.
pub fn seeds() -> Vec<Vec<u8>> {
    let records = crate::records::kinds();
    let others: &[&str] = &[
        r#"{"timestamp":1,"recordType":"click","sid":1,"uid":"1","state":"home"}"#,
        r#"{"recordType":"user","timestamp":"1.5","uid":7}"#,
        r#"{"recordType":"us\u0065r","timestamp":2,"uid":"a"}"#,
        r#"{"recordType":"impression","timestamp":2}"#,
        r#"{"recordType":"session","timestamp":null,"sid":1,"uid":""}"#,
        r#"{"recordType":7}"#,
        "",
        "[]",
    ];
    let with = |settings: u8, lines: &[&[u8]]| {
        let mut seed = vec![settings];
        seed.extend(lines.join(&b'\n'));
        seed
    };
    let mut seeds: Vec<_> = records.iter().map(|record| with(0, &[record])).collect();
    seeds.extend(others.iter().enumerate().map(|(i, line)| with(i as u8, &[line.as_bytes()])));
    let lines: Vec<&[u8]> = others.iter().map(|line| line.as_bytes()).collect();
    seeds.extend([with(0, &lines), with(3, &lines)]);
    let mixed: Vec<&[u8]> = records.iter().map(Vec::as_slice).chain(lines).collect();
    seeds.push(with(2, &mixed));
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_take_every_way() {
        for (_, topic) in ROUTES {
            assert!(
                crate::records::kinds().iter().any(|record| judge(record) == Some(topic)),
                "{topic}"
            );
        }
        seeds().iter().for_each(|seed| fuzz(seed));
    }
}
