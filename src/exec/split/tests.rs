//! Every kind of record that a router meets, and that it goes on from a checkpoint.

use super::*;
use crate::plan::Route;
use crate::record::Offset;
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::topic::Topic;

fn plan() -> Split {
    let route = |value: &str, topic: &str, required| Route {
        value: value.into(),
        topic: topic.into(),
        required: Schema::new(required),
    };
    Split {
        topic: "mixed".into(),
        member: "recordType".into(),
        routes: vec![
            route(
                "click",
                "clicks",
                vec![
                    Field::value("sid", DataType::BigInt),
                    Field::value("timestamp", DataType::Double),
                ],
            ),
            route("session", "sessions", vec![]),
        ],
        dead_letters: "dead".into(),
        max_bytes: 1 << 20,
    }
}

fn topics(partitions: u32) -> Topics {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new("mixed", partitions)).expect("new");
    topics
}

fn send(topics: &mut Topics, partition: u32, key: Option<&[u8]>, value: Option<&[u8]>) {
    let id = topics.id("mixed").expect("there");
    let topic = topics.get_mut(id).expect("there");
    topic.append(PartitionId(partition), key, value, &[], Timestamp(9)).expect("fits");
}

fn newest<'a>(topics: &'a Topics, name: &str) -> Option<Record<'a>> {
    topics.by_name(name).and_then(|topic: &Topic| topic.last(1).first().copied())
}

#[test]
fn good_records_pass_unchanged_to_the_same_partition() {
    let mut topics = topics(3);
    let mut splitter = Splitter::new(&plan(), &mut topics).expect("valid");
    let click = br#"{"timestamp": 1.5, "recordType": "click", "sid": 7, "x": ["y"]}"#;
    send(&mut topics, 2, Some(b"7"), Some(click));
    send(&mut topics, 1, None, Some(br#"{"recordType":"sess\u0069on"}"#));
    assert_eq!(splitter.poll(&mut topics, 10), 2);
    let expected = Record {
        partition: PartitionId(2),
        offset: Offset(0),
        timestamp: Timestamp(9),
        key: Some(b"7"),
        value: Some(click),
        headers: &[],
    };
    assert_eq!(newest(&topics, "clicks"), Some(expected));
    assert_eq!(newest(&topics, "sessions").map(|r| r.partition), Some(PartitionId(1)));
    assert_eq!(newest(&topics, "dead"), None);
    let counters = splitter.counters();
    assert_eq!((counters.read, &counters.routed[..], counters.dead()), (2, &[1, 1][..], 0));
    assert_eq!(splitter.poll(&mut topics, 10), 0);
}

#[test]
fn what_cannot_be_routed_is_a_dead_letter_with_its_reason() {
    use DeadReason::*;
    let long = format!(r#"{{"recordType":"click","x":"{}"}}"#, "x".repeat(1 << 20));
    let deep = format!(r#"{{"recordType":"session","x":{}{}}}"#, "[".repeat(99), "]".repeat(99));
    for (value, reason, error) in [
        (None, Tombstone, "no value"),
        (Some(&b""[..]), Empty, "empty value at byte 0"),
        (Some(long.as_bytes()), TooLong, "1048605 bytes, more than 1048576"),
        (Some(b"{\"recordType\":\"session\",\"x\":\"\xff\"}"), NotUtf8, "not UTF-8 at byte 29"),
        (
            Some(b"{\"recordType\":\"ses"),
            Truncated,
            "cut short at byte 18 in member \"recordType\"",
        ),
        (Some(br#"{"recordType":"session","x":[1,"#), Truncated, "byte 31 in member \"x\""),
        (Some(br#"["recordType"]"#), NotAnObject, "not a JSON object at byte 0"),
        (Some(br#"{"recordType":"session",}"#), Malformed, "member's name at byte 24"),
        (Some(br#"{"recordType":"session","x":-}"#), Malformed, "bad number at byte 29"),
        (Some(deep.as_bytes()), TooDeep, "nested too deeply at byte 91 in member \"x\""),
        (Some(br#"{"recordType":"session"} {}"#), TrailingBytes, "behind the object at byte 25"),
        (Some(br#"{"sid":7}"#), NoType, "no member \"recordType\" at byte 9"),
        (Some(br#"{"recordType":"order"}"#), UnknownType, "no route for \"order\" at byte 15"),
        (Some(br#"{"recordType":7}"#), WrongType, "cannot become VARCHAR: a number at byte 14"),
        (
            Some(br#"{"recordType":"click","timestamp":1}"#),
            MissingMember,
            "missing member at byte 36 in member \"sid\"",
        ),
        (
            Some(br#"{"recordType":"click","timestamp":1,"sid":"x"}"#),
            WrongType,
            "cannot become BIGINT: a string at byte 43 in member \"sid\"",
        ),
        (
            Some(br#"{"recordType":"session","recordType":"click"}"#),
            DuplicateMember,
            "duplicate member at byte 24 in member \"recordType\"",
        ),
    ] {
        let mut topics = topics(2);
        let mut splitter = Splitter::new(&plan(), &mut topics).expect("valid");
        send(&mut topics, 1, Some(b"k"), Some(br#"{"recordType":"session"}"#));
        send(&mut topics, 1, Some(b"k"), value);
        send(&mut topics, 1, Some(b"k"), Some(br#"{"recordType":"session"}"#));
        assert_eq!(splitter.poll(&mut topics, 10), 3);
        let counters = splitter.counters();
        assert_eq!(counters.dead_letters, BTreeMap::from([(reason, 1)]), "{error}");
        assert_eq!(counters.routed, [0, 2], "the run goes on");
        let dead = newest(&topics, "dead").expect("a dead letter");
        assert_eq!((dead.key, dead.value), (Some(&b"k"[..]), value));
        assert_eq!(dead.partition, PartitionId(1));
        let header = |name: &str| {
            let found = dead.headers.iter().find(|header| header.name == name);
            String::from_utf8(found.expect("there").value.clone()).expect("text")
        };
        assert_eq!(header("source.topic"), "mixed");
        assert_eq!((header("source.partition"), header("source.offset")), ("1".into(), "1".into()));
        assert!(header("error").contains(error), "{} has not {error}", header("error"));
        assert!(!reason.name().is_empty());
    }
}

#[test]
fn a_restored_router_goes_on_where_the_checkpoint_was() {
    let mut live = topics(2);
    let mut splitter = Splitter::new(&plan(), &mut live).expect("valid");
    for i in 0..20_u32 {
        let value = if i % 5 == 0 { &b"{"[..] } else { br#"{"recordType":"session"}"# };
        send(&mut live, i % 2, None, Some(value));
    }
    splitter.poll(&mut live, 7);
    let bytes = postcard::to_allocvec(&splitter.checkpoint()).expect("plain data");
    let mut copies = live.clone();
    splitter.poll(&mut live, 100);
    let mut again = Splitter::new(&plan(), &mut copies).expect("valid");
    again.restore(postcard::from_bytes(&bytes).expect("plain data")).expect("same plan");
    while again.poll(&mut copies, 3) > 0 {}
    assert_eq!(again.checkpoint(), splitter.checkpoint());
    assert_eq!(again.counters().read, again.counters().routed[1] + again.counters().dead());
    for name in ["sessions", "dead"] {
        let (a, b) = (live.by_name(name).expect("there"), copies.by_name(name).expect("there"));
        assert_eq!(a.last(99), b.last(99));
    }
    let fewer = Split { routes: vec![], ..plan() };
    let mut other = Splitter::new(&fewer, &mut copies).expect("valid");
    let refused = other.restore(splitter.checkpoint());
    assert_eq!(refused, Err(SplitError::OtherPlan { expected: 0, found: 2 }));
}

#[test]
fn other_partition_counts_go_by_key_and_refusals_are_counted() {
    let mut topics = topics(4);
    let small = TopicConfig { max_record_bytes: 100, ..TopicConfig::new("sessions", 3) };
    topics.create(small).expect("new");
    let tiny = TopicConfig { max_record_bytes: 300, ..TopicConfig::new("dead", 3) };
    topics.create(tiny).expect("new");
    let mut splitter = Splitter::new(&plan(), &mut topics).expect("valid");
    let pad = |n| format!(r#"{{"recordType":"session","x":"{}"}}"#, "x".repeat(n));
    send(&mut topics, 3, Some(b"86525"), Some(br#"{"recordType":"session"}"#));
    send(&mut topics, 3, None, Some(pad(60).as_bytes()));
    send(&mut topics, 3, None, Some(pad(300).as_bytes()));
    splitter.poll(&mut topics, 10);
    let routed = newest(&topics, "sessions").expect("routed");
    assert_eq!(routed.partition, partition_for_key(b"86525", 3));
    assert_eq!(newest(&topics, "dead").map(|r| r.partition), Some(PartitionId(0)));
    let counters = splitter.counters();
    assert_eq!(counters.dead_letters, BTreeMap::from([(DeadReason::TooLong, 1)]));
    assert_eq!((counters.routed[1], counters.refused, counters.read), (1, 1, 3));
}

#[test]
fn plans_that_contradict_themselves_are_refused() {
    let fails = |plan: Split| Splitter::new(&plan, &mut topics(1)).map(|_| ());
    let no_source = Split { topic: "none".into(), ..plan() };
    assert_eq!(fails(no_source), Err(SplitError::NoSource("none".into())));
    let itself = Split { dead_letters: "mixed".into(), ..plan() };
    assert_eq!(fails(itself), Err(SplitError::IntoItself("mixed".into())));
    let mut twice = plan();
    twice.routes[1].value = "click".into();
    assert_eq!(fails(twice), Err(SplitError::DuplicateRoute("click".into())));
    let illegal = Split { dead_letters: "a b".into(), ..plan() };
    assert!(matches!(fails(illegal), Err(SplitError::Topic(_))));
}
