//! `streamglass count`: the routed, windowed count over NDJSON.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use streamglass::chunk::{Chunk, Column, ColumnData};
use streamglass::engine::{Engine, StartError, drop_name};
use streamglass::format::json::{JsonReader, write_row, write_string};
use streamglass::lab::builtin;
use streamglass::plan::{
    Aggregate, AggregateCall, AggregateFunction, Emit, Expr, Format, Node, Op, Output, Pipeline,
    Sink, Source,
};
use streamglass::record::PartitionId;
use streamglass::schema::{Field, Schema};
use streamglass::time::{Micros, Timestamp};
use streamglass::topic::{Consumer, Topic, TopicConfig, TopicId};
use streamglass::value::DataType;
use streamglass::window::{SessionWindows, TimeWindows, WindowError, WindowSpec};

use super::failure::Failure;
use super::progress::{Progress, thousands};
use super::units;

/// Lines taken before the queries run.
const BATCH: usize = 2_048;
/// Bytes taken before the queries run: less than what retention leaves in the topics, so that
/// nothing goes before it is read.
const BATCH_BYTES: usize = 4 << 20;
/// Event times from 1970 to 9999, as seconds: no others are times.
const TIMES: std::ops::Range<f64> = 0.0..253_402_300_800.0;
/// Longer lines are not kept in memory: they are refused, and counted.
const MOST_LINE: usize = 64 << 20;
/// The topics of this command; the router's are the page's.
const RAW: &str = "raw";
const RESULTS: &str = "results";

/// Counts clicks by event-time window, over NDJSON as `generate` writes it.
///
/// Records of mixed types are routed first, as in the page: clicks are counted; what cannot be read
/// goes to dead letters and is counted in the summary. The event time is the member `timestamp`
/// (seconds). Lines may begin with `key|`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The records; standard input without it, or when it is `-`.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Members of a click to group by.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "state")]
    by: Vec<String>,

    /// Size of the windows.
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = units::duration_ms)]
    window: i64,

    /// How often a window begins: hopping windows.
    #[arg(long, value_name = "TIME", value_parser = units::duration_ms, conflicts_with = "session")]
    advance: Option<i64>,

    /// Session windows with this gap, in place of windows of a fixed size.
    #[arg(long, value_name = "TIME", value_parser = units::duration_ms, conflicts_with = "window")]
    session: Option<i64>,

    /// How late a click may be and still be counted. Without it, as in ksqlDB: what is left of 24
    /// hours, or 0 with `--emit final`.
    #[arg(long, value_name = "TIME", value_parser = units::duration_ms)]
    grace: Option<i64>,

    /// Also counts the distinct values of this member.
    #[arg(long, value_name = "NAME")]
    distinct: Option<String>,

    /// How distinct values are counted.
    #[arg(long, value_enum, default_value = "sketch")]
    distinct_by: DistinctBy,

    /// When results are written.
    #[arg(long, value_enum, default_value = "end")]
    emit: When,

    /// Writes the summary of counters to standard error even when that is no terminal.
    #[arg(long)]
    summary: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DistinctBy {
    /// HyperLogLog of Apache DataSketches, 4,096 registers.
    Sketch,
    /// A set of all values.
    Set,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// Once, at the end of the input: all windows, also those that are still open.
    End,
    /// At every update.
    Changes,
    /// When a window closes; windows that are open at the end of the input are not written.
    Final,
}

/// Runs the command.
///
/// # Errors
/// When the windows make no sense, or reading or writing fails.
pub fn run(args: &Args) -> Result<(), Failure> {
    let (mut engine, raw) = engine(args).map_err(|error| Failure::Usage(error.to_string()))?;
    let mut input: Box<dyn BufRead> = match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            let file = File::open(path).map_err(Failure::io(path.display().to_string()))?;
            Box::new(BufReader::with_capacity(1 << 18, file))
        }
        _ => Box::new(BufReader::with_capacity(1 << 18, io::stdin().lock())),
    };
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut progress = Progress::new(args.summary);
    let mut lines = Lines::new(raw, batch(args));
    let results = engine.topics().by_name(RESULTS).map(Consumer::from_start);
    let mut printer = Printer { args, consumer: results, line: Vec::new() };
    loop {
        let more = lines.take(&mut *input, &mut engine)?;
        engine.turn(Micros::from_timestamp(lines.largest));
        if args.emit != When::End {
            printer.results(&engine, &mut out).map_err(Failure::io("standard output"))?;
            let lost = printer.consumer.as_ref().map_or(0, Consumer::lost_to_retention);
            if lost > 0 {
                let lost = thousands(lost);
                return Err(Failure::Invalid(vec![format!(
                    "{lost} results came at once and did not fit into memory: count longer windows \
                     or fewer members"
                )]));
            }
        }
        progress.show(|elapsed| {
            let rate = lines.read as f64 / elapsed.as_secs_f64().max(1e-3);
            format!("{} lines, {} lines/s", thousands(lines.read), thousands(rate as u64))
        });
        if !more {
            break;
        }
    }
    if args.emit == When::End {
        printer.table(&mut engine, &mut out).map_err(Failure::io("standard output"))?;
    }
    out.flush().map_err(Failure::io("standard output"))?;
    progress.finish(|_| summary(&engine, &lines));
    Ok(())
}

/// Lines at a time: fewer when each gives many results at once.
fn batch(args: &Args) -> usize {
    let windows = args.advance.map_or(1, |advance| args.window / advance.max(1));
    (BATCH / usize::try_from(windows).unwrap_or(BATCH).max(1)).max(1)
}

/// Topics, router and the count.
fn engine(args: &Args) -> Result<(Engine, TopicId), StartError> {
    const MB: u64 = 1 << 20;
    let mut engine = Engine::default();
    let topic = |name: &str| TopicConfig {
        retention_bytes: Some(16 * MB),
        retention_ms: None,
        segment_bytes: (2 * MB) as u32,
        max_record_bytes: MOST_LINE as u32,
        ..TopicConfig::new(name, 1)
    };
    let raw = engine.create_topic(topic(RAW))?;
    for name in [builtin::CLICKS, builtin::SESSIONS, builtin::USERS, builtin::DEAD_LETTERS] {
        engine.create_topic(topic(name))?;
    }
    // A jump in time closes many windows at once.
    engine.create_topic(TopicConfig { retention_bytes: Some(256 * MB), ..topic(RESULTS) })?;
    engine.start(builtin::router("router", RAW))?;
    engine.start(count(args)?)?;
    Ok((engine, raw))
}

/// The query that the arguments describe.
fn count(args: &Args) -> Result<Pipeline, WindowError> {
    let mut members: Vec<&str> = args.by.iter().map(String::as_str).collect();
    members.extend(args.distinct.as_deref());
    let fields = members.iter().map(|name| Field::value(name, DataType::Varchar)).collect();
    let source = Source {
        dead_letters: Some(builtin::DEAD_LETTERS.to_owned()),
        ..Source::new(builtin::CLICKS, Format::None, Format::Json, Schema::new(fields))
    };
    let key = |(index, name): (usize, &String)| Output {
        field: Field::key(name, DataType::Varchar),
        expr: Expr::Column(index),
    };
    let mut calls = vec![AggregateCall {
        field: Field::value("CLICKS", DataType::BigInt),
        function: AggregateFunction::Count,
        argument: None,
    }];
    if args.distinct.is_some() {
        calls.push(AggregateCall {
            field: Field::value("DISTINCT", DataType::BigInt),
            function: match args.distinct_by {
                DistinctBy::Sketch => AggregateFunction::ApproxCountDistinct { lg_k: 12 },
                DistinctBy::Set => AggregateFunction::CountDistinct,
            },
            argument: Some(Expr::Column(args.by.len())),
        });
    }
    let aggregate = Aggregate {
        group_by: args.by.iter().enumerate().map(key).collect(),
        repartition: None,
        window: Some(window(args)?),
        retention_ms: Some(i64::MAX / 32),
        calls,
        emit: match args.emit {
            When::End => Emit::Commit,
            When::Changes => Emit::Update,
            When::Final => Emit::Final,
        },
    };
    let sink = Sink::new(RESULTS, Format::Json, Format::Json);
    let node = |name: &str, inputs: &[usize], op| Node {
        name: name.to_owned(),
        inputs: inputs.to_vec(),
        op,
    };
    Ok(Pipeline {
        name: "count".to_owned(),
        nodes: vec![
            node("read", &[], Op::Source(source)),
            node("count", &[0], Op::Aggregate(aggregate)),
            node("write", &[1], Op::Sink(sink)),
        ],
    })
}

fn window(args: &Args) -> Result<WindowSpec, WindowError> {
    if let Some(gap) = args.session {
        let windows = SessionWindows::new(gap)?;
        return Ok(WindowSpec::Session(match args.grace {
            Some(grace) => windows.with_grace(grace)?,
            None => windows,
        }));
    }
    let windows = match args.advance {
        Some(advance) => TimeWindows::hopping(args.window, advance)?,
        None => TimeWindows::tumbling(args.window)?,
    };
    let windows = match args.grace {
        Some(grace) => windows.with_grace(grace)?,
        None => windows,
    };
    Ok(match args.advance {
        Some(_) => WindowSpec::Hopping(windows),
        None => WindowSpec::Tumbling(windows),
    })
}

/// Reads lines into the raw topic.
struct Lines {
    raw: TopicId,
    batch: usize,
    line: Vec<u8>,
    /// Whether `line` was read and is to be taken with the next batch.
    held: bool,
    time: JsonReader,
    seconds: Column,
    largest: Timestamp,
    read: u64,
    refused: u64,
    /// Lines with a number for their time that is no time.
    no_time: u64,
}

impl Lines {
    fn new(raw: TopicId, batch: usize) -> Self {
        Self {
            raw,
            batch,
            line: Vec::new(),
            held: false,
            time: JsonReader::new(["timestamp"]),
            seconds: Column::new(&DataType::Double),
            largest: Timestamp(0),
            read: 0,
            refused: 0,
            no_time: 0,
        }
    }

    /// Takes a batch of lines. False at the end of the input.
    fn take(&mut self, input: &mut dyn BufRead, engine: &mut Engine) -> Result<bool, Failure> {
        let mut bytes = 0;
        for _ in 0..self.batch {
            if !std::mem::take(&mut self.held) && !self.next(input)? {
                return Ok(false);
            }
            bytes += self.line.len();
            if bytes > BATCH_BYTES && bytes > self.line.len() {
                self.held = true;
                break;
            }
            self.append(engine);
        }
        Ok(true)
    }

    /// Reads the next line that is not too long. False at the end of the input.
    fn next(&mut self, input: &mut dyn BufRead) -> Result<bool, Failure> {
        loop {
            self.line.clear();
            let most = MOST_LINE as u64;
            let read = (&mut *input).take(most).read_until(b'\n', &mut self.line);
            let read = read.map_err(Failure::io("the input"))?;
            if read < MOST_LINE || self.line.ends_with(b"\n") {
                return Ok(read > 0);
            }
            self.read += 1;
            self.refused += 1;
            input.skip_until(b'\n').map_err(Failure::io("the input"))?;
        }
    }

    fn append(&mut self, engine: &mut Engine) {
        let line = self.line.trim_ascii_end();
        if line.is_empty() {
            return;
        }
        let (key, value) = split_key(line);
        self.seconds.clear();
        // A record without a readable time goes the way of all unreadable records: the router's.
        let read = self.time.read(value, std::slice::from_mut(&mut self.seconds)).is_ok();
        self.read += 1;
        let timestamp = match &self.seconds.data {
            ColumnData::Double(seconds) if read && self.seconds.valid[0] => {
                if !TIMES.contains(&seconds[0]) {
                    self.no_time += 1;
                    return;
                }
                Timestamp((seconds[0] * 1_000.0).floor() as i64)
            }
            _ => self.largest,
        };
        self.largest = self.largest.max(timestamp);
        let Some(topic) = engine.topics_mut().get_mut(self.raw) else { return };
        if topic.append(PartitionId(0), key, Some(value), &[], timestamp).is_err() {
            self.refused += 1;
        }
    }
}

/// `key|json`, or JSON alone.
fn split_key(line: &[u8]) -> (Option<&[u8]>, &[u8]) {
    if line.first() == Some(&b'{') {
        return (None, line);
    }
    match line.iter().position(|byte| *byte == b'|') {
        Some(0) => (None, &line[1..]),
        Some(bar) => (Some(&line[..bar]), &line[bar + 1..]),
        None => (None, line),
    }
}

/// Writes results as NDJSON: the window, the group, the counts.
struct Printer<'a> {
    args: &'a Args,
    consumer: Option<Consumer>,
    line: Vec<u8>,
}

impl Printer<'_> {
    /// What came to the topic of results.
    fn results(&mut self, engine: &Engine, out: &mut impl Write) -> io::Result<()> {
        let (Some(topic), Some(consumer)) =
            (engine.topics().by_name(RESULTS), self.consumer.as_mut())
        else {
            return Ok(());
        };
        let by = self.args.by.as_slice();
        let session = self.args.session.is_some();
        let size = self.args.window;
        let mut failed = Ok(());
        consumer.poll(topic, usize::MAX, usize::MAX, |record| {
            if failed.is_err() {
                return;
            }
            let key = record.key.unwrap_or_default();
            let (key, start, end) = match (session, key.split_last_chunk::<8>()) {
                (false, Some((key, start))) => {
                    let start = i64::from_be_bytes(*start);
                    (key, start, start + size)
                }
                (true, Some((rest, start))) => match rest.split_last_chunk::<8>() {
                    Some((key, end)) => (key, i64::from_be_bytes(*start), i64::from_be_bytes(*end)),
                    None => return,
                },
                (_, None) => return,
            };
            self.line.clear();
            match by {
                // A key of one column is its bare value.
                [name] => {
                    write_string(&mut self.line, name);
                    self.line.push(b':');
                    self.line.extend_from_slice(key);
                }
                _ => {
                    let members = key.strip_prefix(b"{").and_then(|key| key.strip_suffix(b"}"));
                    self.line.extend_from_slice(members.unwrap_or_default());
                }
            }
            let value = record.value.and_then(|value| value.strip_prefix(b"{"));
            failed = (|| {
                write!(out, "{{\"WINDOWSTART\":{start},\"WINDOWEND\":{end},")?;
                out.write_all(&self.line)?;
                match value {
                    Some(value) => {
                        out.write_all(b",")?;
                        out.write_all(value)?;
                    }
                    None => out.write_all(b"}")?,
                }
                out.write_all(b"\n")
            })();
        });
        failed
    }

    /// The whole table, at the end.
    fn table(&mut self, engine: &mut Engine, out: &mut impl Write) -> io::Result<()> {
        let mut names = self.args.by.clone();
        names.push("CLICKS".to_owned());
        names.extend(self.args.distinct.is_some().then(|| "DISTINCT".to_owned()));
        let table: Chunk = engine.read_table("count").unwrap_or_default();
        let mut rows: Vec<usize> = (0..table.len()).collect();
        rows.sort_by_key(|row| table.windows.get(*row).copied());
        for row in rows {
            let Some(window) = table.windows.get(row) else { continue };
            self.line.clear();
            write_row(&mut self.line, &names, &table.columns, row);
            write!(out, "{{\"WINDOWSTART\":{},\"WINDOWEND\":{},", window.start.0, window.end.0)?;
            out.write_all(self.line.strip_prefix(b"{").unwrap_or(&self.line))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

fn summary(engine: &Engine, lines: &Lines) -> String {
    let mut text = format!("{} lines", thousands(lines.read));
    let mut line = |count: u64, name: &str| {
        if count > 0 {
            text.push_str(&format!("\n{:>14}  {name}", thousands(count)));
        }
    };
    for name in [builtin::CLICKS, builtin::SESSIONS, builtin::USERS, builtin::DEAD_LETTERS] {
        let topic = engine.topics().by_name(name);
        line(topic.map_or(0, Topic::appended), name);
    }
    line(lines.refused, "refused: longer than 64 MB");
    line(lines.no_time, "refused: the time is not between 1970 and 9999");
    for query in engine.queries() {
        for (reason, count) in query.stats(engine.topics()).drops.iter() {
            line(count, drop_name(reason));
        }
    }
    text
}
