//! A request that produces: from its bytes to the broker and back.

use std::sync::Arc;

use hyper::HeaderMap;

use crate::batch::{Batch, Cause, Outcome};
use crate::cors::text;
use crate::dialect::Dialect;
use crate::fault::Kind;
use crate::http::Answer;
use crate::proxy::Shared;
use crate::routes::{CLUSTER, Route};
use crate::v2::{self, Tweak};
use crate::v3;

/// A POST and what it meets.
pub struct Post<'a> {
    /// Where it arrived.
    pub shared: &'a Arc<Shared>,
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// All of its body.
    pub body: &'a [u8],
    /// What may keep records from the broker or entries from the answer; what breaks connections
    /// is not done here.
    pub fault: Option<&'a Kind>,
}

impl Post<'_> {
    /// What the proxy answers.
    pub async fn answer(self, route: &Route) -> Answer {
        match route {
            Route::Topic(topic) => self.v2(topic).await,
            Route::Records(topic) => self.v3(topic).await,
            Route::Unknown => self.shared.options.dialect.no_path(),
            _ => self.shared.options.dialect.status(405),
        }
    }

    async fn v2(self, topic: &str) -> Answer {
        let dialect = self.shared.options.dialect;
        let parsed = v2::format(dialect, text(self.headers, "content-type")).and_then(|format| {
            if !v2::acceptable(text(self.headers, "accept")) {
                return Err(dialect.status(406));
            }
            v2::parse(dialect, format, self.body)
        });
        let mut batch = match parsed {
            Ok(batch) => batch,
            Err(answer) => return answer,
        };
        if dialect == Dialect::Karapace && !self.shared.broker.has(topic).await {
            return dialect.no_topic(topic);
        }
        inject(&mut batch, self.fault);
        let outcomes = write(self.shared, topic, batch).await;
        v2::answer(dialect, &outcomes, tweak(self.fault))
    }

    async fn v3(self, topic: &str) -> Answer {
        let dialect = self.shared.options.dialect;
        let kind = text(self.headers, "content-type").and_then(|kind| kind.split(';').next());
        if kind.map(str::trim) != Some("application/json") {
            return dialect.status(415);
        }
        let accepted = |one: &str| {
            let kind = one.split(';').next().unwrap_or_default().trim();
            matches!(kind, "*/*" | "application/*" | "application/json")
        };
        if !text(self.headers, "accept").is_none_or(|accept| accept.split(',').any(accepted)) {
            return dialect.status(406);
        }
        let mut records = v3::parse(self.body);
        inject(&mut records.batch, self.fault);
        let sizes = records.sizes();
        let outcomes = write(self.shared, topic, records.batch).await;
        v3::answer(CLUSTER, topic, &sizes, &outcomes, tweak(self.fault))
    }
}

fn inject(batch: &mut Batch, fault: Option<&Kind>) {
    let Some(Kind::Partial { every, retriable, code }) = fault else { return };
    for row in batch.rows.iter_mut().skip(every - 1).step_by(*every) {
        row.refused.get_or_insert(Cause::Injected(*retriable, *code));
    }
}

fn tweak(fault: Option<&Kind>) -> Tweak {
    match fault {
        Some(Kind::Fewer { by }) => Tweak { fewer: *by, ..Tweak::default() },
        Some(Kind::More { by }) => Tweak { more: *by, ..Tweak::default() },
        Some(Kind::NoOffsets) => Tweak { no_offsets: true, ..Tweak::default() },
        _ => Tweak::default(),
    }
}

async fn write(shared: &Arc<Shared>, topic: &str, batch: Batch) -> Vec<Outcome> {
    let in_flight = shared.seen.begin(&batch);
    if !shared.broker.has(topic).await {
        let options = &shared.options;
        let made =
            options.auto_create && shared.broker.create(topic, options.partitions).await.is_ok();
        if !made {
            // Their producers look for the topic anew for each record.
            tokio::time::sleep(options.metadata_wait * batch.rows.len() as u32).await;
            return vec![Outcome::Failed(Cause::NoTopic); batch.rows.len()];
        }
    }
    // What a client does that goes away must not end what was begun: it is written all the same.
    let (shared, topic) = (Arc::clone(shared), topic.to_owned());
    let writing = tokio::spawn(async move {
        let outcomes = shared.broker.write(&topic, batch).await;
        let written = |outcome: &&Outcome| matches!(outcome, Outcome::Written { .. });
        shared.seen.written(outcomes.iter().filter(written).count() as u64);
        outcomes
    });
    let outcomes = writing.await.expect("a producer does not panic");
    drop(in_flight);
    outcomes
}
