//! Fuzz targets: each takes any bytes and must not panic, hang or break the promise it checks.
//!
//! A target is a plain function, so that it runs under libFuzzer (`fuzz_targets/`), under the driver
//! for stable toolchains (`main.rs`), and on one file that made it fail.

pub mod config;
pub mod delimited;
pub mod json_reader;
pub mod kafka;
pub mod mutate;
pub mod records;
pub mod router;
pub mod sink_answer;
pub mod sql;

/// A target and what the search begins from.
pub struct Target {
    /// As on the command line.
    pub name: &'static str,
    /// Well-formed inputs, which mutation then spoils.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Panics when the input shows a bug.
    pub fuzz: fn(&[u8]),
}

/// All targets, in the order in which they run.
pub const TARGETS: &[Target] = &[
    Target { name: "config", seeds: config::seeds, fuzz: config::fuzz },
    Target { name: "delimited", seeds: delimited::seeds, fuzz: delimited::fuzz },
    Target { name: "json_reader", seeds: json_reader::seeds, fuzz: json_reader::fuzz },
    Target { name: "kafka", seeds: kafka::seeds, fuzz: kafka::fuzz },
    Target { name: "router", seeds: router::seeds, fuzz: router::fuzz },
    Target { name: "sink_answer", seeds: sink_answer::seeds, fuzz: sink_answer::fuzz },
    Target { name: "sql", seeds: sql::seeds, fuzz: sql::fuzz },
];
