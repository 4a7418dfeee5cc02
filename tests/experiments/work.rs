//! #13 and #14: what work costs, and how users are counted.

use std::collections::BTreeSet;

use super::world::{World, count, seen};
use super::{HOUR, close, measured, open, run};

const END: i64 = 24 * HOUR;

fn settings(times: &'static str, recompute: &'static str) -> [(&'static str, &'static str); 4] {
    [("source", "constant"), ("rate", "5"), ("times", times), ("recompute", recompute)]
}

#[test]
fn work_is_what_batches_and_replays_take() {
    let events = World { rate: 5.0, ..World::STEADY }.events(END);
    let by = |time: i64| count(&events, |event| seen(event.event, time));
    for (times, recompute) in [("0", "0s"), ("3", "0s"), ("4", "3h"), ("5", "3h")] {
        let report = run("cost", &settings(times, recompute), END);
        let hours = if recompute == "3h" { 3 } else { 24 };
        // The batch of 24:00 has not landed.
        let batches: f64 = (1..24)
            .map(|k| {
                let span = (k - hours).max(0) * HOUR..k * HOUR;
                count(&events, |event| span.contains(&event.event))
            })
            .sum();
        let lambda = report.summary.lambda.events_processed as f64;
        assert_eq!(lambda, by(END) + batches);
        // A change at 12:00, 14:00, …; an hour later the job before it is dropped.
        let times: i64 = times.parse().expect("a number");
        let gone: f64 = (0..times).map(|n| by((13 + 2 * n) * HOUR)).sum();
        let kappa = report.summary.kappa.events_processed as f64;
        close(kappa, by(END) + gone, times as f64);
        // Four replays are less than 66 hours of batches, five are more.
        if recompute == "3h" {
            assert_eq!(kappa > lambda, times == 5, "{times}: {kappa} and {lambda}");
            let crossover = measured(&report, "changes of the logic").expect("it changed");
            let each = gone / times as f64;
            close(crossover, batches / each, 0.01);
        }
    }
}

#[test]
fn work_is_paid_by_the_hour_and_storage_by_the_table() {
    let own = [("throughput", "500"), ("workers", "2"), ("worker-price", "3"), ("startup", "100s")];
    let report = run("cost", &[&settings("3", "0s")[..], &own].concat(), END);
    let lambda = report.summary.lambda.events_processed as f64;
    let paid = measured(&report, "dollars for lambda").expect("paid");
    close(paid, (lambda / 1_000.0 + 23.0 * 100.0) / 3_600.0 * 2.0 * 3.0, 0.01);
    let kappa = report.summary.kappa.events_processed as f64;
    let paid = measured(&report, "dollars for kappa").expect("paid");
    close(paid, kappa / 1_000.0 / 3_600.0 * 2.0 * 3.0, 0.001);
    let stored = |at: i64| {
        let sample = report.samples.iter().find(|sample| sample.t == at).expect("sampled");
        // 5 events a second of 900 bytes; the first after 200 ms.
        sample.kappa.stored_bytes as f64 - 900.0 * (at as f64 / 200.0 - 1.0)
    };
    // A table has 7 groups of 8 bytes a minute; both live from 12:00 to 13:00.
    assert_eq!(stored(12 * HOUR + HOUR / 2), 2.0 * 7.0 * 8.0 * 750.0);
    assert_eq!(stored(13 * HOUR + HOUR / 2), 7.0 * 8.0 * 810.0);
}

#[test]
fn a_sketch_errs_by_its_registers_until_the_batch_comes() {
    let end = 12 * HOUR - HOUR / 60;
    let world = World { rate: 20.0, users: 20_000, ..World::STEADY };
    let events = world.events(end);
    let mut sets = vec![BTreeSet::new(); 12 * 40];
    for event in events.iter().filter(|event| seen(event.event, end)) {
        sets[(event.event / 90_000) as usize].insert(event.user);
    }
    for (bits, registers) in [("5", 32.0_f64), ("6", 64.0)] {
        let settings = [("source", "constant"), ("sketch", bits), ("window", "90s")];
        let mut simulation = open("distinct", 7, &settings, end);
        simulation.advance(end, u64::MAX);
        let report = simulation.report();
        assert!(report.expected.iter().all(|row| row.held));
        let row = report.expected.iter().find(|row| row.name.starts_with("relative standard"));
        let stated = row.and_then(|row| row.expected).expect("it is stated");
        close(stated, libm::log(2.0).sqrt() / registers.sqrt(), 1e-12);
        let (mut squares, mut n) = (0.0_f64, 0.0_f64);
        for (point, set) in simulation.series().windows.iter().zip(&sets) {
            let (answer, exact) = (point.lambda.expect("an answer"), set.len() as f64);
            if point.start_ms < 6 * HOUR {
                assert_eq!(answer, exact, "a batch has been there: {}", point.start_ms);
            } else if point.start_ms < end - 180_000 {
                squares += ((answer - exact) / exact) * ((answer - exact) / exact);
                n += 1.0;
            }
        }
        let error = (squares / n).sqrt();
        // Of 240 windows the error itself is known to 4.6 %.
        let expect = libm::log(2.0).sqrt() / registers.sqrt();
        close(error, expect, 4.0 * expect / (2.0 * n).sqrt());
    }
}

#[test]
fn counts_of_layers_do_not_add_up_and_sets_do() {
    let end = 8 * HOUR;
    let events = World { rate: 1.0, users: 20_000, ..World::STEADY }.events(end);
    let users = |holds: &dyn Fn(i64) -> bool| -> BTreeSet<u32> {
        events.iter().filter(|event| holds(event.event)).map(|event| event.user).collect()
    };
    let (batch, speed) = (users(&|at| at < 6 * HOUR), users(&|at| at >= 6 * HOUR && seen(at, end)));
    let (union, both) = (batch.union(&speed).count(), batch.intersection(&speed).count());
    assert!(both > 1_000);
    let answer = |unite: &str, sketch: &str| {
        let own = [
            ("source", "constant"),
            ("rate", "1"),
            ("window", "0s"),
            ("unite", unite),
            ("sketch", sketch),
        ];
        let report = run("distinct", &own, end);
        let row = report.expected.iter().find(|row| row.name.starts_with("users over the truth"));
        let last = report.samples.last().expect("it has samples");
        (last.lambda.answer.expect("an answer"), row.expect("it is stated").tolerance)
    };
    assert_eq!(answer("off", "0"), ((union + both) as f64, 0.0));
    assert_eq!(answer("on", "0"), (union as f64, 0.0));
    // Four standard errors: from the registers alone after a union, else of a sketch that has seen its
    // updates itself.
    let stated = |factor: f64, users: usize| 4.0 * factor / 4_096_f64.sqrt() * users as f64;
    for (unite, expect, tolerance) in [
        ("on", union, stated(1.04, union)),
        ("off", union + both, stated(libm::log(2.0).sqrt(), speed.len())),
    ] {
        let (found, allowed) = answer(unite, "12");
        close(allowed, tolerance, 1e-9);
        close(found, expect as f64, tolerance);
    }
}
