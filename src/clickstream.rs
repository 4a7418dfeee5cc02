//! The clickstream of a news site, as a seeded discrete-event simulation on a virtual clock.

mod agents;
mod config;
mod places;
mod words;
#[cfg(not(target_arch = "wasm32"))]
mod yaml;

pub use config::{
    Config, ConfigError, ConfigErrors, Delay, FaultRates, LogNormal, Notice, Outage, Pacing, Rate,
    Reason, ScheduleRule, Skew, Span, Tail,
};
#[cfg(not(target_arch = "wasm32"))]
pub use yaml::from_yaml;
