//! The part of a lab that is a function of seed, configuration and command log: generator, engine
//! and the views of its results, moved on in turns.

use std::sync::Arc;

use crate::clickstream::{Config, Generator, Sent, SettingError, Sink, Stream};
use crate::digest::Digest;
use crate::engine::{Engine, StartError, TURN_MS};
use crate::lab::builtin;
use crate::lab::inspect::KeyWindow;
use crate::lab::log::{Change, CommandLog, Stamp};
use crate::lab::view::View;
use crate::murmur2::partition_for_key;
use crate::record::PartitionId;
use crate::rng::Seed;
use crate::session::{Answer, Mode, Outcome, Session, SessionCheckpoint};
use crate::sql::catalog::{self, Source};
use crate::sql::diagnostic::Diagnostic;
use crate::time::Micros;
use crate::topic::{TopicError, TopicId, Topics};

/// Turns end on this grid of virtual time, microseconds.
pub const GRID: i64 = TURN_MS * 1_000;
/// Turns end after this many records, so that none takes long, and so that no query meets more in
/// a turn than the retention of its topics holds.
const MOST_RECORDS: u64 = 2_048;

/// A run at one point of virtual time.
#[derive(Debug)]
pub struct Run {
    start: Micros,
    at: Stamp,
    generator: Generator,
    session: Session,
    sources: Sources,
    /// The line chart's results.
    pub clicks_by_state: View,
    /// The bar chart's results.
    pub top_content: View,
}

/// The topics that the generator writes, and what they refused.
#[derive(Clone, Debug)]
struct Sources {
    mixed: TopicId,
    orders: TopicId,
    shipments: TopicId,
    refused: u64,
}

/// All that a run is at one point, to go back to.
#[derive(Clone, Debug)]
pub struct RunCheckpoint {
    at: Stamp,
    generator: Generator,
    session: SessionCheckpoint,
    sources: Sources,
    clicks_by_state: View,
    top_content: View,
}

impl Run {
    /// The beginning of a run; `script` is the pipeline over the generator's topics, [`builtin::script`]
    /// or another.
    ///
    /// # Errors
    /// When the configuration's topics cannot be, or the script is wrong.
    pub fn new(config: &Arc<Config>, seed: Seed, script: &str) -> Result<Self, StartError> {
        let mut session = ingestion(config)?;
        let start = config.start();
        if let Some(first) = refusal(session.execute(script, start)) {
            return Err(StartError::Script(first.placed(script)));
        }
        let engine = session.engine();
        let id = |name: &str| {
            engine.topics().id(name).ok_or_else(|| StartError::NoTopic(name.to_owned()))
        };
        let sources = Sources {
            mixed: id(config.topic())?,
            orders: id(builtin::ORDERS)?,
            shipments: id(builtin::SHIPMENTS)?,
            refused: 0,
        };
        let view = |topic, windows| View::new(topic, builtin::CLICKS_COLUMN, windows);
        Ok(Self {
            start,
            at: Stamp { turn: 0, clock: start },
            generator: Generator::new(Arc::clone(config), seed),
            sources,
            clicks_by_state: view(builtin::CLICKS_BY_STATE, 60),
            top_content: view(builtin::TOP_CONTENT, 24),
            session,
        })
    }

    /// Where virtual time began.
    #[must_use]
    pub const fn start(&self) -> Micros {
        self.start
    }

    /// Where the run is.
    #[must_use]
    pub const fn at(&self) -> Stamp {
        self.at
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        self.session.engine()
    }

    /// The session that runs the queries.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The session, to follow its push queries.
    pub const fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Carries out a script of SQL now.
    pub fn execute(&mut self, script: &str) -> Vec<Answer> {
        self.session.execute(script, self.at.clock)
    }

    /// The generator.
    #[must_use]
    pub const fn generator(&self) -> &Generator {
        &self.generator
    }

    /// Records that a topic refused because they were too large.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.sources.refused
    }

    /// The topics that the generator writes.
    #[must_use]
    pub const fn source_topics(&self) -> [TopicId; 3] {
        [self.sources.mixed, self.sources.orders, self.sources.shipments]
    }

    /// How the keys of a topic are windowed.
    #[must_use]
    pub fn key_window(&self, topic: &str) -> KeyWindow {
        let named = |source: &&Source| *source.topic == *topic;
        match self.session.workspace().catalog.sources().find(named).and_then(|found| found.window)
        {
            Some(catalog::KeyWindow::Time(size_ms)) => {
                KeyWindow::Time { size_ms: size_ms.unwrap_or(0) }
            }
            Some(catalog::KeyWindow::Session) => KeyWindow::Session,
            None => KeyWindow::None,
        }
    }

    /// Makes a change now.
    ///
    /// # Errors
    /// When it makes no sense; nothing was changed then.
    pub fn apply(&mut self, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::Apply { setting } => self.generator.apply(setting).map_err(ChangeError::from),
            Change::PauseQuery { query } => self.pause(query, true),
            Change::ResumeQuery { query } => self.pause(query, false),
            Change::Execute { script } => match refusal(self.execute(script)) {
                Some(first) => Err(ChangeError::Sql(first.placed(script))),
                None => Ok(()),
            },
            Change::Coalesce { on } => {
                self.session.engine_mut().coalesce(*on, self.at.clock.timestamp());
                Ok(())
            }
        }
    }

    fn pause(&mut self, query: &str, paused: bool) -> Result<(), ChangeError> {
        if self.session.engine_mut().pause(query, paused) {
            Ok(())
        } else {
            Err(ChangeError::NoQuery(query.to_owned()))
        }
    }

    /// Makes one turn: lets the clickstream run to the next point of the grid or for
    /// as many records as a turn may have, and the queries until they have read all.
    pub fn turn(&mut self) {
        let grid = self.next_grid();
        let mut appender =
            Appender { topics: self.session.engine_mut().topics_mut(), sources: &mut self.sources };
        let sent = self.generator.run(grid, MOST_RECORDS, &mut appender);
        let clock = if sent < MOST_RECORDS { grid } else { self.generator.now() };
        self.session.turn(clock);
        self.clicks_by_state.poll(self.session.engine().topics());
        self.top_content.poll(self.session.engine().topics());
        self.at = Stamp { turn: self.at.turn + 1, clock };
    }

    /// Makes the changes that the log knows of here.
    ///
    /// # Errors
    /// When one makes no sense, which only one of a log from elsewhere can; the rest are not made.
    pub fn make_due_changes(&mut self, log: &mut CommandLog) -> Result<(), ChangeError> {
        while let Some(change) = log.due(self.at.turn) {
            self.apply(&change)?;
        }
        Ok(())
    }

    /// The next point of the grid, where the next turn ends unless it has too many records.
    #[must_use]
    pub const fn next_grid(&self) -> Micros {
        Micros((self.at.clock.0.div_euclid(GRID) + 1) * GRID)
    }

    /// About how many bytes a checkpoint has if nothing is shared.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.engine().size_bytes() + self.generator.size_bytes()
    }

    /// All that the run is now; `states` as in [`Engine::checkpoint`].
    #[must_use]
    pub fn checkpoint(&self, states: Vec<Vec<u8>>) -> RunCheckpoint {
        RunCheckpoint {
            at: self.at,
            generator: self.generator.clone(),
            session: self.session.checkpoint(states),
            sources: self.sources.clone(),
            clicks_by_state: self.clicks_by_state.clone(),
            top_content: self.top_content.clone(),
        }
    }

    /// Goes to a checkpoint of this run.
    ///
    /// # Panics
    /// When it is a checkpoint of another run.
    pub fn restore(&mut self, checkpoint: &RunCheckpoint) {
        self.at = checkpoint.at;
        self.generator = checkpoint.generator.clone();
        self.session.restore(&checkpoint.session).expect("it is a checkpoint of this session");
        self.sources = checkpoint.sources.clone();
        self.clicks_by_state = checkpoint.clicks_by_state.clone();
        self.top_content = checkpoint.top_content.clone();
    }

    /// A digest of all records that the topics hold and of where each topic ends.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Digest::default();
        for (_, topic) in self.engine().topics().iter() {
            digest.bytes(topic.name().as_bytes());
            digest.number(topic.appended());
            for partition in (0..topic.partitions()).map(PartitionId) {
                let (Some(from), Some(to)) = (topic.log_start(partition), topic.log_end(partition))
                else {
                    continue;
                };
                digest.number(from.0 as u64);
                for offset in from.0..to.0 {
                    let Some(record) = topic.read_at(partition, crate::record::Offset(offset))
                    else {
                        continue;
                    };
                    digest.number(record.timestamp.0 as u64);
                    digest.optional(record.key);
                    digest.optional(record.value);
                    digest.number(record.headers.len() as u64);
                    for header in record.headers {
                        digest.bytes(header.name.as_bytes());
                        digest.bytes(&header.value);
                    }
                }
            }
        }
        digest.hex()
    }
}

/// A session over the topics of the generator and of its types of records. Topics that statements
/// create are as large as those of results.
///
/// # Errors
/// When the configuration's topics cannot be.
pub fn ingestion(config: &Config) -> Result<Session, StartError> {
    if builtin::RESULTS.contains(&config.topic()) {
        return Err(TopicError::Exists(config.topic().to_owned()).into());
    }
    let mut engine = Engine::default();
    for topic in builtin::topics(config) {
        engine.create_topic(topic)?;
    }
    let results = engine.topics().by_name(builtin::USERS).map(|topic| topic.config().clone());
    let session = Session::new(engine, Mode::Live);
    Ok(match results {
        Some(config) => session.with_topics_like(config),
        None => session,
    })
}

/// What was refused of a script.
fn refusal(answers: Vec<Answer>) -> Option<Diagnostic> {
    answers.into_iter().find_map(|answer| match answer.outcome {
        Outcome::Refused { diagnostics } => diagnostics.into_iter().next(),
        _ => None,
    })
}

/// Why a change was refused.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The generator refused a setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// There is no such query.
    #[error("there is no query `{0}`")]
    NoQuery(String),
    /// SQL was refused.
    #[error("{0}")]
    Sql(String),
}

/// Appends what the generator sends to its topics.
struct Appender<'a> {
    topics: &'a mut Topics,
    sources: &'a mut Sources,
}

impl Sink for Appender<'_> {
    fn record(&mut self, sent: &Sent<'_>) {
        let id = match sent.stream {
            Stream::Mixed => self.sources.mixed,
            Stream::Orders => self.sources.orders,
            Stream::Shipments => self.sources.shipments,
        };
        let Some(topic) = self.topics.get_mut(id) else { return };
        let partition = match sent.key {
            Some(key) => partition_for_key(key, topic.partitions()),
            None => sent.sticky.unwrap_or_default(),
        };
        let appended =
            topic.append(partition, sent.key, Some(sent.value), &[], sent.event_time.timestamp());
        if appended.is_err() {
            self.sources.refused += 1;
        }
    }
}
