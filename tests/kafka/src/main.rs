//! The fixtures as a program: proxies to send to by hand or from a browser, and the comparison of
//! what arrived. `cargo xtask kafka` runs it.

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use lexopt::prelude::*;
use streamglass_kafka::control::{self, Proxies};
use streamglass_kafka::cors::Origins;
use streamglass_kafka::fault::Fault;
use streamglass_kafka::partition::Partitioner;
use streamglass_kafka::proxy::{Options, Proxy};
use streamglass_kafka::readback;
use streamglass_kafka::verify::{self, Keys};

const HELP: &str = "\
Fixtures of Kafka REST proxies, for tests.

USAGE: streamglass-kafka serve [option]...
       streamglass-kafka verify --kafka HOST:PORT --topic TOPIC --truth FILE [option]...

serve: confluent-v2, confluent-v3, strimzi and karapace on four ports, a control port after them
  --port N               the first port (default 4340)
  --kafka HOST:PORT      the broker; without it, memory
  --create TOPIC[:N]     makes a topic of N partitions (default 6); may be given more than once
  --auto-create          topics that are not there are made (never by Karapace)
  --origins any|none|URL who may read the answers (default any)
  --user NAME:PASSWORD   refuses who is someone else
  --prefix PATH          such as /kafka
  --metadata-wait MS     how long a record looks for its topic (default 60000)
  --delivery-timeout MS  how long a record waits for the broker (default as the proxy's)
  --fault DIALECT=JSON   such as strimzi={\"kind\":\"status\",\"code\":503,\"count\":2}

verify: reads the topic back; exit status 1 when it differs
  --truth FILE           of `streamglass generate --with-key`
  --keys bare|json|none  how the sink wrote keys (default bare)
  --partitioner murmur2|crc32   (default murmur2; crc32 is Karapace's)
  --repeats N            how many copies are allowed (default 0)";

const NAMES: [&str; 4] = ["confluent-v2", "confluent-v3", "strimzi", "karapace"];

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("streamglass-kafka: {error}");
            ExitCode::from(64)
        }
    }
}

fn run() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut args = lexopt::Parser::from_env();
    match args.next()? {
        Some(Value(name)) if name == "serve" => serve(args),
        Some(Value(name)) if name == "verify" => compare(args),
        Some(Long("help") | Short('h')) | None => {
            println!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

fn serve(mut args: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut options = Options::new("confluent".parse()?);
    (options.port, options.origins) = (4340, Origins::Any);
    let mut faults: Vec<(String, Fault)> = Vec::new();
    while let Some(argument) = args.next()? {
        match argument {
            Long("port") => options.port = args.value()?.parse()?,
            Long("kafka") => options.kafka = Some(args.value()?.string()?),
            Long("create") => {
                let text = args.value()?.string()?;
                let (topic, count) = text.split_once(':').unwrap_or((&text, "6"));
                options.topics.push((topic.to_owned(), count.parse()?));
            }
            Long("auto-create") => options.auto_create = true,
            Long("origins") => {
                options.origins = match args.value()?.string()?.as_str() {
                    "any" => Origins::Any,
                    "none" => Origins::None,
                    one => Origins::One(one.to_owned()),
                }
            }
            Long("user") => {
                let text = args.value()?.string()?;
                let (name, password) = text.split_once(':').ok_or("NAME:PASSWORD")?;
                options.user = Some((name.to_owned(), password.to_owned()));
            }
            Long("prefix") => options.prefix = args.value()?.string()?,
            Long("metadata-wait") => {
                options.metadata_wait = Duration::from_millis(args.value()?.parse()?);
            }
            Long("delivery-timeout") => {
                options.delivery_timeout = Some(Duration::from_millis(args.value()?.parse()?));
            }
            Long("fault") => {
                let text = args.value()?.string()?;
                let (dialect, json) = text.split_once('=').ok_or("DIALECT=JSON")?;
                faults.push((dialect.to_owned(), serde_json::from_str(json)?));
            }
            Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if let Some((name, _)) = faults.iter().find(|(name, _)| !NAMES.contains(&name.as_str())) {
        return Err(format!("no proxy `{name}`").into());
    }
    let mut proxies = Proxies::new();
    for (port, name) in (options.port..).zip(NAMES) {
        let proxy = Proxy::start(Options { dialect: name.parse()?, port, ..options.clone() })?;
        for (_, fault) in faults.iter().filter(|(dialect, _)| dialect == name) {
            proxy.inject(fault.clone());
        }
        println!("{name:14} {}", proxy.url());
        proxies.push((name, proxy));
    }
    let control = options.port + NAMES.len() as u16;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener =
        runtime.block_on(tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, control)))?;
    println!("{:14} http://{}", "control", listener.local_addr()?);
    runtime.block_on(control::serve(listener, Arc::new(proxies)));
    Ok(ExitCode::SUCCESS)
}

fn compare(mut args: lexopt::Parser) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let (mut kafka, mut topic, mut truth) = (None, None, None);
    let (mut keys, mut partitioner, mut repeats) = (Keys::Bare, Partitioner::Murmur2, 0_usize);
    while let Some(argument) = args.next()? {
        match argument {
            Long("kafka") => kafka = Some(args.value()?.string()?),
            Long("topic") => topic = Some(args.value()?.string()?),
            Long("truth") => truth = Some(args.value()?),
            Long("keys") => {
                keys = match args.value()?.string()?.as_str() {
                    "bare" => Keys::Bare,
                    "json" => Keys::Json,
                    "none" => Keys::Absent,
                    other => return Err(format!("keys `{other}`: bare, json or none").into()),
                }
            }
            Long("partitioner") => {
                partitioner = match args.value()?.string()?.as_str() {
                    "murmur2" => Partitioner::Murmur2,
                    "crc32" => Partitioner::Crc32,
                    other => return Err(format!("`{other}`: murmur2 or crc32").into()),
                }
            }
            Long("repeats") => repeats = args.value()?.parse()?,
            Long("help") => {
                println!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let (kafka, topic) = (kafka.ok_or("--kafka is missing")?, topic.ok_or("--topic is missing")?);
    let path = truth.ok_or("--truth is missing")?;
    let truth = verify::truth(&std::fs::read_to_string(path)?)?;
    let stored = readback::read(&kafka, &topic)?;
    let partitioner = (partitioner, readback::partitions(&kafka, &topic)?);
    let report = verify::compare(&truth, &stored, keys, partitioner);
    println!("{report}");
    let same = report.is_whole() && report.repeated.len() <= repeats;
    println!("{}", if same { "the topic has what was sent" } else { "THE TOPIC DIFFERS" });
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
