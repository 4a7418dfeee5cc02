//! A progress line on standard error, when that is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written.
const EVERY: Duration = Duration::from_millis(200);

/// A line that is written over itself.
pub struct Progress {
    begun: Instant,
    written: Option<Instant>,
    terminal: bool,
}

impl Progress {
    /// Begins now.
    #[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
    pub fn new() -> Self {
        Self { begun: Instant::now(), written: None, terminal: io::stderr().is_terminal() }
    }

    /// Time since the beginning.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Shows `line` if it is time to.
    #[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
    pub fn show(&mut self, line: impl FnOnce() -> String) {
        if !self.terminal || self.written.is_some_and(|written| written.elapsed() < EVERY) {
            return;
        }
        self.written = Some(Instant::now());
        // A terminal that went away is no reason to stop.
        let _ = write!(io::stderr(), "\r\x1b[2K{}", line());
    }

    /// Clears the line and writes `summary` in its place. It goes to standard error whether or not
    /// that is a terminal.
    pub fn finish(&self, summary: &str) {
        let clear = if self.written.is_some() { "\r\x1b[2K" } else { "" };
        let _ = writeln!(io::stderr(), "{clear}{summary}");
    }
}

/// A number with a separator between thousands.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(super::thousands(number), text);
        }
    }
}
