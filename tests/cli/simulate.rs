//! `streamglass simulate`: formats, sweeps, help, refusals.

use crate::run;

#[test]
fn a_report_is_the_same_bytes_each_time_and_has_the_promised_members() {
    let args = ["simulate", "crash", "--seed", "3", "--for", "2h", "--format", "json"];
    let (first, second) = (run(&args).quiet(), run(&args).quiet());
    assert_eq!(first.out, second.out);
    let report: serde_json::Value = serde_json::from_slice(&first.out).expect("JSON");
    for member in ["experiment", "seed", "settings", "samples", "summary", "expected", "checkers"] {
        assert!(report.get(member).is_some(), "{member}");
    }
    assert_eq!((&report["experiment"], &report["seed"]), (&"crash".into(), &3.into()));
    assert_eq!(report["settings"]["checkpoint"], "5m");
    for member in ["answer", "age_ms", "completeness", "events_processed", "stored_bytes"] {
        assert!(report["samples"][0]["kappa"].get(member).is_some(), "{member}");
    }
    for lane in ["batch_etl", "lambda", "kappa"] {
        assert!(report["summary"][lane]["events_processed"].is_u64(), "{lane}");
    }
}

#[test]
fn text_svg_and_html_come_out() {
    let of = |format| {
        let args = ["simulate", "crash", "--for", "2h", "--format", format];
        String::from_utf8(run(&args).quiet().out).expect("UTF-8")
    };
    assert!(of("text").contains("✓ every delivered event"));
    let svg = of("svg");
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    let html = of("html");
    assert!(html.contains("<svg") && !html.contains("<script"), "a page without scripts");
}

#[test]
fn a_sweep_compares_runs() {
    let sweep = "checkpoint=1m,5m";
    let args = ["simulate", "crash", "--for", "2h", "--sweep", sweep];
    let text = String::from_utf8(run(&args).quiet().out).expect("UTF-8");
    assert!(text.lines().any(|line| line.trim_start().starts_with("1m")), "{text}");
    assert!(text.contains("Everything expected held in every run."), "{text}");
    let args = ["simulate", "crash", "--for", "2h", "--sweep", sweep, "--format", "json"];
    let json: serde_json::Value = serde_json::from_slice(&run(&args).quiet().out).expect("JSON");
    assert_eq!(json["runs"][1]["value"], "5m");
}

#[test]
fn lists_and_help_name_everything() {
    let text = |args: &[&str]| String::from_utf8(run(args).quiet().out).expect("UTF-8");
    let list = text(&["simulate", "--list"]);
    for name in ["oltp-direct", "batch-staleness", "reprocess", "crash"] {
        assert!(list.lines().any(|line| line.starts_with(name)), "{name} in {list}");
    }
    let help = text(&["simulate", "crash", "--help"]);
    for part in
        ["guarantee = at-least-once", "at-most-once, at-least-once", "stream-lag = 1s", "0s to 1h"]
    {
        assert!(help.contains(part), "{part} in {help}");
    }
    assert!(text(&["simulate", "--help"]).contains("--sweep"));
}

#[test]
fn what_is_wrong_is_refused_with_its_knob() {
    let set = |setting: &str| run(&["simulate", "crash", "--set", setting]);
    set("period=0s").fails(2, &["period", "between 1s and 7d"]);
    set("grace=soon").fails(2, &["grace"]);
    set("nonsense=1").fails(2, &["there is no knob `nonsense`"]);
    run(&["simulate", "crash", "--set", "retention=1h", "--set", "grace=2h"])
        .fails(2, &["grace", "retention"]);
    run(&["simulate", "nothing"]).fails(64, &["nothing", "--list"]);
    run(&["simulate"]).fails(64, &["NAME"]);
    run(&["simulate", "crash", "--set", "grace"]).fails(64, &["KNOB=VALUE"]);
    run(&["simulate", "crash", "--do", "1h=dance"]).fails(64, &["dance"]);
}
