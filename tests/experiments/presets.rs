//! Every preset as it is opened: what it is about must hold, and so must the checkers.

use super::run;
use streamglass::experiment::EXPERIMENTS;

#[test]
fn every_preset_shows_what_it_says() {
    for experiment in EXPERIMENTS {
        let report = run(experiment.name, &[], experiment.for_ms);
        assert!(!report.expected.is_empty(), "{} says nothing", experiment.name);
    }
}
