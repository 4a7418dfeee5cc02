//! Settings that make no sense, each with its reason at the knob; and what is simplified, said openly.

use super::knob::duration;
use super::protocol::KnobProblem;
use super::settings::Settings;
use super::source::Process;
use crate::architecture::question::Question;
use crate::time::DAY_MS;

/// Events that a run simulates at most without being asked to.
const COMFORTABLE: f64 = 10e6;
/// Events that a run simulates at most: about 600 MB of them.
const MOST_EVENTS: f64 = 24e6;
/// The same of sessions, of which every view keeps a row each.
const COMFORTABLE_SESSIONS: f64 = 3e6;
const MOST_SESSIONS: f64 = 6e6;
/// Windows that a run keeps at most.
const MOST_WINDOWS: i64 = 200_000;
/// Bits of exact user sets, for each lane and truth.
const MOST_USER_BITS: f64 = 1e9;
/// The longest run: event times have 32 bits.
const LONGEST: i64 = 45 * DAY_MS;

/// The variance of a count of the site's clicks over that of independent ones: a click brings its
/// session's others with it. The mean of squared sizes of sessions over their mean size, measured.
const TOGETHER: f64 = 11.0;

/// One simulated event stands for so many.
pub fn sampling(s: &Settings, end: i64) -> f64 {
    let events = s.rate * end as f64 / 1e3;
    let comfortable =
        if s.question == Question::Sessions { COMFORTABLE_SESSIONS } else { COMFORTABLE };
    if s.sample >= 1.0 { s.sample } else { libm::ceil(events / comfortable).max(1.0) }
}

/// What is wrong.
pub fn problems(s: &Settings, end: i64) -> Vec<KnobProblem> {
    let mut problems = Vec::new();
    let mut wrong = |knob: &str, holds: bool, message: String| {
        if !holds {
            problems.push(KnobProblem { knob: knob.to_owned(), message });
        }
    };
    wrong(
        "",
        (1_000..=LONGEST).contains(&end),
        format!("a run is 1 s to {} long, not {}", duration(LONGEST), duration(end)),
    );
    wrong(
        "grace",
        s.retention == 0 || s.grace <= s.retention,
        format!(
            "a grace of {} is longer than the retention of {}: set it to that at most, or retention to 0s",
            duration(s.grace),
            duration(s.retention)
        ),
    );
    wrong(
        "segment",
        s.retention == 0 || s.segment <= s.retention,
        format!("a segment of {} is longer than the retention", duration(s.segment)),
    );
    wrong(
        "recompute",
        s.recompute == 0 || s.recompute >= s.period,
        format!(
            "batches every {} that recompute {} leave time between them that none computes: set it to {} or more, or to 0s for everything",
            duration(s.period),
            duration(s.recompute),
            duration(s.period)
        ),
    );
    wrong(
        "recompute",
        s.recompute == 0 || s.window > 0,
        "with one window over all time only everything can be recomputed: set it to 0s".to_owned(),
    );
    wrong(
        "recompute",
        s.recompute == 0 || s.question != Question::Sessions,
        "sessions cross the bounds of partitions: only everything can be recomputed; set it to 0s"
            .to_owned(),
    );
    wrong(
        "recompute",
        s.recompute == 0 || s.window == 0 || s.period % s.window == 0,
        format!(
            "partitions of {} do not end where windows of {} end: choose a period that is a multiple of the window",
            duration(s.period),
            duration(s.window)
        ),
    );
    wrong(
        "overlap",
        s.overlap.abs() < s.period,
        format!("an overlap or gap must be shorter than the period of {}", duration(s.period)),
    );
    wrong(
        "cut-off",
        s.cut_off < s.period,
        format!("a cut-off must be shorter than the period of {}", duration(s.period)),
    );
    wrong(
        "sketch",
        s.sketch == 0.0 || s.sketch >= 4.0,
        "a sketch has a precision of 4 to 16 bits; 0 keeps exact sets".to_owned(),
    );
    wrong(
        "emit",
        s.emit == 0 || s.window > 0,
        "a window over all time never closes: set emit to changes, or window to a size".to_owned(),
    );
    wrong(
        "emit",
        s.emit == 0 || s.question != Question::Sessions,
        "sessions are shown while they grow: set emit to changes".to_owned(),
    );
    wrong(
        "heartbeat",
        s.heartbeat == 0 || s.heartbeat >= 1_000,
        "a heartbeat comes at most once a second: set it to 1s or more, or to 0s for none"
            .to_owned(),
    );
    let windows = if s.window == 0 { 1 } else { end / s.window + 1 };
    wrong(
        "window",
        windows <= MOST_WINDOWS,
        format!("{windows} windows do not fit into memory: at most {MOST_WINDOWS} do"),
    );
    let sample = sampling(s, end);
    wrong(
        "users",
        s.question != Question::Users || windows as f64 * s.users / sample <= MOST_USER_BITS,
        "exact sets of so many users in so many windows do not fit into memory: choose larger windows, fewer users or a sample".to_owned(),
    );
    let events = s.rate * end as f64 / 1e3 / sample;
    let most = if s.question == Question::Sessions { MOST_SESSIONS } else { MOST_EVENTS };
    wrong(
        "rate",
        events <= most,
        format!(
            "{events:.0} simulated events do not fit into memory: at most {most:.0} do; set sample to 0 to let one stand for many"
        ),
    );
    problems
}

/// What is to be said of settings that are fine.
pub fn notices(s: &Settings, end: i64) -> Vec<KnobProblem> {
    let mut notices = Vec::new();
    let mut say = |knob: &str, message: String| {
        notices.push(KnobProblem { knob: knob.to_owned(), message });
    };
    if s.sample > 1.0 {
        say("sample", sampled(s, end));
    }
    if s.capacity() <= s.rate {
        say("throughput", never_catches_up(s));
    }
    notices
}

// What follows is apart, so that it is loaded when it is first said (`xtask/src/wasm/doors.rs`).

#[inline(never)]
fn sampled(s: &Settings, end: i64) -> String {
    let n = s.rate * end as f64 / 1e3 / s.sample;
    let together = if s.source == Process::Clickstream { TOGETHER } else { 1.0 };
    format!(
        "One user in {} is simulated, with all that they do, and stands for all. The standard error of a count of all events is about {:.2} %, of a share of them more.",
        s.sample,
        100.0 * (together / n).sqrt()
    )
}

#[inline(never)]
fn never_catches_up(s: &Settings) -> String {
    format!("Jobs process {} events/s and {} arrive: they never catch up.", s.capacity(), s.rate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::EXPERIMENTS;
    use crate::experiment::source::Source;
    use crate::rng::Seed;

    #[test]
    fn every_preset_is_right() {
        for experiment in EXPERIMENTS {
            assert_eq!(problems(&experiment.defaults(), experiment.for_ms), [], "{experiment:?}");
        }
    }

    #[test]
    fn counts_of_the_site_vary_as_is_said_of_a_sample() {
        let (seeds, end) = (300, 4 * 3_600_000);
        let counts: Vec<f64> = (0..seeds)
            .map(|seed| {
                let mut n = 0.0;
                let mut source = Source::new(Process::Clickstream, 1.0, 100_000, Seed(seed));
                source.run(end, |_| n += 1.0);
                n
            })
            .collect();
        let mean = counts.iter().sum::<f64>() / counts.len() as f64;
        let squares = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>();
        let variance = squares / (counts.len() - 1) as f64;
        // Of 300 counts the variance is known to 8 %.
        let off = variance / mean / TOGETHER - 1.0;
        assert!(off.abs() < 0.16, "{} instead of {TOGETHER}", variance / mean);
    }
}
