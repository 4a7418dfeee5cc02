//! Node.js and the page's npm packages, as the lock file has them.

use std::fs;
use std::process::Command;

use crate::Outcome;
use crate::process::{cache, on_path, output, program, root, run};

/// The oldest Node.js that Vite and Playwright accept.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Runs `npm ci` unless the packages of this very lock file are installed already.
pub fn ensure_packages() -> Outcome {
    ensure_node()?;
    let lock = fs::read_to_string(root().join("package-lock.json"))?;
    let stamp = cache().join("npm-installed-lock.json");
    let installed = fs::read_to_string(&stamp).is_ok_and(|text| text == lock);
    if installed && root().join("node_modules").is_dir() {
        return Ok(());
    }
    eprintln!("installing the page's npm packages");
    run(&mut program(npm()?, ["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    fs::create_dir_all(cache())?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// The program `name` of an installed package, to be given arguments.
pub fn tool(name: &str) -> Outcome<Command> {
    ensure_packages()?;
    let suffix = if cfg!(windows) { ".cmd" } else { "" };
    let path = root().join("node_modules").join(".bin").join(format!("{name}{suffix}"));
    if !path.exists() {
        return Err(format!("no npm package brings `{name}`: is package-lock.json current?").into());
    }
    Ok(program(path, None::<&str>))
}

/// A script of `xtask/scripts`, run by Node.js.
pub fn script(name: &str) -> Outcome<Command> {
    ensure_packages()?;
    Ok(program("node", [root().join("xtask").join("scripts").join(name)]))
}

fn ensure_node() -> Outcome {
    let (major, minor) = OLDEST_NODE;
    let advice =
        format!("The page's tools need Node.js {major}.{minor} or later: https://nodejs.org");
    if on_path(&["node"]).is_none() {
        return Err(format!("`node` is not on PATH. {advice}").into());
    }
    let version = output(&mut program("node", ["--version"]))?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let found = (numbers.next(), numbers.next());
    match found {
        (Some(Ok(a)), Some(Ok(b))) if (a, b) >= OLDEST_NODE => Ok(()),
        _ => Err(format!("`node` is {}. {advice}", version.trim()).into()),
    }
}

fn npm() -> Outcome<&'static str> {
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if on_path(&["npm"]).is_none() && !cfg!(windows) {
        return Err("`npm` is not on PATH; it comes with Node.js: https://nodejs.org".into());
    }
    Ok(name)
}
