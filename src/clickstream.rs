//! The clickstream of a news site, as a seeded discrete-event simulation on a virtual clock.
//!
//! A [`Config`] and a [`Seed`](crate::rng::Seed) make a [`Generator`], which hands records as JSON
//! bytes to a [`Sink`] in the order in which they arrive. What happens on the site (sessions, clicks,
//! orders) is drawn first and knows nothing of what befalls its records on the way (delay, outages,
//! faults): a run with faults has the same events behind it as the run without.
//!
//! Not here: topics and partitions, threads, and any clock but the virtual one.

mod agents;
mod arrivals;
mod channel;
mod config;
mod counters;
mod draw;
mod envelope;
mod event;
mod fault;
mod generator;
mod live;
mod paged;
mod places;
mod population;
mod row;
mod serializer;
mod session;
mod setting;
mod site;
mod words;
mod writer;
#[cfg(not(target_arch = "wasm32"))]
mod yaml;

pub use config::{
    Config, ConfigError, ConfigErrors, Delay, FaultRates, LogNormal, Notice, Outage, Pacing, Rate,
    Reason, ScheduleRule, Skew, Span, Tail, faults_from_text,
};
pub use counters::{SentCounters, SourceCounters, VisitCounters};
pub use fault::{Fault, FaultSet};
pub use generator::{Generator, RecordKind, Sent, Sink, Stream, Truth};
pub use row::ClickRow;
pub use serializer::SECTIONS;
pub use setting::{FaultKind, Setting, SettingError};
#[cfg(not(target_arch = "wasm32"))]
pub use yaml::{from_yaml, tree_from_yaml};
