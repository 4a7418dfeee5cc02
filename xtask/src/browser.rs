//! A Chrome or Chromium for the browser tests: one that is there, else one that gets installed.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{on_path, output, program, run, succeeds};
use crate::{Outcome, npm};

/// Common names, the unbranded first.
const NAMES: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The browser's executable. In this order: `CHROME`, PATH, Playwright's own download, and on
/// Debian, when root, the distribution's package.
pub fn ensure() -> Outcome<PathBuf> {
    if let Some(chrome) = env::var_os("CHROME").map(PathBuf::from) {
        return match works(&chrome) {
            true => Ok(chrome),
            false => Err(format!("CHROME is {}, which does not run", chrome.display()).into()),
        };
    }
    if let Some(found) = on_path(&NAMES).filter(|path| works(path)) {
        return Ok(found);
    }
    if let Some(own) = playwrights_own().filter(|path| works(path)) {
        return Ok(own);
    }
    eprintln!("no Chrome or Chromium found: asking Playwright for one");
    if run(npm::tool("playwright")?.args(["install", "chromium"])).is_ok()
        && let Some(own) = playwrights_own().filter(|path| works(path))
    {
        return Ok(own);
    }
    if is_root() && on_path(&["apt-get"]).is_some() {
        eprintln!("Playwright's browser does not run here: installing Debian's package");
        let apt =
            |args: &[&str]| run(program("apt-get", args).env("DEBIAN_FRONTEND", "noninteractive"));
        apt(&["update", "-qq"])?;
        apt(&["install", "-y", "-qq", "--no-install-recommends", "chromium"])?;
        if let Some(found) = on_path(&NAMES).filter(|path| works(path)) {
            return Ok(found);
        }
    }
    Err("no Chrome or Chromium. Install one (on Debian: apt-get install chromium; anywhere: npx \
         playwright install --with-deps chromium) or name one by the variable CHROME"
        .into())
}

/// A command that runs Playwright's tests with the browser that [`ensure`] found.
pub fn playwright(args: &[&str]) -> Outcome<Command> {
    let chrome = ensure()?;
    let mut command = npm::tool("playwright")?;
    command.arg("test").args(args).env("CHROME", chrome).env("XTASK", env::current_exe()?);
    Ok(command)
}

fn works(browser: &Path) -> bool {
    succeeds(&mut program(browser, ["--version"]))
}

fn playwrights_own() -> Option<PathBuf> {
    npm::ensure_packages().ok()?;
    let script = "console.log(require('playwright-core').chromium.executablePath())";
    let path = PathBuf::from(output(&mut program("node", ["-e", script])).ok()?.trim());
    path.is_file().then_some(path)
}

fn is_root() -> bool {
    cfg!(unix) && output(&mut program("id", ["-u"])).is_ok_and(|id| id.trim() == "0")
}
