//! What can be changed while a run goes on. A setting holds from the generator's current virtual time;
//! configuration, seed and the settings applied, with their times, determine a run.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::config::bounds;
use super::config::{Delay, LogNormal, Outage, Pacing, Rate, Skew, Span, Tail};
use super::live::Live;
use super::site::Site;
use crate::order;
use crate::time::Micros;

/// A change to a running generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", tag = "setting", content = "value")]
pub enum Setting {
    /// The mean rate of new sessions, a second. Not with pacing by random picks.
    SessionRate(f64),
    /// A mode that holds whatever the schedule says; `None` gives the choice back to the schedule.
    Mode(Option<String>),
    /// The delay of every record sent from now on.
    Delay(Delay),
    /// The rare, long delay.
    Tail(Tail),
    /// The clients whose clock is wrong.
    Skew(Skew),
    /// Nothing that is sent from now on reaches `partition` before `seconds` are over.
    Outage {
        /// The partition, from 0.
        partition: u32,
        /// How long.
        seconds: f64,
    },
    /// The rate of a fault, from now on and without end.
    Fault {
        /// Which.
        kind: FaultKind,
        /// As in [`Rate::value`]: 0 (for a burst 1) turns the fault off.
        rate: f64,
    },
}

impl Setting {
    /// Whether it takes the place of another that was applied before. An outage replaces none: it
    /// ends by itself.
    #[must_use]
    pub fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Outage { .. }, _) => false,
            (Self::Fault { kind, .. }, Self::Fault { kind: before, .. }) => kind == before,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// The faults that have a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// A record is delivered twice. Share of records.
    Duplicate,
    /// A record is never delivered. Share of records.
    Drop,
    /// A record's JSON is broken. Share of records.
    Malformed,
    /// A record has no key. Share of records.
    MissingKey,
    /// A record's numbers are wrong. Share of records.
    Poison,
    /// A bot sends one key. Records a second.
    Bot,
    /// The rate of sessions grows. Factor.
    Burst,
}

/// Why a setting is refused; nothing has changed then.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SettingError {
    /// A number outside its range.
    #[error("{name} is {value}, but must be from {low} to {high}")]
    Range {
        /// What it is.
        name: &'static str,
        /// The number.
        value: f64,
        /// Smallest allowed.
        low: f64,
        /// Largest allowed.
        high: f64,
    },
    /// No mode has this name.
    #[error("there is no mode `{0}`")]
    UnknownMode(String),
    /// Random picks have no rate of sessions.
    #[error("the rate of sessions follows from the waits when pacing is random-pick")]
    NoSessionRate,
    /// Too many outages at once.
    #[error("at most {0} outages may be under way or planned")]
    TooManyOutages(usize),
}

/// What a setting changed that has to be drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redraw {
    Nothing,
    /// When sessions start, also those of a burst.
    Starts,
    Burst,
    Bot,
}

/// Checks `setting` and puts it into `live`.
pub(super) fn apply(
    setting: &Setting,
    site: &Site,
    live: &mut Live,
    now: Micros,
) -> Result<Redraw, SettingError> {
    match setting {
        Setting::SessionRate(rate) => {
            let config = &site.config.settings;
            if config.pacing == Pacing::RandomPick {
                return Err(SettingError::NoSessionRate);
            }
            range("sessions per second", *rate, 0.0, bounds::RATE)?;
            live.sessions_per_weight =
                site.sessions_per_weight * (rate / config.sessions_per_second);
            return Ok(Redraw::Starts);
        }
        Setting::Mode(name) => live.mode = mode(site, name.as_deref())?,
        Setting::Delay(delay) => live.delay = log_normal(*delay)?,
        Setting::Tail(tail) => {
            range("tail share", tail.share, 0.0, 1.0)?;
            live.tail = Tail { share: tail.share, delay: log_normal(tail.delay)? };
        }
        Setting::Skew(skew) => {
            range("skew share", skew.share, 0.0, 1.0)?;
            let most = bounds::SKEW_SECONDS;
            range("skew seconds", skew.offset_micros as f64 / 1e6, -most, most)?;
            live.skew = *skew;
        }
        Setting::Outage { partition, seconds } => outage(site, live, now, *partition, *seconds)?,
        Setting::Fault { kind, rate } => return fault(live, now, *kind, *rate),
    }
    Ok(Redraw::Nothing)
}

fn mode(site: &Site, name: Option<&str>) -> Result<Option<usize>, SettingError> {
    let Some(name) = name else { return Ok(None) };
    let at = site.config.modes().position(|mode| mode == name);
    at.map(Some).ok_or_else(|| SettingError::UnknownMode(name.chars().take(80).collect()))
}

fn outage(
    site: &Site,
    live: &mut Live,
    now: Micros,
    partition: u32,
    seconds: f64,
) -> Result<(), SettingError> {
    let last = site.config.partitions() - 1;
    range("partition", f64::from(partition), 0.0, f64::from(last))?;
    range("outage seconds", seconds, 0.0, bounds::MEDIAN_SECONDS)?;
    live.outages.retain(|outage| outage.span.until > now);
    if live.outages.len() >= bounds::OUTAGES {
        return Err(SettingError::TooManyOutages(bounds::OUTAGES));
    }
    let span = Span { from: now, until: now.plus((seconds * 1e6) as i64) };
    live.outages.push(Outage { partition, span });
    order::sort_by_key(&mut live.outages, |outage| outage.span.from);
    Ok(())
}

fn fault(
    live: &mut Live,
    now: Micros,
    kind: FaultKind,
    value: f64,
) -> Result<Redraw, SettingError> {
    let span = Span { from: now, until: Micros(i64::MAX) };
    let faults = &mut live.faults;
    let (rate, low, high, redraw) = match kind {
        FaultKind::Duplicate => (&mut faults.duplicate, 0.0, 1.0, Redraw::Nothing),
        FaultKind::Drop => (&mut faults.drop, 0.0, bounds::DROP, Redraw::Nothing),
        FaultKind::Malformed => (&mut faults.malformed, 0.0, 1.0, Redraw::Nothing),
        FaultKind::MissingKey => (&mut faults.missing_key, 0.0, 1.0, Redraw::Nothing),
        FaultKind::Poison => (&mut faults.poison, 0.0, 1.0, Redraw::Nothing),
        FaultKind::Bot => (&mut faults.bot, 0.0, bounds::BOT, Redraw::Bot),
        FaultKind::Burst => (&mut faults.burst, 1.0, bounds::BURST, Redraw::Burst),
    };
    range("fault rate", value, low, high)?;
    *rate = Rate { value, span };
    Ok(redraw)
}

fn log_normal(value: LogNormal) -> Result<LogNormal, SettingError> {
    range("median seconds", value.median_seconds, 0.0, bounds::MEDIAN_SECONDS)?;
    range("sigma", value.sigma, 0.0, bounds::SIGMA)?;
    Ok(value)
}

fn range(name: &'static str, value: f64, low: f64, high: f64) -> Result<(), SettingError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(SettingError::Range { name, value, low, high })
}
