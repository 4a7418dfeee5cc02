//! The command line as a person runs it: the real program, its output, its exit status.

#[path = "cli/count.rs"]
mod count;
#[path = "cli/generate.rs"]
mod generate;
#[path = "cli/replay.rs"]
mod replay;
#[path = "cli/send.rs"]
mod send;
#[path = "cli/simulate.rs"]
mod simulate;
#[path = "cli/sql.rs"]
mod sql;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What the program said and how it ended.
struct Run {
    out: Vec<u8>,
    err: String,
    status: i32,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            out: output.stdout,
            err: String::from_utf8(output.stderr).expect("messages are text"),
            status: output.status.code().expect("it was not killed"),
        }
    }

    fn lines(&self) -> Vec<&str> {
        std::str::from_utf8(&self.out).expect("UTF-8").lines().collect()
    }

    /// Of a run that must succeed and say nothing.
    fn quiet(self) -> Self {
        assert_eq!((self.status, self.err.as_str()), (0, ""));
        self
    }

    /// Of a run that must fail this way, with all of this in its message and nothing written.
    fn fails(self, status: i32, texts: &[&str]) {
        assert_eq!(self.status, status, "{}", self.err);
        assert_eq!(self.out, b"", "nothing is started");
        for text in texts {
            assert!(self.err.contains(text), "{text:?} in {}", self.err);
        }
    }
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_streamglass"));
    command.args(args).stdin(Stdio::null());
    command
}

fn run(args: &[&str]) -> Run {
    Run::of(program(args).output().expect("the program starts"))
}

/// Runs with bytes on standard input.
fn run_on(args: &[&str], input: &[u8]) -> Run {
    let mut command = program(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("no panic").expect("all input is read");
    Run::of(output)
}

/// A file of a test, which names it after itself.
fn file(name: &str, text: &[u8]) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file for the test");
    path
}

fn path(path: &std::path::Path) -> &str {
    path.to_str().expect("the path is text")
}

#[test]
fn a_wrong_command_line_says_what_to_do() {
    run(&[]).fails(64, &["Usage", "generate", "count"]);
    run(&["generat"]).fails(64, &["generate"]);
    run(&["generate"]).fails(64, &["--events", "--for"]);
    run(&["generate", "--events", "5", "--for", "1m"]).fails(64, &["cannot be used with"]);
    run(&["generate", "--events", "-5"]).fails(64, &["-5"]);
    run(&["generate", "--for", "5"]).fails(64, &["no unit", "ms, s, m, h or d"]);
    run(&["generate", "--for", "1m", "--speed", "0"]).fails(64, &["--speed", "over 0"]);
    run(&["generate", "--events", "1", "--records", "order"]).fails(64, &["click", "session"]);
    run(&["generate", "--events", "1", "--topic", "clicks"]).fails(64, &["mixed", "shipments"]);
    run(&["count", "--window", "1m", "--session", "30s"]).fails(64, &["cannot be used with"]);
    run(&["count", "--advance", "2m"]).fails(64, &["error: ", "--help"]);
    run(&["count", "--emit", "never"]).fails(64, &["changes", "final"]);
}

#[test]
fn help_states_the_forms() {
    let help = run(&["generate", "--help"]).quiet();
    let text = String::from_utf8(help.out).expect("UTF-8");
    for form in [
        "duplicate=SHARE",
        "drop=SHARE",
        "malformed=SHARE",
        "missing-key=SHARE",
        "poison=SHARE",
        "bot=RATE",
        "burst=FACTOR",
        "tail=SHARE",
        "skew=SHARE",
        "outage=PARTITION@FROM+TIME",
        r#"{"topic":…,"sent":…,"event":{…}}"#,
        "--with-key",
        "key|json",
    ] {
        assert!(text.contains(form), "{form} in\n{text}");
    }
    let version = run(&["--version"]).quiet();
    assert_eq!(version.lines(), [format!("streamglass {}", env!("CARGO_PKG_VERSION"))]);
    let count = run(&["count", "--help"]).quiet();
    let text = String::from_utf8(count.out).expect("UTF-8");
    for form in ["--by", "--window", "--advance", "--session", "--grace", "--distinct", "--emit"] {
        assert!(text.contains(form), "{form} in\n{text}");
    }
}
