//! Joins of two streams, and the order in which a task takes the records of several topics.

use super::shapes::{Harness, keyed, keyed_node};
use super::*;
use crate::plan::{Join, JoinKind, JoinWindow};
use crate::rng::Seed;

const KINDS: [JoinKind; 4] = [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full];

pub(super) fn join(left: bool, right: bool, kind: JoinKind, window: Option<JoinWindow>) -> Harness {
    let mut r = keyed("r", right);
    r.schema.fields[1].name = "W".into();
    r.schema.fields[1].data_type = DataType::Varchar;
    Harness::new(vec![
        keyed_node("l", left),
        node("r", vec![], Op::Source(r)),
        node("join", vec![0, 1], Op::Join(Join { kind, window })),
    ])
}

const fn within(before_ms: i64, after_ms: i64, grace_ms: Option<i64>) -> Option<JoinWindow> {
    Some(JoinWindow { before_ms, after_ms, grace_ms })
}

impl Harness {
    fn left(&mut self, ts: i64, key: &str, v: i64) {
        self.number("l", ts, key, Some(v));
    }

    pub(super) fn right(&mut self, ts: i64, key: &str, w: &str) {
        self.send("r", ts, Some(key), Some(&format!(r#"{{"W":"{w}"}}"#)));
    }
}

fn joined(key: &str, v: &str, w: &str, ts: i64) -> String {
    format!(r#"{key} {{\"V\":{v},\"W\":{w}}} @{ts}"#)
}

#[test]
fn without_grace_a_row_goes_out_at_once_and_again_with_its_match() {
    let mut it = join(false, false, JoinKind::Left, within(10, 5, None));
    it.left(100, "a", 1);
    it.right(105, "a", "x");
    it.right(106, "a", "late");
    it.right(90, "a", "y");
    it.right(89, "a", "early");
    it.left(95, "a", 2);
    let (x, y) = (r#"\"x\""#, r#"\"y\""#);
    let expected = [
        joined("a", "1", "null", 100),
        joined("a", "1", x, 105),
        joined("a", "1", y, 100),
        joined("a", "2", r#"\"early\""#, 95),
        joined("a", "2", y, 95),
    ];
    assert_eq!(it.out(), expected);
}

#[test]
fn with_grace_a_row_without_a_match_waits_until_its_window_closes() {
    let mut it = join(false, false, JoinKind::Full, within(10, 5, Some(20)));
    it.left(100, "b", 1);
    it.left(100, "a", 2);
    it.right(100, "c", "x");
    it.left(125, "z", 3);
    assert_eq!(it.out().len(), 0, "the left rows' windows close after 125");
    it.crash();
    it.left(126, "z", 4);
    let mut expected = vec![joined("a", "2", "null", 100), joined("b", "1", "null", 100)];
    assert_eq!(it.out(), expected, "by key");
    it.right(131, "z", "y");
    // The window of the right row at 100 was open for ten more and has closed by now.
    expected.push(joined("c", "null", r#"\"x\""#, 100));
    expected.push(joined("z", "4", r#"\"y\""#, 131));
    assert_eq!(it.out(), expected);
    it.right(50, "q", "late");
    expected.push(joined("q", "null", r#"\"late\""#, 50));
    assert_eq!(it.out(), expected, "a late row without a match goes out at once");
}

#[test]
fn a_row_whose_window_has_passed_does_not_wait_for_the_grace() {
    let mut it = join(false, false, JoinKind::Left, within(5, 5, Some(50)));
    it.left(120, "z", 1);
    it.left(100, "a", 2);
    it.right(101, "a", "x");
    let expected = [joined("a", "2", "null", 100), joined("a", "2", r#"\"x\""#, 101)];
    assert_eq!(it.out(), expected, "as in Kafka Streams");
}

#[test]
fn rows_older_than_the_retention_look_but_are_not_kept() {
    let mut it = join(false, false, JoinKind::Inner, within(10, 10, Some(10)));
    it.left(100, "a", 1);
    it.right(1_000, "a", "far");
    it.right(100, "a", "old");
    it.left(100, "a", 2);
    assert_eq!(it.out(), [joined("a", "1", r#"\"old\""#, 100)]);
    assert_eq!(it.drops(2, DropReason::Late), 1);
}

#[test]
fn rows_that_cannot_join_are_counted() {
    for (kind, nulls) in [(JoinKind::Inner, 0), (JoinKind::Left, 1)] {
        let mut it = join(false, false, kind, within(10, 10, Some(10)));
        it.send("l", 1, None, Some(r#"{"V":1}"#));
        it.send("r", 1, None, Some("{}"));
        it.number("l", 1, "a", None);
        assert_eq!(it.out().len(), nulls);
        assert_eq!(it.drops(2, DropReason::NullKey), 2 - nulls as u64);
        assert_eq!(it.drops(2, DropReason::Tombstone), 1);
    }
}

/// Rows of both sides with disorder of up to 40 ms.
fn shuffled(seed: u64) -> Vec<(bool, i64, String, i64)> {
    let mut random = Seed(seed).stream("joins");
    let mut rows: Vec<_> = (0..300_i64)
        .map(|i| {
            let (ts, is_left) = (i * 3, random.below(2) == 0);
            let key = ["a", "b", "c"][random.below(3) as usize].to_owned();
            (ts + i64::from(random.below(40)), (is_left, ts, key, i))
        })
        .collect();
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// What a join must give, by nested loops.
fn nested_loops(rows: &[(bool, i64, String, i64)], kind: JoinKind) -> Vec<String> {
    let (mut expected, mut matched) = (Vec::new(), std::collections::BTreeSet::new());
    for l in rows.iter().filter(|row| row.0) {
        for r in rows.iter().filter(|row| !row.0 && row.2 == l.2) {
            if l.1 - 45 <= r.1 && r.1 <= l.1 + 40 {
                let w = format!(r#"\"{}\""#, r.3);
                expected.push(joined(&l.2, &l.3.to_string(), &w, l.1.max(r.1)));
                matched.extend([l.3, r.3]);
            }
        }
    }
    for (is_left, ts, key, n) in rows.iter().filter(|row| !matched.contains(&row.3)) {
        if *is_left && kind.keeps_left() {
            expected.push(joined(key, &n.to_string(), "null", *ts));
        }
        if !is_left && kind.keeps_right() {
            expected.push(joined(key, "null", &format!(r#"\"{n}\""#), *ts));
        }
    }
    expected.sort();
    expected
}

#[test]
fn joins_give_what_nested_loops_give() {
    for kind in KINDS {
        for seed in 0..4 {
            let rows = shuffled(seed);
            // As far as the disorder goes: see the test above of a row whose window has passed.
            let mut it = join(false, false, kind, within(45, 40, Some(50)));
            for (i, (is_left, ts, key, n)) in rows.iter().enumerate() {
                if *is_left {
                    it.left(*ts, key, *n);
                } else {
                    it.right(*ts, key, &n.to_string());
                }
                if i % 37 == 0 {
                    it.crash();
                }
            }
            let kept = it.task.stats(&it.topics)[2].groups;
            assert!(kept < 100, "{kept} rows are kept: the retention is 135 ms");
            it.left(100_000, "end", 0);
            it.right(100_000, "end", "0");
            let mut out = it.out();
            out.retain(|row| !row.starts_with("end"));
            out.sort();
            assert_eq!(out, nested_loops(&rows, kind), "{kind:?} {seed}");
        }
    }
}

#[test]
fn what_comes_out_does_not_depend_on_the_size_of_a_poll() {
    let run = |most: usize| {
        let mut it = join(false, false, JoinKind::Full, within(20, 7, Some(5)));
        for (is_left, ts, key, n) in shuffled(9) {
            let value =
                if is_left { format!(r#"{{"V":{n}}}"#) } else { format!(r#"{{"W":"{n}"}}"#) };
            let topic = if is_left { "l" } else { "r" };
            it.append(topic, ts, Some(key.as_bytes()), Some(&value));
        }
        while it.task.poll(&mut it.topics, most) > 0 {}
        it.out()
    };
    let one = run(1);
    assert!(one.len() > 100, "{}", one.len());
    assert_eq!(one, run(13));
    assert_eq!(one, run(1_000));
}

#[test]
fn the_topic_with_the_smaller_time_comes_first_and_the_left_one_of_equal_times() {
    let mut it = join(false, true, JoinKind::Left, None);
    for (topic, ts, value) in [
        ("r", 5, r#"{"W":"five"}"#),
        ("r", 7, r#"{"W":"seven"}"#),
        ("l", 4, r#"{"V":1}"#),
        ("l", 5, r#"{"V":2}"#),
        ("l", 6, r#"{"V":3}"#),
        ("l", 8, r#"{"V":4}"#),
    ] {
        it.append(topic, ts, Some(b"a"), Some(value));
    }
    while it.task.poll(&mut it.topics, 2) > 0 {}
    let expected = [
        joined("a", "1", "null", 4),
        joined("a", "2", "null", 5),
        joined("a", "3", r#"\"five\""#, 6),
        joined("a", "4", r#"\"seven\""#, 8),
    ];
    assert_eq!(it.out(), expected);
}

#[test]
fn a_stream_joined_with_itself_meets_each_record_before_the_next() {
    let renamed = |name: &str, column: &str| {
        let output = |field: Field, column| Output { field, expr: Expr::Column(column) };
        let outputs = vec![
            output(Field::key("K", DataType::Varchar), 0),
            output(Field::value(column, DataType::BigInt), 1),
        ];
        node(name, vec![0], Op::Project(outputs))
    };
    let window = within(10, 10, None);
    let run = |most: usize| {
        let mut it = Harness::new(vec![
            keyed_node("l", false),
            renamed("a", "V"),
            renamed("b", "W"),
            node("join", vec![1, 2], Op::Join(Join { kind: JoinKind::Inner, window })),
        ]);
        for (ts, value) in [(1, r#"{"V":1}"#), (3, r#"{"V":2}"#), (2, r#"{"V":3}"#)] {
            it.append("l", ts, Some(b"a"), Some(value));
        }
        while it.task.poll(&mut it.topics, most) > 0 {}
        it.out()
    };
    let pair = |v: &str, w: &str, ts| joined("a", v, w, ts);
    let expected = [
        pair("1", "1", 1),
        pair("2", "1", 3),
        pair("1", "2", 3),
        pair("2", "2", 3),
        pair("3", "1", 2),
        pair("3", "2", 3),
        pair("1", "3", 2),
        pair("3", "3", 2),
        pair("2", "3", 3),
    ];
    assert_eq!(run(100), expected);
    assert_eq!(run(1), expected);
}
