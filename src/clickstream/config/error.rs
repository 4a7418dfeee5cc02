//! What can be wrong with a configuration, and what is only worth a notice.

use std::fmt;

use thiserror::Error;

/// How many errors are kept; the rest are counted.
const MOST_ERRORS: usize = 100;

/// Why a member of the configuration is refused.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Reason {
    /// It has to be there.
    #[error("is missing")]
    Missing,
    /// It is of another type.
    #[error("must be {expected}, not {found}")]
    Type {
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A number outside its range.
    #[error("is {value}, but must be from {low} to {high}{unit}")]
    Range {
        /// The number.
        value: f64,
        /// Smallest allowed.
        low: f64,
        /// Largest allowed.
        high: f64,
        /// The unit with a leading blank, or nothing.
        unit: &'static str,
    },
    /// A member that does not exist here.
    #[error("is not a setting here{}; known are {known}", suggest(.suggestion.as_deref()))]
    UnknownMember {
        /// The closest name that does.
        suggestion: Option<String>,
        /// All names that do.
        known: String,
    },
    /// A state that `StateMachine.States` does not name.
    #[error("names the state `{name}`, which StateMachine.States does not list{}", suggest(.suggestion.as_deref()))]
    UnknownState {
        /// The name.
        name: String,
        /// The closest state.
        suggestion: Option<String>,
    },
    /// A mode that is not configured.
    #[error("names the mode `{name}`, which is not configured{}", suggest(.suggestion.as_deref()))]
    UnknownMode {
        /// The name.
        name: String,
        /// The closest mode.
        suggestion: Option<String>,
    },
    /// A row must give a probability for every state.
    #[error("has no probability for {}", .states.join(", "))]
    RowLacks {
        /// The states it does not name.
        states: Vec<String>,
    },
    /// Probabilities have to add up to 1 within 0.0001.
    #[error("has probabilities that add up to {sum}, not to 1")]
    Sum {
        /// What they add up to.
        sum: f64,
    },
    /// A time envelope has 24 values.
    #[error("has {found} values, but an envelope has 24, one for each hour")]
    EnvelopeLength {
        /// How many there are.
        found: usize,
    },
    /// An envelope below 0.001 all day would hardly ever start a session.
    #[error("is 0 all day: no session would ever start")]
    EnvelopeZero,
    /// Too many of something.
    #[error("has {found} members, but at most {most} are allowed")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A text that is too long.
    #[error("has {found} bytes, but at most {most} are allowed")]
    TooLong {
        /// Its length.
        found: usize,
        /// The longest allowed.
        most: usize,
    },
    /// Nothing in it.
    #[error("must not be empty")]
    Empty,
    /// The same name twice.
    #[error("lists `{name}` twice")]
    Twice {
        /// The name.
        name: String,
    },
    /// The first state starts every session and needs a row.
    #[error("has no row for `{state}`, the first of StateMachine.States, in which sessions start")]
    NoFirstRow {
        /// The first state.
        state: String,
    },
    /// No exit state can be reached from the first state.
    #[error(
        "never reaches an exit state (a state without a row) from `{state}`: no session would end"
    )]
    NoExit {
        /// The first state.
        state: String,
    },
    /// A text that cannot be read.
    #[error("is `{text}`, which is not {expected}")]
    Text {
        /// The text, shortened.
        text: String,
        /// What it must be.
        expected: &'static str,
    },
    /// A pair of numbers in the wrong order.
    #[error("must be greater than `{other}`")]
    Order {
        /// The member it is compared to.
        other: &'static str,
    },
    /// The text as a whole is not YAML.
    #[error("is not readable as YAML: {0}")]
    Yaml(String),
}

fn suggest(name: Option<&str>) -> String {
    name.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// A reason and where: a path such as `StateMachine.StateTransitionMatrix.default.home`.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{path} {reason}")]
pub struct ConfigError {
    /// Where.
    pub path: String,
    /// Why.
    pub reason: Reason,
}

/// Everything that is wrong with a configuration; one is enough to start nothing.
#[derive(Clone, Debug, Default, Error, PartialEq)]
pub struct ConfigErrors {
    /// The first hundred, in the order in which they were met.
    pub errors: Vec<ConfigError>,
    /// How many more there are.
    pub more: usize,
}

impl ConfigErrors {
    pub(super) fn push(&mut self, path: &str, reason: Reason) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(ConfigError { path: path.to_owned(), reason });
        } else {
            self.more += 1;
        }
    }

    /// One error that concerns the whole document.
    #[cfg(not(target_arch = "wasm32"))]
    pub(in crate::clickstream) fn document(reason: Reason) -> Self {
        Self { errors: vec![ConfigError { path: "the configuration".to_owned(), reason }], more: 0 }
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.errors.iter().enumerate() {
            let line = if i == 0 { "" } else { "\n" };
            write!(f, "{line}{error}")?;
        }
        if self.more > 0 {
            write!(f, "\nand {} more", self.more)?;
        }
        Ok(())
    }
}

/// Something in a configuration that has no effect, and that its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where.
    pub path: String,
    /// What about it.
    pub text: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.text)
    }
}
