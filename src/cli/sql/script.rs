//! Statements from a file or a pipe, one after the other.

use std::io::{BufRead, BufWriter, Write, stdin, stdout};
use std::path::Path;

use streamglass::session::Outcome;
use streamglass::sql::diagnostic::Diagnostic;
use streamglass::sql::pieces::pieces;

use super::machine::Machine;
use super::show::{self, Show};
use super::{Aside, COMMANDS, Shape, aside};
use crate::cli::failure::Failure;
use crate::cli::include;

/// What places in the script are given in.
const FILE: &str = "standard input";

/// Carries out what standard input has, up to its end or the first statement that is refused.
///
/// # Errors
/// When a statement is refused, or reading or writing fails.
pub fn run(machine: Machine, shape: Shape) -> Result<(), Failure> {
    let out = BufWriter::new(stdout().lock());
    let mut script = Script { machine, show: Show::new(out, shape, None) };
    let mut text = String::new();
    // The lines before the text, so that places are those of the script.
    let mut before = 0;
    for line in stdin().lock().lines() {
        let line = line.map_err(Failure::io("standard input"))?;
        let is_between = pieces(&text).rest.is_empty();
        if is_between && let Some(asked) = aside(&line) {
            before += text.matches('\n').count() + 1;
            text.clear();
            let asked = asked.map_err(|why| Failure::Invalid(vec![why]))?;
            if script.aside(&asked)? {
                return Ok(());
            }
            continue;
        }
        text.push_str(&line);
        text.push('\n');
        if !line.contains(';') {
            continue;
        }
        let found = pieces(&text);
        let done: usize = found.complete.iter().map(|piece| piece.len()).sum();
        for piece in &found.complete {
            script.statement(piece, before)?;
            before += piece.matches('\n').count();
        }
        text.drain(..done);
    }
    let rest = pieces(&text).rest.to_owned();
    if rest.is_empty() { Ok(()) } else { script.statement(&rest, before) }
}

struct Script<W> {
    machine: Machine,
    show: Show<W>,
}

impl<W: Write> Script<W> {
    /// Carries out a command of the prompt; whether it ends the script.
    fn aside(&mut self, asked: &Aside) -> Result<bool, Failure> {
        let io = |result: std::io::Result<()>| result.map_err(Failure::io("standard output"));
        match asked {
            Aside::Advance(ms) => {
                let mut left = *ms;
                while left > 0 {
                    left = self.machine.step(left);
                }
            }
            // There is no clock to hold on to.
            Aside::Speed(_) => {}
            Aside::Clock => {
                let clock = self.machine.clock();
                io(self.show.message(&show::date(clock)))?;
            }
            Aside::Help => io(self.show.message_lines(COMMANDS))?,
            Aside::Exit => return Ok(true),
        }
        Ok(false)
    }

    fn statement(&mut self, piece: &str, before: usize) -> Result<(), Failure> {
        let text = format!("{}{piece}", "\n".repeat(before));
        let with_files = include::Script::of(FILE, &text, Path::new(""))?;
        let answers = self.machine.execute(&with_files.text).map_err(Failure::Invalid)?;
        let mut refused: Vec<Diagnostic> = Vec::new();
        for answer in &answers {
            let take = &mut |found: &[Diagnostic]| refused.extend_from_slice(found);
            self.show.answer(answer, take).map_err(Failure::io("standard output"))?;
            if let Outcome::Push { id, .. } = answer.outcome {
                self.follow(id)?;
            }
        }
        self.show.out.flush().map_err(Failure::io("standard output"))?;
        if refused.is_empty() {
            return Ok(());
        }
        let texts = with_files.show(&refused);
        let mut errors = refused.iter().filter(|found| found.is_error());
        Err(Failure::Script { texts, is_unsupported: errors.all(Diagnostic::is_unsupported) })
    }

    /// Lets time go on until a push query has ended.
    fn follow(&mut self, id: u32) -> Result<(), Failure> {
        loop {
            for (of, pushed) in self.machine.pushed() {
                if of != id {
                    continue;
                }
                let shown = self.show.pushed(&pushed).and_then(|()| self.show.out.flush());
                shown.map_err(Failure::io("standard output"))?;
                if pushed.ended {
                    return Ok(());
                }
            }
            if self.machine.is_over() {
                self.machine.end_push(id);
                return Ok(());
            }
            self.machine.step(i64::MAX);
        }
    }
}
