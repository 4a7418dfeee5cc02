//! The prompt: a person on one thread, the lab on another.

use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use rustyline::{CompletionType, Config, Editor};
use streamglass::lab::Next;
use streamglass::session::{Answer, Outcome};
use streamglass::sql::diagnostic::Diagnostic;
use streamglass::sql::pieces::pieces;
use streamglass::time::Timestamp;

use super::complete::{Help, Names};
use super::machine::{Machine, Pushed};
use super::show::{self, Show};
use super::{Aside, COMMANDS, Shape, aside};
use crate::cli::failure::Failure;
use crate::cli::include::Script;

/// How long the lab works before it listens again, and sleeps when it has nothing to do.
const SLICE: Duration = Duration::from_millis(8);
/// How often the prompt looks whether Ctrl-C was pressed.
const LISTEN: Duration = Duration::from_millis(50);
/// What places in statements are given in.
const FILE: &str = "sql";

/// What the prompt asks of the lab.
enum Ask {
    Execute(String),
    EndPush(u32),
    Advance(i64),
    Speed(Option<f64>),
    Clock,
}

/// The answers to a script, or what is wrong with it.
type Answers = Result<Vec<Answer>, Vec<String>>;

/// What the lab tells.
enum Told {
    Answers(Answers, Names),
    Pushed(Pushed),
    Clock(Timestamp),
    /// Time is over: no more rows will come.
    Over,
}

/// Runs the prompt over the lab that `build` makes.
///
/// # Errors
/// When the terminal fails.
pub fn run(
    build: impl FnOnce() -> Result<Machine, Failure> + Send + 'static,
    notices: &[String],
    shape: Shape,
    history: Option<PathBuf>,
) -> Result<(), Failure> {
    let (ask, asked) = channel();
    let (tell, told) = channel();
    let (ready, is_ready) = channel();
    let interrupted = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&interrupted);
    let lab = thread::spawn(move || match build() {
        Ok(machine) => {
            let _ = ready.send(Ok(()));
            live(machine, &asked, &tell, &stop);
        }
        Err(failure) => drop(ready.send(Err(failure))),
    });
    is_ready.recv().unwrap_or(Err(Failure::Told))?;
    let flag = Arc::clone(&interrupted);
    // Without it Ctrl-C leaves the program, as it would anyway.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let show = Show::new(stdout(), shape, width);
    let ended = Prompt { ask, told, interrupted, show }.run(notices, history);
    // The lab ends when nobody asks any more.
    let _ = lab.join();
    ended
}

/// The lab's thread: time goes on, and what is asked is answered.
fn live(mut machine: Machine, asked: &Receiver<Ask>, tell: &Sender<Told>, stop: &AtomicBool) {
    machine.play(true);
    #[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
    let now = Instant::now;
    let mut last = now();
    let mut wait = Duration::ZERO;
    let mut was_over = false;
    loop {
        let told = match asked.recv_timeout(wait) {
            Ok(Ask::Execute(text)) => {
                let answers = machine.execute(&text);
                Some(Told::Answers(answers, machine.names()))
            }
            Ok(Ask::EndPush(id)) => {
                machine.end_push(id);
                None
            }
            Ok(Ask::Advance(ms)) => {
                let mut left = ms;
                while left > 0 && !stop.load(Ordering::Relaxed) {
                    left = machine.step(left);
                }
                let is_over = machine.is_over();
                machine.play(!is_over);
                Some(Told::Clock(machine.clock()))
            }
            Ok(Ask::Speed(factor)) => {
                let answers = machine.speed(factor).map(|()| Vec::new());
                Some(Told::Answers(answers, machine.names()))
            }
            Ok(Ask::Clock) => Some(Told::Clock(machine.clock())),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let before = last;
        last = now();
        let elapsed_ms = last.duration_since(before).as_secs_f64() * 1e3;
        let next = machine.slice(elapsed_ms, || last.elapsed() < SLICE);
        wait = if next == Next::Soon { Duration::ZERO } else { SLICE };
        let news = machine.pushed().into_iter().map(Told::Pushed);
        // Once, and behind each answer: who waits for rows must hear it.
        let is_over = machine.is_over();
        let over = (is_over && (told.is_some() || !was_over)).then_some(Told::Over);
        was_over = is_over;
        for told in told.into_iter().chain(news).chain(over) {
            if tell.send(told).is_err() {
                return;
            }
        }
    }
}

struct Prompt<W> {
    ask: Sender<Ask>,
    told: Receiver<Told>,
    interrupted: Arc<AtomicBool>,
    show: Show<W>,
}

fn terminal(error: ReadlineError) -> Failure {
    match error {
        ReadlineError::Io(error) => Failure::Io("the terminal".to_owned(), error),
        other => Failure::Io("the terminal".to_owned(), io::Error::other(other)),
    }
}

impl<W: Write> Prompt<W> {
    fn run(mut self, notices: &[String], history: Option<PathBuf>) -> Result<(), Failure> {
        let io = Failure::io("standard output");
        let mut greet = || -> io::Result<()> {
            for notice in notices {
                self.show.message(&format!("note: {notice}"))?;
            }
            self.show.message(
                "A news site's clickstream runs behind this prompt. Try SHOW TOPICS; SHOW STREAMS; \
                 or help.",
            )
        };
        greet().map_err(io)?;
        let config =
            Config::builder().completion_type(CompletionType::List).auto_add_history(false).build();
        let mut editor = Editor::<Help, DefaultHistory>::with_config(config).map_err(terminal)?;
        self.ask(Ask::Execute(String::new()));
        let names = self.answers().map_or_else(Names::default, |(_, names)| names);
        editor.set_helper(Some(Help { names }));
        let history = history.or_else(history_file);
        if let Some(file) = &history {
            // The first time there is none.
            let _ = editor.load_history(file);
        }
        loop {
            let line = match editor.readline("sql> ") {
                Ok(line) => line,
                // Ctrl-C gives up what was typed.
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) => break,
                Err(error) => return Err(terminal(error)),
            };
            if line.trim().is_empty() {
                continue;
            }
            let _ = editor.add_history_entry(line.trim_end());
            self.interrupted.store(false, Ordering::Relaxed);
            let names = match aside(&line) {
                Some(Ok(Aside::Exit)) => break,
                Some(asked) => self.aside(asked).map(|()| None),
                None => self.statements(&line),
            };
            let names = names.map_err(Failure::io("standard output"))?;
            if let (Some(names), Some(help)) = (names, editor.helper_mut()) {
                help.names = names;
            }
        }
        if let Some(file) = &history {
            save_history(&mut editor, file);
        }
        Ok(())
    }

    /// Asks the lab. When it is gone there is nothing to hear, which [`Self::answers`] finds.
    fn ask(&self, ask: Ask) {
        let _ = self.ask.send(ask);
    }

    /// The next answers; rows of push queries that have ended are passed over.
    fn answers(&self) -> Option<(Answers, Names)> {
        loop {
            match self.told.recv().ok()? {
                Told::Answers(answers, names) => return Some((answers, names)),
                Told::Pushed(_) | Told::Clock(_) | Told::Over => {}
            }
        }
    }

    fn clock(&self) -> Option<Timestamp> {
        loop {
            if let Told::Clock(clock) = self.told.recv().ok()? {
                return Some(clock);
            }
        }
    }

    fn aside(&mut self, asked: Result<Aside, String>) -> io::Result<()> {
        match asked {
            Err(why) => self.show.message(&why),
            Ok(Aside::Help) => self.show.message_lines(COMMANDS),
            Ok(Aside::Speed(factor)) => {
                self.ask(Ask::Speed(factor));
                match self.answers() {
                    Some((Err(problems), _)) => self.show.message(&problems.join("; ")),
                    _ => Ok(()),
                }
            }
            Ok(other) => {
                self.ask(match other {
                    Aside::Advance(ms) => Ask::Advance(ms),
                    _ => Ask::Clock,
                });
                match self.clock() {
                    Some(clock) => self.show.message(&show::date(clock)),
                    None => Ok(()),
                }
            }
        }
    }

    /// Carries out statements up to the first that is refused.
    fn statements(&mut self, text: &str) -> io::Result<Option<Names>> {
        let mut known = None;
        let found = pieces(text);
        let rest = Some(found.rest).filter(|rest| !rest.is_empty());
        for piece in found.complete.iter().copied().chain(rest) {
            let piece = piece.trim_start();
            let script = match Script::of(FILE, piece, Path::new("")) {
                Ok(script) => script,
                Err(Failure::Script { texts, .. }) => {
                    write!(self.show.out, "{}", texts.concat())?;
                    break;
                }
                Err(_) => break,
            };
            self.ask(Ask::Execute(script.text.clone()));
            let Some((answers, names)) = self.answers() else { break };
            known = Some(names);
            let answers = match answers {
                Ok(answers) => answers,
                Err(problems) => {
                    self.show.message(&problems.join("; "))?;
                    break;
                }
            };
            let mut refused: Vec<Diagnostic> = Vec::new();
            for answer in &answers {
                self.show.answer(answer, &mut |found| refused.extend_from_slice(found))?;
                if let Outcome::Push { id, .. } = answer.outcome {
                    self.follow(id)?;
                }
            }
            if !refused.is_empty() {
                let texts = script.show(&refused);
                write!(self.show.out, "{}", texts.concat())?;
                break;
            }
        }
        Ok(known)
    }

    /// Shows the rows of a push query until it ends or Ctrl-C is pressed.
    fn follow(&mut self, id: u32) -> io::Result<()> {
        loop {
            if self.interrupted.swap(false, Ordering::Relaxed) {
                self.ask(Ask::EndPush(id));
                return self.show.message("ended");
            }
            match self.told.recv_timeout(LISTEN) {
                Ok(Told::Pushed((of, pushed))) if of == id => {
                    self.show.pushed(&pushed)?;
                    if pushed.ended {
                        return Ok(());
                    }
                }
                Ok(Told::Over) => {
                    self.ask(Ask::EndPush(id));
                    return self.show.message("ended: virtual time is over");
                }
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }
}

/// The file that remembers statements.
fn history_file() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let state = match variable("XDG_STATE_HOME") {
        Some(state) => PathBuf::from(state),
        None => Path::new(&variable("HOME")?).join(".local/state"),
    };
    Some(state.join("streamglass/history"))
}

/// A prompt whose history cannot be kept is still a prompt.
fn save_history(editor: &mut Editor<Help, DefaultHistory>, file: &Path) {
    if let Some(folder) = file.parent() {
        let _ = std::fs::create_dir_all(folder);
    }
    let _ = editor.save_history(file);
}
