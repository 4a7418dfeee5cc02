//! All that can be set of a simulation, and the knobs that set it: every experiment has them all,
//! with defaults of its own.

use super::knob::{Knob, Slot, later, shown};
use super::source::Process;
use crate::architecture::cost::Cost;
use crate::architecture::question::{Question, Shape};
use crate::architecture::retention::Retention;
use crate::architecture::speed::HandOff;
use crate::architecture::stream_job::{Guarantee, JobSetup};
use crate::architecture::view::Merge;
use crate::sim::fault::{Delay, Faults, Share};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// How delays of late events are distributed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateDelay {
    /// S(x) = e^(−x/mean).
    Exponential,
    /// S(x) = 1 − x/(2·mean).
    Uniform,
    /// All the same.
    Constant,
    /// Log-normal with this mean and σ = 1.
    LogNormal,
}

/// The settings of a simulation. Durations are milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What is asked.
    pub question: Question,
    /// Size of its windows; 0 is all time.
    pub window: i64,
    /// The inactivity gap that ends a session.
    pub session_gap: i64,
    /// What makes the events.
    pub source: Process,
    /// Events a second.
    pub rate: f64,
    /// How many users there are.
    pub users: f64,
    /// One simulated event stands for so many; 0 chooses so that memory holds the run.
    pub sample: f64,
    /// Period of batches.
    pub period: i64,
    /// Run time of a batch; 0 follows from the cost model.
    pub run_time: i64,
    /// What lambda's batches recompute; 0 is everything.
    pub recompute: i64,
    /// How long batches wait for late events.
    pub cut_off: i64,
    /// From arrival until a stream path's answer shows an event.
    pub stream_lag: i64,
    /// Grace of both stream paths.
    pub grace: i64,
    /// Grace of kappa's replays.
    pub replay_grace: i64,
    /// Where lambda's batch view ends.
    pub hand_off: usize,
    /// Overlap (over 0) or gap (below 0) of the hand-off by event time.
    pub overlap: i64,
    /// Precision of sketches; 0 keeps sets.
    pub sketch: f64,
    /// How the serving layer puts users together.
    pub unite: bool,
    /// Base delay of every event.
    pub delay: i64,
    /// Share of late events.
    pub late_share: f64,
    /// Their mean delay.
    pub late_mean: i64,
    /// The distribution of it.
    pub late_delay: usize,
    /// Share of dropped events.
    pub drops: f64,
    /// Share of duplicated events.
    pub duplicates: f64,
    /// Share of events with wrong values.
    pub bad: f64,
    /// Whether batch ETL's OLTP store updates rows in place.
    pub in_place: bool,
    /// Whether kappa's windows are emitted once, when they close.
    pub emit: usize,
    /// Interval of heartbeats in kappa's log; 0 is none.
    pub heartbeat: i64,
    /// How long the preset's silence lasts.
    pub silence: i64,
    /// On which of lambda's paths the preset's fix is deployed.
    pub fix: usize,
    /// Whether the preset's fix reprocesses.
    pub replay: bool,
    /// What a crash leaves.
    pub guarantee: usize,
    /// Interval of commits or checkpoints.
    pub checkpoint: i64,
    /// Retention of kappa's log; 0 keeps all.
    pub retention: i64,
    /// Time in a segment of it.
    pub segment: i64,
    /// Whether an archive keeps what the log drops.
    pub archive: bool,
    /// Whether a replay's table begins with the old one's rows.
    pub seeded: bool,
    /// μ.
    pub throughput: f64,
    /// p.
    pub workers: f64,
    /// u.
    pub startup: i64,
    /// Price of a worker's hour.
    pub worker_price: f64,
    /// Price of a gigabyte for 30 days.
    pub storage_price: f64,
    /// Bytes of an event.
    pub event_bytes: f64,
    /// Analytic queries a second on the OLTP store.
    pub query_rate: f64,
    /// Rows that one scans.
    pub query_rows: f64,
    /// Rows that the store scans a second.
    pub scan_rate: f64,
    /// Single writes that the store takes a second.
    pub write_capacity: f64,
    /// When the preset's script does something.
    pub at: i64,
    /// When it does the next thing, after that.
    pub after: i64,
    /// How many times it does it.
    pub times: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            question: Question::Clicks,
            window: MINUTE_MS,
            session_gap: 30 * MINUTE_MS,
            source: Process::Poisson,
            rate: 20.0,
            users: 100_000.0,
            sample: 0.0,
            period: HOUR_MS,
            run_time: 0,
            recompute: 0,
            cut_off: 0,
            stream_lag: 1_000,
            grace: 10 * MINUTE_MS,
            replay_grace: DAY_MS,
            hand_off: 0,
            overlap: 0,
            sketch: 0.0,
            unite: true,
            delay: 0,
            late_share: 0.0,
            late_mean: 10 * MINUTE_MS,
            late_delay: 0,
            drops: 0.0,
            duplicates: 0.0,
            bad: 0.0,
            in_place: false,
            emit: 0,
            heartbeat: 0,
            silence: 8 * MINUTE_MS,
            fix: 0,
            replay: true,
            guarantee: 2,
            checkpoint: 10_000,
            retention: 0,
            segment: HOUR_MS,
            archive: false,
            seeded: false,
            throughput: 2_000.0,
            workers: 1.0,
            startup: 30_000,
            worker_price: 0.192,
            storage_price: 0.08,
            event_bytes: 900.0,
            query_rate: 0.0,
            query_rows: 20_000.0,
            scan_rate: 1_000_000.0,
            write_capacity: 1_000.0,
            at: 90 * MINUTE_MS,
            after: HOUR_MS,
            times: 1.0,
        }
    }
}

macro_rules! duration {
    ($field:ident) => {
        Slot::Duration(|s| s.$field, |s, value| s.$field = value)
    };
}
macro_rules! number {
    ($field:ident) => {
        Slot::Number(|s| s.$field, |s, value| s.$field = value)
    };
}
macro_rules! switch {
    ($field:ident) => {
        Slot::Switch(|s| s.$field, |s, value| s.$field = value)
    };
}
macro_rules! choice {
    ($field:ident, $($name:literal: $label:literal),+) => {
        Slot::Choice(&[$(($name, $label)),+], |s| s.$field, |s, value| s.$field = value)
    };
}

const QUESTIONS: [Question; 4] =
    [Question::Clicks, Question::Users, Question::Conversion, Question::Sessions];
const PROCESSES: [Process; 3] = [Process::Clickstream, Process::Poisson, Process::Constant];

fn place<T: PartialEq>(all: &[T], one: &T) -> usize {
    all.iter().position(|other| other == one).unwrap_or(0)
}

/// All knobs, in the order of reports.
pub static KNOBS: &[Knob] = &[
    Knob::new("question", "Question", later!("What is asked of the clicks."),
        Slot::Choice(
            &[("clicks", "clicks by section"), ("users", "distinct users"), ("conversion", "conversion by channel"), ("session-length", "session length")],
            |s| place(&QUESTIONS, &s.question), |s, value| s.question = QUESTIONS[value])),
    Knob::new("window", "Window size", later!("Tumbling windows of event time; 0s asks over all time."),
        duration!(window)).within(0.0, DAY_MS as f64),
    Knob::new("session-gap", "Session gap", later!("Of session lengths: a user's session ends when nothing comes for so long. A session belongs to the window in which it begins. The default is the usual one of web analytics."),
        duration!(session_gap)).within(1_000.0, DAY_MS as f64),
    Knob::new("source", "Events", later!("Where events come from: the news site with its sessions and its rhythm of the day, or independent events."),
        Slot::Choice(
            &[("clickstream", "the news site"), ("poisson", "independent, random gaps"), ("constant", "independent, equal gaps")],
            |s| place(&PROCESSES, &s.source), |s, value| s.source = PROCESSES[value])),
    Knob::new("rate", "Rate", shown!("λ: events a second, in the mean over a day."),
        number!(rate)).within(0.01, 10_000.0).unit("events/s"),
    Knob::new("users", "Users", later!("How many users there are; any is as likely to come as any other."),
        number!(users)).within(1.0, 2_000_000.0).whole().unit("users"),
    Knob::new("sample", "Sampling", later!("One simulated event stands for so many: one user in so many is simulated, with all that they do. 0 chooses the least that memory holds."),
        number!(sample)).within(0.0, 100_000.0).whole().unit("events for one"),
    Knob::new("period", "Batch period", shown!("P: from the start of one batch to the start of the next."),
        duration!(period)).within(1_000.0, 7.0 * DAY_MS as f64),
    Knob::new("run-time", "Batch run time", shown!("R: how long a batch runs; 0s takes it from the cost model, u + N/(pμ)."),
        duration!(run_time)).within(0.0, 7.0 * DAY_MS as f64),
    Knob::new("recompute", "Recomputed time", later!("W: how much event time a batch of lambda recomputes; 0s is everything."),
        duration!(recompute)).within(0.0, 60.0 * DAY_MS as f64),
    Knob::new("cut-off", "Batch cut-off", later!("How long lambda's batches wait for late events: their last partition ends so long before they start."),
        duration!(cut_off)).within(0.0, DAY_MS as f64),
    Knob::new("stream-lag", "Stream lag", shown!("From an event's arrival until the answer of a stream path shows it, in both lambda and kappa."),
        duration!(stream_lag)).within(0.0, HOUR_MS as f64),
    Knob::new("grace", "Grace period", later!("How long after its end a window takes events, in stream time; in lambda's speed layer and in kappa."),
        duration!(grace)).within(0.0, 7.0 * DAY_MS as f64),
    Knob::new("replay-grace", "Grace of replays", later!("The grace period of a job of kappa that replays."),
        duration!(replay_grace)).within(0.0, 60.0 * DAY_MS as f64),
    Knob::new("hand-off", "Hand-off", later!("Where lambda's batch view ends and its real-time view begins."),
        choice!(hand_off, "by-offset": "at a log offset", "by-batch-id": "at the batch of the event time", "by-event-time": "at an event time, with overlap or gap")),
    Knob::new("overlap", "Overlap", later!("Of the hand-off by event time: over 0 both views count so much event time, below 0 neither does."),
        duration!(overlap)).within(-(HOUR_MS as f64), HOUR_MS as f64),
    Knob::new("sketch", "Sketch precision", later!("The speed layer counts users with HyperLogLog sketches of 2^n registers; 0 keeps exact sets."),
        number!(sketch)).within(0.0, 16.0).whole().unit("bits"),
    Knob::new("unite", "Unite sets", later!("Whether the serving layer unites the layers' sets or sketches of users, and sessions that are in both, or adds their counts."),
        switch!(unite)),
    Knob::new("delay", "Delay", later!("What every event takes from where it happened to the topic."),
        duration!(delay)).within(0.0, HOUR_MS as f64),
    Knob::new("late-share", "Late share", later!("The share of events that take longer."),
        Slot::Share(|s| s.late_share, |s, value| s.late_share = value)),
    Knob::new("late-mean", "Mean lateness", later!("What those take besides, in the mean."),
        duration!(late_mean)).within(1.0, DAY_MS as f64),
    Knob::new("late-delay", "Lateness", later!("How it is distributed."),
        choice!(late_delay, "exponential": "exponential", "uniform": "uniform from 0 to twice the mean", "constant": "all the same", "log-normal": "log-normal, σ = 1")),
    Knob::new("drops", "Drops", later!("The share of events that never arrive."),
        Slot::Share(|s| s.drops, |s, value| s.drops = value)),
    Knob::new("duplicates", "Duplicates", later!("The share of events that arrive twice."),
        Slot::Share(|s| s.duplicates, |s, value| s.duplicates = value)),
    Knob::new("bad", "Bad data", later!("The share of events with values that are not as agreed: the logic cannot read them until it is fixed, and puts them to the dead letters."),
        Slot::Share(|s| s.bad, |s, value| s.bad = value)),
    Knob::new("in-place", "Update in place", later!("Whether batch ETL's OLTP store updates rows in place: what could not be read when it was written is gone. Lambda's master dataset and kappa's log keep every event as it came."),
        switch!(in_place)),
    Knob::new("emit", "Emit", later!("When kappa's query emits a window: at every change, or once, when stream time has reached its end and the grace."),
        choice!(emit, "changes": "EMIT CHANGES", "final": "EMIT FINAL")),
    Knob::new("heartbeat", "Heartbeat", later!("How often a record without a click enters kappa's log, only to move its stream time; 0s is never."),
        duration!(heartbeat)).within(0.0, DAY_MS as f64),
    Knob::new("silence", "Silence", later!("How long nobody clicks when the preset's silence comes."),
        duration!(silence)).within(0.0, DAY_MS as f64),
    Knob::new("fix", "Fixed paths", later!("On which of lambda's two paths the preset deploys its fix."),
        choice!(fix, "both": "both", "speed": "the speed layer only", "batch": "the batch layer only")),
    Knob::new("replay", "Reprocess", later!("Whether the preset's fix computes history again, or counts right only from then on."),
        switch!(replay)),
    Knob::new("guarantee", "Guarantee", later!("What a stream job has after a crash."),
        choice!(guarantee, "at-most-once": "at most once", "at-least-once": "at least once", "exactly-once": "exactly once")),
    Knob::new("checkpoint", "Checkpoint interval", later!("c: how often a stream job saves what its guarantee does not save at every event."),
        duration!(checkpoint)).within(100.0, DAY_MS as f64),
    Knob::new("retention", "Retention", later!("How long kappa's log keeps events; 0s keeps all."),
        duration!(retention)).within(0.0, 60.0 * DAY_MS as f64),
    Knob::new("segment", "Segment", later!("How much time a segment of the log holds; it goes as a whole."),
        duration!(segment)).within(1_000.0, 7.0 * DAY_MS as f64),
    Knob::new("archive", "Archive", later!("Whether an archive keeps what the log drops, for replays."),
        switch!(archive)),
    Knob::new("seeded", "Seed the new table", later!("Whether the table of a replay begins with the rows of the old one, or empty."),
        switch!(seeded)),
    Knob::new("throughput", "Throughput", later!("μ: events that one worker processes a second. The default is a round figure, far below what this engine does on one core, so that its effects can be seen in a short run."),
        number!(throughput)).within(1.0, 10_000_000.0).unit("events/s"),
    Knob::new("workers", "Workers", later!("p: workers of a job, in parallel."),
        number!(workers)).within(1.0, 1_000.0).whole().unit("workers"),
    Knob::new("startup", "Start-up", later!("u: how long the workers of a job take to start. The default is a round figure for a container from a registry."),
        duration!(startup)).within(0.0, HOUR_MS as f64),
    Knob::new("worker-price", "Price of a worker", later!("For an hour. The default is the list price of an AWS m5.xlarge on demand in us-east-1."),
        number!(worker_price)).within(0.0, 1_000.0).unit("$/h"),
    Knob::new("storage-price", "Price of storage", later!("For a gigabyte and 30 days. The default is the list price of AWS EBS gp3 in us-east-1."),
        number!(storage_price)).within(0.0, 1_000.0).unit("$/GB"),
    Knob::new("event-bytes", "Size of an event", later!("In every store. The default is about the mean of a click record of the news site as JSON."),
        number!(event_bytes)).within(1.0, 100_000.0).unit("bytes"),
    Knob::new("query-rate", "Analytic queries", later!("Queries a second on the OLTP store, at random times."),
        number!(query_rate)).within(0.0, 1_000.0).unit("queries/s"),
    Knob::new("query-rows", "Rows of a query", later!("How many rows one scans."),
        number!(query_rows)).within(1.0, 1e9).unit("rows"),
    Knob::new("scan-rate", "Scan rate", later!("Rows that the OLTP store scans a second. The default is a round figure for a row store on one core."),
        number!(scan_rate)).within(1.0, 1e9).unit("rows/s"),
    Knob::new("write-capacity", "Write capacity", later!("Single writes that the OLTP store takes a second when it does nothing else. The default is a round figure: a commit that waits a millisecond for its disk."),
        number!(write_capacity)).within(1.0, 1e6).unit("writes/s"),
    Knob::new("at", "When it happens", later!("When the preset does what it is about."),
        duration!(at)).within(0.0, 60.0 * DAY_MS as f64),
    Knob::new("after", "And after that", later!("How long after that the next thing happens: the fix, the switch."),
        duration!(after)).within(0.0, 60.0 * DAY_MS as f64),
    Knob::new("times", "How often", later!("How many times it happens."),
        number!(times)).within(0.0, 100.0).whole().unit("times"),
];

impl Settings {
    /// What is asked, with its windows.
    #[must_use]
    pub const fn shape(&self) -> Shape {
        Shape {
            question: self.question,
            window_ms: self.window as u32,
            gap_ms: self.session_gap as u32,
        }
    }

    /// The cost model.
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost {
            rate: self.throughput,
            workers: self.workers as u32,
            startup_ms: self.startup,
            worker_hour: self.worker_price,
            gigabyte_month: self.storage_price,
            event_bytes: self.event_bytes,
            scale: (self.sample as u32).max(1),
        }
    }

    /// How stream jobs run.
    #[must_use]
    pub fn job(&self) -> JobSetup {
        JobSetup {
            shape: self.shape(),
            grace_ms: self.grace,
            lag_ms: self.stream_lag,
            guarantee: self.guarantee(),
            interval_ms: self.checkpoint,
            emit_final: self.emit == 1,
            heartbeat_ms: self.heartbeat,
            retention: (self.retention > 0)
                .then_some(Retention { ms: self.retention, segment_ms: self.segment }),
            cost: self.cost(),
        }
    }

    /// What a crash leaves.
    #[must_use]
    pub const fn guarantee(&self) -> Guarantee {
        match self.guarantee {
            0 => Guarantee::AtMostOnce,
            1 => Guarantee::AtLeastOnce,
            _ => Guarantee::ExactlyOnce,
        }
    }

    /// Where lambda's batch view ends.
    #[must_use]
    pub const fn hand_off(&self) -> HandOff {
        match self.hand_off {
            0 => HandOff::ByOffset,
            1 => HandOff::ByBatchId,
            _ => HandOff::ByEventTime(-self.overlap),
        }
    }

    /// How users are put together.
    #[must_use]
    pub const fn merge(&self) -> Merge {
        if self.unite { Merge::Unite } else { Merge::Add }
    }

    /// What befalls events on their way.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults {
            delay: Delay::Constant(self.delay as f64),
            late: (Share::always(self.late_share), self.lateness()),
            drops: Share::always(self.drops),
            duplicates: Share::always(self.duplicates),
            bad: Share::always(self.bad),
            ..Faults::NONE
        }
    }

    /// The distribution of what late events take.
    #[must_use]
    pub fn lateness(&self) -> Delay {
        let mean = self.late_mean as f64;
        match self.late_delay {
            0 => Delay::Exponential(mean),
            1 => Delay::Uniform(mean),
            2 => Delay::Constant(mean),
            // The mean of a log-normal is its median times e^(σ²/2).
            _ => Delay::LogNormal(mean / libm::exp(0.5), 1.0),
        }
    }

    /// μ·p: events a second that a job processes.
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.throughput * self.workers
    }
}
