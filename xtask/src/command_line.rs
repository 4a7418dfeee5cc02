//! The command line of this tree, for tests that run it beside something else.

use std::env;
use std::path::PathBuf;

use crate::Outcome;
use crate::process::{cargo, root, run};

/// Builds it in this profile; gives where it is.
pub fn build(profile: &str) -> Outcome<PathBuf> {
    // As for the tests, whose packages have some features more: what those have built is there.
    let as_for_tests = ["--workspace", "--bin", "streamglass", "--test", "cli"];
    run(cargo(["build", "--profile", profile]).args(as_for_tests))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let program = root().join("target").join(folder).join("streamglass");
    Ok(program.with_extension(env::consts::EXE_EXTENSION))
}
