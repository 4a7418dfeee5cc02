//! Charts of a simulation, as SVG and in a page without scripts.

use std::fmt::Write;

use streamglass::architecture::report::{LaneSample, LaneSummary, Report, Sample};
use streamglass::experiment::{Experiment, Simulation};

use super::svg::{Chart, Series, escaped};

/// Colours of lanes and truth: those of the page.
const TRUTH: &str = "#1a1f26";
const LANES: [(&str, &str); 3] =
    [("batch ETL", "#9d5c00"), ("lambda", "#0b6cb0"), ("kappa", "#087a5a")];

fn lanes(sample: &Sample) -> [&LaneSample; 3] {
    [&sample.batch_etl, &sample.lambda, &sample.kappa]
}

fn summaries(report: &Report) -> [&LaneSummary; 3] {
    let summary = &report.summary;
    [&summary.batch_etl, &summary.lambda, &summary.kappa]
}

/// One line a lane.
fn by_lane(samples: &[Sample], value: impl Fn(&Sample, &LaneSample) -> Option<f64>) -> Vec<Series> {
    LANES
        .iter()
        .enumerate()
        .map(|(at, (name, color))| Series {
            name,
            color,
            points: samples
                .iter()
                .map(|sample| (sample.t as f64, value(sample, lanes(sample)[at])))
                .collect(),
        })
        .collect()
}

fn charts(report: &Report, unit: &str) -> Vec<Chart> {
    let samples = &report.samples;
    let truth = Series {
        name: "truth",
        color: TRUTH,
        points: samples.iter().map(|sample| (sample.t as f64, sample.truth.happened)).collect(),
    };
    let mut answers = vec![truth];
    answers.extend(by_lane(samples, |_, lane| lane.answer));
    let seconds = |lane: &LaneSample| lane.age_ms.map(|ms| ms as f64 / 1e3);
    let error = |sample: &Sample, lane: &LaneSample| {
        let truth = sample.truth.happened.filter(|truth| *truth > 0.0)?;
        lane.answer.map(|answer| 100.0 * (answer - truth) / truth)
    };
    vec![
        Chart::over_time(&format!("Answer, {unit}"), answers),
        Chart::over_time("Age of the answer, seconds", by_lane(samples, |_, lane| seconds(lane))),
        Chart::over_time("Error against the truth, %", by_lane(samples, error)),
        Chart::over_time(
            "Work, events processed",
            by_lane(samples, |_, lane| Some(lane.events_processed as f64)),
        ),
    ]
}

/// Figures that a sweep compares.
type Figure = (&'static str, fn(&LaneSummary) -> Option<f64>);
const FIGURES: [Figure; 5] = [
    ("Mean age, seconds", |s| s.mean_age_ms.map(|ms| ms / 1e3)),
    ("Mean relative error, %", |s| s.mean_relative_error.map(|error| 100.0 * error)),
    ("Events dropped as late", |s| s.late_dropped.map(|n| n as f64)),
    ("Events processed", |s| Some(s.events_processed as f64)),
    ("Time to correct, seconds", |s| s.time_to_correct_ms.map(|ms| ms as f64 / 1e3)),
];

fn sweep_charts(knob: &str, runs: &[(String, Report)]) -> Vec<Chart> {
    let names: Vec<String> = runs.iter().map(|(value, _)| value.clone()).collect();
    let chart = |(title, figure): &Figure| {
        let series = LANES.iter().enumerate().map(|(lane, (name, color))| Series {
            name,
            color,
            points: runs
                .iter()
                .enumerate()
                .map(|(at, (_, report))| (at as f64, figure(summaries(report)[lane])))
                .collect(),
        });
        Chart::by_name(&format!("{title}, by {knob}"), names.clone(), series.collect())
    };
    let has_points = |chart: &Chart| !chart.is_empty();
    FIGURES.iter().map(chart).filter(has_points).collect()
}

/// The charts of a run.
pub fn svg(simulation: &mut Simulation) -> String {
    let unit = simulation.settings.shape().unit();
    super::svg::document(&charts(&simulation.report(), unit))
}

/// A sweep as charts.
pub fn sweep_svg(knob: &str, runs: &[(String, Report)]) -> String {
    super::svg::document(&sweep_charts(knob, runs))
}

/// A run as a page.
pub fn html(simulation: &mut Simulation) -> String {
    let experiment = simulation.experiment();
    let unit = simulation.settings.shape().unit();
    let report = simulation.report();
    let mut body = format!("<p>{}</p>\n", escaped((experiment.text)()));
    for notice in simulation.opened().notices {
        let _ = writeln!(body, "<p><strong>{}</strong></p>", escaped(&notice.message));
    }
    body.push_str(&super::svg::document(&charts(&report, unit)));
    let _ = writeln!(body, "<pre>{}</pre>", escaped(&super::simulate::text_of(simulation)));
    page(experiment, &body)
}

/// A sweep as a page.
pub fn sweep_html(experiment: &Experiment, knob: &str, runs: &[(String, Report)]) -> String {
    let mut body = super::svg::document(&sweep_charts(knob, runs));
    let _ = writeln!(body, "<pre>{}</pre>", escaped(&super::simulate::sweep_text(knob, runs)));
    page(experiment, &body)
}

fn page(experiment: &Experiment, body: &str) -> String {
    let title = escaped(experiment.title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · Streamglass</title>\n<style>body{{font:15px/1.5 system-ui,sans-serif;color:{TRUTH};background:#fbfaf7;max-width:960px;margin:0 auto;padding:24px}}svg{{width:100%;height:auto}}pre{{overflow-x:auto;font-size:13px}}</style>\n<h1>{title}</h1>\n<p>{}</p>\n{body}</html>\n",
        escaped(experiment.question)
    )
}
