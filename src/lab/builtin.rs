//! The built-in pipeline: the topics that the generator writes, and the script of SQL that does the
//! rest, from the split of the mixed topic on. Also the router, which splits it without SQL and says
//! of each dead letter where it is wrong; `streamglass count` takes it.

use crate::clickstream::Config;
use crate::plan::{Node, Op, Pipeline, Route, Split};
use crate::schema::{Field, Schema};
use crate::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::topic::TopicConfig;
use crate::value::DataType;

/// The script for the built-in site.
const SCRIPT: &str = include_str!("builtin.sql");
/// The mixed topic that [`SCRIPT`] names.
const NEWS_TOPIC: &str = "imply-news";

/// The generator's orders.
pub const ORDERS: &str = "orders";
/// The generator's shipments.
pub const SHIPMENTS: &str = "shipments";
/// Topics of the records of one type.
pub const CLICKS: &str = "clicks";
/// Ended sessions.
pub const SESSIONS: &str = "sessions";
/// Users, new and moved.
pub const USERS: &str = "users";
/// What is none of these types, with the reason.
pub const DEAD_LETTERS: &str = "dead-letters";
/// Results: clicks a minute by state.
pub const CLICKS_BY_STATE: &str = "clicks-by-state";
/// Results: clicks of the last ten minutes by content.
pub const TOP_CONTENT: &str = "top-content";

/// The topics that the script of the built-in pipeline creates.
pub const RESULTS: [&str; 9] = [
    CLICKS_BY_STATE,
    TOP_CONTENT,
    "users-by-country",
    "averages-by-channel",
    "clicks-gb",
    "clicks-gb-with-users",
    "visits-gb",
    "conversion-by-channel",
    "shipped-orders",
];

/// Size of the windows behind the line chart.
pub const BY_STATE_MS: i64 = MINUTE_MS;
/// Size of the windows behind the bar chart.
pub const TOP_CONTENT_MS: i64 = 10 * MINUTE_MS;
/// How late a click may be and still be counted. Short, so that lateness can be seen.
pub const GRACE_MS: i64 = 30 * SECOND_MS;

/// The column of counts in the results.
pub const CLICKS_COLUMN: &str = "CLICKS";

/// Values over this are dead letters: Kafka's own default for the largest record.
const MOST_VALUE_BYTES: u32 = 1 << 20;

/// The topics that are there before any query; those of [`RESULTS`] come with theirs, and are as large
/// as [`USERS`]. Memory is bounded by their retention: `bytes` are those of a partition when there are
/// four or fewer, about 110 MB in all; more partitions share what four have, down to 64 KB.
#[must_use]
pub fn topics(config: &Config) -> Vec<TopicConfig> {
    let share = |bytes: u64| (bytes * 4 / u64::from(config.partitions().max(4))).max(1 << 16);
    let topic = |name: &str, bytes: u64| TopicConfig {
        retention_bytes: Some(share(bytes)),
        retention_ms: Some(24 * HOUR_MS),
        segment_bytes: (share(bytes) / 8) as u32,
        // The raw topic must take what is too long for the next, or nobody would see it.
        max_record_bytes: 4 * MOST_VALUE_BYTES,
        ..TopicConfig::new(name, config.partitions())
    };
    const MB: u64 = 1 << 20;
    let mut topics = vec![topic(config.topic(), 8 * MB)];
    topics.extend([topic(ORDERS, MB), topic(SHIPMENTS, MB), topic(CLICKS, 4 * MB)]);
    topics.extend([SESSIONS, USERS, DEAD_LETTERS].map(|name| topic(name, MB)));
    topics
}

/// The pipeline's script for a configuration: what the topics are to SQL, and the queries over them.
#[must_use]
pub fn script(config: &Config) -> String {
    SCRIPT.replace(&quoted(NEWS_TOPIC), &quoted(config.topic()))
}

/// A text of SQL.
fn quoted(text: &str) -> String {
    crate::sql::lexer::quote(text, '\'')
}

/// Splits the mixed topic by `recordType`, without SQL.
#[must_use]
pub fn router(name: &str, topic: &str) -> Pipeline {
    let required = |fields: &[(&str, DataType)]| {
        Schema::new(
            fields.iter().map(|(name, of_type)| Field::value(name, of_type.clone())).collect(),
        )
    };
    let id = ("uid", DataType::Varchar);
    let session = ("sid", DataType::BigInt);
    let time = ("timestamp", DataType::Double);
    let route = |value: &str, topic: &str, required| Route {
        value: value.to_owned(),
        topic: topic.to_owned(),
        required,
    };
    let split = Split {
        topic: topic.to_owned(),
        member: "recordType".to_owned(),
        routes: vec![
            route(
                "click",
                CLICKS,
                required(&[
                    time.clone(),
                    session.clone(),
                    id.clone(),
                    ("state", DataType::Varchar),
                ]),
            ),
            route("session", SESSIONS, required(&[time.clone(), session, id.clone()])),
            route("user", USERS, required(&[time, id])),
        ],
        dead_letters: DEAD_LETTERS.to_owned(),
        max_bytes: MOST_VALUE_BYTES,
    };
    Pipeline {
        name: name.to_owned(),
        nodes: vec![Node { name: "split".to_owned(), inputs: vec![], op: Op::Split(split) }],
    }
}
