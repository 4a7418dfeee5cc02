//! `streamglass generate --to`: the clickstream into Kafka, through a REST proxy.
//!
//! The generator is run as far as the sink has room and the rate allows: nothing is made that is not
//! sent, and nothing that was made is dropped.

mod http;
mod preflight;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use streamglass::clickstream::Config;
use streamglass::feed::origin::Origin;
use streamglass::feed::{Feed, Plan};
use streamglass::rng::Seed;
use streamglass::sink::protocol::{
    Api, AuthKind, ConnectSettings, Credentials, FieldError, KeyForm, LogLevel, RateSetting,
    SinkCounters, SinkState, Timestamps, TopicMapping, ValueForm,
};
use streamglass::sink::settings::credential_errors;
use streamglass::sink::{Action, Sender, Target};
use streamglass::time::Micros;

use self::http::{Client, Posts};
use super::failure::Failure;
use super::progress::{Progress, thousands};
use super::units;

/// The longest sleep, so that Ctrl-C and the rate are looked at.
const DOZE_MS: f64 = 20.0;
/// The most lines of the log that are shown.
const MOST_LINES: usize = 20;

/// Where to send records, and how.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "To Kafka, through a REST proxy")]
pub struct Options {
    /// Sends the records to the REST proxy at this address instead of writing them, and waits for
    /// each to be acknowledged. Ctrl-C sends the rest; once more gives it up.
    #[arg(long, value_name = "URL")]
    pub to: Option<String>,

    /// The version of the proxy's interface. Strimzi and Karapace have v2 only.
    #[arg(long, value_enum, default_value = "v2", requires = "to")]
    api: ApiVersion,

    /// The cluster's id, for v3. Without it the proxy is asked.
    #[arg(long, value_name = "ID", requires = "to")]
    cluster: Option<String>,

    /// A user or API key, for HTTP Basic. The password comes from a file or the environment.
    #[arg(long, value_name = "KEY", requires = "to")]
    user: Option<String>,

    /// Reads the password, secret or (without --user) bearer token from the first line of a file.
    #[arg(long, value_name = "FILE", requires = "to", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,

    /// Reads it from this environment variable.
    #[arg(long, value_name = "NAME", requires = "to")]
    password_env: Option<String>,

    /// Sends what queries write: a script of SQL over the generator's topics (the mixed one, orders,
    /// shipments), of whose run --topic names topics. Virtual time then
    /// begins at the time that --timestamps says.
    #[arg(long, value_name = "FILE", requires = "to")]
    pub sql: Option<PathBuf>,

    /// Only says whether records could be sent: proxy, user and topics. Nothing is written.
    #[arg(long, requires = "to")]
    check: bool,

    /// Records a second. Without it, and without --speed, as many as the proxy takes.
    #[arg(long, value_name = "N", requires = "to", value_parser = units::positive, conflicts_with = "speed")]
    rate: Option<f64>,

    /// The rate is a mean over a day that follows the site's time envelope by the time of day (UTC).
    #[arg(long, requires = "rate")]
    envelope: bool,

    /// The time that records state: now, as simulated, or as simulated and moved (`+90d`, `-2h`).
    /// Kafka deletes what is older than a topic's retention.
    #[arg(long, value_name = "WHICH", default_value = "current", requires = "to", value_parser = timestamps, allow_hyphen_values = true)]
    timestamps: Timestamps,

    /// Values exactly as they are (Base64 on the way), or as JSON that the proxy writes anew.
    #[arg(long, value_enum, default_value = "bytes", requires = "to")]
    values: Values,

    /// Keys as bare text, as JSON strings in quotes, or none (then no order is kept).
    #[arg(long, value_enum, default_value = "bare", requires = "to")]
    keys: Keys,

    /// Requests under way at once, 1 to 16.
    #[arg(long, value_name = "N", default_value = "4", requires = "to")]
    connections: u32,

    /// The most records in a request, 1 to 500.
    #[arg(long, value_name = "N", default_value = "500", requires = "to")]
    batch_records: u32,

    /// How long an answer may take, 1s to 10m.
    #[arg(long, value_name = "TIME", default_value = "150s", requires = "to", value_parser = units::duration_ms)]
    timeout: i64,

    /// How often a record is sent again before it is given up, 0 to 1000.
    #[arg(long, value_name = "N", default_value = "20", requires = "to")]
    retries: u32,

    /// Writes the records that failed or may be written to a file, as NDJSON with the reason.
    #[arg(long, value_name = "FILE", requires = "to")]
    undelivered: Option<PathBuf>,
}

impl Options {
    /// Where virtual time has to start for queries to have the times that are asked for; nothing is
    /// where the configuration has it, `configured`.
    pub fn start(&self, configured: Micros) -> Option<Micros> {
        match self.timestamps {
            _ if self.sql.is_none() => None,
            Timestamps::Simulated => None,
            Timestamps::Shifted { by_ms } => Some(configured.plus(by_ms.saturating_mul(1_000))),
            Timestamps::Current => Some(utc()),
        }
    }
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ApiVersion {
    V2,
    V3,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Values {
    Bytes,
    Json,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Keys {
    Bare,
    Json,
    None,
}

fn timestamps(text: &str) -> Result<Timestamps, String> {
    let shift = |by_ms| Ok(Timestamps::Shifted { by_ms });
    match (text, text.split_at_checked(1)) {
        ("current", _) => Ok(Timestamps::Current),
        ("simulated", _) => Ok(Timestamps::Simulated),
        (_, Some(("+", by))) => shift(units::duration_ms(by)?),
        (_, Some(("-", by))) => shift(-units::duration_ms(by)?),
        _ => Err("current, simulated, or a move such as +90d or -2h".to_owned()),
    }
}

/// What is sent.
pub struct Source<'a> {
    /// Makes the records.
    pub origin: Box<dyn Origin + 'a>,
    /// The generator's configuration.
    pub config: &'a Config,
    /// Where virtual time ends.
    pub end: Micros,
    /// How many records at most.
    pub most: u64,
    /// The topics that are sent, each with its topic of Kafka.
    pub topics: Vec<(String, String)>,
    /// Virtual seconds in a second, if time is held to that.
    pub speed: Option<f64>,
    /// Feeds the jitter of retries.
    pub seed: Seed,
}

/// Sends all of a source.
///
/// # Errors
/// When settings are wrong, nothing can be sent, or not all was acknowledged.
pub fn run(
    options: &Options,
    url: &str,
    source: Source<'_>,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let (kind, credentials) = credentials(options)?;
    let settings = settings(options, url, kind, &source);
    let mut problems: Vec<String> = Vec::new();
    let target = Target::new(&settings);
    let errors = target.as_ref().err().into_iter().flatten();
    problems.extend(errors.map(problem));
    problems.extend(credential_errors(kind, credentials.as_ref()).iter().map(problem));
    let (Ok(target), true) = (target, problems.is_empty()) else {
        return Err(Failure::Invalid(problems));
    };
    let authorization = credentials.and_then(|it| it.authorization(kind));
    let timeout = Duration::from_millis(u64::from(settings.timeout_ms));
    let connections = settings.connections as usize;
    let client = Client::new(timeout, connections, authorization);
    let found = preflight::look(&client, &target).map_err(Failure::Undelivered)?;
    if options.check {
        found.lines.iter().for_each(|line| progress.note(line));
        return Ok(());
    }
    let plan = Plan {
        rate: settings.rate,
        // Queries have their times from their run, which began accordingly.
        timestamps: if options.sql.is_some() { Timestamps::Simulated } else { settings.timestamps },
        end: source.end,
        most: source.most,
    };
    let mut run = Run {
        sender: Sender::new(target, &found.cluster, source.seed, 0.0),
        feed: Feed::new(source.origin, source.config, plan),
        posts: Posts::new(&client, connections),
        is_bounded: source.most < u64::MAX,
        lines: 0,
    };
    let why = run.drive(progress)?;
    let now = now_ms(progress);
    let counters = run.sender.counters(now);
    if let Some(path) = &options.undelivered {
        let name = path.display().to_string();
        run.write_undelivered(path).map_err(Failure::io(name))?;
    }
    progress.finish(|elapsed| summary(&counters, elapsed));
    run.posts.finish();
    let lost = run.feed.lost();
    match why {
        Some(why) => Err(Failure::Undelivered(why)),
        None if counters.acknowledged == counters.accepted && lost == 0 => Ok(()),
        None => Err(Failure::Undelivered(undelivered(&counters, lost))),
    }
}

fn problem(error: &FieldError) -> String {
    format!("{}: {}", format!("{:?}", error.field).to_lowercase(), error.message)
}

fn undelivered(counters: &SinkCounters, lost: u64) -> String {
    let mut text = format!(
        "{} records failed, {} may be written or not",
        thousands(counters.failed),
        thousands(counters.unknown)
    );
    for reason in &counters.reasons {
        text.push_str(&format!("\n  {} times: {}", thousands(reason.count), reason.reason));
    }
    if lost > 0 {
        let lost = thousands(lost);
        text.push_str(&format!("\n  {lost} were removed by their topics' retention, and not sent"));
    }
    text
}

fn settings(options: &Options, url: &str, auth: AuthKind, source: &Source<'_>) -> ConnectSettings {
    let topic = |(from, to): &(String, String)| TopicMapping { from: from.clone(), to: to.clone() };
    ConnectSettings {
        url: url.to_owned(),
        api: match options.api {
            ApiVersion::V2 => Api::V2,
            ApiVersion::V3 => Api::V3,
        },
        cluster: options.cluster.clone(),
        auth,
        topics: source.topics.iter().map(topic).collect(),
        values: match options.values {
            Values::Bytes => ValueForm::Bytes,
            Values::Json => ValueForm::Json,
        },
        keys: match options.keys {
            Keys::Bare => KeyForm::String,
            Keys::Json => KeyForm::Json,
            Keys::None => KeyForm::None,
        },
        rate: match (options.rate, source.speed) {
            (Some(per_second), _) if options.envelope => RateSetting::Envelope { per_second },
            (Some(per_second), _) => RateSetting::Constant { per_second },
            (None, Some(speed)) => RateSetting::Replay { speed },
            (None, None) => RateSetting::AsFastAsPossible,
        },
        timestamps: options.timestamps,
        connections: options.connections,
        batch_records: options.batch_records,
        timeout_ms: u32::try_from(options.timeout).unwrap_or(u32::MAX),
        retries: options.retries,
        ..ConnectSettings::default()
    }
}

fn credentials(options: &Options) -> Result<(AuthKind, Option<Credentials>), Failure> {
    let password = match (&options.password_file, &options.password_env) {
        (Some(path), _) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(Failure::io(name))?;
            Some(text.lines().next().unwrap_or_default().to_owned())
        }
        (None, Some(name)) => Some(std::env::var(name).map_err(|_| {
            Failure::Invalid(vec![format!("there is no environment variable `{name}` with text")])
        })?),
        (None, None) => None,
    };
    Ok(match (&options.user, password) {
        (None, None) => (AuthKind::None, None),
        (None, Some(password)) => {
            (AuthKind::Bearer, Some(Credentials { user: String::new(), password }))
        }
        (Some(user), password) => {
            let password = password.unwrap_or_default();
            (AuthKind::Basic, Some(Credentials { user: user.clone(), password }))
        }
    })
}

/// Time since the beginning, milliseconds.
fn now_ms(progress: &Progress) -> f64 {
    progress.elapsed().as_secs_f64() * 1e3
}

#[expect(clippy::disallowed_methods, reason = "the command line may read a clock")]
fn utc() -> Micros {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

struct Run<'a> {
    sender: Sender,
    feed: Feed<'a>,
    posts: Posts,
    is_bounded: bool,
    lines: usize,
}

impl Run<'_> {
    /// Sends until everything has its outcome; says why it stopped before, if it did.
    fn drive(&mut self, progress: &mut Progress) -> Result<Option<String>, Failure> {
        let presses = presses()?;
        loop {
            let now = now_ms(progress);
            let utc = utc();
            self.feed.advance(now, utc);
            while let Some((id, outcome)) = self.posts.answer(Duration::ZERO) {
                self.sender.answer(id, outcome, now);
            }
            match presses.load(Ordering::Relaxed) {
                0 => {}
                1 => self.sender.drain(now),
                _ => self.sender.abort(now),
            }
            let made = self.feed.fill(&mut self.sender, now, utc);
            if self.feed.is_done() {
                self.sender.drain(now);
            }
            let wake = loop {
                match self.sender.poll(now) {
                    Action::Send(request) => self.posts.send(request),
                    Action::Wait(at) => break Some(at),
                    Action::Done => break None,
                }
            };
            // Before it ends too: the last answers have something to say as well.
            self.tell(progress);
            let Some(wake) = wake else {
                return Ok(self.unmade(presses.load(Ordering::Relaxed)));
            };
            // What is still under way has its outcome soon: given up, it would count as unknown.
            if let SinkState::Halted { reason } = self.sender.state()
                && self.sender.in_flight() == 0
            {
                let reason = reason.clone();
                self.sender.abort(now);
                self.tell(progress);
                return Ok(Some(reason));
            }
            let (_, lag) = self.feed.lag();
            let counters = self.sender.counters(now);
            progress.show(|elapsed| status(&counters, lag, elapsed));
            if !made {
                let doze = wake.map_or(DOZE_MS, |at| (at - now).clamp(0.2, DOZE_MS));
                if let Some((id, outcome)) = self.posts.answer(Duration::from_secs_f64(doze / 1e3))
                {
                    self.sender.answer(id, outcome, now_ms(progress));
                }
            }
        }
    }

    /// Why not all that was asked for was made.
    fn unmade(&self, presses: u32) -> Option<String> {
        match presses {
            0 if self.feed.has_run_dry() && self.is_bounded => Some(format!(
                "the configuration gives only {} such records: nothing more will ever happen",
                thousands(self.feed.taken())
            )),
            0 => None,
            1 => Some(format!("interrupted after {} records", thousands(self.feed.taken()))),
            _ => Some("given up".to_owned()),
        }
    }

    fn tell(&mut self, progress: &Progress) {
        for line in self.sender.take_log() {
            if line.level == LogLevel::Info {
                continue;
            }
            self.lines += 1;
            match self.lines {
                1..=MOST_LINES => progress.note(line.text),
                lines if lines == MOST_LINES + 1 => progress.note("and more of the kind"),
                _ => {}
            }
        }
    }

    fn write_undelivered(&self, path: &PathBuf) -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(path)?);
        for kept in self.sender.kept() {
            writeln!(out, "{}", self.sender.line(kept))?;
        }
        out.flush()
    }
}

/// Counts how often Ctrl-C was pressed.
fn presses() -> Result<Arc<AtomicU32>, Failure> {
    let presses = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&presses);
    let handled = ctrlc::set_handler(move || {
        count.fetch_add(1, Ordering::Relaxed);
    });
    match handled {
        Ok(()) => Ok(presses),
        Err(error) => Err(Failure::Undelivered(format!("Ctrl-C cannot be heard: {error}"))),
    }
}

fn status(counters: &SinkCounters, lag_ms: f64, elapsed: Duration) -> String {
    let mut text = format!(
        "{} of {} acknowledged, {} records/s, {} in flight",
        thousands(counters.acknowledged),
        thousands(counters.accepted),
        thousands(rate(counters, elapsed)),
        thousands(counters.in_flight)
    );
    if counters.retried > 0 {
        text.push_str(&format!(", {} sent again", thousands(counters.retried)));
    }
    if lag_ms >= 1_000.0 {
        text.push_str(&format!(", {:.0} s behind the rate", lag_ms / 1e3));
    }
    text
}

fn rate(counters: &SinkCounters, elapsed: Duration) -> u64 {
    (counters.acknowledged as f64 / elapsed.as_secs_f64().max(1e-3)) as u64
}

fn summary(counters: &SinkCounters, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    let rate = thousands(rate(counters, elapsed));
    let mut text = format!("{seconds:.1} s, {rate} records/s acknowledged");
    for (count, name) in [
        (counters.sent, "sent"),
        (counters.acknowledged, "acknowledged"),
        (counters.failed, "failed"),
        (counters.unknown, "unknown"),
        (counters.withdrawn, "withdrawn"),
        (counters.retried, "tries again"),
        (counters.possible_duplicates, "possible duplicates"),
        (counters.reordered, "reordered"),
        (counters.requests, "requests"),
    ] {
        text.push_str(&format!("\n{:>14}  {name}", thousands(count)));
    }
    text
}
