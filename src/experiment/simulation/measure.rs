//! What a run measures while it goes on: answers beside both truths, samples in bounded memory, the
//! data of the charts, the figures of the whole.

use std::ops::Range;

use super::Simulation;
use crate::architecture::question::Question;
use crate::architecture::report::{LaneSample, LaneSummary, Summary, Truth};
use crate::architecture::scene::Scene;
use crate::architecture::view::{Cell, answer};
use crate::architecture::{Architecture, Measures, World};
use crate::experiment::protocol::{Sample, Series, WindowPoint};

/// Points of the chart over event time.
const MOST_WINDOWS: usize = 512;

/// What some windows say together.
#[inline(never)]
fn sum(windows: Range<usize>, of: &dyn Fn(usize) -> Option<Cell>) -> Option<Cell> {
    windows.filter_map(of).reduce(Cell::plus)
}

/// Arrivals and late ones up to the last sample, and the rate since.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    /// When it was measured.
    pub at: i64,
    /// Events that had arrived then.
    pub delivered: u64,
    /// Late ones.
    pub late: u64,
    /// Events a second since the sample before.
    pub per_second: f64,
    /// The share of late ones among them.
    pub late_share: f64,
}

impl Simulation {
    /// A count of simulated events as one of the real stream's.
    #[must_use]
    pub fn scaled(&self, count: u64) -> u64 {
        count * self.settings.sample as u64
    }

    fn scale_answer(&self, value: Option<f64>) -> Option<f64> {
        match self.settings.question {
            Question::Clicks | Question::Users => value.map(|value| value * self.settings.sample),
            Question::Conversion | Question::Sessions => value,
        }
    }

    /// The two truths, now.
    #[must_use]
    pub fn truth(&self) -> Truth {
        Truth {
            happened: self.scale_answer(self.happened.answer()),
            delivered: self.scale_answer(self.delivered.answer()),
        }
    }

    /// A lane's answer as of the last commit.
    #[must_use]
    pub fn answer(&self, lane: &dyn Architecture) -> Option<f64> {
        let cell = lane.has_answer().then(|| lane.total())?;
        self.scale_answer(answer(self.settings.shape(), cell))
    }

    fn world<R>(&self, f: impl FnOnce(&World<'_>) -> R) -> R {
        let Flow { per_second, late_share, .. } = self.flow;
        f(&World { store: &self.store, notes: &mut Vec::new(), per_second, late_share })
    }

    /// A lane's figures, of simulated events.
    #[must_use]
    pub fn measures(&self, lane: &dyn Architecture) -> Measures {
        self.world(|world| lane.measures(world))
    }

    pub(super) fn sample(&mut self) {
        self.commit();
        self.measure_flow();
        let truth = self.truth();
        let lanes = self.lanes.all().map(|lane| self.lane_sample(lane));
        for (lane, errors) in lanes.iter().zip(&mut self.errors) {
            if let (true, Some(answer), Some(happened)) = (self.warm, lane.answer, truth.happened)
                && happened > 0.0
            {
                *errors = (errors.0 + (answer - happened).abs() / happened, errors.1 + 1);
            }
        }
        let [batch_etl, lambda, kappa] = lanes;
        self.samples.push(Sample { t: self.clock, truth, batch_etl, lambda, kappa });
        let mut checks = std::mem::take(&mut self.checks);
        checks.look(self);
        self.checks = checks;
    }

    fn measure_flow(&mut self) {
        let Flow { at, delivered, late, .. } = self.flow;
        let counts = self.way.counts;
        let (seconds, n) = ((self.clock - at) as f64 / 1e3, counts.delivered - delivered);
        self.flow = Flow {
            at: self.clock,
            delivered: counts.delivered,
            late: counts.late,
            per_second: if seconds > 0.0 { n as f64 / seconds } else { 0.0 },
            late_share: (counts.late - late) as f64 / (n.max(1)) as f64,
        };
    }

    fn lane_sample(&self, lane: &dyn Architecture) -> LaneSample {
        let measures = self.measures(lane);
        let happened = self.happened.events();
        let newest = lane.meter().newest().filter(|_| lane.has_answer());
        LaneSample {
            answer: self.answer(lane),
            age_ms: newest.map(|newest| self.clock - newest / crate::sim::MS_NS),
            completeness: (happened > 0).then(|| lane.events() as f64 / happened as f64),
            events_processed: self.scaled(measures.processed),
            stored_bytes: measures.stored_bytes,
        }
    }

    /// The three lanes as diagrams.
    pub fn scene(&mut self) -> Scene {
        self.commit();
        let happened = self.truth().happened;
        let lanes = self.lanes.all().map(|lane| {
            let mut scene = self.world(|world| lane.scene(self.clock, world));
            scene.error = self.answer(lane).zip(happened).map(|(answer, truth)| answer - truth);
            scene
        });
        Scene { at_ms: self.clock, lanes: lanes.into() }
    }

    /// The samples so far.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// The data of all charts.
    pub fn series(&mut self) -> Series {
        self.commit();
        Series { samples: self.samples.clone(), windows: self.windows() }
    }

    /// What everyone says of each window, as of the last commit; neighbours together where there are
    /// many.
    fn windows(&self) -> Vec<WindowPoint> {
        let shape = self.settings.shape();
        let windows = self.happened.windows().max(self.delivered.windows());
        let together = windows.div_ceil(MOST_WINDOWS).max(1);
        let number = |cell| self.scale_answer(answer(shape, cell));
        (0..windows)
            .step_by(together)
            .map(|from| {
                let range = from..(from + together).min(windows);
                let sum = |of: &dyn Fn(usize) -> Option<Cell>| sum(range.clone(), of);
                let lane =
                    |lane: &dyn Architecture| sum(&|window| lane.window(window)).and_then(number);
                WindowPoint {
                    start_ms: from as i64 * self.settings.window,
                    happened: sum(&|w| Some(self.happened.window(w)))
                        .and_then(number)
                        .unwrap_or(0.0),
                    delivered: sum(&|w| Some(self.delivered.window(w)))
                        .and_then(number)
                        .unwrap_or(0.0),
                    batch_etl: lane(&self.lanes.batch_etl),
                    lambda: lane(&self.lanes.lambda),
                    kappa: lane(&self.lanes.kappa),
                }
            })
            .collect()
    }

    /// Figures of the run so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let [batch_etl, lambda, kappa] = [0, 1, 2].map(|at| {
            let measures = self.measures(self.lanes.all()[at]);
            let (sum, n) = self.errors[at];
            let scaled = |count: Option<u64>| count.map(|count| self.scaled(count));
            LaneSummary {
                mean_age_ms: measures.ages.map(|(mean, _)| mean),
                max_age_ms: measures.ages.map(|(_, most)| most),
                mean_relative_error: (n > 0).then(|| sum / n as f64),
                late_dropped: scaled(measures.late),
                double_counted: scaled(measures.doubled),
                lost: scaled(measures.lost),
                events_processed: self.scaled(measures.processed),
                stored_bytes: measures.stored_bytes,
                time_to_correct_ms: measures.corrected_ms,
            }
        });
        Summary { batch_etl, lambda, kappa }
    }
}
