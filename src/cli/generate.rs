//! `streamglass generate`: the clickstream as NDJSON. Not here: sending it (`send.rs`).

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use clap::{ArgGroup, ValueEnum};
use streamglass::clickstream::{
    Config, Generator, RecordKind, Sent, Sink, SourceCounters, Stream, Truth,
};
use streamglass::feed::STREAMS;
use streamglass::feed::origin::{Origin, Queried, Raw};
use streamglass::lab::run::Run;
use streamglass::rng::Seed;
use streamglass::time::{Micros, SECOND_MS};

use super::config::{self, Overrides};
use super::failure::Failure;
use super::progress::{Progress, thousands};
use super::{send, units};

/// Records made before the output is looked at again.
const BATCH: u64 = 4_096;
/// The step of virtual time when it is held to a speed.
const STEP_MS: i64 = 50;

/// Writes the clickstream of a news site as NDJSON: one JSON record a line, in order of arrival; or,
/// with --to, sends it to Kafka.
///
/// The same seed and configuration give the same bytes, here and in the browser; a longer run begins
/// with the bytes of a shorter one.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = config::FAULTS_HELP,
    group(ArgGroup::new("length").args(["events", "duration"]).required(true))
)]
pub struct Args {
    /// Configuration (YAML): that of imply-news, with our own settings in its section
    /// `Streamglass`. Without it, the built-in news site.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The one number that determines the run. Without it, the configuration's, or else 1.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Writes exactly this many lines.
    #[arg(long, value_name = "N")]
    events: Option<u64>,

    /// Runs for this much virtual time, such as 90s, 15m, 24h.
    #[arg(long = "for", id = "duration", value_name = "TIME", value_parser = units::duration_ms)]
    duration: Option<i64>,

    /// Holds virtual time to this many times the speed of the clock. Without it, as fast as
    /// possible.
    #[arg(long, value_name = "X", value_parser = units::positive)]
    speed: Option<f64>,

    /// Only these types of records of the mixed topic.
    #[arg(long, value_name = "TYPES", value_delimiter = ',', value_enum)]
    records: Vec<Kind>,

    /// The topic whose records are written: mixed (clicks, sessions and users, as the article's raw
    /// topic), orders or shipments. With --to the topics of Kafka: NAME for the mixed topic, or some
    /// of orders, shipments and TOPIC=NAME, with commas between them. Default: mixed; with --to the
    /// configuration's own topic. With --sql any topics of the run, as NAME or TOPIC=NAME.
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    topic: Vec<String>,

    /// Faults at the source, such as `duplicate=0.01,drop=0.005`; all forms are below (`--help`).
    #[arg(long, value_name = "FAULTS", default_value = "", hide_default_value = true)]
    faults: String,

    /// Writes what truly happened, without faults, delay or skew, as NDJSON in the order in which
    /// it happened: `{"topic":…,"sent":…,"event":{…}}`, `sent` in microseconds since 1970.
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,

    /// Writes `key|json` instead of `json`; nothing before the bar is no key.
    #[arg(long)]
    with_key: bool,

    /// Writes the summary of counters to standard error even when that is no terminal.
    #[arg(long)]
    summary: bool,

    #[command(flatten)]
    send: send::Options,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Click,
    Session,
    User,
}

/// The generator's topic of that name.
fn stream(name: &str) -> Option<Stream> {
    STREAMS.iter().find(|(known, _)| *known == name).map(|(_, stream)| *stream)
}

/// What [`stream`] calls it.
fn name(stream: Stream) -> &'static str {
    STREAMS.iter().find(|(_, known)| *known == stream).map_or("", |(name, _)| name)
}

/// The one topic that is written to standard output.
fn one_stream(topics: &[String]) -> Result<Stream, Failure> {
    let named = match topics {
        [] => Some(Stream::Mixed),
        [name] => stream(name),
        _ => None,
    };
    let usage = || Failure::Usage("--topic is one of mixed, orders, shipments without --to".into());
    named.ok_or_else(usage)
}

/// The generator's topics that are sent, each with its topic of Kafka.
fn mapped(topics: &[String], own: &str) -> Result<Vec<(Stream, String)>, Failure> {
    if topics.is_empty() {
        return Ok(vec![(Stream::Mixed, own.to_owned())]);
    }
    let map = |topic: &String| match topic.split_once('=') {
        Some((from, to)) => {
            let unknown = || format!("--topic: `{from}` is none of mixed, orders, shipments");
            stream(from).map(|from| (from, to.to_owned())).ok_or_else(|| Failure::Usage(unknown()))
        }
        None => Ok((stream(topic).unwrap_or(Stream::Mixed), topic.clone())),
    };
    topics.iter().map(map).collect()
}

/// Runs the command.
///
/// # Errors
/// When the configuration is invalid, or reading or writing fails.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut overrides = Overrides::parse(&args.faults)?;
    let load = |overrides: &Overrides| config::load(args.config.as_deref(), overrides);
    let (mut config, notices) = load(&overrides)?;
    if let Some(start) = args.send.start(config.start()) {
        overrides.start(start);
        (config, _) = load(&overrides)?;
    }
    let config = Arc::new(config);
    let seed = Seed(args.seed.or(config.seed().map(|seed| seed.0)).unwrap_or(1));
    let mut progress = Progress::new(args.summary);
    for notice in &notices {
        progress.note(notice);
    }
    let start = config.start();
    let end = args.duration.map_or(Micros(i64::MAX), |ms| start.plus(ms.saturating_mul(1_000)));
    match &args.send.to {
        Some(url) => send(args, url, &config, (seed, end), &mut progress),
        None => write(args, Generator::new(config, seed), end, &mut progress),
    }
}

fn send(
    args: &Args,
    url: &str,
    config: &Arc<Config>,
    (seed, end): (Seed, Micros),
    progress: &mut Progress,
) -> Result<(), Failure> {
    if args.truth.is_some() || args.with_key {
        let message = "--truth and --with-key go with standard output, not with --to";
        return Err(Failure::Usage(message.to_owned()));
    }
    let wanted = |record: &Sent<'_>| wants(&args.records, record);
    let (origin, topics): (Box<dyn Origin + '_>, _) = match &args.send.sql {
        Some(script) => {
            if !args.records.is_empty() {
                let message = "--records is of the mixed topic; with --sql say it in a WHERE";
                return Err(Failure::Usage(message.to_owned()));
            }
            let topics = queried_topics(&args.topic, config.topic())?;
            (Box::new(queried(script, config, seed, &topics)?), topics)
        }
        None => {
            let mapped = mapped(&args.topic, config.topic())?;
            let generator = Generator::new(Arc::clone(config), seed);
            let streams = mapped.iter().map(|(stream, _)| *stream).collect();
            let topics = mapped.into_iter().map(|(stream, to)| (name(stream).to_owned(), to));
            (Box::new(Raw { generator, streams, wants: &wanted }), topics.collect())
        }
    };
    let source = send::Source {
        origin,
        config,
        end,
        most: args.events.unwrap_or(u64::MAX),
        topics,
        speed: args.speed,
        seed,
    };
    send::run(&args.send, url, source, progress)
}

/// The topics of a run that are sent, each with its topic of Kafka.
fn queried_topics(topics: &[String], mixed: &str) -> Result<Vec<(String, String)>, Failure> {
    if topics.is_empty() {
        let message = "--sql needs --topic: the topics to send, as NAME or TOPIC=NAME in Kafka";
        return Err(Failure::Usage(message.to_owned()));
    }
    let map = |topic: &String| {
        let (from, to) = topic.split_once('=').unwrap_or((topic, topic));
        let from = if from == name(Stream::Mixed) { mixed } else { from };
        (from.to_owned(), to.to_owned())
    };
    Ok(topics.iter().map(map).collect())
}

/// The queries of a script, at the beginning of their run.
fn queried(
    script: &Path,
    config: &Arc<Config>,
    seed: Seed,
    topics: &[(String, String)],
) -> Result<Queried, Failure> {
    let file = script.display().to_string();
    let text = fs::read_to_string(script).map_err(Failure::io(file.clone()))?;
    let run = Run::new(config, seed, &text)
        .map_err(|error| Failure::Invalid(vec![format!("{file}: {error}")]))?;
    Queried::new(run, topics.iter().map(|(from, _)| &**from)).map_err(|missing| {
        Failure::Invalid(missing.into_iter().map(|line| format!("--topic: {line}")).collect())
    })
}

fn write(
    args: &Args,
    mut generator: Generator,
    end: Micros,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let stream = one_stream(&args.topic)?;
    let truth = match &args.truth {
        Some(path) => {
            let name = path.display().to_string();
            Some(BufWriter::new(File::create(path).map_err(Failure::io(name))?))
        }
        None => None,
    };
    let mut writer = Writer {
        out: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
        truth,
        stream,
        kinds: args.records.clone(),
        with_key: args.with_key,
        left: args.events.unwrap_or(u64::MAX),
        lines: 0,
        failed: None,
    };
    let start = generator.now();
    drive(args, &mut generator, end, &mut writer, progress)?;
    writer.out.flush().map_err(Failure::io("standard output"))?;
    if let Some(truth) = &mut writer.truth {
        truth.flush().map_err(Failure::io("the truth file"))?;
    }
    progress.finish(|elapsed| summary(&generator, start, writer.lines, elapsed));
    Ok(())
}

/// Whether a record is of one of these kinds; all are when none is named. Orders and shipments have
/// topics of their own.
fn wants(kinds: &[Kind], record: &Sent<'_>) -> bool {
    let kind = match record.kind {
        RecordKind::Click => Kind::Click,
        RecordKind::Session => Kind::Session,
        RecordKind::User => Kind::User,
        RecordKind::Order | RecordKind::Shipment => return true,
    };
    kinds.is_empty() || kinds.contains(&kind)
}

/// Runs the generator until the output has enough, or virtual time is over.
fn drive(
    args: &Args,
    generator: &mut Generator,
    end: Micros,
    writer: &mut Writer<impl Write>,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let start = generator.now();
    let mut until = end;
    while writer.left > 0 {
        if let Some(speed) = args.speed {
            if generator.now() >= until || until == end {
                until = generator.now().plus(STEP_MS * SECOND_MS).min(end);
            }
            let due = Duration::from_micros(((until.0 - start.0) as f64 / speed) as u64);
            if let Some(wait) = due.checked_sub(progress.elapsed()) {
                writer.out.flush().map_err(Failure::io("standard output"))?;
                sleep(wait);
            }
        }
        // No more than what is left, so that no truth is told of what is not written.
        let delivered = generator.run(until, BATCH.min(writer.left), writer);
        if let Some(error) = writer.failed.take() {
            return Err(Failure::Io("standard output or the truth file".to_owned(), error));
        }
        progress.show(|elapsed| status(generator, start, writer.lines, elapsed));
        let over = generator.next_step().is_none_or(|next| next >= end);
        if delivered == 0 && over {
            break;
        }
    }
    if writer.left > 0 && args.events.is_some() {
        let found = thousands(writer.lines);
        return Err(Failure::Invalid(vec![format!(
            "the configuration gives only {found} such records: nothing more will ever happen"
        )]));
    }
    Ok(())
}

fn status(generator: &Generator, start: Micros, lines: u64, elapsed: Duration) -> String {
    format!(
        "{} records, {} of virtual time, {} records/s",
        thousands(lines),
        units::in_words(generator.now().0 - start.0),
        thousands((lines as f64 / elapsed.as_secs_f64().max(1e-3)) as u64)
    )
}

fn summary(generator: &Generator, start: Micros, lines: u64, elapsed: Duration) -> String {
    let counters: SourceCounters = generator.counters();
    let mut text = status(generator, start, lines, elapsed);
    for (name, count) in counters.named().filter(|(_, count)| *count > 0) {
        text.push_str(&format!("\n{:>14}  {name}", thousands(count)));
    }
    text.push_str(&format!(
        "\n{:>14}  open sessions",
        thousands(u64::from(generator.open_sessions()))
    ));
    text
}

/// Writes the lines that were asked for.
struct Writer<W: Write> {
    out: BufWriter<W>,
    truth: Option<BufWriter<File>>,
    stream: Stream,
    kinds: Vec<Kind>,
    with_key: bool,
    left: u64,
    lines: u64,
    failed: Option<io::Error>,
}

impl<W: Write> Writer<W> {
    fn write(&mut self, record: &Sent<'_>) -> io::Result<()> {
        if self.with_key {
            self.out.write_all(record.key.unwrap_or_default())?;
            self.out.write_all(b"|")?;
        }
        self.out.write_all(record.value)?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write> Sink for Writer<W> {
    fn record(&mut self, record: &Sent<'_>) {
        let is_ours = record.stream == self.stream && wants(&self.kinds, record);
        if self.left == 0 || self.failed.is_some() || !is_ours {
            return;
        }
        self.failed = self.write(record).err();
        self.left -= 1;
        self.lines += 1;
    }

    fn wants_truth(&self) -> bool {
        self.truth.is_some()
    }

    fn truth(&mut self, event: &Truth<'_>) {
        let Some(truth) = &mut self.truth else { return };
        let topic = name(event.stream);
        let written = write!(truth, r#"{{"topic":"{topic}","sent":{},"event":"#, event.sent.0)
            .and_then(|()| truth.write_all(event.value))
            .and_then(|()| truth.write_all(b"}\n"));
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }
}
