//! The page and the npm package, bundled by Vite. The wasm must have been built before.

use std::fs;

use crate::process::{root, run};
use crate::{Outcome, npm};

/// `dist/`: the demo page.
pub fn build_page() -> Outcome {
    vite("page")
}

/// `pkg/dist/`: the element, its worker and its .wasm, loadable from any origin.
pub fn build_element() -> Outcome {
    vite("element")?;
    let out = root().join("pkg/dist");
    // The protocol has types only, so that its source is its declaration.
    for protocol in ["protocol", "experiment-protocol"] {
        let types = root().join(format!("www/{protocol}.ts"));
        fs::copy(types, out.join(format!("{protocol}.d.ts")))?;
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(root().join(license), out.join(license))?;
    }
    run(npm::tool("tsc")?.args(["--project", "tests/embed"]))
}

fn vite(mode: &str) -> Outcome {
    run(npm::tool("vite")?.args(["build", "--mode", mode, "--logLevel", "warn"]))
}

/// TypeScript's own check of all that Vite only strips.
pub fn check_types() -> Outcome {
    run(npm::tool("tsc")?.arg("--noEmit"))
}
