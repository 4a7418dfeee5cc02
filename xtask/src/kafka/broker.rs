//! A real Apache Kafka for tests: one node in KRaft mode, on loopback, found again by its pid.
//!
//! The jar files come from Maven Central by a pom of ours and are kept in `.cache/kafka/lib`. What a
//! broker writes lies in a folder of its own beside them, so that several do not meet.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::daemon::Daemon;
use crate::process::{cache, on_path, output, program, root, run};
use crate::{Failure, Outcome};

/// The version that the pom names: what is cached under another one is not used.
const VERSION: &str = "4.1.1";
/// Copies the pom's dependencies.
const COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
/// How long a broker may take to be ready: 2 s on an idle machine.
const PATIENCE: Duration = Duration::from_secs(90);
/// What the broker writes when it serves.
const STARTED: &str = "Kafka Server started";

/// A broker and its folder.
pub struct Broker {
    dir: PathBuf,
    daemon: Daemon,
}

impl Broker {
    /// The broker that keeps its files in `.cache/kafka/NAME`.
    pub fn named(name: &str) -> Self {
        let dir = cache().join("kafka").join(name);
        let mark = dir.join("server.properties").display().to_string();
        Self { daemon: Daemon::new(&dir, "broker", mark), dir }
    }

    /// Starts it unless it runs, and returns the port of its listener. With no `port` it keeps that
    /// of its last time, or finds a free one. `fresh` forgets all topics first.
    pub fn up(&self, port: Option<u16>, fresh: bool) -> Outcome<u16> {
        if let Some(running) = self.port().filter(|_| self.daemon.pid().is_some()) {
            return match port {
                Some(port) if port != running => Err(format!(
                    "the broker runs already, on port {running}: `cargo xtask kafka down` stops it"
                )
                .into()),
                _ if fresh => {
                    self.down()?;
                    self.start(running, true)
                }
                _ => Ok(running),
            };
        }
        let port = match port.or_else(|| self.port()) {
            Some(port) => port,
            None => free_port()?,
        };
        self.start(port, fresh)
    }

    /// Stops it and waits until it is gone. Whether it ran.
    pub fn down(&self) -> Outcome<bool> {
        self.daemon.stop()
    }

    /// Its process, when it runs.
    pub fn pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// The port of its last start.
    pub fn port(&self) -> Option<u16> {
        fs::read_to_string(self.dir.join("port")).ok()?.trim().parse().ok()
    }

    /// What it writes about itself.
    pub fn log(&self) -> PathBuf {
        self.daemon.log()
    }

    fn start(&self, port: u16, fresh: bool) -> Outcome<u16> {
        let lib = ensure_jars()?;
        if fresh && self.dir.exists() {
            fs::remove_dir_all(&self.dir)?;
        }
        fs::create_dir_all(&self.dir)?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            Failure::Work(format!("port {port} is not free ({error}): choose one with --port"))
        })?;
        let properties = self.dir.join("server.properties");
        fs::write(&properties, self.properties(port, free_port()?))?;
        if !self.dir.join("data/meta.properties").is_file() {
            let id = output(&mut java(&lib, &["kafka.tools.StorageTool", "random-uuid"]))?;
            let log = File::create(self.dir.join("format.log"))?;
            let format = ["kafka.tools.StorageTool", "format", "-t", id.trim(), "-c"];
            run(java(&lib, &format).arg(&properties).stdout(log))?;
        }
        fs::write(self.dir.join("port"), port.to_string())?;
        let child = self.daemon.start(java(&lib, &["kafka.Kafka"]).arg(&properties))?;
        self.wait_until_ready(port, child)?;
        Ok(port)
    }

    fn properties(&self, port: u16, controller: u16) -> String {
        format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             controller.quorum.voters=1@127.0.0.1:{controller}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{port}\n\
             controller.listener.names=CONTROLLER\n\
             offsets.topic.replication.factor=1\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n\
             group.initial.rebalance.delay.ms=0\n\
             # A topic that nobody asked for is a mistake; simulated times may be long ago.\n\
             auto.create.topics.enable=false\n\
             log.retention.ms=-1\n\
             log.dirs={}\n",
            self.dir.join("data").display()
        )
    }

    fn wait_until_ready(&self, port: u16, mut child: Child) -> Outcome {
        let start = Instant::now();
        loop {
            let log = fs::read_to_string(self.log()).unwrap_or_default();
            if log.contains(STARTED) && answers(port) {
                return Ok(());
            }
            let log = self.log().display().to_string();
            if child.try_wait()?.is_some() {
                return Err(format!("the broker ended at once: see {log}").into());
            }
            if start.elapsed() > PATIENCE {
                self.down()?;
                return Err(format!(
                    "the broker was not ready after {} s: see {log}",
                    PATIENCE.as_secs()
                )
                .into());
            }
            sleep(Duration::from_millis(100));
        }
    }
}

/// Whether the machine has what a broker needs, or what is missing.
pub fn requirements() -> Result<(), String> {
    let missing: Vec<_> =
        ["java", "mvn"].into_iter().filter(|name| on_path(&[name]).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{} not on PATH: a real Kafka needs Java 17 or newer and Maven \
         (Debian: apt-get install default-jre-headless maven)",
        missing.join(" and ")
    ))
}

/// The folder with Kafka's jar files, copied there when they are not yet.
fn ensure_jars() -> Outcome<PathBuf> {
    requirements()?;
    let lib = cache().join("kafka").join(format!("lib-{VERSION}"));
    if lib.join(format!("kafka_2.13-{VERSION}.jar")).is_file() {
        return Ok(lib);
    }
    println!("copying Apache Kafka {VERSION} from Maven Central (43 MB)");
    // A copy that was cut short must not look like a whole one.
    let partial = lib.with_extension("partial");
    let mut copy = program("mvn", ["--quiet", "--batch-mode", "--file"]);
    copy.arg(root().join("tests/kafka/broker/pom.xml")).args([COPY, "-DincludeScope=runtime"]);
    run(copy.arg(format!("-DoutputDirectory={}", partial.display())))?;
    fs::rename(&partial, &lib)?;
    Ok(lib)
}

fn java(lib: &Path, args: &[&str]) -> Command {
    let logging = root().join("tests/kafka/broker/log4j2.properties");
    let mut java = program("java", ["-Xmx512m", "-cp"]);
    java.arg(lib.join("*"));
    java.arg(format!("-Dlog4j2.configurationFile={}", logging.display()));
    java.args(args).stdin(Stdio::null());
    java
}

/// A port of loopback that nobody listens on.
pub fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether a broker answers there: a request ApiVersions (key 18) of version 0.
fn answers(port: u16) -> bool {
    const REQUEST: [u8; 14] = [0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 7, 0xff, 0xff];
    let ask = || -> std::io::Result<[u8; 10]> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(&REQUEST)?;
        let mut answer = [0; 10];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    // Its length, our correlation id, and no error.
    ask().is_ok_and(|answer| answer[4..] == [0, 0, 0, 7, 0, 0])
}
