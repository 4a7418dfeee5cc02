//! The same report however a run is cut, sought, or commanded.

use super::{HOUR, MINUTE, open};
use streamglass::architecture::Operation;
use streamglass::experiment::EXPERIMENTS;

#[test]
fn a_report_does_not_depend_on_how_the_run_is_cut() {
    for experiment in EXPERIMENTS {
        let end = 5 * HOUR / 2;
        let settings = [("rate", "5"), ("at", "70m"), ("after", "5m")];
        let mut whole = open(experiment.name, 3, &settings, end);
        whole.advance(end, u64::MAX);
        let mut cut = open(experiment.name, 3, &settings, end);
        let (mut at, mut step) = (0, 1);
        while at < end {
            at += step;
            step = (step * 7 + 13) % 97_001;
            while !cut.advance(at, 100) {}
            if step % 5 == 0 {
                cut.scene();
                cut.series();
            }
        }
        assert_eq!(
            serde_json::to_string(&whole.report()).expect("JSON"),
            serde_json::to_string(&cut.report()).expect("JSON"),
            "{}",
            experiment.name
        );
        assert_eq!(whole.digest(), cut.digest());
    }
}

#[test]
fn a_clone_is_a_checkpoint() {
    let end = 2 * HOUR;
    let settings = [("rate", "5"), ("at", "50m"), ("after", "10m"), ("throughput", "40")];
    for name in ["switch-over", "crash", "hand-off"] {
        let mut straight = open(name, 5, &settings, end);
        straight.advance(end, u64::MAX);
        let mut run = open(name, 5, &settings, end);
        for at in [49, 55, 61, 90] {
            run.advance(at * MINUTE, u64::MAX);
            let mut checkpoint = run.clone();
            run.advance(end, u64::MAX);
            assert_eq!(run.digest(), straight.digest(), "{name} at {at}");
            checkpoint.advance(at * MINUTE + 1, u64::MAX);
            run = checkpoint;
        }
        run.advance(end, u64::MAX);
        assert_eq!(run.digest(), straight.digest(), "{name}");
    }
}

#[test]
fn a_command_by_hand_is_the_same_as_one_in_the_log() {
    let end = 2 * HOUR;
    let mut by_hand = open("crash", 9, &[("rate", "5")], end);
    by_hand.advance(30 * MINUTE, u64::MAX);
    by_hand.operate(&Operation::MissBatch).expect("it can be done");
    by_hand.advance(41 * MINUTE + 7, u64::MAX);
    by_hand.operate(&Operation::Outage { for_ms: 4 * MINUTE }).expect("it can be done");
    by_hand.advance(end, u64::MAX);
    let mut from_log = open("crash", 9, &[("rate", "5")], end);
    from_log.replay(by_hand.log().to_vec());
    from_log.advance(end, u64::MAX);
    assert_eq!(by_hand.digest(), from_log.digest());
    assert_eq!(by_hand.log().len(), 3, "the preset's crash stays");
    let command = by_hand.command();
    for part in ["--do 30m=miss-batch", "--do 2460007ms=outage:4m", "--set rate=5", "--for 2h"] {
        assert!(command.contains(part), "{part} in {command}");
    }
}
