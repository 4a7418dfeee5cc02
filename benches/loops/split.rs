//! The mixed topic split by record type: by the built-in script's queries, and by the router. Both
//! run in an engine that is given the records as they come.

use streamglass::clickstream::Config;
use streamglass::engine::Engine;
use streamglass::lab::builtin;
use streamglass::plan::{Emit, Pipeline};
use streamglass::sql::parse;
use streamglass::sql::workspace::{Step, Workspace};
use streamglass::time::Micros;
use streamglass::topic::TopicConfig;

use super::input::mixed;
use super::shared::{TURN, TURN_MICROS, append};
use super::{Loop, Run};

const RECORDS: usize = 32_768;
const MIXED: &str = "imply-news";
const ROUTER: &str = "engine: split by the router";
/// Statements of the built-in script that split: what comes in, the three types, the dead letters.
const STATEMENTS: usize = 5;

pub fn loops() -> Vec<Loop> {
    let records = RECORDS as u64;
    vec![
        Loop {
            name: "SQL: split by record type",
            records,
            plain: Some(ROUTER),
            prepare: || run(queries()),
        },
        Loop {
            name: ROUTER,
            records,
            plain: None,
            prepare: || run(vec![builtin::router("router", MIXED)]),
        },
    ]
}

fn queries() -> Vec<Pipeline> {
    let script = builtin::script(&Config::default());
    let mut workspace = Workspace::default();
    let statements = parse(&script).0;
    let steps = statements.iter().take(STATEMENTS);
    let planned = steps.filter_map(|statement| {
        match workspace.take(statement, Emit::Commit, &|_| Some(4)).expect("a valid statement") {
            Step::Start(planned) => Some(planned.pipeline),
            _ => None,
        }
    });
    planned.collect()
}

fn run(pipelines: Vec<Pipeline>) -> Run {
    let records = mixed(RECORDS);
    let mut engine = Engine::default();
    let routed = [builtin::CLICKS, builtin::SESSIONS, builtin::USERS, builtin::DEAD_LETTERS];
    for name in routed.into_iter().chain([MIXED]) {
        let config = TopicConfig { retention_bytes: Some(8 << 20), ..TopicConfig::new(name, 4) };
        engine.create_topic(config).expect("a new topic");
    }
    for pipeline in pipelines {
        engine.start(pipeline).expect("a valid plan");
    }
    let appended = move |engine: &Engine| {
        let topics = engine.topics();
        routed.map(|name| {
            let topic = topics.id(name).and_then(|id| topics.get(id));
            topic.expect("it was created").appended()
        })
    };
    let mut now = Micros(0);
    Box::new(move || {
        let before = appended(&engine);
        for records in records.chunks(TURN) {
            append(&mut engine, MIXED, records);
            now = now.plus(TURN_MICROS);
            engine.turn(now);
        }
        let after = appended(&engine);
        let [clicks, sessions, users, dead] =
            [0, 1, 2, 3].map(|topic| after[topic] - before[topic]);
        assert_eq!(clicks + sessions + users, RECORDS as u64, "every record has a type");
        assert_eq!(dead, 0);
        clicks
    })
}
