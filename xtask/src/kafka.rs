//! `cargo xtask kafka`: a real broker and the fixture proxies before it, and the tests with both.
//!
//! The proxies are a program of the test package `tests/kafka`, which has a workspace of its own.

mod broker;
mod daemon;
mod page;

use std::env;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use broker::Broker;
use daemon::Daemon;

use crate::process::{cache, cargo, root, run};
use crate::{Failure, Outcome, command_line};

const HELP: &str = "\
A real Apache Kafka on this machine, and fixture REST proxies in four dialects before it.

USAGE: cargo xtask kafka up [--port N] [--proxies N] [--name NAME] [--fresh] [--broker-only]
       cargo xtask kafka down [--name NAME] [--broker-only]
       cargo xtask kafka status [--name NAME]
       cargo xtask kafka verify --topic TOPIC --truth FILE [option]...   (--help tells them)
       cargo xtask kafka test [--long] [filter]...
       cargo xtask kafka page [--long]

  up       starts what does not run, and prints the addresses
  down     stops it
  status   what runs, and where its logs are
  verify   reads a topic back and compares it with `streamglass generate --with-key`
  test     the tests of tests/kafka with a broker of their own; --long: the slow ones
  page     the demo page in a browser, through the proxies to the broker and back; --long: 200,000
           records, and the throughput beside that of a plain loop of fetch

  --port N       the broker's port (default 19092)
  --proxies N    the first of the proxies' five ports (default 4340: confluent-v2, confluent-v3,
                 strimzi, karapace, and the control port for faults and counters)
  --name NAME    whose files are in .cache/kafka/NAME (default dev)
  --fresh        forgets all topics first
  --broker-only  without the proxies";

const PORT: u16 = 19_092;
const PROXIES: u16 = 4_340;
/// The proxies' ports, and the control port after them.
const DIALECTS: [&str; 4] = ["confluent-v2", "confluent-v3", "strimzi", "karapace"];
/// How long the proxies may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn main(mut args: lexopt::Parser) -> Outcome {
    match args.next()? {
        Some(lexopt::Arg::Long("help") | lexopt::Arg::Short('h')) => Err(Failure::Help(HELP)),
        Some(lexopt::Arg::Value(name)) => match name.to_string_lossy().as_ref() {
            "up" => up(&Options::parse(args)?),
            "down" => down(&Options::parse(args)?),
            "status" => status(&Options::parse(args)?),
            "verify" => verify(args),
            "test" => test(args),
            "page" => page_test(args),
            other => Err(Failure::Usage(format!("there is no command `kafka {other}`"))),
        },
        Some(other) => Err(other.unexpected().into()),
        None => Err(Failure::Usage("up, down, status, verify, test or page?".into())),
    }
}

struct Options {
    name: String,
    port: Option<u16>,
    proxies: u16,
    fresh: bool,
    broker_only: bool,
}

impl Options {
    fn parse(mut args: lexopt::Parser) -> Outcome<Self> {
        let mut options = Self {
            name: "dev".into(),
            port: None,
            proxies: PROXIES,
            fresh: false,
            broker_only: false,
        };
        while let Some(argument) = args.next()? {
            match argument {
                lexopt::Arg::Long("name") => options.name = crate::text(&mut args)?,
                lexopt::Arg::Long("port") => options.port = Some(crate::number(&mut args)?),
                lexopt::Arg::Long("proxies") => options.proxies = crate::number(&mut args)?,
                lexopt::Arg::Long("fresh") => options.fresh = true,
                lexopt::Arg::Long("broker-only") => options.broker_only = true,
                lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => {
                    return Err(Failure::Help(HELP));
                }
                other => return Err(other.unexpected().into()),
            }
        }
        let word = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        if options.name.is_empty() || !options.name.chars().all(word) {
            return Err(Failure::Usage("a name is of letters, digits, - and _".into()));
        }
        Ok(options)
    }

    fn broker(&self) -> Broker {
        Broker::named(&self.name)
    }

    fn proxies(&self) -> Daemon {
        Daemon::new(&cache().join("kafka").join(&self.name), "proxies", fixture_program())
    }
}

fn up(options: &Options) -> Outcome {
    let broker = options.broker();
    let port = options.port.or_else(|| broker.port().is_none().then_some(PORT));
    let port = broker.up(port, options.fresh)?;
    println!("{:14} 127.0.0.1:{port}", "broker");
    if options.broker_only {
        return Ok(());
    }
    build_fixture()?;
    let proxies = options.proxies();
    let control = options.proxies + DIALECTS.len() as u16;
    if options.fresh {
        // They remember the topics that are gone.
        proxies.stop()?;
    }
    let mut child = None;
    if proxies.pid().is_none() {
        let mut command = Command::new(fixture_program());
        command.args(["serve", "--kafka", &format!("127.0.0.1:{port}")]);
        command.args(["--port", &options.proxies.to_string()]);
        command.args(["--create", "imply-news"]);
        child = Some(proxies.start(&mut command)?);
    }
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, control)).is_err() {
        let ended = child.as_mut().is_some_and(|child| !matches!(child.try_wait(), Ok(None)));
        if ended || start.elapsed() > PATIENCE {
            let log = proxies.log();
            return Err(format!("the proxies do not listen: see {}", log.display()).into());
        }
        sleep(Duration::from_millis(50));
    }
    for (port, dialect) in (options.proxies..).zip(DIALECTS) {
        println!("{dialect:14} http://127.0.0.1:{port}");
    }
    println!("{:14} http://127.0.0.1:{control}", "control");
    Ok(())
}

fn down(options: &Options) -> Outcome {
    if !options.broker_only {
        tell("the proxies", options.proxies().stop()?);
    }
    tell("the broker", options.broker().down()?);
    Ok(())
}

fn tell(what: &str, ran: bool) {
    println!("{what} {}", if ran { "stopped" } else { "did not run" });
}

fn status(options: &Options) -> Outcome {
    let (broker, proxies) = (options.broker(), options.proxies());
    for (name, pid, log) in
        [("broker", broker.pid(), broker.log()), ("proxies", proxies.pid(), proxies.log())]
    {
        match pid {
            Some(pid) => println!("{name:8} runs, pid {pid}, log {}", log.display()),
            None => println!("{name:8} does not run"),
        }
    }
    if broker.pid().is_some()
        && let Some(port) = broker.port()
    {
        println!("the broker's port is {port}");
    }
    Ok(())
}

/// Hands everything to the fixture's own `verify`, with the address of the broker that runs.
fn verify(mut args: lexopt::Parser) -> Outcome {
    build_fixture()?;
    let mut command = Command::new(fixture_program());
    command.arg("verify");
    if let Some(port) = Broker::named("dev").port() {
        command.args(["--kafka", &format!("127.0.0.1:{port}")]);
    }
    run(command.args(args.raw_args()?))
}

fn test(mut args: lexopt::Parser) -> Outcome {
    let (mut long, mut filters) = (false, Vec::new());
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("long") => long = true,
            lexopt::Arg::Value(filter) => filters.push(filter.to_string_lossy().into_owned()),
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    with_broker(long, &filters)
}

fn page_test(mut args: lexopt::Parser) -> Outcome {
    let mut long = false;
    while let Some(argument) = args.next()? {
        match argument {
            lexopt::Arg::Long("long") => long = true,
            lexopt::Arg::Long("help") | lexopt::Arg::Short('h') => return Err(Failure::Help(HELP)),
            other => return Err(other.unexpected().into()),
        }
    }
    page::run_spec(long)
}

/// The page's part of the step `browser`, after the page was built.
pub fn short_in_page() -> Outcome {
    skip_or(|| page::run_spec(false))
}

/// The step of `cargo xtask test`: skipped where the machine has no Java or Maven, but not in CI.
pub fn short() -> Outcome {
    skip_or(|| {
        let mut clippy = fixture_cargo("clippy");
        run(clippy.args(["--quiet", "--all-targets", "--all-features", "--", "-D", "warnings"]))?;
        with_broker(false, &[])
    })
}

/// What takes minutes: many records, throughput, the broker away for long.
pub fn long() -> Outcome {
    skip_or(|| {
        with_broker(true, &[])?;
        page::run_spec(true)
    })
}

fn skip_or(work: impl FnOnce() -> Outcome) -> Outcome {
    match broker::requirements() {
        Err(missing) if env::var_os("CI").is_none() => Err(Failure::Skipped(missing)),
        Err(missing) => Err(missing.into()),
        Ok(()) => work(),
    }
}

/// The tests of tests/kafka, with a broker that no one else uses.
fn with_broker(long: bool, filters: &[String]) -> Outcome {
    // What is measured is the program that people run; `fast` has its code without the slow link.
    let program = command_line::build(if long { "fast" } else { "dev" })?;
    let mut tests = fixture_cargo("test");
    // Its tests stop the broker, fill the machine or count what is in flight: one at a time.
    tests.args(["--quiet", "--", "--test-threads", "1"]);
    if long {
        tests.args(["--ignored", "--nocapture"]);
    }
    tests.args(filters);
    let broker = Broker::named("test");
    let port = broker.up(None, true)?;
    tests.env("STREAMGLASS_KAFKA", format!("127.0.0.1:{port}"));
    tests.env("STREAMGLASS_XTASK", env::current_exe()?);
    tests.env("STREAMGLASS_PROGRAM", program);
    let outcome = run(&mut tests);
    broker.down()?;
    outcome
}

/// Cargo on the test package, with its own folder below our `target`.
fn fixture_cargo(command: &str) -> Command {
    let mut cargo = cargo([command, "--manifest-path", "tests/kafka/Cargo.toml"]);
    cargo.arg("--target-dir").arg(root().join("target/kafka"));
    cargo
}

fn build_fixture() -> Outcome {
    run(fixture_cargo("build").arg("--quiet"))
}

fn fixture_program() -> String {
    let path: PathBuf = root().join("target/kafka/debug/streamglass-kafka");
    path.with_extension(env::consts::EXE_EXTENSION).display().to_string()
}
