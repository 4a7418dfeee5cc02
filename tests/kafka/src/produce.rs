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

/// What the proxy answers to a POST. `fault` may keep records from the broker or entries from the
/// answer; what breaks connections is not done here.
pub async fn post(
    shared: &Arc<Shared>,
    route: &Route,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<&Kind>,
) -> Answer {
    match route {
        Route::Topic(topic) => post_v2(shared, topic, headers, body, fault).await,
        Route::Records(topic) => post_v3(shared, topic, headers, body, fault).await,
        Route::Unknown => shared.options.dialect.no_path(),
        _ => shared.options.dialect.status(405),
    }
}

async fn post_v2(
    shared: &Arc<Shared>,
    topic: &str,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<&Kind>,
) -> Answer {
    let dialect = shared.options.dialect;
    let parsed = v2::format(dialect, text(headers, "content-type")).and_then(|format| {
        if !v2::acceptable(text(headers, "accept")) {
            return Err(dialect.status(406));
        }
        v2::parse(dialect, format, body)
    });
    let mut batch = match parsed {
        Ok(batch) => batch,
        Err(answer) => return answer,
    };
    if dialect == Dialect::Karapace && !shared.broker.has(topic).await {
        return dialect.no_topic(topic);
    }
    inject(&mut batch, fault);
    let outcomes = write(shared, topic, batch).await;
    v2::answer(dialect, &outcomes, tweak(fault))
}

async fn post_v3(
    shared: &Arc<Shared>,
    topic: &str,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<&Kind>,
) -> Answer {
    let dialect = shared.options.dialect;
    let kind = text(headers, "content-type").and_then(|kind| kind.split(';').next());
    if kind.map(str::trim) != Some("application/json") {
        return dialect.status(415);
    }
    let accepted = |one: &str| {
        let kind = one.split(';').next().unwrap_or_default().trim();
        matches!(kind, "*/*" | "application/*" | "application/json")
    };
    if !text(headers, "accept").is_none_or(|accept| accept.split(',').any(accepted)) {
        return dialect.status(406);
    }
    let mut records = v3::parse(body);
    inject(&mut records.batch, fault);
    let sizes = records.sizes();
    let outcomes = write(shared, topic, records.batch).await;
    v3::answer(CLUSTER, topic, &sizes, &outcomes, tweak(fault))
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
