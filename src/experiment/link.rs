//! A run as a line of text for a link: experiment, seed, knobs, length, what a person did and when, and
//! where it was. Never anything else, and above all no credentials.
//!
//! `crash?v=1&seed=7&for=4h&grace=30s&do=30m~outage:10m&now=1h`. A link comes from anyone: it is read
//! within bounds, and every knob and operation by the parser of the command line.

use super::knob::{Knob, duration, duration_ms};
use super::operations;
use super::protocol::Logged;
use super::settings::KNOBS;
use super::{Experiment, experiment};
use crate::rng::{MOST_SEED, Seed};

/// The version of the format.
const VERSION: &str = "1";
/// The longest link that is read, bytes.
const MOST_BYTES: usize = 16_384;
/// The most operations that are read.
const MOST_OPERATIONS: usize = 500;

/// What a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The experiment's name: there is one of it.
    pub experiment: String,
    /// The seed.
    pub seed: u64,
    /// Knobs that differ from the preset.
    pub settings: Vec<(String, String)>,
    /// How long the run is; `None` is as the preset says.
    pub for_ms: Option<i64>,
    /// What a person did.
    pub log: Vec<Logged>,
    /// Where the run was.
    pub at_ms: i64,
}

/// A run for a link.
pub(super) fn text<'a>(
    experiment: &Experiment,
    seed: Seed,
    end_ms: i64,
    settings: impl Iterator<Item = (&'a str, String)>,
    log: impl Iterator<Item = &'a Logged>,
    clock_ms: i64,
) -> String {
    let mut text = format!("{}?v={VERSION}&seed={}", experiment.name, seed.0);
    let mut add = |name: &str, value: &str| {
        text.push('&');
        text.push_str(name);
        text.push('=');
        value.chars().for_each(|char| encode(char, &mut text));
    };
    if end_ms != experiment.for_ms {
        add("for", &duration(end_ms));
    }
    settings.for_each(|(name, value)| add(name, &value));
    for Logged { at_ms, operation, .. } in log {
        add("do", &format!("{}~{}", duration(*at_ms), operations::text(operation)));
    }
    if clock_ms > 0 {
        add("now", &duration(clock_ms));
    }
    text
}

/// What needs no escape in a fragment and separates nothing here stays as it is.
fn encode(char: char, text: &mut String) {
    if char.is_ascii_alphanumeric() || "-._~:+".contains(char) {
        text.push(char);
    } else {
        let mut bytes = [0; 4];
        for byte in char.encode_utf8(&mut bytes).bytes() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}

fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err(format!("`{}` has a % without two digits", short(text))),
        }
    }
    String::from_utf8(bytes).map_err(|_| format!("`{}` is not UTF-8", short(text)))
}

/// The beginning of a text, for a message.
fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

impl Link {
    /// Reads a link.
    ///
    /// # Errors
    /// The first thing that is wrong with it. What its knobs are set to is for
    /// [`super::Simulation::open`] to judge.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MOST_BYTES {
            return Err(format!("the link is longer than {MOST_BYTES} bytes"));
        }
        let (name, query) = text.split_once('?').unwrap_or((text, ""));
        let Some(found) = experiment(name) else {
            return Err(format!(
                "the link names an experiment that does not exist: `{}`",
                short(name)
            ));
        };
        let mut link = Self {
            experiment: found.name.to_owned(),
            seed: 7,
            settings: Vec::new(),
            for_ms: None,
            log: Vec::new(),
            at_ms: 0,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            link.take(name, decode(value)?)?;
        }
        Ok(link)
    }

    fn take(&mut self, name: &str, value: String) -> Result<(), String> {
        let wrong = |error: String| format!("the link's `{}`: {error}", short(name));
        let time = |text: &str| match duration_ms(text) {
            Ok(ms) if ms >= 0 => Ok(ms),
            Ok(_) => Err(wrong(format!("`{text}` is before the start"))),
            Err(error) => Err(wrong(error)),
        };
        match name {
            "v" if value == VERSION => {}
            "v" => return Err("the link is of another version of Streamglass".to_owned()),
            "seed" => {
                let seed = value.parse().ok().filter(|seed| *seed <= MOST_SEED);
                self.seed = seed.ok_or_else(|| wrong(format!("`{}` is no seed", short(&value))))?;
            }
            "for" => self.for_ms = Some(time(&value)?),
            "now" => self.at_ms = time(&value)?,
            "do" if self.log.len() >= MOST_OPERATIONS => {
                return Err(format!("the link has more than {MOST_OPERATIONS} operations"));
            }
            "do" => {
                let (at, what) = value.split_once('~').unwrap_or((&value, ""));
                let operation = operations::parse(what).map_err(wrong)?;
                self.log.push(Logged { at_ms: time(at)?, operation, preset: false });
            }
            _ => {
                let known = |knob: &&Knob| knob.name == name;
                let Some(knob) = KNOBS.iter().find(known) else {
                    return Err(format!("the link sets `{}`, which is no knob", short(name)));
                };
                self.settings.retain(|(other, _)| other != knob.name);
                self.settings.push((knob.name.to_owned(), value));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::Operation;
    use crate::experiment::{EXPERIMENTS, Simulation};

    fn parse(text: &str) -> Result<Link, String> {
        Link::parse(text)
    }

    #[test]
    fn a_link_is_the_run_that_it_was_made_of() {
        let settings = [("grace", "30s"), ("late-share", "3%"), ("hand-off", "by-batch-id")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let hour = 3_600_000;
        let mut run = Simulation::open("crash", Seed(12), &settings, Some(3 * hour)).unwrap();
        run.advance(hour / 2, u64::MAX);
        run.operate(&Operation::LateData { share: 0.5, mean_ms: 90_000, for_ms: 1_500 }).unwrap();
        run.operate(&Operation::MissBatch).unwrap();
        run.advance(hour, u64::MAX);
        let text = run.link();
        assert_eq!(
            text,
            "crash?v=1&seed=12&for=3h&grace=30s&hand-off=by-batch-id&late-share=3%25\
             &do=30m~late:0.5:90s:1500ms&do=30m~miss-batch&now=1h"
        );
        let link = parse(&text).unwrap();
        assert_eq!((link.seed, link.at_ms, link.for_ms), (12, hour, Some(3 * hour)));
        let mut again =
            Simulation::open(&link.experiment, Seed(link.seed), &link.settings, link.for_ms)
                .unwrap();
        again.replay([again.log(), &link.log].concat());
        again.advance(link.at_ms, u64::MAX);
        assert_eq!((again.digest(), again.link()), (run.digest(), text));
        for experiment in EXPERIMENTS {
            let run = Simulation::open(experiment.name, Seed(7), &[], None).unwrap();
            assert_eq!(run.link(), format!("{}?v=1&seed=7", experiment.name));
            assert_eq!(parse(experiment.name), parse(&run.link()));
        }
    }

    #[test]
    fn no_knob_has_the_name_of_another_part() {
        let own = ["v", "seed", "for", "now", "do"];
        assert!(KNOBS.iter().all(|knob| !own.contains(&knob.name)));
    }

    #[test]
    fn what_is_wrong_with_a_link_is_told() {
        let long = format!("crash?grace={}", "1".repeat(MOST_BYTES));
        let many = format!("crash?{}", "do=1m~crash&".repeat(MOST_OPERATIONS + 1));
        for (text, part) in [
            ("", "does not exist"),
            ("<img src=x>", "does not exist"),
            ("crash?v=2", "version"),
            ("crash?seed=-1", "seed"),
            ("crash?seed=9007199254740992", "seed"),
            ("crash?for=soon", "`for`"),
            ("crash?now=-1s", "before the start"),
            ("crash?do=1m", "none of"),
            ("crash?do=1m~rm", "none of"),
            ("crash?do=~crash", "unit"),
            ("crash?__proto__=1", "no knob"),
            ("crash?grace=%2", "two digits"),
            ("crash?grace=%FF", "UTF-8"),
            (&long, "longer"),
            (&many, "operations"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{text:.60}: {error}");
        }
        // Knobs are judged where a run is opened.
        assert_eq!(parse("crash?grace=soon").unwrap().settings.len(), 1);
        assert_eq!(parse("crash?grace=1s&grace=2s").unwrap().settings[0].1, "2s");
    }

    #[test]
    fn no_text_breaks_the_reader() {
        let mut draws = Seed(1).stream("links");
        let parts =
            ["crash", "?", "&", "=", "%", "%25", "do", "~", "grace", "30s", "é", ":", "0", "late"];
        for _ in 0..20_000 {
            let mut text = "crash?".to_owned();
            for _ in 0..draws.below(12) {
                text.push_str(parts[draws.below(parts.len() as u32) as usize]);
            }
            let _ = parse(&text);
        }
    }
}
