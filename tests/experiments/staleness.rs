//! #0, #1 and #2: what queries do to writes, and how old answers are.

use super::{HOUR, MINUTE, close, measured, run};

#[test]
fn writes_wait_for_queries_as_pollaczek_and_khinchine_say() {
    // Writes a second, queries a second, rows a query; the store scans 1,000,000 rows a second and
    // takes 1,000 writes a second.
    for (writes, queries, rows) in [(50.0, 5.0, 100_000.0), (100.0, 2.0, 50_000.0)] {
        let settings = [
            ("rate", &*format!("{writes}")),
            ("query-rate", &*format!("{queries}")),
            ("query-rows", &*format!("{rows}")),
        ];
        let report = run("oltp-direct", &settings, 4 * HOUR);
        let (write, query) = (1e-3, rows / 1e6);
        let squares: f64 = writes * write * write + queries * query * query;
        let busy = writes * write + queries * query;
        let wait = 1e3 * squares / (2.0 * (1.0 - busy));
        let found = measured(&report, "mean wait of a write with the queries on the store");
        close(found.expect("it is bounded"), wait, 0.08 * wait);
        let alone = 1e3 * writes * write * write / (2.0 * (1.0 - writes * write));
        let found = measured(&report, "mean wait of a write with the queries on a copy");
        close(found.expect("it is bounded"), alone, 0.1 * alone);
    }
}

#[test]
fn an_overloaded_store_makes_writes_wait_without_bound() {
    let report = run("oltp-direct", &[("query-rate", "12")], HOUR);
    assert_eq!(measured(&report, "mean wait of a write with the queries on the store"), None);
}

#[test]
fn the_age_of_a_batch_is_half_a_cycle_and_its_run_time() {
    for (period, run_time) in [(30, 5), (10, 2), (20, 30)] {
        let settings = [("period", &*format!("{period}m")), ("run-time", &*format!("{run_time}m"))];
        let report = run("batch-staleness", &settings, 24 * HOUR);
        let cycle = period.max(run_time) as f64 * MINUTE as f64;
        let (run_time, gap) = (run_time as f64 * MINUTE as f64, 1_000.0);
        let mean = report.summary.batch_etl.mean_age_ms.expect("batches have landed");
        let cycles = 24.0 * HOUR as f64 / cycle - 2.0;
        close(mean, cycle / 2.0 + run_time + gap, 4.0 * gap / cycles.sqrt() + 1.0);
        let most = report.summary.batch_etl.max_age_ms.expect("batches have landed") as f64;
        close(most, cycle + run_time + gap, 12.0 * gap);
    }
}

#[test]
fn a_batch_takes_as_long_as_the_cost_model_says() {
    // 1 event a second of 2,000 that a worker does, and 30 s to start.
    let settings = [("run-time", "0s"), ("source", "constant"), ("rate", "100")];
    let report = run("batch-staleness", &settings, 6 * HOUR);
    let run_time = 30_000.0 + 100.0 * 1_800.0 / 2_000.0 * 1e3;
    let mean = report.summary.batch_etl.mean_age_ms.expect("batches have landed");
    close(mean, 15.0 * MINUTE as f64 + run_time, 20.0);
}

#[test]
fn a_stream_path_is_as_old_as_its_lag_and_a_gap() {
    for (lag, rate) in [(5.0, 5.0), (1.0, 2.0), (30.0, 10.0)] {
        let settings = [("stream-lag", &*format!("{lag}s")), ("rate", &*format!("{rate}"))];
        let report = run("speed-layer", &settings, 12 * HOUR);
        let expect = 1e3 * lag + 1e3 / rate + 1e3 / 2_000.0;
        for lane in [&report.summary.lambda, &report.summary.kappa] {
            let mean = lane.mean_age_ms.expect("it has an answer");
            close(mean, expect, 0.05 * 1e3 / rate);
        }
        let batch = report.summary.batch_etl.mean_age_ms.expect("batches have landed");
        close(batch, 40.0 * MINUTE as f64 + 1e3 / rate, 4.0 * 1e3 / rate);
    }
}
