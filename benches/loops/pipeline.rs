//! The page's whole work without the page: the generator, the built-in pipeline's queries and the
//! views of their results, in turns.

use std::sync::Arc;

use streamglass::clickstream::Config;
use streamglass::lab::builtin;
use streamglass::lab::run::Run as Pipeline;
use streamglass::rng::Seed;

use super::{Loop, Run};

/// Records that the generator sends in one run.
const RECORDS: u64 = 50_000;
/// Records before the first: windows are then open, users known and sessions on their way.
const WARM_UP: u64 = 200_000;

pub fn loops() -> Vec<Loop> {
    vec![Loop { name: "built-in pipeline", records: RECORDS, plain: None, prepare: builtin }]
}

fn builtin() -> Run {
    let config = Arc::new(Config::default());
    let script = builtin::script(&config);
    let mut pipeline = Pipeline::new(&config, Seed(1), &script).expect("the pipeline is valid");
    let mut sent = WARM_UP;
    advance(&mut pipeline, sent);
    Box::new(move || {
        sent += RECORDS;
        advance(&mut pipeline, sent)
    })
}

/// Takes turns until the generator has sent so many records; gives the records of all topics.
fn advance(pipeline: &mut Pipeline, sent: u64) -> u64 {
    while pipeline.generator().counters().sent_total() < sent {
        pipeline.turn();
    }
    pipeline.engine().topics().iter().map(|(_, topic)| topic.appended()).sum()
}
