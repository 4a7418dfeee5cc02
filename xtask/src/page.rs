//! The page and the npm package, bundled by Vite. The wasm must have been built before.

use crate::process::run;
use crate::{Outcome, npm};

/// `dist/`: the demo page.
pub fn build_page() -> Outcome {
    vite("page")
}

/// `pkg/dist/`: the element, its worker and its .wasm, loadable from any origin.
pub fn build_element() -> Outcome {
    vite("element")
}

fn vite(mode: &str) -> Outcome {
    run(npm::tool("vite")?.args(["build", "--mode", mode, "--logLevel", "warn"]))
}

/// TypeScript's own check of all that Vite only strips.
pub fn check_types() -> Outcome {
    run(npm::tool("tsc")?.arg("--noEmit"))
}
