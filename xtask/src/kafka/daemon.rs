//! A program that goes on when we end: started into a log file, found and stopped by its pid alone.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::process::{output, program, run};

/// How long one may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program, and where its pid and its log are.
pub struct Daemon {
    name: &'static str,
    dir: PathBuf,
    /// What its command line holds: a pid that was given to another program since is not ours.
    mark: String,
}

impl Daemon {
    pub fn new(dir: &Path, name: &'static str, mark: String) -> Self {
        Self { name, dir: dir.to_owned(), mark }
    }

    /// Starts `command`, which must hold the mark in its arguments.
    pub fn start(&self, command: &mut Command) -> Outcome<Child> {
        fs::create_dir_all(&self.dir)?;
        let log = File::create(self.log())?;
        // A group of its own: Ctrl-C in the terminal is not for it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log);
        let child = command
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", command.get_program().display()))?;
        fs::write(self.pid_file(), child.id().to_string())?;
        Ok(child)
    }

    /// Its pid, when it runs.
    pub fn pid(&self) -> Option<u32> {
        let pid: u32 = fs::read_to_string(self.pid_file()).ok()?.trim().parse().ok()?;
        command_line(pid).is_some_and(|line| line.contains(&self.mark)).then_some(pid)
    }

    /// Asks it to end and waits until it has. Whether it ran.
    pub fn stop(&self) -> Outcome<bool> {
        let Some(pid) = self.pid() else { return Ok(false) };
        run(&mut program("kill", [pid.to_string()]))?;
        let start = Instant::now();
        while self.pid().is_some() {
            if start.elapsed() > PATIENCE {
                return Err(format!("{} (pid {pid}) does not end", self.name).into());
            }
            sleep(Duration::from_millis(50));
        }
        fs::remove_file(self.pid_file())?;
        Ok(true)
    }

    pub fn log(&self) -> PathBuf {
        self.dir.join(format!("{}.log", self.name))
    }

    fn pid_file(&self) -> PathBuf {
        self.dir.join(format!("{}.pid", self.name))
    }
}

/// What process `pid` was started with; one that ended and was not yet waited for has nothing.
fn command_line(pid: u32) -> Option<String> {
    let line = if Path::new("/proc/self/cmdline").exists() {
        String::from_utf8_lossy(&fs::read(format!("/proc/{pid}/cmdline")).ok()?).into_owned()
    } else {
        output(&mut program("ps", ["-o", "args=", "-p", &pid.to_string()])).ok()?
    };
    Some(line).filter(|line| !line.is_empty())
}
