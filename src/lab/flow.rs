//! The dataflow as a graph that a room draws: built once from the plan, filled with figures later.

use std::sync::Arc;

use crate::engine::{Engine, drop_name, processing_log};
use crate::lab::protocol::{Count, Flow, FlowKind, FlowNode, NodeState};
use crate::lab::{builtin, words};
use crate::plan::{Op, Pipeline};
use crate::topic::TopicId;

/// What a node of the flow stands for.
#[derive(Clone, Debug)]
enum Stands {
    Generator,
    Topic(TopicId),
    /// A query, by its place in the engine.
    Query(usize),
}

/// The graph, and how its figures are found.
#[derive(Clone, Debug)]
pub struct FlowMap {
    flow: Flow,
    stands: Vec<Stands>,
    /// The queries and the topics that were there when it was built.
    queries: Vec<Arc<Pipeline>>,
    topics: Vec<TopicId>,
}

impl FlowMap {
    /// The graph of an engine whose topics `sources` the generator writes.
    #[must_use]
    pub fn new(engine: &Engine, sources: &[TopicId]) -> Self {
        let queries = engine.queries().map(|query| Arc::clone(query.pipeline())).collect();
        let topics = engine.topics().iter().map(|(id, _)| id).collect();
        let mut map = Self { flow: Flow::default(), stands: Vec::new(), queries, topics };
        let generator = map.add(
            Stands::Generator,
            FlowNode {
                label: "generator".to_owned(),
                kind: FlowKind::Generator,
                detail: "Readers of a news site, on a virtual clock".to_owned(),
                query: None,
            },
        );
        for source in sources {
            let topic = map.topic(engine, *source);
            map.flow.edges.push((generator, topic));
        }
        for (place, query) in engine.queries().enumerate() {
            map.query(engine, place, query.pipeline());
        }
        // Topics that no query reads or writes can be looked into too.
        for id in map.topics.clone() {
            map.topic(engine, id);
        }
        map
    }

    /// Whether there are other queries or topics now.
    #[must_use]
    pub fn is_stale(&self, engine: &Engine) -> bool {
        !engine.queries().map(crate::engine::Query::pipeline).eq(&self.queries)
            || !engine.topics().iter().map(|(id, _)| id).eq(self.topics.iter().copied())
    }

    /// The graph.
    #[must_use]
    pub const fn flow(&self) -> &Flow {
        &self.flow
    }

    fn add(&mut self, stands: Stands, mut node: FlowNode) -> u32 {
        if self.flow.nodes.iter().any(|other| other.label == node.label)
            && let Some(query) = &node.query
        {
            node.label = format!("{} ({query})", node.label);
        }
        self.stands.push(stands);
        self.flow.nodes.push(node);
        self.flow.nodes.len() as u32 - 1
    }

    fn topic(&mut self, engine: &Engine, id: TopicId) -> u32 {
        let known = |stands: &Stands| matches!(stands, Stands::Topic(topic) if *topic == id);
        if let Some(place) = self.stands.iter().position(known) {
            return place as u32;
        }
        let Some(topic) = engine.topics().get(id) else { unreachable!("{id:?} is a topic") };
        let dead = topic.name() == builtin::DEAD_LETTERS;
        let log = topic.name() == processing_log::TOPIC;
        let partitions = topic.partitions();
        self.add(
            Stands::Topic(id),
            FlowNode {
                label: topic.name().to_owned(),
                kind: if dead { FlowKind::DeadLetters } else { FlowKind::Topic },
                detail: match (dead, partitions) {
                    _ if log => "What queries could not read, compute or write".to_owned(),
                    (true, _) => "Records of no known type, with the reason".to_owned(),
                    (false, 1) => "Topic with 1 partition".to_owned(),
                    (false, n) => format!("Topic with {n} partitions"),
                },
                query: None,
            },
        )
    }

    /// One node for a query, between the topics that it reads and writes.
    fn query(&mut self, engine: &Engine, place: usize, pipeline: &Pipeline) {
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        let mut node = FlowNode {
            label: words::step_label(pipeline).unwrap_or_else(|| pipeline.name.clone()),
            kind: FlowKind::Operator,
            detail: words::steps(pipeline),
            query: Some(pipeline.name.clone()),
        };
        for step in &pipeline.nodes {
            match &step.op {
                Op::Split(split) => {
                    node.detail = format!("Splits by {}", split.member);
                    reads.push(&split.topic);
                    writes.extend(split.routes.iter().map(|route| &route.topic));
                    writes.push(&split.dead_letters);
                }
                Op::Source(source) => reads.push(&source.topic),
                Op::Sink(sink) => writes.push(&sink.topic),
                Op::Aggregate(aggregate) => {
                    // Results are in the topic that has the query's name: the label is another.
                    node.label = words::label(pipeline, aggregate);
                    node.detail = words::detail(aggregate);
                }
                Op::Filter(_)
                | Op::Project(_)
                | Op::PartitionBy(_)
                | Op::Explode(_)
                | Op::Join(_) => {}
            }
        }
        let query = self.add(Stands::Query(place), node);
        for (names, out) in [(reads, false), (writes, true)] {
            for name in names {
                let Some(id) = engine.topics().id(name) else { continue };
                let topic = self.topic(engine, id);
                self.flow.edges.push(if out { (query, topic) } else { (topic, query) });
            }
        }
    }

    /// The figures of every node, in the order of the graph. `sent` is the generator's total.
    #[must_use]
    pub fn states(&self, engine: &Engine, sent: u64) -> Vec<NodeState> {
        self.stands
            .iter()
            .map(|stands| match stands {
                Stands::Generator => {
                    NodeState { records_in: sent, records_out: sent, ..NodeState::default() }
                }
                Stands::Topic(id) => topic_state(engine, *id),
                Stands::Query(place) => query_state(engine, *place),
            })
            .collect()
    }
}

fn topic_state(engine: &Engine, id: TopicId) -> NodeState {
    let Some(topic) = engine.topics().get(id) else { return NodeState::default() };
    let stats = topic.stats();
    NodeState {
        records_in: topic.appended(),
        records_out: stats.records,
        bytes: stats.bytes,
        ..NodeState::default()
    }
}

fn query_state(engine: &Engine, place: usize) -> NodeState {
    let Some(query) = engine.queries().nth(place) else { return NodeState::default() };
    let stats = query.stats(engine.topics());
    NodeState {
        records_in: stats.records_in,
        records_out: stats.records_out,
        lag: stats.lag,
        bytes: stats.state_bytes,
        dropped: stats
            .drops
            .iter()
            .map(|(reason, count)| Count { name: drop_name(reason).to_owned(), count })
            .collect(),
        paused: query.paused(),
    }
}
