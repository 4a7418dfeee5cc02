//! The lab behind the prompt, and where its time ends.

use serde_json::Value;
use streamglass::lab::protocol::{Command, Event};
use streamglass::lab::{Lab, Next};
use streamglass::rng::Seed;
use streamglass::session::{Answer, PushRows};
use streamglass::time::Timestamp;

use super::complete::Names;
use crate::cli::failure::Failure;

/// Virtual time that goes by between two looks at what a push query has, milliseconds.
const STEP_MS: i64 = 1_000;

/// A lab with an end.
pub struct Machine {
    lab: Lab,
    end: Option<Timestamp>,
}

/// What came of a push query.
pub type Pushed = (u32, PushRows);

fn told(event: Option<Event>) -> Result<Vec<Answer>, Vec<String>> {
    match event {
        Some(Event::Answers { answers }) => Ok(answers),
        Some(Event::Refused { problems }) => {
            let text = |problem: &streamglass::lab::protocol::Problem| match &*problem.path {
                "" => problem.message.clone(),
                path => format!("{path}: {}", problem.message),
            };
            Err(problems.iter().map(text).collect())
        }
        _ => Ok(Vec::new()),
    }
}

impl Machine {
    /// A lab at its beginning, which ends after `duration_ms`.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(
        config: &Value,
        seed: u64,
        speed: f64,
        duration_ms: Option<i64>,
    ) -> Result<Self, Failure> {
        let mut lab = Lab::new(Seed(1));
        let loaded =
            lab.command(Command::Load { config: Some(config.clone()), seed, script: None });
        told(loaded).map_err(Failure::Invalid)?;
        told(lab.command(Command::Speed { factor: Some(speed) })).map_err(Failure::Invalid)?;
        let start = Timestamp(lab.tick().clock_ms);
        Ok(Self { lab, end: duration_ms.map(|ms| start.plus_ms(ms)) })
    }

    /// Carries out statements.
    ///
    /// # Errors
    /// Why nothing was tried.
    pub fn execute(&mut self, text: &str) -> Result<Vec<Answer>, Vec<String>> {
        told(self.lab.command(Command::Execute { script: text.to_owned() }))
    }

    /// Ends a push query.
    pub fn end_push(&mut self, id: u32) {
        let _ = self.lab.command(Command::EndPush { id });
    }

    /// Sets the speed; `None` is as fast as possible.
    ///
    /// # Errors
    /// When there is no such speed.
    pub fn speed(&mut self, factor: Option<f64>) -> Result<(), Vec<String>> {
        told(self.lab.command(Command::Speed { factor })).map(|_| ())
    }

    /// Lets time go by itself, or not.
    pub fn play(&mut self, on: bool) {
        let _ = self.lab.command(if on { Command::Play } else { Command::Pause });
    }

    /// Where virtual time is.
    pub fn clock(&mut self) -> Timestamp {
        Timestamp(self.lab.tick().clock_ms)
    }

    /// Whether time has come to its end.
    pub fn is_over(&mut self) -> bool {
        let end = self.end;
        end.is_some_and(|end| self.clock() >= end)
    }

    /// Goes on as the clock does, for as long as `more` says so.
    pub fn slice(&mut self, elapsed_ms: f64, more: impl FnMut() -> bool) -> Next {
        let next = self.lab.slice(elapsed_ms, more);
        if self.is_over() {
            self.play(false);
        }
        next
    }

    /// Moves on by at most `ms`, and gives what is left of them: none when time is over.
    pub fn step(&mut self, ms: i64) -> i64 {
        let left = self.end.map_or(i64::MAX, |end| end.since_ms(self.clock()));
        let step = ms.min(STEP_MS).min(left);
        if step <= 0 || self.lab.command(Command::Step { ms: step }).is_some() {
            return 0;
        }
        self.lab.slice(0.0, || true);
        ms - step
    }

    /// What push queries have.
    pub fn pushed(&mut self) -> Vec<Pushed> {
        let pushed = |event| match event {
            Event::Pushed { id, pushed } => Some((id, pushed)),
            _ => None,
        };
        self.lab.news().into_iter().filter_map(pushed).collect()
    }

    /// The names that there are, for completion.
    pub fn names(&self) -> Names {
        Names::of(self.lab.session())
    }
}
