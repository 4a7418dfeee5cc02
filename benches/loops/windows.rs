//! The windowed queries, from JSON bytes and from rows in memory, each beside its plain loop. Before
//! anything is measured, the results of both are compared.

use std::borrow::Cow;

use serde::Deserialize;
use streamglass::aggregate::AggregateFunction;
use streamglass::topic::Topics;

use super::input::{Click, Record, clicks, fill, rows};
use super::plain::{self, Groups};
use super::query::{self, Query};
use super::{Loop, Run};

/// Clicks as JSON, about 160 MB.
pub const RECORDS: usize = 200_000;
const ROWS: usize = 1_000_000;

/// Names of a query's loops: from JSON, plain from JSON, from rows, plain from rows.
pub type Names = [&'static str; 4];

pub const TUMBLING: Names = [
    "JSON: tumbling 1 min, count and distinct users",
    "plain JSON: tumbling 1 min",
    "rows: tumbling 1 min, count and distinct users",
    "plain rows: tumbling 1 min",
];
const SKETCHED: Names = [
    "JSON: tumbling 1 min, count and estimated users",
    "plain JSON: tumbling 1 min, estimated",
    "rows: tumbling 1 min, count and estimated users",
    "plain rows: tumbling 1 min, estimated",
];
pub const HOPPING: Names = [
    "JSON: hopping 1 h by 1 min, count",
    "plain JSON: hopping 1 h by 1 min",
    "rows: hopping 1 h by 1 min, count",
    "plain rows: hopping 1 h by 1 min",
];
const BY_MINUTE: [&str; 2] =
    ["plain JSON: hopping, summed from minutes", "plain rows: hopping, summed from minutes"];
pub const SESSIONS: Names = [
    "JSON: session 30 min, list of states",
    "plain JSON: session 30 min",
    "rows: session 30 min, list of states",
    "plain rows: session 30 min",
];

pub fn loops() -> Vec<Loop> {
    let entry = |records: usize, name, plain, prepare: fn() -> Run| Loop {
        name,
        records: records as u64,
        plain,
        prepare,
    };
    let json = |name, plain, prepare| entry(RECORDS, name, plain, prepare);
    let rows = |name, plain, prepare| entry(ROWS, name, plain, prepare);
    vec![
        json(TUMBLING[0], Some(TUMBLING[1]), || from_json(tumbling(), plain_tumbling)),
        json(TUMBLING[1], None, || plainly_from_json(plain_tumbling)),
        json(SKETCHED[0], Some(SKETCHED[1]), || from_json(sketched(), plain_sketched)),
        json(SKETCHED[1], None, || plainly_from_json(plain_sketched)),
        json(HOPPING[0], Some(HOPPING[1]), || from_json(query::hopping(), plain_hopping)),
        json(HOPPING[1], None, || plainly_from_json(plain_hopping)),
        json(BY_MINUTE[0], None, || plainly_from_json(plain_by_minute)),
        json(SESSIONS[0], Some(SESSIONS[1]), || from_json(query::sessions(), plain_sessions)),
        json(SESSIONS[1], None, || plainly_from_json(plain_sessions)),
        rows(TUMBLING[2], Some(TUMBLING[3]), || from_rows(tumbling(), rows_tumbling)),
        rows(TUMBLING[3], None, || plainly_from_rows(rows_tumbling)),
        rows(SKETCHED[2], Some(SKETCHED[3]), || from_rows(sketched(), rows_sketched)),
        rows(SKETCHED[3], None, || plainly_from_rows(rows_sketched)),
        rows(HOPPING[2], Some(HOPPING[3]), || from_rows(query::hopping(), rows_hopping)),
        rows(HOPPING[3], None, || plainly_from_rows(rows_hopping)),
        rows(BY_MINUTE[1], None, || plainly_from_rows(rows_by_minute)),
        rows(SESSIONS[2], Some(SESSIONS[3]), || from_rows(query::sessions(), rows_sessions)),
        rows(SESSIONS[3], None, || plainly_from_rows(rows_sessions)),
    ]
}

pub fn tumbling() -> Query {
    query::tumbling(AggregateFunction::CountDistinct)
}

fn sketched() -> Query {
    query::tumbling(AggregateFunction::ApproxCountDistinct { lg_k: query::LG_K })
}

/// A plain loop over records or rows.
type Plain<T> = for<'a> fn(&'a [T]) -> Box<dyn Groups + 'a>;

fn from_json(query: Query, plain: Plain<Record>) -> Run {
    let records = clicks(RECORDS);
    let mut topics = Topics::default();
    fill(&mut topics, query::CLICKS, &records);
    let mut kept = query.task(&mut topics, true);
    query::poll_all(&mut kept, &mut topics);
    check(&query::results(&mut kept), &plain(&records).results());
    Box::new(move || {
        let mut task = query.task(&mut topics, false);
        query::poll_all(&mut task, &mut topics);
        query::sum(&task, &topics)
    })
}

fn from_rows(query: Query, plain: Plain<Click>) -> Run {
    let rows = rows(ROWS);
    let chunks = query.chunks(&rows);
    let mut topics = query::no_records();
    let mut kept = query.task(&mut topics, true);
    query::push_all(&mut kept, &mut topics, &chunks);
    check(&query::results(&mut kept), &plain(&rows).results());
    Box::new(move || {
        let mut task = query.task(&mut topics, false);
        query::push_all(&mut task, &mut topics, &chunks);
        query::sum(&task, &topics)
    })
}

fn plainly_from_json(plain: Plain<Record>) -> Run {
    let records = clicks(RECORDS);
    Box::new(move || plain(&records).sum())
}

fn plainly_from_rows(plain: Plain<Click>) -> Run {
    let rows = rows(ROWS);
    Box::new(move || plain(&rows).sum())
}

/// A loop that does not compute the same is no loop to compare with.
pub fn check(ours: &[String], plain: &[String]) {
    let differ = ours.iter().zip(plain).find(|(ours, plain)| ours != plain);
    assert_eq!(differ, None, "query and plain loop differ");
    assert_eq!(ours.len(), plain.len(), "query and plain loop have as many results");
}

#[derive(Deserialize)]
struct ByContent<'a> {
    #[serde(borrow, rename = "contentId")]
    content_id: Cow<'a, str>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow)]
    uid: Cow<'a, str>,
}

#[derive(Deserialize)]
struct ByCountry<'a> {
    #[serde(borrow, rename = "country_code")]
    country: Cow<'a, str>,
}

#[derive(Deserialize)]
struct BySid<'a> {
    sid: i64,
    #[serde(borrow)]
    state: Cow<'a, str>,
}

/// The records as a typed struct with only what is needed, texts borrowed.
fn parsed<'a, T: Deserialize<'a>>(records: &'a [Record]) -> impl Iterator<Item = (i64, T)> {
    records
        .iter()
        .map(|Record { time, value, .. }| (time.0, serde_json::from_slice(value).expect("a click")))
}

type ContentRow<'a> = (i64, Cow<'a, str>, Cow<'a, str>, Cow<'a, str>);

fn by_content(records: &[Record]) -> impl Iterator<Item = ContentRow<'_>> {
    parsed(records)
        .map(|(time, ByContent { content_id, state, uid })| (time, content_id, state, uid))
}

fn by_country(records: &[Record]) -> impl Iterator<Item = (i64, Cow<'_, str>)> {
    parsed(records).map(|(time, ByCountry { country })| (time, country))
}

fn plain_tumbling(records: &[Record]) -> Box<dyn Groups + '_> {
    Box::new(plain::tumbling(by_content(records)))
}

fn plain_sketched(records: &[Record]) -> Box<dyn Groups + '_> {
    Box::new(plain::tumbling_sketched(by_content(records)))
}

fn plain_hopping(records: &[Record]) -> Box<dyn Groups + '_> {
    Box::new(plain::hopping(by_country(records)))
}

fn plain_by_minute(records: &[Record]) -> Box<dyn Groups + '_> {
    Box::new(plain::hopping_by_minute(by_country(records)))
}

fn plain_sessions(records: &[Record]) -> Box<dyn Groups + '_> {
    let rows = parsed(records).map(|(time, BySid { sid, state })| (time, sid, state));
    Box::new(plain::sessions(rows))
}

fn content_rows(rows: &[Click]) -> impl Iterator<Item = (i64, &str, &str, &str)> {
    rows.iter().map(|row| (row.time, &*row.content_id, &*row.state, &*row.uid))
}

fn country_rows(rows: &[Click]) -> impl Iterator<Item = (i64, &str)> {
    rows.iter().map(|row| (row.time, &*row.country))
}

fn rows_tumbling(rows: &[Click]) -> Box<dyn Groups + '_> {
    Box::new(plain::tumbling(content_rows(rows)))
}

fn rows_sketched(rows: &[Click]) -> Box<dyn Groups + '_> {
    Box::new(plain::tumbling_sketched(content_rows(rows)))
}

fn rows_hopping(rows: &[Click]) -> Box<dyn Groups + '_> {
    Box::new(plain::hopping(country_rows(rows)))
}

fn rows_by_minute(rows: &[Click]) -> Box<dyn Groups + '_> {
    Box::new(plain::hopping_by_minute(country_rows(rows)))
}

fn rows_sessions(rows: &[Click]) -> Box<dyn Groups + '_> {
    Box::new(plain::sessions(rows.iter().map(|row| (row.time, row.sid, &*row.state))))
}
