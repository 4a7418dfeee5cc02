//! Aggregation against brute force, and the laws that every window keeps: independence of chunks,
//! of crashes and of shared slices, and counters that add up.

#[path = "support/soak.rs"]
mod soak;
mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use streamglass::exec::DropReason;
use streamglass::plan::{AggregateFunction, Emit};
use streamglass::window::{SessionWindows, SlidingWindows, TimeWindows, WindowSpec};

use soak::soak;
use support::{Harness, Row, aggregate, row, rows};

const COUNT: AggregateFunction = AggregateFunction::Count;
const SUM: AggregateFunction = AggregateFunction::Sum;

/// All of these share slices.
const SHARING: [AggregateFunction; 7] = [
    COUNT,
    SUM,
    AggregateFunction::Min,
    AggregateFunction::Max,
    AggregateFunction::Avg,
    AggregateFunction::CountDistinct,
    AggregateFunction::TopK { k: 2 },
];

fn tumbling(size_ms: i64, grace_ms: i64) -> WindowSpec {
    let windows = TimeWindows::tumbling(size_ms).and_then(|w| w.with_grace(grace_ms));
    WindowSpec::Tumbling(windows.expect("valid"))
}

fn hopping(size_ms: i64, advance_ms: i64, grace_ms: i64) -> WindowSpec {
    let windows = TimeWindows::hopping(size_ms, advance_ms).and_then(|w| w.with_grace(grace_ms));
    WindowSpec::Hopping(windows.expect("valid"))
}

fn session(gap_ms: i64, grace_ms: i64) -> WindowSpec {
    let windows = SessionWindows::new(gap_ms).and_then(|w| w.with_grace(grace_ms));
    WindowSpec::Session(windows.expect("valid"))
}

fn sliding(difference_ms: i64, grace_ms: i64) -> WindowSpec {
    let windows = SlidingWindows::new(difference_ms).and_then(|w| w.with_grace(grace_ms));
    WindowSpec::Sliding(windows.expect("valid"))
}

fn outputs(window: WindowSpec, emit: Emit, rows: &[Row]) -> Vec<String> {
    let mut harness = Harness::new(aggregate(Some(window), emit, &[COUNT]));
    harness.feed(rows);
    harness.take()
}

// Examples of the semantics.

#[test]
fn emit_final_loses_windows_in_a_jump_and_counts_them() {
    let mut harness = Harness::new(aggregate(Some(tumbling(2, 1)), Emit::Final, &[COUNT]));
    harness.feed(&rows(&[0, 1, 2, 1, 0, 5]));
    assert_eq!(harness.take(), ["k @2 [2,4] 1"]);
    let stats = harness.stats();
    assert_eq!(stats.drops.get(DropReason::FinalWindowLost), 1);
    assert_eq!((stats.included, stats.drops.get(DropReason::Late)), (6, 0));
}

#[test]
fn hopping_emits_each_window_by_start_with_the_largest_timestamp() {
    let lines = outputs(hopping(4, 2, 100), Emit::Update, &rows(&[5, 4]));
    assert_eq!(lines, ["k @5 [2,6] 1", "k @5 [4,8] 1", "k @5 [2,6] 2", "k @5 [4,8] 2"]);
    let start = outputs(hopping(60, 10, 100), Emit::Update, &rows(&[5]));
    assert_eq!(start, ["k @5 [0,60] 1"], "no window starts before the epoch");
}

#[test]
fn lateness_is_judged_window_by_window() {
    let mut harness = Harness::new(aggregate(Some(hopping(4, 2, 1)), Emit::Update, &[COUNT]));
    harness.feed(&rows(&[7, 4]));
    let expected = ["k @7 [4,8] 1", "k @7 [6,10] 1", "k @7 [4,8] 2"];
    assert_eq!(harness.take(), expected, "[2,6) closed at 7");
    assert_eq!(harness.stats().drops.get(DropReason::Late), 1);
}

#[test]
fn partitions_have_their_own_stream_time() {
    let mut late = rows(&[100, 1]);
    late[1].partition = 1;
    let lines = outputs(tumbling(10, 0), Emit::Update, &late);
    assert_eq!(lines, ["k @100 [100,110] 1", "k @1 [0,10] 1"]);
}

#[test]
fn sessions_delete_what_they_extend_and_merge() {
    let lines = outputs(session(10, 100), Emit::Update, &rows(&[0, 10, 40, 60, 50, 50]));
    assert_eq!(
        lines,
        [
            "k @0 [0,0] 1",
            "k @0 [0,0] gone",
            "k @10 [0,10] 2",
            "k @40 [40,40] 1",
            "k @60 [60,60] 1",
            "k @40 [40,40] gone",
            "k @60 [60,60] gone",
            "k @60 [40,60] 3",
            "k @60 [40,60] gone",
            "k @60 [40,60] 4",
        ]
    );
    let same_time = outputs(session(10, 100), Emit::Update, &rows(&[5, 5]));
    assert_eq!(same_time, ["k @5 [5,5] 1", "k @5 [5,5] 2"]);
}

#[test]
fn a_session_is_late_or_final_below_stream_time_less_grace_and_gap() {
    // At 100 the bound is 100 - 5 - 10 = 85.
    let late = |ts| {
        let mut harness = Harness::new(aggregate(Some(session(10, 5)), Emit::Update, &[COUNT]));
        harness.feed(&rows(&[100, ts]));
        harness.stats().drops.get(DropReason::Late)
    };
    assert_eq!((late(84), late(85)), (1, 0));
    let final_at = |ts| outputs(session(10, 5), Emit::Final, &rows(&[0, 3, ts]));
    assert_eq!(final_at(18), Vec::<String>::new());
    assert_eq!(final_at(19), ["k @3 [0,3] 2"]);
}

#[test]
fn coalesced_sessions_delete_only_what_was_emitted() {
    let mut harness = Harness::new(aggregate(Some(session(10, 100)), Emit::Commit, &[COUNT]));
    harness.feed(&rows(&[0, 5]));
    harness.commit();
    assert_eq!(harness.take(), ["k @5 [0,5] 2"], "[0,0] came and went between commits");
    harness.feed(&rows(&[5, 9]));
    harness.commit();
    assert_eq!(harness.take(), ["k @5 [0,5] gone", "k @9 [0,9] 4"]);
    harness.feed(&rows(&[1_000]));
    harness.commit();
    assert_eq!(harness.take(), ["k @1000 [1000,1000] 1"]);
}

#[test]
fn coalesced_windows_come_in_the_order_of_their_first_change() {
    let mut harness = Harness::new(aggregate(Some(tumbling(10, 100)), Emit::Commit, &[COUNT]));
    harness.feed(&[row(25, "b", 1), row(1, "a", 1), row(12, "c", 1), row(26, "b", 1)]);
    harness.commit();
    assert_eq!(harness.take(), ["b @26 [20,30] 2", "a @1 [0,10] 1", "c @12 [10,20] 1"]);
    harness.commit();
    assert!(harness.take().is_empty(), "nothing has changed");
}

#[test]
fn null_keys_and_deletions_are_dropped_and_counted() {
    let mut harness = Harness::new(aggregate(None, Emit::Update, &[COUNT, SUM]));
    let no_key = Row { key: None, ..row(1, "", 5) };
    let no_value = Row { value: None, ..row(2, "k", 0) };
    harness.feed(&[no_key, no_value, row(1, "k", 7)]);
    assert_eq!(harness.take(), ["k @2 1 0", "k @2 2 7"]);
    assert_eq!(harness.stats().drops.get(DropReason::NullKey), 1);
    let mut deletion = support::chunk(&rows(&[3]), 3);
    deletion.tombstones = vec![true];
    harness.task.push_rows(0, &deletion, &mut harness.topics);
    assert_eq!(harness.stats().drops.get(DropReason::Tombstone), 1);
    assert_eq!(harness.table(), ["k @2 2 7"]);
}

#[test]
fn memory_follows_the_live_windows() {
    let mut plan = aggregate(Some(tumbling(10, 0)), Emit::Commit, &[COUNT]);
    plan.retention_ms = Some(10);
    let mut harness = Harness::new(plan);
    let mut most = 0;
    for i in 0..20_000 {
        harness.feed(&[row(i, &format!("key {i}"), 1)]);
        if i % 100 == 0 {
            harness.commit();
            harness.take();
        }
        most = most.max(harness.stats().keys);
    }
    assert!(most < 2_200, "a batch of 1,024 closed windows goes when all of them do: {most}");
}

// Brute force.

/// What a time-windowed aggregate must hold at the end, by key and window; and how often a record
/// was included and late. For one partition and the retention of [`forever`].
fn brute_force(
    windows: &TimeWindows,
    grace_ms: i64,
    rows: &[Row],
) -> (BTreeMap<(String, i64), Vec<Row>>, u64, u64) {
    let (mut held, mut included, mut late) = (BTreeMap::<_, Vec<Row>>::new(), 0, 0);
    let mut stream_time = i64::MIN;
    for row in rows {
        let Some(key) = &row.key else { continue };
        stream_time = stream_time.max(row.ts);
        for i in -1_000..1_000 {
            let start = i * windows.advance_ms();
            let end = start + windows.size_ms();
            let holds = start <= row.ts && row.ts < end && (start >= 0 || row.ts < 0);
            if holds && end + grace_ms > stream_time {
                included += 1;
                held.entry((key.clone(), start)).or_default().push(row.clone());
            } else if holds {
                late += 1;
            }
        }
    }
    (held, included, late)
}

/// What `EMIT FINAL` must have emitted, in order, and how many windows it must have lost: a window
/// is emitted at the first row whose stream time has reached its end and grace, unless it starts
/// too long before the newest window of that row.
fn brute_force_final(
    windows: &TimeWindows,
    grace_ms: i64,
    rows: &[Row],
    held: &BTreeMap<(String, i64), Vec<Row>>,
) -> (Vec<String>, u64) {
    let (mut emitted, mut lost, mut before) = (Vec::new(), 0, i64::MIN);
    let length_ms = windows.size_ms() + grace_ms;
    for row in rows.iter().filter(|row| row.key.is_some() && row.ts > i64::MIN) {
        let stream_time = before.max(row.ts);
        let mut closing: Vec<_> = held
            .iter()
            .filter(|((_, start), _)| {
                (before.saturating_add(1)..=stream_time).contains(&(start + length_ms))
            })
            .collect();
        closing.sort_by_key(|((key, start), _)| (*start, key));
        let newest = stream_time - stream_time.rem_euclid(windows.advance_ms());
        for ((key, start), rows) in closing {
            if *start < newest - length_ms {
                lost += 1;
            } else {
                emitted.push(sharing_line(key, (*start, start + windows.size_ms()), rows));
            }
        }
        before = stream_time;
    }
    (emitted, lost)
}

/// The line of a group that holds these rows, for [`SHARING`].
fn sharing_line(key: &str, (start, end): (i64, i64), rows: &[Row]) -> String {
    let values: Vec<i64> = rows.iter().filter_map(|row| row.value).collect();
    let mut distinct = values.clone();
    distinct.sort_unstable();
    let top: Vec<String> = distinct.iter().rev().take(2).map(i64::to_string).collect();
    distinct.dedup();
    let (sum, n) = (values.iter().sum::<i64>(), values.len());
    let average = if n == 0 { 0.0 } else { sum as f64 / n as f64 };
    let or_null = |v: Option<&i64>| v.map_or("null".to_owned(), i64::to_string);
    format!(
        "{key} @{} [{start},{end}] {} {sum} {} {} {average} {} {{{}}}",
        rows.iter().map(|row| row.ts).max().expect("not empty"),
        rows.len(),
        or_null(values.iter().min()),
        or_null(values.iter().max()),
        distinct.len(),
        top.join(" "),
    )
}

fn forever(
    window: WindowSpec,
    emit: Emit,
    calls: &[AggregateFunction],
) -> streamglass::plan::Aggregate {
    let mut plan = aggregate(Some(window), emit, calls);
    plan.retention_ms = Some(1_000_000);
    plan
}

fn any_row(span: i64) -> impl Strategy<Value = Row> {
    let key = prop::sample::select(vec![Some("a"), Some("b"), Some("c"), None]);
    let value = prop::option::weighted(0.9, -3_i64..9);
    (0..span, key, value).prop_map(|(ts, key, value)| Row {
        ts,
        partition: 0,
        key: key.map(str::to_owned),
        value,
    })
}

fn any_rows(span: i64, most: usize) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(any_row(span), 0..most)
}

fn any_time_windows() -> impl Strategy<Value = (TimeWindows, i64)> {
    (1_i64..25, 1_i64..25, 0_i64..40).prop_map(|(a, b, grace_ms)| {
        let windows = TimeWindows::hopping(a.max(b), a.min(b)).and_then(|w| w.with_grace(grace_ms));
        (windows.expect("valid"), grace_ms)
    })
}

fn any_emit() -> impl Strategy<Value = Emit> {
    prop::sample::select(vec![Emit::Update, Emit::Commit, Emit::Final])
}

fn any_window() -> impl Strategy<Value = WindowSpec> {
    prop_oneof![
        any_time_windows().prop_map(|(windows, _)| WindowSpec::Hopping(windows)),
        (1_i64..20, 0_i64..30).prop_map(|(gap_ms, grace_ms)| session(gap_ms, grace_ms)),
        (0_i64..20, 0_i64..30).prop_map(|(span_ms, grace_ms)| sliding(span_ms, grace_ms)),
    ]
}

/// The last value of each key and window that was emitted.
fn last_values(lines: &[String]) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    for line in lines {
        let (key, rest) = line.split_once(" @").expect("has a timestamp");
        let window = rest.split(' ').nth(1).expect("has a window");
        last.insert(format!("{key} {window}"), line.clone());
    }
    last
}

proptest! {
    #[test]
    fn time_windows_hold_what_brute_force_holds(
        (windows, grace_ms) in any_time_windows(),
        rows in any_rows(120, 80),
        emit in any_emit(),
    ) {
        let (held, included, late) = brute_force(&windows, grace_ms, &rows);
        let lost_by = |harness: &Harness| harness.stats().drops.get(DropReason::FinalWindowLost);
        let mut harness = Harness::new(forever(WindowSpec::Hopping(windows), emit, &SHARING));
        harness.feed(&rows);
        let expected: Vec<String> = held
            .iter()
            .map(|((key, start), rows)| {
                sharing_line(key, (*start, start + windows.size_ms()), rows)
            })
            .collect();
        let table = harness.table();
        prop_assert_eq!(table.len() as u64 + lost_by(&harness), expected.len() as u64);
        if lost_by(&harness) == 0 {
            prop_assert_eq!(&table, &expected);
        }
        let stats = harness.stats();
        prop_assert_eq!((stats.included, stats.drops.get(DropReason::Late)), (included, late));
        let without_key = rows.iter().filter(|row| row.key.is_none()).count() as u64;
        prop_assert_eq!(stats.drops.get(DropReason::NullKey), without_key);
        harness.commit();
        let lines = harness.take();
        if emit == Emit::Final {
            let (emitted, lost) = brute_force_final(&windows, grace_ms, &rows, &held);
            prop_assert_eq!((lines, lost_by(&harness)), (emitted, lost));
        } else {
            let emitted = last_values(&lines);
            prop_assert_eq!(emitted.into_values().collect::<Vec<_>>(),
                last_values(&expected).into_values().collect::<Vec<_>>());
        }
    }

    #[test]
    fn order_within_grace_does_not_matter(
        (windows, _) in any_time_windows(),
        rows in any_rows(120, 60).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let windows = windows.with_grace(200).expect("valid");
        let table = |rows: &[Row]| {
            let mut harness =
                Harness::new(forever(WindowSpec::Hopping(windows), Emit::Commit, &SHARING));
            harness.feed(rows);
            harness.table()
        };
        prop_assert_eq!(table(&rows.0), table(&rows.1));
    }

    #[test]
    fn sessions_hold_what_brute_force_holds(gap_ms in 1_i64..30, rows in any_rows(300, 60)) {
        let mut by_key: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.key.is_some()) {
            by_key.entry(row.key.clone().expect("filtered")).or_default().push(row.clone());
        }
        let mut expected = Vec::new();
        for (key, mut rows) in by_key {
            rows.sort_by_key(|row| row.ts);
            for session in rows.chunk_by(|a, b| b.ts - a.ts <= gap_ms) {
                let window = (session[0].ts, session[session.len() - 1].ts);
                expected.push(sharing_line(&key, window, session));
            }
        }
        for emit in [Emit::Update, Emit::Commit] {
            let mut harness = Harness::new(forever(session(gap_ms, 300), emit, &SHARING));
            for half in rows.chunks(rows.len() / 2 + 1) {
                harness.feed(half);
                harness.commit();
            }
            prop_assert_eq!(&harness.table(), &expected);
            let mut emitted = last_values(&harness.take());
            emitted.retain(|_, line| !line.ends_with("gone"));
            prop_assert_eq!(emitted.into_values().collect::<Vec<_>>(),
                last_values(&expected).into_values().collect::<Vec<_>>());
        }
    }

    #[test]
    fn sliding_windows_hold_what_brute_force_holds(span_ms in 0_i64..20, rows in any_rows(80, 30)) {
        let mut expected = Vec::new();
        for key in ["a", "b", "c"] {
            let of_key: Vec<Row> =
                rows.iter().filter(|row| row.key.as_deref() == Some(key)).cloned().collect();
            let mut starts: Vec<i64> =
                of_key.iter().flat_map(|row| [row.ts - span_ms, row.ts + 1]).collect();
            starts.sort_unstable();
            starts.dedup();
            for start in starts {
                let inside: Vec<Row> = of_key
                    .iter()
                    .filter(|row| (start..=start + span_ms).contains(&row.ts))
                    .cloned()
                    .collect();
                if !inside.is_empty() {
                    expected.push(sharing_line(key, (start, start + span_ms), &inside));
                }
            }
        }
        let mut harness = Harness::new(forever(sliding(span_ms, 100), Emit::Commit, &SHARING));
        harness.feed(&rows);
        prop_assert_eq!(harness.table(), expected.clone());
        harness.commit();
        prop_assert_eq!(last_values(&harness.take()), last_values(&expected));
    }

    #[test]
    fn slices_change_nothing(
        (windows, _) in any_time_windows(),
        rows in any_rows(150, 80),
        emit in prop::sample::select(vec![Emit::Commit, Emit::Final]),
        commits in prop::collection::vec(any::<bool>(), 80),
    ) {
        // COLLECT_LIST depends on order, so with it no slices are shared.
        let run = |calls: &[AggregateFunction]| {
            let mut harness = Harness::new(aggregate(Some(WindowSpec::Hopping(windows)), emit, calls));
            let mut lines = Vec::new();
            for (row, commit) in rows.iter().zip(&commits) {
                harness.feed(std::slice::from_ref(row));
                if *commit {
                    harness.commit();
                    lines.extend(harness.take());
                    lines.push("table".to_owned());
                    lines.extend(harness.table());
                }
            }
            harness.commit();
            lines.extend(harness.take());
            (lines, harness.stats().included, harness.stats().drops)
        };
        let mut with_list = SHARING.to_vec();
        with_list.push(AggregateFunction::CollectList { limit: 100 });
        let (shared, included, drops) = run(&SHARING);
        let (apart, included_apart, drops_apart) = run(&with_list);
        let strip = |line: &String| match line.rsplit_once(" {") {
            Some((front, _)) => front.to_owned(),
            None => line.clone(),
        };
        prop_assert_eq!(shared, apart.iter().map(strip).collect::<Vec<_>>());
        prop_assert_eq!((included, drops), (included_apart, drops_apart));
    }

    #[test]
    fn chunks_and_crashes_change_nothing(
        window in prop::option::weighted(0.9, any_window()),
        mut emit in any_emit(),
        rows in prop::collection::vec((any_row(200), 0_u32..3, 0_u8..10), 0..60),
        sizes in prop::collection::vec(1_usize..20, 60),
        repartition in prop::option::of(1_u32..4),
    ) {
        if window.is_none() && emit == Emit::Final {
            emit = Emit::Commit;
        }
        let calls = [COUNT, AggregateFunction::CollectList { limit: 5 },
            AggregateFunction::ApproxCountDistinct { lg_k: 4 }];
        let mut plan = aggregate(window, emit, &calls);
        plan.repartition = repartition;
        // A row with a mark below 2 is followed by a commit, which ends a chunk in any case.
        let commits_after = |mark: u8| mark < 2;
        let rows: Vec<(Row, u8)> =
            rows.into_iter().map(|(row, partition, mark)| (Row { partition, ..row }, mark)).collect();
        let run = |sizes: &mut dyn Iterator<Item = usize>, crashes: bool| {
            let mut harness = Harness::new(plan.clone());
            let mut lines = Vec::new();
            let mut at = 0;
            while at < rows.len() {
                let most = sizes.next().unwrap_or(1).min(rows.len() - at);
                let to_commit = rows[at..at + most].iter().position(|(_, mark)| commits_after(*mark));
                let size = to_commit.map_or(most, |i| i + 1);
                let part: Vec<Row> = rows[at..at + size].iter().map(|(row, _)| row.clone()).collect();
                harness.feed(&part);
                at += size;
                if to_commit.is_some() {
                    harness.commit();
                }
                lines.extend(harness.take());
                if crashes {
                    harness.crash();
                }
            }
            lines.extend(harness.table());
            let stats = harness.stats();
            (lines, stats.included, stats.drops, stats.stream_time)
        };
        let whole = run(&mut std::iter::repeat(1_000), false);
        prop_assert_eq!(&run(&mut sizes.iter().copied(), false), &whole);
        prop_assert_eq!(&run(&mut std::iter::repeat(1), true), &whole);
    }
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_engine_against_brute_force() {
    soak(
        "aggregates against brute force",
        &[
            time_windows_hold_what_brute_force_holds,
            order_within_grace_does_not_matter,
            sessions_hold_what_brute_force_holds,
            sliding_windows_hold_what_brute_force_holds,
        ],
    );
}

#[test]
#[ignore = "takes as long as it is given: cargo xtask soak"]
fn soak_engine_chunks_crashes_and_slices() {
    soak("chunks, crashes and slices", &[chunks_and_crashes_change_nothing, slices_change_nothing]);
}
