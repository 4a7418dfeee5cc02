//! A progress line on standard error, when that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

pub use streamglass::architecture::counted as thousands;

/// How often the line is written.
const EVERY: Duration = Duration::from_millis(200);

/// A line that is written over itself, and what is said at the end.
pub struct Progress {
    begun: Instant,
    written: Option<Instant>,
    terminal: bool,
    always: bool,
}

impl Progress {
    /// Begins now. Nothing is shown when standard error is no terminal, unless `always`: then the
    /// summary is.
    #[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
    pub fn new(always: bool) -> Self {
        let terminal = io::stderr().is_terminal();
        Self { begun: Instant::now(), written: None, terminal, always }
    }

    /// Time since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Says something once, on a line of its own.
    pub fn note(&self, note: impl std::fmt::Display) {
        // A terminal that went away is no reason to stop; this holds for all that is said here.
        let _ = writeln!(io::stderr(), "note: {note}");
    }

    /// Shows a line if it is time to.
    #[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
    pub fn show(&mut self, line: impl FnOnce(Duration) -> String) {
        if !self.terminal || self.written.is_some_and(|written| written.elapsed() < EVERY) {
            return;
        }
        self.written = Some(Instant::now());
        let _ = write!(io::stderr(), "\r\x1b[2K{}", line(self.elapsed()));
    }

    /// Clears the line and writes a summary in its place.
    pub fn finish(&self, summary: impl FnOnce(Duration) -> String) {
        if !self.terminal && !self.always {
            return;
        }
        let clear = if self.written.is_some() { "\r\x1b[2K" } else { "" };
        let _ = writeln!(io::stderr(), "{clear}{}", summary(self.elapsed()));
    }
}
