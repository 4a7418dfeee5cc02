//! The router: simple event processing over bytes.
//!
//! Reads a topic of mixed records, looks at the one member that decides, checks the record against
//! what its route requires and appends its bytes, unchanged, to the route's topic. Everything else
//! goes, unchanged too, to the dead-letter topic with headers that say where it came from and what
//! is wrong. Builds no values and no chunks; reading comes behind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::format::json::{Checker, ErrorKind, ReadError, decode_text, peek_string_member};
use crate::plan::Split;
use crate::record::{Header, PartitionId, Record};
use crate::schema::Field;
use crate::topic::config::MAX_BYTES;
use crate::topic::{Consumer, TopicConfig, TopicError, TopicId, Topics, partition_for_key};
use crate::value::DataType;

#[cfg(test)]
mod tests;

/// Room for the headers of a dead letter above the largest record of the source.
const DEAD_LETTER_HEADROOM: u32 = 4 << 10;

/// Why a record is a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadReason {
    /// It has no value.
    Tombstone,
    /// Its value has no bytes, or only white space.
    Empty,
    /// It is longer than the route or its topic takes.
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// It ends before its object does.
    Truncated,
    /// It is JSON, but no object, or no JSON from the first byte.
    NotAnObject,
    /// It is no JSON: a wrong byte, escape or number.
    Malformed,
    /// It is nested too deeply.
    TooDeep,
    /// There are bytes behind its object.
    TrailingBytes,
    /// It does not have the member that decides.
    NoType,
    /// No route takes the value of the member that decides.
    UnknownType,
    /// It does not have a member that its route requires.
    MissingMember,
    /// A member that its route requires is there twice.
    DuplicateMember,
    /// A member does not have the type that its route requires.
    WrongType,
}

impl DeadReason {
    /// The reason's name in counters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tombstone => "tombstone",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
            Self::Truncated => "truncated",
            Self::NotAnObject => "not_an_object",
            Self::Malformed => "malformed",
            Self::TooDeep => "too_deep",
            Self::TrailingBytes => "trailing_bytes",
            Self::NoType => "no_type",
            Self::UnknownType => "unknown_type",
            Self::MissingMember => "missing_member",
            Self::DuplicateMember => "duplicate_member",
            Self::WrongType => "wrong_type",
        }
    }
}

impl From<ErrorKind> for DeadReason {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Empty => Self::Empty,
            ErrorKind::Truncated => Self::Truncated,
            ErrorKind::NotUtf8 => Self::NotUtf8,
            ErrorKind::TooLong => Self::TooLong,
            ErrorKind::NotAnObject => Self::NotAnObject,
            ErrorKind::Expected(_)
            | ErrorKind::ControlCharacter
            | ErrorKind::BadEscape
            | ErrorKind::BadNumber => Self::Malformed,
            ErrorKind::TooDeep => Self::TooDeep,
            ErrorKind::TrailingBytes => Self::TrailingBytes,
            ErrorKind::WrongType { .. } | ErrorKind::OutOfRange(_) => Self::WrongType,
            ErrorKind::MissingMember => Self::MissingMember,
            ErrorKind::DuplicateMember => Self::DuplicateMember,
        }
    }
}

/// What became of the records. `read` is the sum of all others but `bytes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitCounters {
    /// Records read.
    pub read: u64,
    /// Bytes of their values.
    pub bytes: u64,
    /// Records that went each route, in the plan's order.
    pub routed: Vec<u64>,
    /// Dead letters by reason.
    pub dead_letters: BTreeMap<DeadReason, u64>,
    /// Dead letters that the dead-letter topic refused: they are lost.
    pub refused: u64,
}

impl SplitCounters {
    /// Dead letters of all reasons.
    #[must_use]
    pub fn dead(&self) -> u64 {
        self.dead_letters.values().sum()
    }
}

/// Where a router is: enough to go on from there over the same topics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitState {
    consumer: Consumer,
    counters: SplitCounters,
}

/// Why there is no router for a plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// There is no topic to read.
    #[error("there is no topic {0} to split")]
    NoSource(String),
    /// A route leads back to where it came from.
    #[error("topic {0} cannot be split into itself")]
    IntoItself(String),
    /// Two routes for one value.
    #[error("two routes take {0:?}")]
    DuplicateRoute(String),
    /// A topic to write cannot be created.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// A checkpoint of another plan.
    #[error("the checkpoint has {found} routes, the plan {expected}")]
    OtherPlan {
        /// Routes in the plan.
        expected: usize,
        /// Routes in the checkpoint.
        found: usize,
    },
}

/// One way out.
#[derive(Clone, Debug)]
struct Way {
    value: String,
    topic: TopicId,
    checker: Checker,
}

/// The operator of a [`Split`].
#[derive(Clone, Debug)]
pub struct Splitter {
    source: TopicId,
    ways: Ways,
    state: SplitState,
}

#[derive(Clone, Debug)]
struct Ways {
    member: String,
    max_bytes: usize,
    routes: Vec<Way>,
    dead_letters: TopicId,
}

/// What is wrong with a record, for counters and for people.
struct Verdict {
    reason: DeadReason,
    error: String,
}

impl Splitter {
    /// A router that begins at the start of the plan's topic. Topics to write that are not there
    /// are created with the settings of the one to read.
    ///
    /// # Errors
    /// When the topic to read is not there or one to write cannot be, or routes contradict.
    pub fn new(plan: &Split, topics: &mut Topics) -> Result<Self, SplitError> {
        let no_source = || SplitError::NoSource(plan.topic.clone());
        let source = topics.id(&plan.topic).ok_or_else(no_source)?;
        let input = topics.get(source).ok_or_else(no_source)?;
        let consumer = Consumer::from_start(input);
        let template = input.config().clone();
        let mut output = |name: &str, headroom: u32| {
            if name == plan.topic {
                return Err(SplitError::IntoItself(name.into()));
            }
            let max_record_bytes = (template.max_record_bytes + headroom).min(MAX_BYTES);
            let config = TopicConfig { name: name.into(), max_record_bytes, ..template.clone() };
            Ok(topics.get_or_create(config)?)
        };
        let mut routes: Vec<Way> = Vec::new();
        for route in &plan.routes {
            if routes.iter().any(|other| other.value == route.value) {
                return Err(SplitError::DuplicateRoute(route.value.clone()));
            }
            // The member that decides is required too, so that a second one is found.
            let mut required = route.required.clone();
            if required.index_of(&plan.member).is_none() {
                required.fields.push(Field::value(&plan.member, DataType::Varchar));
            }
            let topic = output(&route.topic, 0)?;
            let checker = Checker::new(&required);
            routes.push(Way { value: route.value.clone(), topic, checker });
        }
        let dead_letters = output(&plan.dead_letters, DEAD_LETTER_HEADROOM)?;
        let counters = SplitCounters { routed: vec![0; routes.len()], ..SplitCounters::default() };
        let (member, max_bytes) = (plan.member.clone(), plan.max_bytes as usize);
        Ok(Self {
            source,
            ways: Ways { member, max_bytes, routes, dead_letters },
            state: SplitState { consumer, counters },
        })
    }

    /// Routes up to `max_records` records; returns how many there were.
    pub fn poll(&mut self, topics: &mut Topics, max_records: usize) -> usize {
        let Self { source, ways, state } = self;
        let SplitState { consumer, counters } = state;
        let polled = topics.with(*source, |input, others| {
            consumer.poll(input, max_records, usize::MAX, |record| {
                ways.route(&record, input.name(), input.partitions(), others, counters);
            })
        });
        polled.unwrap_or(0)
    }

    /// What became of the records.
    #[must_use]
    pub const fn counters(&self) -> &SplitCounters {
        &self.state.counters
    }

    /// The positions in the topic that is read.
    #[must_use]
    pub const fn consumer(&self) -> &Consumer {
        &self.state.consumer
    }

    /// The topic that is read.
    #[must_use]
    pub const fn source(&self) -> TopicId {
        self.source
    }

    /// The topics that are written: the routes' in the plan's order, then that of dead letters.
    pub fn outputs(&self) -> impl Iterator<Item = TopicId> {
        let routes = self.ways.routes.iter().map(|way| way.topic);
        routes.chain([self.ways.dead_letters])
    }

    /// Where it is, for [`Splitter::restore`].
    #[must_use]
    pub fn checkpoint(&self) -> SplitState {
        self.state.clone()
    }

    /// Goes on from a checkpoint of the same plan. The topics must be those of that moment.
    ///
    /// # Errors
    /// When the checkpoint has another number of routes.
    pub fn restore(&mut self, state: SplitState) -> Result<(), SplitError> {
        let (expected, found) = (self.ways.routes.len(), state.counters.routed.len());
        if expected != found {
            return Err(SplitError::OtherPlan { expected, found });
        }
        self.state = state;
        Ok(())
    }
}

impl Ways {
    fn route(
        &mut self,
        record: &Record<'_>,
        from: &str,
        partitions: u32,
        topics: &mut Topics,
        counters: &mut SplitCounters,
    ) {
        counters.read += 1;
        counters.bytes += record.value.map_or(0, <[u8]>::len) as u64;
        let verdict = match self.judge(record.value) {
            Ok(route) => {
                let to = self.routes[route].topic;
                match append(record, record.headers, partitions, to, topics) {
                    Ok(()) => {
                        counters.routed[route] += 1;
                        return;
                    }
                    Err(error) => Verdict { reason: DeadReason::TooLong, error },
                }
            }
            Err(verdict) => verdict,
        };
        let headers = dead_letter_headers(record, from, verdict.error);
        match append(record, &headers, partitions, self.dead_letters, topics) {
            Ok(()) => *counters.dead_letters.entry(verdict.reason).or_default() += 1,
            Err(_) => counters.refused += 1,
        }
    }

    /// The route that takes a value.
    fn judge(&mut self, value: Option<&[u8]>) -> Result<usize, Verdict> {
        let Some(bytes) = value else {
            return Err(Verdict::new(DeadReason::Tombstone, "no value"));
        };
        if bytes.len() > self.max_bytes {
            let error = format!("{} bytes, more than {}", bytes.len(), self.max_bytes);
            return Err(Verdict { reason: DeadReason::TooLong, error });
        }
        let Some(decisive) = peek_string_member(bytes, &self.member)? else {
            let error = format!("no member {:?} at byte {}", self.member, bytes.len());
            return Err(Verdict { reason: DeadReason::NoType, error });
        };
        let Some(route) = self.find(decisive) else {
            return Err(self.unknown(bytes, decisive));
        };
        self.routes[route].checker.check(bytes)?;
        Ok(route)
    }

    fn find(&self, raw: &[u8]) -> Option<usize> {
        if !raw.contains(&b'\\') {
            return self.routes.iter().position(|way| way.value.as_bytes() == raw);
        }
        let mut decoded = String::new();
        decode_text(str::from_utf8(raw).ok()?, &mut decoded);
        self.routes.iter().position(|way| way.value == decoded)
    }

    #[cold]
    fn unknown(&self, bytes: &[u8], decisive: &[u8]) -> Verdict {
        let position = decisive.as_ptr() as usize - bytes.as_ptr() as usize;
        let shown = String::from_utf8_lossy(&decisive[..decisive.len().min(64)]).into_owned();
        let error =
            format!("no route for {shown:?} at byte {position} in member {:?}", self.member);
        Verdict { reason: DeadReason::UnknownType, error }
    }
}

impl Verdict {
    fn new(reason: DeadReason, error: &str) -> Self {
        Self { reason, error: error.into() }
    }
}

impl From<ReadError> for Verdict {
    fn from(error: ReadError) -> Self {
        Self { reason: error.kind.into(), error: error.to_string() }
    }
}

/// Appends a record to a topic: to the same partition when there are as many, else by its key.
pub(super) fn append(
    record: &Record<'_>,
    headers: &[Header],
    partitions: u32,
    to: TopicId,
    topics: &mut Topics,
) -> Result<(), String> {
    let topic = topics.get_mut(to).ok_or("the topic is being read")?;
    let partition = match record.key {
        _ if topic.partitions() == partitions => record.partition,
        Some(key) => partition_for_key(key, topic.partitions()),
        None => PartitionId(record.partition.0 % topic.partitions()),
    };
    let appended = topic.append(partition, record.key, record.value, headers, record.timestamp);
    appended.map(|_| ()).map_err(|error| error.to_string())
}

/// The record's own headers, then where it came from and what is wrong.
pub(super) fn dead_letter_headers(record: &Record<'_>, from: &str, error: String) -> Vec<Header> {
    let added = [
        ("source.topic", from.into()),
        ("source.partition", record.partition.0.to_string()),
        ("source.offset", record.offset.0.to_string()),
        ("error", error),
    ];
    let added = added.map(|(name, value): (&str, String)| Header {
        name: name.into(),
        value: value.into_bytes(),
    });
    record.headers.iter().cloned().chain(added).collect()
}
