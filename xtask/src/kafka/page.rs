//! The demo page in a browser, through the fixture proxies to a real broker and back.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::broker::{Broker, free_port};
use super::{PATIENCE, build_fixture, fixture_program};
use crate::process::run;
use crate::{Outcome, browser, command_line};

/// The topics of the specs: for each version of the interface, for the plain loop, while the main thread
/// is watched, for faults, and by each proxy while the broker goes away.
const TOPICS: [&str; 9] = [
    "page-v2",
    "page-v3",
    "page-plain",
    "page-busy",
    "page-faults",
    "page-away-confluent-v2",
    "page-away-confluent-v3",
    "page-away-strimzi",
    "page-away-karapace",
];
/// The broker's name, by which the specs stop and start it.
const BROKER: &str = "page";
/// Records of a run: enough that each key has several, and several requests are under way.
const SHORT: u32 = 5_000;
const LONG: u32 = 200_000;

/// Runs the specs marked @kafka, with a broker and proxies that no one else uses.
pub fn run_spec(long: bool) -> Outcome {
    build_fixture()?;
    let program = command_line::build("dev")?;
    let mut spec = browser::playwright(&["--grep", "@kafka"])?;
    let broker = Broker::named(BROKER);
    let kafka = format!("127.0.0.1:{}", broker.up(None, true)?);
    let outcome = Proxies::start(&kafka).and_then(|proxies| {
        spec.env("KAFKA_BROKER", kafka).env("KAFKA_PROXIES", proxies.port.to_string());
        spec.env("KAFKA_NAME", BROKER);
        spec.env("KAFKA_TOOL", fixture_program()).env("KAFKA_LONG", if long { "1" } else { "" });
        spec.env("KAFKA_RECORDS", if long { LONG } else { SHORT }.to_string());
        spec.env("STREAMGLASS_PROGRAM", program);
        run(&mut spec)
    });
    broker.down()?;
    outcome
}

/// The fixture proxies; they end with this.
struct Proxies {
    child: Child,
    port: u16,
}

impl Proxies {
    fn start(kafka: &str) -> Outcome<Self> {
        let port = five_ports()?;
        let mut command = Command::new(fixture_program());
        command.args(["serve", "--kafka", kafka, "--port", &port.to_string()]);
        command.args(TOPICS.iter().flat_map(|topic| ["--create", *topic]));
        let mut proxies = Self { child: command.spawn()?, port };
        let start = Instant::now();
        // The control port comes last.
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port + 4)).is_err() {
            let ended = !matches!(proxies.child.try_wait(), Ok(None));
            if ended || start.elapsed() > PATIENCE {
                return Err("the proxies do not listen".to_owned().into());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(proxies)
    }
}

impl Drop for Proxies {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first of five ports in a row that nobody has.
fn five_ports() -> Outcome<u16> {
    for _ in 0..100 {
        let port = free_port()?;
        let is_free = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if port < u16::MAX - 5 && (port..port + 5).all(is_free) {
            return Ok(port);
        }
    }
    Err("no five ports in a row are free".to_owned().into())
}
