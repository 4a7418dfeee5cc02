//! The built-in pipeline as plan values: the router and the queries behind the room's charts.

use crate::clickstream::Config;
use crate::plan::{
    Aggregate, AggregateCall, AggregateFunction, Emit, Expr, Format, Node, Op, Output, Pipeline,
    Route, Sink, Source, Split,
};
use crate::schema::{Field, Schema};
use crate::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use crate::topic::TopicConfig;
use crate::value::DataType;
use crate::window::{TimeWindows, WindowError, WindowSpec};

/// The generator's orders.
pub const ORDERS: &str = "orders";
/// The generator's shipments.
pub const SHIPMENTS: &str = "shipments";
/// Topics that the router writes, and what the records in them must have.
pub const CLICKS: &str = "clicks";
/// Ended sessions.
pub const SESSIONS: &str = "sessions";
/// Users, new and moved.
pub const USERS: &str = "users";
/// What the router could not read.
pub const DEAD_LETTERS: &str = "dead-letters";
/// Results: clicks a minute by state.
pub const CLICKS_BY_STATE: &str = "clicks-by-state";
/// Results: clicks of the last ten minutes by content.
pub const TOP_CONTENT: &str = "top-content";
/// Results: distinct users in five minutes by country.
pub const USERS_BY_COUNTRY: &str = "users-by-country";

/// Size of the windows behind the line chart.
pub const BY_STATE_MS: i64 = MINUTE_MS;
/// Size of the windows behind the bar chart.
pub const TOP_CONTENT_MS: i64 = 10 * MINUTE_MS;
/// How often the bar chart's windows begin.
pub const TOP_CONTENT_ADVANCE_MS: i64 = MINUTE_MS;
const USERS_BY_COUNTRY_MS: i64 = 5 * MINUTE_MS;
/// How late a click may be and still be counted. Short, so that lateness can be seen.
pub const GRACE_MS: i64 = 30 * SECOND_MS;

/// The column of counts in the results.
pub const CLICKS_COLUMN: &str = "CLICKS";

/// Values over this are dead letters: Kafka's own default for the largest record.
const MOST_VALUE_BYTES: u32 = 1 << 20;

/// The topics of a run. Memory is bounded by their retention: `bytes` are those of a partition when
/// there are four or fewer, about 90 MB in all; more partitions share what four have, down to 64 KB.
#[must_use]
pub fn topics(config: &Config) -> Vec<TopicConfig> {
    let share = |bytes: u64| (bytes * 4 / u64::from(config.partitions().max(4))).max(1 << 16);
    let topic = |name: &str, bytes: u64| TopicConfig {
        retention_bytes: Some(share(bytes)),
        retention_ms: Some(24 * HOUR_MS),
        segment_bytes: (share(bytes) / 8) as u32,
        // The raw topic must take what is too long for the router, or nobody would see it.
        max_record_bytes: 4 * MOST_VALUE_BYTES,
        ..TopicConfig::new(name, config.partitions())
    };
    const MB: u64 = 1 << 20;
    let mut topics = vec![topic(config.topic(), 8 * MB)];
    topics.extend([topic(ORDERS, MB), topic(SHIPMENTS, MB), topic(CLICKS, 4 * MB)]);
    topics.extend(
        [SESSIONS, USERS, DEAD_LETTERS, CLICKS_BY_STATE, TOP_CONTENT, USERS_BY_COUNTRY]
            .map(|name| topic(name, MB)),
    );
    topics
}

/// The queries of a run, each after those whose results it reads.
///
/// # Errors
/// When a window's constants are invalid: a bug that a test finds.
pub fn queries(config: &Config) -> Result<Vec<Pipeline>, WindowError> {
    let mut queries = vec![router("router", config.topic())];
    let tumbling = |ms| TimeWindows::tumbling(ms)?.with_grace(GRACE_MS).map(WindowSpec::Tumbling);
    let hopping = TimeWindows::hopping(TOP_CONTENT_MS, TOP_CONTENT_ADVANCE_MS)?;
    queries.push(count(
        config.partitions(),
        CLICKS_BY_STATE,
        "state",
        tumbling(BY_STATE_MS)?,
        (CLICKS_COLUMN, AggregateFunction::Count, None),
    ));
    queries.push(count(
        config.partitions(),
        TOP_CONTENT,
        "contentId",
        WindowSpec::Hopping(hopping.with_grace(GRACE_MS)?),
        (CLICKS_COLUMN, AggregateFunction::Count, None),
    ));
    queries.push(count(
        config.partitions(),
        USERS_BY_COUNTRY,
        "country_code",
        tumbling(USERS_BY_COUNTRY_MS)?,
        ("USERS", AggregateFunction::ApproxCountDistinct { lg_k: 10 }, Some("uid")),
    ));
    Ok(queries)
}

/// Splits the mixed topic by `recordType`.
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

/// Counts clicks by one column and window, and writes the results to the topic of that name.
fn count(
    partitions: u32,
    name: &str,
    by: &str,
    window: WindowSpec,
    (result, function, argument): (&str, AggregateFunction, Option<&str>),
) -> Pipeline {
    let mut fields = vec![Field::value(by, DataType::Varchar)];
    fields.extend(argument.map(|argument| Field::value(argument, DataType::Varchar)));
    let source = Source {
        dead_letters: Some(DEAD_LETTERS.to_owned()),
        ..Source::new(CLICKS, Format::None, Format::Json, Schema::new(fields))
    };
    let aggregate = Aggregate {
        group_by: vec![Output { field: Field::key(by, DataType::Varchar), expr: Expr::Column(0) }],
        repartition: Some(partitions),
        window: Some(window),
        retention_ms: None,
        calls: vec![AggregateCall {
            field: Field::value(result, DataType::BigInt),
            function,
            argument: argument.map(|_| Expr::Column(1)),
        }],
        emit: Emit::Commit,
    };
    let sink = Sink::new(name, Format::Kafka, Format::Json);
    let node = |name: &str, inputs: &[usize], op| Node {
        name: name.to_owned(),
        inputs: inputs.to_vec(),
        op,
    };
    Pipeline {
        name: name.to_owned(),
        nodes: vec![
            node("read", &[], Op::Source(source)),
            node("count", &[0], Op::Aggregate(aggregate)),
            node("write", &[1], Op::Sink(sink)),
        ],
    }
}
