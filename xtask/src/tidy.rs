//! `cargo xtask tidy`: the rules of ARCHITECTURE.md that no compiler checks.
//!
//! It reads lines, not syntax: a rule is worth having here when a line shows the breach.

mod layers;
mod rules;
mod source;

use std::fs;

use crate::process::{output, program, root};
use crate::{Failure, Outcome};

const HELP: &str = "\
Checks the house rules: modules depend downwards only, browsers and clocks stay at the edge, each
module says what it is, no path of one machine is in the repository.

USAGE: cargo xtask tidy";

pub fn main(mut args: lexopt::Parser) -> Outcome {
    match args.next()? {
        None => check(),
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => Err(Failure::Help(HELP)),
        Some(other) => Err(other.unexpected().into()),
    }
}

/// A rule that a line breaks.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// From the top of the repository, with `/`.
    pub path: String,
    /// From 1.
    pub line: usize,
    pub message: String,
}

/// Checks all files that git knows or would add.
pub fn check() -> Outcome {
    let list =
        output(&mut program("git", ["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let (mut findings, mut warnings, mut files) = (Vec::new(), Vec::new(), 0);
    for path in list.lines() {
        // A file that git lists and the disk does not have was deleted; one that is not text has no lines.
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        files += 1;
        check_file(path, &text, &mut findings, &mut warnings);
    }
    for finding in &warnings {
        println!("warning: {}:{}: {}", finding.path, finding.line, finding.message);
    }
    for finding in &findings {
        println!("{}:{}: {}", finding.path, finding.line, finding.message);
    }
    println!("{files} files, {} findings, {} warnings", findings.len(), warnings.len());
    if findings.is_empty() { Ok(()) } else { Err("the tree is not tidy".into()) }
}

fn check_file(path: &str, text: &str, findings: &mut Vec<Finding>, warnings: &mut Vec<Finding>) {
    rules::paths_of_a_machine(path, text, findings);
    rules::length(path, text, warnings);
    if path == "CHANGELOG.md" {
        rules::changelog(path, text, findings);
    }
    if path.ends_with(".rs") {
        rules::prologue(path, text, findings);
    }
    if let Some(module) = source::module(path) {
        let code = source::code(text);
        layers::directions(path, module, &code, findings);
        rules::edge(path, module, &code, findings);
    }
}
