//! Paths, and the answers to all requests but those that produce.

use std::collections::BTreeMap;

use serde_json::json;

use crate::dialect::{Dialect, JSON, V2};
use crate::http::Answer;

/// The id of the cluster behind every fixture.
pub const CLUSTER: &str = "fixture-cluster-000001";

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `/`
    Root,
    /// `/topics`
    Topics,
    /// `/topics/{topic}`: to ask about, or to produce to by v2.
    Topic(String),
    /// `/v3/clusters`
    Clusters,
    /// `/v3/clusters/{id}/…` of an id that is not ours.
    NoCluster,
    /// `/v3/clusters/{id}/topics`
    TopicsV3,
    /// `/v3/clusters/{id}/topics/{topic}`
    TopicV3(String),
    /// `/v3/clusters/{id}/topics/{topic}/records`
    Records(String),
    /// Nothing.
    Unknown,
}

impl Route {
    /// What `path` names at a proxy whose paths begin with `prefix`.
    pub fn of(dialect: Dialect, prefix: &str, path: &str) -> Self {
        let Some(path) = path.strip_prefix(prefix) else { return Self::Unknown };
        let parts: Vec<_> = path.trim_matches('/').split('/').collect();
        let v3 = dialect == Dialect::Confluent;
        match parts.as_slice() {
            [""] => Self::Root,
            ["topics"] => Self::Topics,
            ["topics", topic] => Self::Topic((*topic).to_owned()),
            ["v3", "clusters"] if v3 => Self::Clusters,
            ["v3", "clusters", id, ..] if v3 && *id != CLUSTER => Self::NoCluster,
            ["v3", "clusters", _, "topics"] if v3 => Self::TopicsV3,
            ["v3", "clusters", _, "topics", topic] if v3 => Self::TopicV3((*topic).to_owned()),
            ["v3", "clusters", _, "topics", topic, "records"] if v3 => {
                Self::Records((*topic).to_owned())
            }
            _ => Self::Unknown,
        }
    }
}

/// The answer to a GET.
pub fn get(
    dialect: Dialect,
    route: &Route,
    topics: &Result<BTreeMap<String, i32>, String>,
) -> Answer {
    let known = match topics {
        Ok(topics) => topics,
        Err(message) => return dialect.error(500, 50002, message),
    };
    match route {
        Route::Root => {
            let body = match dialect {
                Dialect::Strimzi => json!({ "bridge_version": "0.32.0" }),
                Dialect::Confluent | Dialect::Karapace => json!({}),
            };
            Answer::new(200, JSON, body.to_string().into_bytes())
        }
        Route::Topics => {
            let names: Vec<_> = known.keys().collect();
            Answer::new(200, V2, json!(names).to_string().into_bytes())
        }
        Route::Topic(topic) => match known.get(topic) {
            None => dialect.no_topic(topic),
            Some(count) => {
                let partitions: Vec<_> = (0..*count)
                    .map(|id| {
                        let replica = json!({ "broker": 1, "leader": true, "in_sync": true });
                        json!({ "partition": id, "leader": 1, "replicas": [replica] })
                    })
                    .collect();
                let body = json!({ "name": topic, "configs": {}, "partitions": partitions });
                Answer::new(200, V2, body.to_string().into_bytes())
            }
        },
        Route::Clusters => {
            let cluster = json!({ "kind": "KafkaCluster", "cluster_id": CLUSTER });
            v3(200, &json!({ "kind": "KafkaClusterList", "data": [cluster] }))
        }
        Route::NoCluster => v3(404, &json!({ "error_code": 404, "message": "Cluster not found." })),
        Route::TopicsV3 => {
            let list: Vec<_> = known.iter().map(|(name, count)| topic_v3(name, *count)).collect();
            v3(200, &json!({ "kind": "KafkaTopicList", "data": list }))
        }
        Route::TopicV3(topic) => match known.get(topic) {
            Some(count) => v3(200, &topic_v3(topic, *count)),
            None => {
                let message = "This server does not host this topic-partition.";
                v3(404, &json!({ "error_code": 40403, "message": message }))
            }
        },
        Route::Records(_) => dialect.status(405),
        Route::Unknown => dialect.no_path(),
    }
}

fn topic_v3(name: &str, partitions: i32) -> serde_json::Value {
    json!({
        "kind": "KafkaTopic",
        "cluster_id": CLUSTER,
        "topic_name": name,
        "is_internal": false,
        "replication_factor": 1,
        "partitions_count": partitions,
    })
}

fn v3(status: u16, body: &serde_json::Value) -> Answer {
    Answer::new(status, JSON, body.to_string().into_bytes())
}
