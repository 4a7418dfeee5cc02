//! What is found out before anything is sent: whether a proxy is there, which cluster, and whether
//! the topics are. A proxy may wait a minute for each record to a topic that is not there.

use serde::Deserialize;
use streamglass::sink::protocol::Api;
use streamglass::sink::{Outcome, Target};

use super::http::Client;

/// What is needed to send.
pub struct Found {
    /// The cluster's id; empty for v2.
    pub cluster: String,
    /// What was found, a line each.
    pub lines: Vec<String>,
}

#[derive(Deserialize)]
struct Clusters {
    data: Vec<Cluster>,
}

#[derive(Deserialize)]
struct Cluster {
    cluster_id: String,
}

/// Looks at the proxy and its topics.
///
/// # Errors
/// What is wrong and how to mend it.
pub fn look(client: &Client, target: &Target) -> Result<Found, String> {
    let mut lines = Vec::new();
    let base = &target.base;
    let cluster = match (target.settings.api, &target.settings.cluster) {
        (Api::V2, _) => String::new(),
        (Api::V3, Some(cluster)) => cluster.clone(),
        (Api::V3, None) => {
            let body = body(client, &format!("{base}/v3/clusters"), target)?;
            let clusters = serde_json::from_slice::<Clusters>(&body).ok();
            let first = clusters.and_then(|clusters| clusters.data.into_iter().next());
            let Some(Cluster { cluster_id }) = first else {
                return Err(format!("{base} lists no cluster: is it a REST proxy of version 3?"));
            };
            lines.push(format!("a REST proxy of version 3, cluster {cluster_id}"));
            cluster_id
        }
    };
    for mapping in &target.settings.topics {
        let topic = &mapping.to;
        let is_there = match target.settings.api {
            Api::V2 => {
                let body = body(client, &format!("{base}/topics"), target)?;
                let names: Vec<String> = serde_json::from_slice(&body).map_err(|_| {
                    format!("{base} is something else than a Kafka REST proxy of version 2")
                })?;
                names.contains(topic)
            }
            Api::V3 => {
                let url = format!("{base}/v3/clusters/{cluster}/topics/{topic}");
                match get(client, &url, target)? {
                    (404, _) => false,
                    (200..=299, _) => true,
                    (status, _) => return Err(refused(base, status)),
                }
            }
        };
        if !is_there {
            return Err(format!(
                "there is no topic `{topic}` behind {base}: create it first, as by \
                 kafka-topics.sh --create --topic {topic} --bootstrap-server HOST:PORT"
            ));
        }
        lines.push(format!("topic `{topic}` is there"));
    }
    Ok(Found { cluster, lines })
}

fn body(client: &Client, url: &str, target: &Target) -> Result<Vec<u8>, String> {
    match get(client, url, target)? {
        (200..=299, body) => Ok(body),
        (404, _) if target.settings.api == Api::V3 => Err(format!(
            "HTTP 404: {} has no version 3; try --api v2, or add the path that the proxy is under, \
             as /kafka at Confluent Cloud",
            target.base
        )),
        (status, _) => Err(refused(&target.base, status)),
    }
}

fn get(client: &Client, url: &str, target: &Target) -> Result<(u16, Vec<u8>), String> {
    let base = &target.base;
    let accept = match target.settings.api {
        Api::V2 => "application/vnd.kafka.v2+json",
        Api::V3 => "application/json",
    };
    match client.get(url, accept) {
        Outcome::Answer { complete: false, .. } => Err(format!("the answer of {base} broke off")),
        Outcome::Answer { status, body, .. } => Ok((status, body)),
        Outcome::NotSent(why) => Err(format!(
            "nothing answers at {base} ({why}): is the proxy running, and are host and port right?"
        )),
        Outcome::Broken(why) => Err(format!("{base} gave no answer ({why})")),
        Outcome::TimedOut => Err(format!("{base} gave no answer in time")),
    }
}

fn refused(base: &str, status: u16) -> String {
    let why = match status {
        401 => "it wants a user and a password, and did not take these",
        403 => "the user may not see its topics: it needs the rights DESCRIBE and WRITE",
        300..=399 => "it has moved: use the new address",
        _ => "it did not answer as a Kafka REST proxy does",
    };
    format!("HTTP {status} of {base}: {why}")
}
