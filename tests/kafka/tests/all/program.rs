//! `streamglass generate --to` as a person runs it, and what it says at its end.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use streamglass_kafka::dialect::Dialect::{self, Confluent, Karapace, Strimzi};
use streamglass_kafka::proxy::Proxy;
use streamglass_kafka::verify::{self, Truth};

/// The APIs that there are, each with a proxy that speaks it.
pub const WAYS: [(Dialect, &str); 4] =
    [(Confluent, "v2"), (Confluent, "v3"), (Strimzi, "v2"), (Karapace, "v2")];

/// A run of the command, before it starts.
pub struct Send<'a> {
    pub proxy: &'a Proxy,
    pub api: &'a str,
    pub topic: &'a str,
    pub events: usize,
    pub seed: u64,
    /// Further arguments.
    pub more: &'a [&'a str],
}

/// What the command said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Send<'_> {
    pub fn start(&self) -> Child {
        self.command().spawn().expect("the program starts")
    }

    pub fn run(&self) -> Said {
        Said::of(self.command().output().expect("the program starts"))
    }

    pub fn command(&self) -> Command {
        let mut command = program();
        command.args(["--seed", &self.seed.to_string(), "--events", &self.events.to_string()]);
        command.args(["--to", &self.proxy.url(), "--api", self.api, "--topic", self.topic]);
        // As simulated: only so can what arrived be compared with what another run prints.
        command.args(["--timestamps", "simulated", "--summary"]).args(self.more);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What it sends.
    pub fn truth(&self) -> Vec<Truth> {
        let mut command = program();
        command.args(["--seed", &self.seed.to_string(), "--events", &self.events.to_string()]);
        let output = command.arg("--with-key").output().expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        verify::truth(std::str::from_utf8(&output.stdout).expect("UTF-8")).expect("a truth")
    }
}

impl Said {
    pub fn of(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The number before `name` in the summary, such as `1,234  acknowledged`; 0 when it is not
    /// there, as counters of nothing are not printed.
    pub fn count(&self, name: &str) -> usize {
        let line = self.err.lines().rev().find_map(|line| line.trim().strip_suffix(name));
        line.map_or(0, |number| {
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            digits.parse().unwrap_or_else(|_| panic!("no number before {name}: {}", self.err))
        })
    }
}

/// The command, without arguments.
pub fn program() -> Command {
    let path = std::env::var_os("STREAMGLASS_PROGRAM").map(PathBuf::from);
    let mut command = Command::new(path.expect("run these tests by `cargo xtask kafka test`"));
    command.arg("generate");
    command
}
