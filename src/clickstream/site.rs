//! A configuration made ready to run: tables to draw from and names as JSON text.

use std::sync::Arc;

use super::agents::AGENTS;
use super::config::{Config, Mode, Pacing};
use super::envelope::Envelope;
use super::places::PLACES;
use super::writer::quoted;
use crate::rng::{Stream, Weighted};

/// What a run draws from. It never changes, and clones of a generator share it.
#[derive(Debug)]
pub(super) struct Site {
    pub config: Arc<Config>,
    pub modes: Vec<ModeTables>,
    /// The states as JSON strings.
    pub states: Vec<String>,
    /// Channels, campaigns, genders and ages of all modes as JSON strings.
    pub names: Vec<String>,
    /// User agents as JSON strings; the last one is the bot's.
    pub agents: Vec<String>,
    pub agent_weights: Weighted,
    /// The members of a record that tell a place.
    pub places: Vec<String>,
    pub place_weights: Weighted,
    pub subscribe: Option<u8>,
    pub affiliate: Option<u8>,
    /// Largest weight of any mode's envelope.
    pub most_weight: f64,
    /// Sessions a second for each unit of weight, before live settings.
    pub sessions_per_weight: f64,
    /// Longest record without its path, and longest item of a path, in bytes.
    pub room: usize,
    pub room_per_state: usize,
}

/// What one mode draws from.
#[derive(Debug)]
pub(super) struct ModeTables {
    /// For each state the next one; `None` is an exit.
    pub rows: Vec<Option<Weighted>>,
    pub channel: Named,
    pub campaign: Named,
    pub gender: Named,
    pub age: Named,
    pub envelope: Envelope,
}

/// Names with probabilities.
#[derive(Debug)]
pub(super) struct Named {
    weights: Weighted,
    names: Vec<u16>,
}

impl Named {
    /// The index of a name in [`Site::names`].
    pub(super) fn pick(&self, stream: &mut Stream) -> u16 {
        self.names[self.weights.pick(stream)]
    }
}

impl Site {
    pub(super) fn new(config: Arc<Config>) -> Self {
        let mut names = Vec::new();
        let modes: Vec<ModeTables> =
            config.modes.iter().map(|mode| tables(mode, &mut names)).collect();
        let states: Vec<String> = config.states.iter().map(|state| quoted(state)).collect();
        let state_named = |name| {
            let at = config.states.iter().position(|state| state == name)?;
            u8::try_from(at).ok()
        };
        let longest = |texts: &[String]| texts.iter().map(String::len).max().unwrap_or(0);
        let flags: usize = states.iter().map(|state| state.len() + 5).sum();
        let agents: Vec<String> = AGENTS
            .iter()
            .map(|(text, _)| *text)
            .chain([super::agents::BOT_AGENT])
            .map(quoted)
            .collect();
        Self {
            sessions_per_weight: sessions_per_weight(&config, &modes),
            most_weight: modes.iter().map(|mode| mode.envelope.most()).fold(0.0, f64::max),
            room: 2_048 + longest(&agents) + 4 * longest(&names) + 2 * longest(&states) + flags,
            room_per_state: longest(&states) + 2,
            agent_weights: weights(AGENTS.iter().map(|(_, weight)| *weight)),
            places: PLACES.iter().map(place_members).collect(),
            place_weights: weights(PLACES.iter().map(|place| place.weight)),
            subscribe: state_named("subscribe"),
            affiliate: state_named("affiliateLink"),
            agents,
            modes,
            states,
            names,
            config,
        }
    }
}

fn tables(mode: &Mode, names: &mut Vec<String>) -> ModeTables {
    let mut named = |shares: &[(String, f64)]| {
        let ids = shares.iter().map(|(name, _)| intern(&quoted(name), names)).collect();
        let weights: Vec<f64> = shares.iter().map(|(_, share)| *share).collect();
        Named { weights: Weighted::new(&weights).expect("shares add up to 1"), names: ids }
    };
    let row = |row: &Option<Vec<f64>>| {
        row.as_ref().map(|row| Weighted::new(row).expect("probabilities add up to 1"))
    };
    ModeTables {
        channel: named(&mode.channel),
        campaign: named(&mode.campaign),
        gender: named(&mode.gender),
        age: named(&mode.age),
        rows: mode.rows.iter().map(row).collect(),
        envelope: Envelope::new(&mode.envelope),
    }
}

/// At most 16 modes × 4 attributes × 256 values: the index fits.
fn intern(name: &str, names: &mut Vec<String>) -> u16 {
    let at = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    at as u16
}

fn weights(values: impl Iterator<Item = u16>) -> Weighted {
    let values: Vec<f64> = values.map(f64::from).collect();
    Weighted::new(&values).expect("the table has positive weights")
}

fn place_members(place: &super::places::Place) -> String {
    let [name, country, timezone] = [place.name, place.country, place.timezone].map(quoted);
    format!("\"place_name\": {name}, \"country_code\": {country}, \"timezone\": {timezone}")
}

/// With pacing by dwell time the stated rate is the mean over a day in the base mode. By random picks
/// a step takes uniform(minSleep, maxSleep) × 1000 / weight, and every other step starts a session.
fn sessions_per_weight(config: &Config, modes: &[ModeTables]) -> f64 {
    match config.settings.pacing {
        Pacing::Dwell => {
            let mean = modes[config.settings.base_mode].envelope.mean();
            config.settings.sessions_per_second / mean
        }
        Pacing::RandomPick => 0.5 / (500.0 * (config.sleep.0 + config.sleep.1)),
    }
}
