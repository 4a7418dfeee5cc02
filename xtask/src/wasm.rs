//! The library as WebAssembly: Cargo, then wasm-bindgen, then the cut into what the page needs at
//! first and what a room loads, then (for a release) wasm-opt.

mod doors;
mod reach;
mod split;

use std::fs;
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::Outcome;
use crate::npm;
use crate::process::{cache, cargo, on_path, output, program, root, run, succeeds};

const TARGET: &str = "wasm32-unknown-unknown";

/// A published module is downloaded before it runs, so that its size counts. Less is inlined than at
/// level 3 otherwise (275): about half of what level "s" saves, and little of what it costs.
const INLINED: &str =
    "target.wasm32-unknown-unknown.rustflags=[\"-C\", \"llvm-args=-inline-threshold=50\"]";
/// Dependencies that no loop waits for: for them level "s".
const COLD: [&str; 8] = [
    "js-sys",
    "plotters",
    "postcard",
    "regex-lite",
    "serde-wasm-bindgen",
    "serde_json",
    "wasm-bindgen",
    "web-sys",
];

/// How a published module is compiled.
fn small(flavor: Flavor) -> Vec<String> {
    if flavor == Flavor::Fast {
        return Vec::new();
    }
    let cold = COLD.map(|name| format!("profile.release.package.{name}.opt-level=\"s\""));
    let settings = cold.into_iter().chain([INLINED.to_owned()]);
    settings.flat_map(|setting| ["--config".to_owned(), setting]).collect()
}

/// How much time the build may take for how small and fast a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// Optimized code, thin on link time: the demo page and the browser tests.
    Fast,
    /// Fat link-time optimization and wasm-opt: what is published.
    Release,
}

impl Flavor {
    pub fn profile(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Release => "release",
        }
    }
}

/// Installs the wasm target of the toolchain that runs us, when it is missing.
pub fn ensure_target() -> Outcome {
    let sysroot = output(&mut program("rustc", ["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    if on_path(&["rustup"]).is_none() {
        return Err(format!(
            "the Rust target {TARGET} is missing and there is no rustup to install it: \
             see https://rustup.rs, or install your distribution's package of it"
        )
        .into());
    }
    run(&mut program("rustup", ["target", "add", TARGET]))
}

/// A module of its own with what only some exports lead to.
struct Cut {
    name: &'static str,
    /// Sets the names under which the first module shares things with it apart.
    prefix: &'static str,
    /// What the names of its exports begin with.
    exports: &'static [&'static str],
}

impl Cut {
    fn has(&self, export: &str) -> bool {
        self.exports.iter().any(|start| export.starts_with(start))
    }
}

const ARCHITECTURES: &[&str] = &["experiments_", "__wbg_experiments_"];
const CONNECT: &[&str] = &["connect_", "__wbg_connect_", "probe_", "__wbg_probe_"];

/// What a room's engine is instantiated with. What two of them need stays in the first module.
const PARTS: [Cut; 2] = [
    Cut { name: "architectures", prefix: "a", exports: ARCHITECTURES },
    Cut { name: "connect", prefix: "c", exports: CONNECT },
];

/// What of a room is behind [`doors::DOORS`], and comes when it is first called. The order is that of
/// `LATER` in `www/element.ts`: a part is asked for by its number.
const LATER: [Cut; 3] = [
    Cut { name: "later", prefix: "l", exports: &[] },
    Cut { name: "architectures-later", prefix: "al", exports: ARCHITECTURES },
    Cut { name: "connect-later", prefix: "cl", exports: CONNECT },
];
/// The export that brings one (`src/web/later.rs`).
const BRING: &str = "bringPart";

/// Builds the page's modules into `.cache/wasm` (the page imports them as `#wasm/…`).
pub fn build_library(flavor: Flavor) -> Outcome {
    ensure_target()?;
    let mut build = cargo(["rustc", "--package", "streamglass", "--lib", "--crate-type", "cdylib"]);
    build.arg("--no-default-features");
    build.args(["--target", TARGET, "--profile", flavor.profile()]);
    // Cargo strips a release, and with that the names, which are wanted a little longer (see below).
    build.args(small(flavor)).args(["--config", "profile.release.strip=\"none\""]);
    run(build.args(["--", "-C", "link-arg=--emit-relocs"]))?;
    let out = cache().join("wasm");
    let linked = built("streamglass", flavor)?;
    let mut bindgen = Bindgen::new();
    // Without a default path the generated JavaScript does not refer to the file by itself, so that
    // the bundler emits one copy of it: the one that the worker asks for by URL.
    bindgen.web(true).map_err(message)?.typescript(true).omit_default_module_path(true);
    // The linker's own names, by which the functions of the room are found again.
    bind(bindgen.demangle(false), &linked, &out)?;
    let first = out.join("streamglass_bg.wasm");
    let parts = cut(&linked, &first)?;
    if flavor == Flavor::Release {
        // The names that wasm-opt drops say which crate a function came from (`cargo xtask dist`).
        fs::copy(&first, cache().join("streamglass-named.wasm"))?;
        for module in parts.iter().chain([&first]) {
            optimize(module)?;
        }
    }
    Ok(())
}

/// Moves the parts from the module `first` into files beside it.
fn cut(linked: &Path, first: &Path) -> Outcome<Vec<PathBuf>> {
    let (linked, mut module) = (fs::read(linked)?, fs::read(first)?);
    let mut files = Vec::new();
    let mut cut = |cut: &Cut, part: &reach::Part, on_demand| -> Outcome {
        let (rest, piece) = split::cut(&module, part, cut.prefix, on_demand)
            .map_err(|error| format!("the part `{}`: {error}", cut.name))?;
        module = rest;
        files.push(first.with_file_name(format!("streamglass-{}.wasm", cut.name)));
        fs::write(&files[files.len() - 1], piece)?;
        Ok(())
    };
    let mut later = reach::Part::default();
    for (number, room) in (0..).zip(&LATER) {
        let part = if room.exports.is_empty() {
            // Of the lab, and so of any room.
            let of_lab = |export: &str| !PARTS.iter().any(|part| part.has(export));
            reach::behind(&linked, of_lab, doors::is_door)?
        } else {
            let behind = reach::behind(&linked, |export| room.has(export), doors::is_door)?;
            behind.within(&reach::only_from(&linked, |export| room.has(export))?).without(&later)
        };
        cut(room, &part, Some(split::OnDemand { bring: BRING, number }))?;
        later = later.with(part);
    }
    // What the first module has in place of the functions of a later part is a function of the room.
    let mut taken = reach::Part { data: later.data, ..reach::Part::default() };
    for room in &PARTS {
        let part = reach::only_from(&linked, |export| room.has(export))?.without(&taken);
        cut(room, &part, None)?;
        taken = taken.with(part);
    }
    fs::write(first, module)?;
    Ok(files)
}

/// Builds package `package` as a module that Node.js loads, into `.cache/<package>`.
pub fn build_for_node(package: &str, flavor: Flavor) -> Outcome<PathBuf> {
    ensure_target()?;
    let mut build = cargo(["build", "--package", package, "--target", TARGET]);
    run(build.args(["--profile", flavor.profile()]).args(small(flavor)))?;
    let out = cache().join(package);
    let stem = package.replace('-', "_");
    let mut bindgen = Bindgen::new();
    bindgen.nodejs_module(true).map_err(message)?.typescript(false);
    bind(&mut bindgen, &built(&stem, flavor)?, &out)?;
    if flavor == Flavor::Release {
        optimize(&out.join(format!("{stem}_bg.wasm")))?;
    }
    Ok(out.join(format!("{stem}.js")))
}

fn bind(bindgen: &mut Bindgen, input: &Path, out: &Path) -> Outcome {
    bindgen.input_path(input).generate(out).map_err(message)
}

fn message(error: impl std::fmt::Display) -> crate::Failure {
    // The alternate form of wasm-bindgen's errors has the whole chain of causes.
    crate::Failure::Work(format!("wasm-bindgen: {error:#}"))
}

fn built(stem: &str, flavor: Flavor) -> Outcome<PathBuf> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let file = target.join(TARGET).join(flavor.profile()).join(format!("{stem}.wasm"));
    if file.is_file() { Ok(file) } else { Err(format!("Cargo did not make {stem}.wasm").into()) }
}

/// Rewrites `module` by wasm-opt, with the features that `.cargo/config.toml` and rustc turn on.
fn optimize(module: &Path) -> Outcome {
    // Debian's wasm-opt 108 is older than what rustc emits today, so one on PATH must be recent.
    let path = on_path(&["wasm-opt"]).filter(|path| version(path) >= Some(116));
    let mut command = match path {
        Some(path) => program(path, None::<&str>),
        None => npm::tool("wasm-opt")?,
    };
    let optimized = module.with_extension("opt");
    command.args([
        "-O3",
        "--enable-simd",
        "--enable-bulk-memory",
        "--enable-bulk-memory-opt",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ]);
    command.arg(module).arg("-o").arg(&optimized);
    run(&mut command)?;
    fs::rename(optimized, module)?;
    Ok(())
}

/// The number in "wasm-opt version 123".
fn version(wasm_opt: &Path) -> Option<u32> {
    if !succeeds(&mut program(wasm_opt, ["--version"])) {
        return None;
    }
    let text = output(&mut program(wasm_opt, ["--version"])).ok()?;
    text.split_whitespace().find_map(|word| word.parse().ok())
}
