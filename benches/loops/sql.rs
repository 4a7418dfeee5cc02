//! SQL: what it costs to plan the built-in script, and the windowed queries written in it beside the
//! same as plan values.

use streamglass::clickstream::Config;
use streamglass::exec::Task;
use streamglass::lab::builtin;
use streamglass::plan::{Emit, Pipeline};
use streamglass::sql::parse;
use streamglass::sql::workspace::{Step, Workspace};
use streamglass::topic::Topics;

use super::input::{clicks, fill};
use super::query::{self, Query};
use super::windows::{self, RECORDS};
use super::{Loop, Run};

/// Partitions of every topic that a statement names.
const PARTITIONS: u32 = 4;

const CLICKS: &str = "
CREATE STREAM clicks (
    `timestamp` DOUBLE, url VARCHAR, useragent VARCHAR, statuscode VARCHAR, state VARCHAR,
    statesVisited ARRAY<VARCHAR>, sid BIGINT, uid VARCHAR, isSubscriber INT, campaign VARCHAR,
    channel VARCHAR, contentId VARCHAR, subContentId VARCHAR, gender VARCHAR, age VARCHAR,
    latitude VARCHAR, longitude VARCHAR, place_name VARCHAR, country_code VARCHAR, timezone VARCHAR
) WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON');
";

// Where {} stands, the kept run has its retention.
const TUMBLING: &str = "
SELECT contentId, state, COUNT(*), COUNT_DISTINCT(uid) FROM clicks
  WINDOW TUMBLING (SIZE 1 MINUTE{}, GRACE PERIOD 1 MINUTE)
  GROUP BY contentId, state EMIT FINAL;";
const HOPPING: &str = "
SELECT country_code, COUNT(*) FROM clicks
  WINDOW HOPPING (SIZE 1 HOUR, ADVANCE BY 1 MINUTE{}, GRACE PERIOD 1 MINUTE)
  GROUP BY country_code EMIT FINAL;";
const SESSIONS: &str = "
SELECT sid, COLLECT_LIST(state) FROM clicks
  WINDOW SESSION (30 MINUTES{}, GRACE PERIOD 1 MINUTE)
  GROUP BY sid EMIT FINAL;";

pub fn loops() -> Vec<Loop> {
    let query =
        |name, plain, prepare| Loop { name, records: RECORDS as u64, plain: Some(plain), prepare };
    vec![
        Loop {
            name: "SQL: parse and plan the built-in script, runs",
            records: 1,
            plain: None,
            prepare: plan_builtin,
        },
        query("SQL: tumbling 1 min, count and distinct users", windows::TUMBLING[0], || {
            from_sql(TUMBLING, &windows::tumbling())
        }),
        query("SQL: hopping 1 h by 1 min, count", windows::HOPPING[0], || {
            from_sql(HOPPING, &query::hopping())
        }),
        query("SQL: session 30 min, list of states", windows::SESSIONS[0], || {
            from_sql(SESSIONS, &query::sessions())
        }),
    ]
}

/// Takes each statement of a script; gives the query that it selects last, and how many steps there
/// were.
fn plan(script: &str) -> (Option<Pipeline>, u64) {
    let mut workspace = Workspace::default();
    let (statements, diagnostics) = parse(script);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let (mut selected, mut steps) = (None, 0);
    for statement in &statements {
        let step = workspace.take(statement, Emit::Commit, &|_| Some(PARTITIONS));
        if let Step::Select(query) = step.expect("a valid statement") {
            selected = Some(query.pipeline);
        }
        steps += 1;
    }
    (selected, steps)
}

fn plan_builtin() -> Run {
    let script = builtin::script(&Config::default());
    Box::new(move || plan(&script).1)
}

fn task(sql: &str, retention: &str, topics: &mut Topics) -> Task {
    let script = format!("{CLICKS}{}", sql.replace("{}", retention));
    let pipeline = plan(&script).0.expect("the script selects");
    Task::new(&pipeline, topics).expect("a valid plan")
}

fn from_sql(sql: &'static str, by_hand: &Query) -> Run {
    let records = clicks(RECORDS);
    let mut topics = Topics::default();
    fill(&mut topics, query::CLICKS, &records);
    let mut kept = [task(sql, ", RETENTION 7 DAYS", &mut topics), by_hand.task(&mut topics, true)];
    let results = kept.each_mut().map(|task| {
        query::poll_all(task, &mut topics);
        query::results(task)
    });
    windows::check(&results[0], &results[1]);
    // The plan is part of what is measured no more than that of the loop to compare with.
    Box::new(move || {
        let mut task = task(sql, "", &mut topics);
        query::poll_all(&mut task, &mut topics);
        query::sum(&task, &topics)
    })
}
