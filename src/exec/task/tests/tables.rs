//! Tables: filters, groups and joins that follow their changes.

use std::collections::BTreeMap;

use super::joins::join;
use super::shapes::{Harness, keyed_node};
use super::*;
use crate::plan::JoinKind;
use crate::rng::Seed;

fn over(limit: i64, column: usize) -> Op {
    let limit = Box::new(Expr::Literal(Value::BigInt(limit), DataType::BigInt));
    Op::Filter(Expr::Compare(Comparison::Greater, Box::new(Expr::Column(column)), limit))
}

#[test]
fn a_row_that_no_longer_passes_is_deleted_once() {
    let mut it = Harness::new(vec![keyed_node("l", true), node("where", vec![0], over(5, 1))]);
    for v in [Some(1), None, Some(6), Some(7), Some(2), Some(3), Some(8), None, None] {
        it.number("l", 1, "a", v);
        it.crash();
    }
    it.send("l", 2, None, Some(r#"{"V":9}"#));
    let row = |v: i64| format!(r#"a {{\"V\":{v}}} @1"#);
    let deleted = || "a - @1".to_owned();
    assert_eq!(it.out(), [row(6), row(7), deleted(), row(8), deleted()]);
    assert_eq!(it.drops(0, DropReason::NullKey), 1);
}

#[test]
fn having_forgets_windows_that_cannot_change() {
    let group = Aggregate {
        group_by: vec![Output { field: Field::key("K", DataType::Varchar), expr: Expr::Column(0) }],
        repartition: None,
        window: Some(WindowSpec::Tumbling(
            TimeWindows::tumbling(10).and_then(|w| w.with_grace(0)).expect("valid"),
        )),
        retention_ms: None,
        calls: vec![count()],
        emit: Emit::Update,
    };
    let mut it = Harness::new(vec![
        keyed_node("l", false),
        node("count", vec![0], Op::Aggregate(group)),
        node("having", vec![1], over(1, 1)),
    ]);
    for i in 0..1_000 {
        it.number("l", i * 5, "a", Some(1));
    }
    assert_eq!(it.out().len(), 500, "every second record is the second of its window");
    assert!(it.task.stats(&it.topics)[2].keys <= 4, "{:?}", it.task.stats(&it.topics)[2]);
}

fn count() -> AggregateCall {
    let field = Field::value("N", DataType::BigInt);
    AggregateCall { field, function: AggregateFunction::Count, argument: None }
}

fn call(name: &str, function: AggregateFunction) -> AggregateCall {
    let data_type = function.result_type(Some(&DataType::BigInt)).expect("valid call");
    let argument = Some(Expr::Column(1));
    AggregateCall { field: Field::value(name, data_type), function, argument }
}

/// Groups a table by its value.
fn by_value(calls: Vec<AggregateCall>) -> Op {
    Op::Aggregate(Aggregate {
        group_by: vec![Output { field: Field::key("V", DataType::BigInt), expr: Expr::Column(1) }],
        repartition: Some(1),
        window: None,
        retention_ms: None,
        calls,
        emit: Emit::Update,
    })
}

fn grouped(calls: Vec<AggregateCall>) -> Harness {
    let written = Op::Sink(Sink::new("out", Format::Json, Format::Json));
    Harness::new(vec![
        keyed_node("l", true),
        node("group", vec![0], by_value(calls)),
        node("out", vec![1], written),
    ])
}

#[test]
fn a_change_leaves_the_old_group_before_it_enters_the_new_one() {
    let list = AggregateFunction::CollectList { limit: 10 };
    let mut it = grouped(vec![count(), call("S", AggregateFunction::Sum), call("L", list)]);
    it.number("l", 1, "a", Some(3));
    it.number("l", 2, "b", Some(3));
    it.number("l", 3, "a", Some(4));
    it.crash();
    it.number("l", 2, "b", Some(3));
    it.number("l", 4, "b", None);
    it.send("l", 5, Some("a"), Some("{}"));
    let row =
        |key, n, s, l: &str, ts| format!(r#"{key} {{\"N\":{n},\"S\":{s},\"L\":[{l}]}} @{ts}"#);
    let expected = [
        row(3, 1, 3, "3", 1),
        row(3, 2, 6, "3,3", 2),
        row(3, 1, 3, "3", 3),
        row(4, 1, 4, "4", 3),
        row(3, 1, 3, "3", 3),
        row(3, 0, 0, "", 4),
        row(4, 0, 0, "", 5),
    ];
    assert_eq!(it.out(), expected);
}

#[test]
fn functions_that_cannot_undo_are_refused_over_a_table() {
    let mut topics = Topics::default();
    topics.create(TopicConfig::new("l", 1)).expect("new topic");
    let group = by_value(vec![call("M", AggregateFunction::Max)]);
    let plan = pipeline(vec![keyed_node("l", true), node("group", vec![0], group)]);
    let error = Task::new(&plan, &mut topics).expect_err("refused").to_string();
    assert_eq!(error, "node group: Max cannot undo, as grouping a table needs it");
}

/// Random changes of keys `a` to `d`: side, key and value.
fn changes(seed: u64) -> Vec<(bool, &'static str, Option<i64>)> {
    let mut random = Seed(seed).stream("tables");
    let mut change = || {
        let key = ["a", "b", "c", "d"][random.below(4) as usize];
        let value = (random.below(4) > 0).then(|| i64::from(random.below(3)));
        (random.below(2) == 0, key, value)
    };
    (0..200).map(|_| change()).collect()
}

#[test]
fn groups_of_a_table_are_those_of_its_rows() {
    let mut it = grouped(vec![count()]);
    let mut table = BTreeMap::new();
    for (i, (_, key, value)) in changes(1).into_iter().enumerate() {
        it.number("l", i as i64, key, value);
        match value {
            Some(value) => table.insert(key, value),
            None => table.remove(key),
        };
        let mut out = it.task.new_chunk(1);
        it.task.read_table(1, &mut out);
        let groups = (0..out.len()).map(|r| (out.columns[0].value(r), out.columns[1].value(r)));
        for (group, n) in groups {
            let expected = table.values().filter(|v| Value::BigInt(**v) == group).count();
            assert_eq!(n, Value::BigInt(expected as i64), "{group:?} after {i}");
        }
    }
}

#[test]
fn a_joined_table_is_the_join_of_its_tables() {
    for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full] {
        let mut it = join(true, true, kind, None);
        let (mut l, mut r) = (BTreeMap::new(), BTreeMap::new());
        for (i, (is_left, key, value)) in changes(2).into_iter().enumerate() {
            let side = if is_left { &mut l } else { &mut r };
            match value {
                Some(value) => side.insert(key, value),
                None => side.remove(key),
            };
            match (is_left, value) {
                (true, value) => it.number("l", 1, key, value),
                (false, Some(value)) => it.right(1, key, &value.to_string()),
                (false, None) => it.send("r", 1, Some(key), None),
            }
            if i % 50 == 49 {
                it.crash();
            }
            let mut table = BTreeMap::new();
            for record in it.out() {
                let mut words = record.split(' ').map(str::to_owned);
                let (key, value) = (words.next().expect("key"), words.next().expect("value"));
                if value == "-" {
                    table.remove(&key)
                } else {
                    table.insert(key, value)
                };
            }
            assert_eq!(table, expected(&l, &r, kind), "{kind:?} after {i}");
        }
    }
}

fn expected(
    l: &BTreeMap<&'static str, i64>,
    r: &BTreeMap<&'static str, i64>,
    kind: JoinKind,
) -> BTreeMap<String, String> {
    let mut table = BTreeMap::new();
    for key in ["a", "b", "c", "d"] {
        let (v, w) = (l.get(key), r.get(key));
        let is_there = match (v, w) {
            (Some(_), Some(_)) => true,
            (Some(_), None) => kind.keeps_left(),
            (None, Some(_)) => kind.keeps_right(),
            (None, None) => false,
        };
        if is_there {
            let v = v.map_or("null".to_owned(), i64::to_string);
            let w = w.map_or("null".to_owned(), |w| format!(r#"\"{w}\""#));
            table.insert(key.to_owned(), format!(r#"{{\"V\":{v},\"W\":{w}}}"#));
        }
    }
    table
}

#[test]
fn a_stream_takes_what_the_table_holds_now() {
    for kind in [JoinKind::Inner, JoinKind::Left] {
        let mut it = join(false, true, kind, None);
        it.number("l", 1, "a", Some(1));
        it.right(9, "a", "x");
        it.crash();
        it.number("l", 2, "a", Some(2));
        it.send("r", 9, Some("a"), None);
        it.number("l", 3, "a", Some(3));
        it.number("l", 4, "a", None);
        let row = |v, w: &str, ts| format!(r#"a {{\"V\":{v},\"W\":{w}}} @{ts}"#);
        let mut expected = vec![row(1, "null", 1), row(2, r#"\"x\""#, 2), row(3, "null", 3)];
        if kind == JoinKind::Inner {
            expected = vec![expected.remove(1)];
        }
        assert_eq!(it.out(), expected);
        assert_eq!(it.drops(2, DropReason::Tombstone), 1);
    }
}
