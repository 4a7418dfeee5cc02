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
            Self::Usage(message) => {
                eprintln!("error: {message}\n\nFor more information, try '--help'.");
                ExitCode::from(64)
            }
        }
    }
}
