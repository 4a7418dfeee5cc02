//! Why a command ended early, and the exit status that says so.

use std::io;
use std::process::ExitCode;

/// Why a command ended early.
#[derive(Debug)]
pub enum Failure {
    /// Reading or writing failed: what, and why.
    Io(String, io::Error),
    /// The configuration or the input is invalid: all that is wrong with it.
    Invalid(Vec<String>),
    /// The script is wrong, or has what is not supported: diagnostics with their places.
    Script {
        /// Each as text.
        texts: Vec<String>,
        /// Whether nothing is wrong but what is not supported.
        is_unsupported: bool,
    },
    /// The run of a script ended early.
    Run {
        /// Which rule was broken, as `SG-0501`.
        code: &'static str,
        /// How.
        message: String,
        /// Whether that is the fault of this program, not of the script or its input.
        is_fault: bool,
    },
    /// Nothing could be sent, or not all that was sent arrived: why.
    Undelivered(String),
    /// What the command reports is a failure, and was told.
    Told,
    /// The command line is wrong in a way that the parser cannot see.
    Usage(String),
}

impl Failure {
    /// A failed read or write of `what`.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io(what, error)
    }

    /// Says on standard error what is wrong, and gives the exit status. A reader that closed its
    /// end of a pipe has all it wanted: that ends the command quietly.
    #[expect(clippy::print_stderr, reason = "the one place that reports to a terminal")]
    pub fn report(self) -> ExitCode {
        match self {
            Self::Io(_, error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Self::Io(what, error) => {
                eprintln!("error: {what}: {error}");
                ExitCode::FAILURE
            }
            Self::Invalid(problems) => {
                for problem in &problems {
                    eprintln!("error: {problem}");
                }
                ExitCode::from(2)
            }
            Self::Script { texts, is_unsupported } => {
                for text in &texts {
                    eprint!("{text}");
                }
                ExitCode::from(if is_unsupported { 3 } else { 2 })
            }
            Self::Run { code, message, is_fault } => {
                eprintln!("error[{code}]: {message}");
                if is_fault { ExitCode::FAILURE } else { ExitCode::from(2) }
            }
            Self::Undelivered(why) => {
                eprintln!("error: {why}");
                ExitCode::FAILURE
            }
            Self::Told => ExitCode::FAILURE,
            Self::Usage(message) => {
                eprintln!("error: {message}\n\nFor more information, try '--help'.");
                ExitCode::from(64)
            }
        }
    }
}
