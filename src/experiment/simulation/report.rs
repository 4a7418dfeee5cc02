//! What a run tells: how it was opened, closed forms beside measures, the checkers' verdicts, the
//! report, and the command that replays it.

use super::Simulation;
use crate::architecture::report::Report;
use crate::experiment::knob::{Knob, duration};
use crate::experiment::protocol::{Check, Expected, Logged, Opened, Verdict};
use crate::experiment::settings::KNOBS;
use crate::experiment::verify::Audit;
use crate::experiment::{limits, link, operations, score};

impl Simulation {
    /// What to tell when it was opened.
    #[must_use]
    pub fn opened(&self) -> Opened {
        Opened {
            experiment: self.experiment.name.to_owned(),
            info: self.experiment.info(false),
            seed: self.seed.0,
            for_ms: self.end,
            settings: self.setting_texts(),
            sql: self.settings.job().sql(false),
            answer_unit: self.settings.shape().unit().to_owned(),
            notices: limits::notices(&self.settings, self.end),
        }
    }

    fn setting_texts(&self) -> Vec<(String, String)> {
        let text = |knob: &Knob| (knob.name.to_owned(), knob.show(&self.given));
        KNOBS.iter().map(text).collect()
    }

    /// Closed forms beside measures, as of now.
    pub fn expected(&mut self) -> Vec<Expected> {
        self.commit();
        (self.experiment.expected)(self)
    }

    /// Begins to compute once more what the lanes have now; until the run moves on.
    #[inline(never)]
    pub fn audit(&mut self) -> Audit {
        self.commit();
        self.checks.audit(self)
    }

    /// What the checkers say, by an audit that has been gone through.
    #[must_use]
    #[inline(never)]
    pub fn audited(&self, audit: &Audit) -> Vec<Check> {
        audit.verdicts(self, &self.checks)
    }

    /// What the checkers say, as of now.
    pub fn checkers(&mut self) -> Vec<Check> {
        let mut audit = self.audit();
        audit.go(&self.store, u64::MAX);
        self.audited(&audit)
    }

    /// What the run shows so far; without `checkers` what those say that look all the time.
    pub fn verdict(&mut self, checkers: Option<Vec<Check>>) -> Verdict {
        let expected = self.expected();
        let checkers = checkers.unwrap_or_else(|| self.checks.so_far());
        Verdict { score_card: score::card(self), summary: self.summary(), expected, checkers }
    }

    /// The whole report, as of now.
    pub fn report(&mut self) -> Report {
        let checkers = self.checkers();
        self.report_with(checkers)
    }

    /// The same with what the checkers said.
    #[inline(never)]
    pub fn report_with(&mut self, checkers: Vec<Check>) -> Report {
        let expected = self.expected();
        Report {
            experiment: self.experiment.name.to_owned(),
            seed: self.seed.0,
            settings: self.setting_texts(),
            samples: self.samples.clone(),
            summary: self.summary(),
            expected,
            checkers,
        }
    }

    /// A digest of the report: equal for equal runs.
    pub fn digest(&mut self) -> String {
        self.report().digest()
    }

    /// The command that replays this run.
    #[must_use]
    pub fn command(&self) -> String {
        let defaults = self.experiment.defaults();
        let mut text =
            format!("streamglass simulate {} --seed {}", self.experiment.name, self.seed.0);
        for knob in KNOBS {
            let value = knob.show(&self.given);
            if value != knob.show(&defaults) {
                text.push_str(&format!(" --set {}={value}", knob.name));
            }
        }
        for Logged { at_ms, operation, .. } in self.log.iter().filter(|logged| !logged.preset) {
            text.push_str(&format!(" --do {}={}", duration(*at_ms), operations::text(operation)));
        }
        text.push_str(&format!(" --for {}", duration(self.end)));
        text
    }

    /// This run for a link, with where it is now: what `link` reads.
    #[must_use]
    pub fn link(&self) -> String {
        let defaults = self.experiment.defaults();
        let shown = |knob: &Knob| (knob.name, knob.show(&self.given));
        let changed =
            KNOBS.iter().filter(|knob| knob.show(&self.given) != knob.show(&defaults)).map(shown);
        let by_hand = self.log.iter().filter(|logged| !logged.preset);
        link::text(self.experiment, self.seed, self.end, changed, by_hand, self.clock)
    }
}
