//! Reads the section `Streamglass`. All its members are optional.

use super::error::Reason;
use super::node::{Node, Report, closest, shorten};
use super::settings::{
    Delay, FaultRates, LogNormal, Outage, Pacing, Rate, ScheduleRule, Settings, Skew, Span, Tail,
    bounds,
};
use super::units;
use crate::rng::Seed;
use crate::time::Micros;

/// 2023-01-12T08:00:00Z, the Thursday of the sample.
const START: Micros = Micros(1_673_510_400_000_000);
/// Virtual time may start in this century.
const EARLIEST: i64 = 946_684_800_000_000;
const LATEST: i64 = 4_102_444_800_000_000;

const MEMBERS: [&str; 14] = [
    "seed",
    "start",
    "mode",
    "sessionsPerSecond",
    "pacing",
    "dwell",
    "partitions",
    "maxPending",
    "delay",
    "tail",
    "outages",
    "skew",
    "schedule",
    "faults",
];

/// Reads the section. `modes` is `None` when they could not be read: what names one is then not judged.
pub(super) fn read(
    root: &Node<'_>,
    modes: Option<&[&str]>,
    report: &mut Report,
) -> Option<Settings> {
    let empty = serde_json::json!({});
    let node =
        root.get("Streamglass").unwrap_or(Node { path: "Streamglass".to_owned(), value: &empty });
    node.object(report)?;
    node.only(report, &MEMBERS);
    let start = node.get("start").map_or(Some(START), |n| start(&n, report));
    let mut reader = Reader { start: start.unwrap_or(START), report };
    let settings = Settings {
        seed: node.get("seed").and_then(|n| reader.seed(&n)),
        start: reader.start,
        base_mode: base_mode(&node, modes, reader.report).unwrap_or(0),
        sessions_per_second: reader.member(&node, "sessionsPerSecond", 10.0, |r, n| {
            n.number(r.report, 1e-6, bounds::RATE, " sessions/s")
        }),
        pacing: reader.member(&node, "pacing", Pacing::Dwell, |r, n| pacing(n, r.report)),
        dwell: reader.member(&node, "dwell", log_normal(25.0, 1.0), |r, n| {
            r.log_normal(n, log_normal(25.0, 1.0), "medianSeconds", &[])
        }),
        partitions: reader
            .member(&node, "partitions", 4, |r, n| n.whole(r.report, 1, bounds::PARTITIONS)),
        max_pending: reader
            .member(&node, "maxPending", 1_000_000, |r, n| n.whole(r.report, 1_000, 20_000_000)),
        delay: reader.member(&node, "delay", BASE_DELAY, |r, n| {
            r.log_normal(n, BASE_DELAY, "medianMs", &[])
        }),
        tail: reader.member(&node, "tail", NO_TAIL, Reader::tail),
        outages: Vec::new(),
        skew: reader.member(&node, "skew", NO_SKEW, Reader::skew),
        schedule: schedule(&node, modes, reader.report),
        faults: reader.member(&node, "faults", FaultRates::NONE, Reader::faults),
    };
    let outages = reader.outages(&node, settings.partitions);
    Some(Settings { outages, ..settings })
}

const BASE_DELAY: Delay = log_normal(0.08, 0.6);
const NO_TAIL: Tail = Tail { share: 0.0, delay: log_normal(600.0, 1.0) };
const NO_SKEW: Skew = Skew { share: 0.0, offset_micros: 600_000_000 };

const fn log_normal(median_seconds: f64, sigma: f64) -> LogNormal {
    LogNormal { median_seconds, sigma }
}

fn pacing(node: &Node<'_>, report: &mut Report) -> Option<Pacing> {
    match node.text(report)? {
        "dwell" => Some(Pacing::Dwell),
        "random-pick" => Some(Pacing::RandomPick),
        other => {
            let expected = "`dwell` or `random-pick`";
            node.fail(report, Reason::Text { text: shorten(other), expected })
        }
    }
}

fn start(node: &Node<'_>, report: &mut Report) -> Option<Micros> {
    let micros = match node.value.as_f64() {
        Some(ms) => (ms * 1e3) as i64,
        None => {
            let text = node.text(report)?;
            let expected = "an RFC 3339 time such as 2023-01-12T08:00:00Z, nor milliseconds";
            match units::rfc3339(text) {
                Some(micros) => micros,
                None => return node.fail(report, Reason::Text { text: shorten(text), expected }),
            }
        }
    };
    if (EARLIEST..=LATEST).contains(&micros) {
        return Some(Micros(micros));
    }
    let [value, low, high] = [micros, EARLIEST, LATEST].map(|micros| micros as f64 / 1e3);
    node.fail(report, Reason::Range { value, low, high, unit: " ms (the years 2000 to 2099)" })
}

fn mode_named(node: &Node<'_>, modes: Option<&[&str]>, report: &mut Report) -> Option<usize> {
    let (name, modes) = (node.text(report)?, modes?);
    let found = modes.iter().position(|mode| *mode == name);
    if found.is_none() {
        let suggestion = closest(name, modes.iter().copied());
        let reason = Reason::UnknownMode { name: shorten(name), suggestion };
        report.errors.push(&node.path, reason);
    }
    found
}

/// The mode in force when the schedule names no other: `default`, or else the first one.
fn base_mode(node: &Node<'_>, modes: Option<&[&str]>, report: &mut Report) -> Option<usize> {
    match node.get("mode") {
        Some(node) => mode_named(&node, modes, report),
        None => modes?.iter().position(|mode| *mode == "default"),
    }
}

fn schedule(node: &Node<'_>, modes: Option<&[&str]>, report: &mut Report) -> Vec<ScheduleRule> {
    let items = node.get("schedule").and_then(|n| n.items(report, 100)).unwrap_or_default();
    items.iter().filter_map(|item| rule(item, modes, report)).collect()
}

fn rule(node: &Node<'_>, modes: Option<&[&str]>, report: &mut Report) -> Option<ScheduleRule> {
    node.object(report)?;
    node.only(report, &["mode", "weekday", "from", "to"]);
    let mode = node.require(report, "mode").and_then(|n| mode_named(&n, modes, report));
    let weekday = node.get("weekday").map(|n| weekday(&n, report));
    let mut minute = |name, absent| node.get(name).map_or(Some(absent), |n| minute(&n, report));
    let (from, to) = (minute("from", 0), minute("to", 24 * 60));
    let (from, to) = (from?, to?);
    if from >= to {
        report.errors.push(&node.path_of("to"), Reason::Order { other: "from" });
    }
    let weekday = match weekday {
        Some(day) => Some(day?),
        None => None,
    };
    Some(ScheduleRule { mode: mode?, weekday, from, to })
}

fn weekday(node: &Node<'_>, report: &mut Report) -> Option<u8> {
    let text = node.text(report)?;
    let expected = "a day of the week such as Friday";
    units::weekday(text)
        .or_else(|| node.fail(report, Reason::Text { text: shorten(text), expected }))
}

/// A time of day: `07:00` or an hour.
fn minute(node: &Node<'_>, report: &mut Report) -> Option<u16> {
    if node.value.is_number() {
        return Some((node.number(report, 0.0, 24.0, " h")? * 60.0) as u16);
    }
    let text = node.text(report)?;
    let expected = "a time of day such as 07:00, nor an hour from 0 to 24";
    units::time_of_day(text)
        .or_else(|| node.fail(report, Reason::Text { text: shorten(text), expected }))
}

/// Reads members that may name points in time, which can be relative to the start.
struct Reader<'r> {
    start: Micros,
    report: &'r mut Report,
}

impl Reader<'_> {
    fn member<T>(
        &mut self,
        node: &Node<'_>,
        name: &str,
        absent: T,
        read: impl FnOnce(&mut Self, &Node<'_>) -> Option<T>,
    ) -> T {
        // What cannot be read is reported, and a report with errors makes no configuration.
        node.get(name).and_then(|n| read(self, &n)).unwrap_or(absent)
    }

    fn seed(&mut self, node: &Node<'_>) -> Option<Seed> {
        match node.value.as_u64() {
            Some(seed) => Some(Seed(seed)),
            None => node.wrong_type(self.report, "a whole number from 0"),
        }
    }

    /// A log-normal whose median is the member `median` (`medianMs` or `medianSeconds`).
    fn log_normal(
        &mut self,
        node: &Node<'_>,
        absent: LogNormal,
        median: &'static str,
        others: &[&'static str],
    ) -> Option<LogNormal> {
        node.object(self.report)?;
        node.only(self.report, &[others, &[median, "sigma"]].concat());
        let per_second = if median == "medianMs" { 1e3 } else { 1.0 };
        let median_seconds = self.member(node, median, absent.median_seconds, |r, n| {
            let (high, unit) = (bounds::MEDIAN_SECONDS * per_second, " (a week)");
            n.number(r.report, 0.0, high, unit).map(|value| value / per_second)
        });
        let sigma = self
            .member(node, "sigma", absent.sigma, |r, n| n.number(r.report, 0.0, bounds::SIGMA, ""));
        Some(LogNormal { median_seconds, sigma })
    }

    fn share(&mut self, node: &Node<'_>) -> Option<f64> {
        node.require(self.report, "share").and_then(|n| n.number(self.report, 0.0, 1.0, ""))
    }

    fn tail(&mut self, node: &Node<'_>) -> Option<Tail> {
        let delay = self.log_normal(node, NO_TAIL.delay, "medianSeconds", &["share"])?;
        Some(Tail { share: self.share(node)?, delay })
    }

    fn skew(&mut self, node: &Node<'_>) -> Option<Skew> {
        node.object(self.report)?;
        node.only(self.report, &["share", "offset"]);
        let most = bounds::SKEW_SECONDS;
        let offset =
            node.require(self.report, "offset").and_then(|n| self.duration(&n, -most, most));
        Some(Skew { share: self.share(node)?, offset_micros: offset? })
    }

    /// A duration in microseconds: a text such as `5m`, or a number of seconds.
    fn duration(&mut self, node: &Node<'_>, low: f64, high: f64) -> Option<i64> {
        if node.value.is_number() {
            return Some((node.number(self.report, low, high, " s")? * 1e6) as i64);
        }
        let text = node.text(self.report)?;
        let expected = "a duration such as 30s, 5m or 1h30m, nor a number of seconds";
        let Some(micros) = units::duration(text) else {
            return node.fail(self.report, Reason::Text { text: shorten(text), expected });
        };
        let value = micros as f64 / 1e6;
        if (low..=high).contains(&value) {
            return Some(micros);
        }
        node.fail(self.report, Reason::Range { value, low, high, unit: " s" })
    }

    /// A point in time: RFC 3339, milliseconds since 1970, or a duration after the start.
    fn instant(&mut self, node: &Node<'_>) -> Option<Micros> {
        let start = self.start;
        let micros = match node.value.as_f64() {
            Some(ms) => (ms * 1e3) as i64,
            None => {
                let text = node.text(self.report)?;
                let expected = "a time: RFC 3339, milliseconds, or a duration after the start";
                let after = units::duration(text).map(|after| start.plus(after).0);
                match after.or_else(|| units::rfc3339(text)) {
                    Some(micros) => micros,
                    None => {
                        let reason = Reason::Text { text: shorten(text), expected };
                        return node.fail(self.report, reason);
                    }
                }
            }
        };
        let latest = start.plus(units::MOST_MICROS as i64);
        if (start..=latest).contains(&Micros(micros)) {
            return Some(Micros(micros));
        }
        let [value, low, high] = [micros, start.0, latest.0].map(|micros| micros as f64 / 1e3);
        node.fail(self.report, Reason::Range { value, low, high, unit: " ms (from the start on)" })
    }

    /// The members `from` and `for`; without `for` the span does not end.
    fn span(&mut self, node: &Node<'_>) -> Option<Span> {
        let from = match node.get("from") {
            Some(n) => self.instant(&n)?,
            None => self.start,
        };
        let most = units::MOST_MICROS / 1e6;
        let until = match node.get("for") {
            Some(n) => from.plus(self.duration(&n, 0.0, most)?),
            None => Micros(i64::MAX),
        };
        Some(Span { from, until })
    }

    fn outages(&mut self, node: &Node<'_>, partitions: u32) -> Vec<Outage> {
        let list = node.get("outages");
        let items = list.and_then(|n| n.items(self.report, bounds::OUTAGES)).unwrap_or_default();
        items.iter().filter_map(|item| self.outage(item, partitions)).collect()
    }

    fn outage(&mut self, node: &Node<'_>, partitions: u32) -> Option<Outage> {
        node.object(self.report)?;
        node.only(self.report, &["partition", "from", "for"]);
        let partition = node
            .require(self.report, "partition")
            .and_then(|n| n.whole(self.report, 0, partitions - 1));
        let bounded = node.require(self.report, "for");
        let span = self.span(node);
        bounded?;
        Some(Outage { partition: partition?, span: span? })
    }

    fn faults(&mut self, node: &Node<'_>) -> Option<FaultRates> {
        node.object(self.report)?;
        let members = ["duplicate", "drop", "malformed", "missingKey", "poison", "bot", "burst"];
        node.only(self.report, &members);
        let mut share = |name, most| {
            self.member(node, name, Rate::always(0.0), |r, n| r.rate(n, "share", 0.0, most))
        };
        Some(FaultRates {
            duplicate: share("duplicate", 1.0),
            drop: share("drop", bounds::DROP),
            malformed: share("malformed", 1.0),
            missing_key: share("missingKey", 1.0),
            poison: share("poison", 1.0),
            bot: self.member(node, "bot", FaultRates::NONE.bot, |r, n| {
                r.rate(n, "perSecond", 0.0, bounds::BOT)
            }),
            burst: self.member(node, "burst", FaultRates::NONE.burst, |r, n| {
                r.rate(n, "factor", 1.0, bounds::BURST)
            }),
        })
    }

    /// A number, or a mapping with the number as `name` and the span as `from` and `for`.
    fn rate(&mut self, node: &Node<'_>, name: &'static str, low: f64, high: f64) -> Option<Rate> {
        if node.value.is_number() {
            return Some(Rate::always(node.number(self.report, low, high, "")?));
        }
        if !node.value.is_object() {
            return node.wrong_type(self.report, "a number, or a mapping with `from` and `for`");
        }
        node.only(self.report, &[name, "from", "for"]);
        let value =
            node.require(self.report, name).and_then(|n| n.number(self.report, low, high, ""));
        let span = self.span(node);
        Some(Rate { value: value?, span: span? })
    }
}
