//! Panels: lines over the virtual time of a run, one below the other on one time axis.
//!
//! The shell says where the plot area begins and ends, so that panels of one width share their time
//! axis to the pixel and one cross-hair goes through all. Values have a sign, times are since the start
//! of the run.

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
#[cfg(test)]
use ts_rs::TS;

use super::model::{ChartStyle, Plot};
use super::sheet::Sheet;
use super::ticks::Ticks;
use super::timeline::TimeTicks;
use super::{ChartError, MAX_TIME_MS, MAX_VALUE};
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Between a label and its axis, in CSS pixels.
const GAP: f64 = 8.0;
/// A dash and the gap after it, in CSS pixels.
const DASH: (f64, f64) = (4.0, 3.0);
/// Marks closer than this are drawn as one, in CSS pixels.
const APART: f64 = 4.0;
/// 2^(n/4): so much wider is a span that is tried next. libm's powers of 2 are a table of 4 KB.
const QUARTERS: [f64; 4] =
    [1.0, 1.189_207_115_002_721, std::f64::consts::SQRT_2, 1.681_792_830_507_429];
/// Steps of an axis of durations.
const DURATIONS_MS: [i64; 21] = [
    1,
    10,
    100,
    SECOND_MS,
    2 * SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    20 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    20 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
];

/// Which panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum PanelId {
    /// What each says of each window of event time, beside the truths.
    Answer,
    /// Answer minus truth.
    Error,
    /// Now minus the event time of the newest event in the answer.
    Age,
    /// Events processed so far.
    Work,
}

/// By hand: what serde derives for an enum reads it in every way that a format can write one.
impl<'de> Deserialize<'de> for PanelId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "answer" => Ok(Self::Answer),
            "error" => Ok(Self::Error),
            "age" => Ok(Self::Age),
            "work" => Ok(Self::Work),
            other => Err(D::Error::custom(format!("there is no panel `{other}`"))),
        }
    }
}

/// What the shell tells a panel's canvas.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct PanelStyle {
    /// Size and colours. The palette is: happened, delivered, batch ETL, lambda, kappa, marks.
    pub chart: ChartStyle,
    /// Where the plot area begins, in CSS pixels from the left edge.
    pub left: f64,
    /// Where it ends, in CSS pixels from the right edge.
    pub right: f64,
    /// Whether times are written below.
    pub times: bool,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Numbers.
    Number,
    /// Milliseconds.
    Duration,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Broad: an answer.
    Broad,
    /// Fine, on top of the answers: the truth.
    Fine,
    /// Fine and dashed.
    Dashed,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Index in the palette.
    pub color: usize,
    /// How it looks.
    pub look: Look,
    /// Times and values; `None` where there is none.
    pub points: Vec<(i64, Option<f64>)>,
}

/// A vertical line at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at_ms: i64,
    /// Whether it is a fault or an operation, and not the ordinary course.
    pub strong: bool,
}

/// A panel as numbers. The time axis begins at 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What the values are.
    pub unit: Unit,
    /// Where the time axis ends.
    pub until_ms: i64,
    /// Lines, the lowest first.
    pub tracks: Vec<Track>,
    /// Vertical lines, ascending.
    pub marks: Vec<Mark>,
}

/// Draws a panel and presents it.
///
/// # Errors
/// Invalid data or styles are refused before anything is drawn; see [`ChartError`].
pub fn draw<DB: DrawingBackend>(
    backend: DB,
    panel: &Panel,
    style: &PanelStyle,
) -> Result<(), ChartError> {
    check(panel)?;
    let sheet = Sheet::new(backend, &style.chart)?;
    if style.chart.palette.is_empty() {
        return Err(ChartError::Palette);
    }
    sheet.clear()?;
    let axes = Axes::fit(&sheet, panel, style);
    axes.draw(&sheet, panel.unit)?;
    if style.times {
        axes.times(&sheet)?;
    }
    let mut last = f64::MIN;
    for mark in panel.marks.iter().filter(|mark| mark.at_ms <= panel.until_ms) {
        let x = axes.x(mark.at_ms);
        if mark.strong || x - last >= APART {
            axes.mark(&sheet, x, mark.strong)?;
            last = x;
        }
    }
    for track in &panel.tracks {
        axes.line(&sheet, track)?;
    }
    sheet.present()
}

fn check(panel: &Panel) -> Result<(), ChartError> {
    let times = panel.tracks.iter().flat_map(|track| &track.points).map(|point| point.0);
    let marks = panel.marks.iter().map(|mark| mark.at_ms);
    let all = times.chain(marks).chain([panel.until_ms]);
    if let Some(at) = all.into_iter().find(|at| !(0..=MAX_TIME_MS).contains(at)) {
        return Err(ChartError::Time(at));
    }
    for track in &panel.tracks {
        let valid = -MAX_VALUE..=MAX_VALUE;
        let values = track.points.iter().filter_map(|point| point.1);
        if let Some(value) = values.into_iter().find(|value| !valid.contains(value)) {
            return Err(ChartError::Value { series: track.color.to_string(), value });
        }
    }
    Ok(())
}

/// Both axes. Ticks of values are the multiples of `step` from `low` to `high`.
struct Axes {
    plot: Plot,
    until: i64,
    step: f64,
    low: i64,
    high: i64,
}

impl Axes {
    fn fit<DB: DrawingBackend>(sheet: &Sheet<'_, DB>, panel: &Panel, style: &PanelStyle) -> Self {
        let top = sheet.snap(0.7 * sheet.text);
        let below = if style.times { 2.1 } else { 0.7 };
        let bottom = sheet.snap((sheet.height - below * sheet.text).max(top + 1.0));
        let left = sheet.snap(style.left.min(sheet.width - 1.0));
        let right = sheet.snap((sheet.width - style.right).max(left + 1.0));
        let plot = Plot { left, top, width: right - left, height: bottom - top };
        let most = ((bottom - top) / 26.0).clamp(1.0, 5.0) as i64;
        let (step, low, high) = ticks(panel, most);
        Self { plot, until: panel.until_ms.max(1), step, low, high }
    }

    fn x(&self, at_ms: i64) -> f64 {
        self.plot.left + at_ms as f64 / self.until as f64 * self.plot.width
    }

    fn y(&self, value: f64) -> f64 {
        let (low, high) = (self.low as f64, self.high as f64);
        self.plot.top + (high - value / self.step) / (high - low) * self.plot.height
    }

    fn draw<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<'_, DB>,
        unit: Unit,
    ) -> Result<(), ChartError> {
        let (left, right) = (self.plot.left, self.plot.left + self.plot.width);
        for index in self.low..=self.high {
            let value = index as f64 * self.step;
            let y = self.y(value);
            if index == 0 {
                sheet.axis((left, y), (right, y))?;
            } else {
                sheet.grid(left, right, y)?;
            }
            sheet.write(&label(value, self.step, unit), HPos::Right, left - GAP, y)?;
        }
        Ok(())
    }

    /// Labels as dense as they stay easy to read.
    fn times<DB: DrawingBackend>(&self, sheet: &Sheet<'_, DB>) -> Result<(), ChartError> {
        let pitch = sheet.measure("00:00")? + 24.0;
        let bottom = self.plot.top + self.plot.height;
        let most = (self.plot.width / pitch).max(1.0) as i64;
        let mut axes = TimeTicks::from_finest(0, self.until, SECOND_MS);
        let ticks = axes.find(|ticks| ticks.most() <= most + 1).expect("endless");
        for at in ticks.times() {
            let x = self.x(at);
            sheet.axis((x, bottom), (x, bottom + 4.0))?;
            sheet.write(&elapsed(at), HPos::Center, x, bottom + 4.0 + sheet.text)?;
        }
        Ok(())
    }

    fn mark<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<'_, DB>,
        x: f64,
        strong: bool,
    ) -> Result<(), ChartError> {
        let (top, bottom) = (self.plot.top, self.plot.top + self.plot.height);
        if !strong {
            return sheet.upright(x, top, bottom);
        }
        let points = [(x, top), (x, bottom)].map(|(x, y)| (sheet.units(x), sheet.units(y)));
        let (dash, gap) = (sheet.units(DASH.0), sheet.units(DASH.1));
        let style = sheet.stroke(sheet.color(5), 1.25);
        sheet.draw(&DashedPathElement::new(points, dash, gap, style))
    }

    fn line<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<'_, DB>,
        track: &Track,
    ) -> Result<(), ChartError> {
        let width = if track.look == Look::Broad { 2.5 } else { 1.2 };
        let style = sheet.stroke(sheet.color(track.color), width);
        for run in track.points.split(|point| point.1.is_none()).filter(|run| !run.is_empty()) {
            let at = |(at, value): &(i64, Option<f64>)| {
                (sheet.units(self.x(*at)), sheet.units(self.y(value.unwrap_or(0.0))))
            };
            let points: Vec<_> = run.iter().map(at).collect();
            match (points.as_slice(), track.look) {
                ([point], _) => {
                    sheet.draw(&Circle::new(*point, sheet.units(1.6), style.filled()))?;
                }
                (_, Look::Dashed) => {
                    let (dash, gap) = (sheet.units(DASH.0), sheet.units(DASH.1));
                    sheet.draw(&DashedPathElement::new(points, dash, gap, style))?;
                }
                _ => sheet.draw(&PathElement::new(points, style))?,
            }
        }
        Ok(())
    }
}

/// The step, and how many of them lie below and above 0: all values are between, at most `most + 1`
/// steps together.
fn ticks(panel: &Panel, most: i64) -> (f64, i64, i64) {
    let values = || panel.tracks.iter().flat_map(|track| &track.points).filter_map(|point| point.1);
    let (low, high) = values().fold((0.0_f64, 0.0_f64), |(l, h), v| (l.min(v), h.max(v)));
    let whole = values().all(|value| value.fract() == 0.0);
    let fit = |step: f64| {
        let (low, high) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let high = if low == 0 { high.max(1) } else { high };
        (high - low <= most + i64::from(low < 0 && high > 0)).then_some((step, low, high))
    };
    match panel.unit {
        Unit::Duration => DURATIONS_MS
            .into_iter()
            .chain(std::iter::successors(Some(2 * DAY_MS), |days| days.checked_mul(2)))
            .find_map(|step| fit(step as f64))
            .unwrap_or((MAX_VALUE, 0, 1)),
        Unit::Number => (0..64_usize)
            .find_map(|power| {
                let span = (high - low) * QUARTERS[power % 4] * (1_u64 << (power / 4)) as f64;
                fit(Ticks::covering(span.min(MAX_VALUE), most as u32, whole).value(1))
            })
            .unwrap_or((MAX_VALUE, -1, 1)),
    }
}

/// A value in few characters: `−1,200`, `12 k`, `1.5 M`; `30 s`, `45 min`, `1:30 h`, `2 d`.
fn label(value: f64, step: f64, unit: Unit) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    let text = match unit {
        Unit::Duration => duration(size as i64),
        Unit::Number => number(size, step),
    };
    format!("{sign}{text}")
}

fn number(size: f64, step: f64) -> String {
    if size == 0.0 {
        return "0".to_owned();
    }
    for (unit, from) in [("G", 1e9), ("M", 1e6), ("k", 1e3)] {
        if step >= from || size >= 10.0 * from {
            return format!("{} {unit}", trimmed(size / from, step / from));
        }
    }
    trimmed(size, step)
}

/// With as many decimals as the step has, at most six.
fn trimmed(size: f64, step: f64) -> String {
    let decimals = (0..6)
        .find(|decimals| {
            let scaled = step * f64::from(10_u32.pow(*decimals));
            (scaled - libm::round(scaled)).abs() < 1e-6 * scaled
        })
        .unwrap_or(6);
    format!("{size:.*}", decimals as usize)
}

fn duration(ms: i64) -> String {
    match ms {
        0 => "0".to_owned(),
        _ if ms % DAY_MS == 0 => format!("{} d", ms / DAY_MS),
        _ if ms % HOUR_MS == 0 => format!("{} h", ms / HOUR_MS),
        _ if ms > HOUR_MS => format!("{}:{:02} h", ms / HOUR_MS, ms / MINUTE_MS % 60),
        _ if ms % MINUTE_MS == 0 => format!("{} min", ms / MINUTE_MS),
        _ if ms > MINUTE_MS => format!("{}:{:02} min", ms / MINUTE_MS, ms / SECOND_MS % 60),
        _ if ms % SECOND_MS == 0 => format!("{} s", ms / SECOND_MS),
        _ => format!("{ms} ms"),
    }
}

/// A time since the start of the run: `0:45`, `6:00`, whole days `2 d`, with seconds `0:00:30`.
fn elapsed(ms: i64) -> String {
    if ms > 0 && ms % DAY_MS == 0 {
        return format!("{} d", ms / DAY_MS);
    }
    let (hours, minutes, seconds) =
        (ms % DAY_MS / HOUR_MS, ms / MINUTE_MS % 60, ms / SECOND_MS % 60);
    if seconds == 0 {
        format!("{hours}:{minutes:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(unit: Unit, values: &[f64]) -> Panel {
        let points = values.iter().zip(0..).map(|(value, at)| (at, Some(*value))).collect();
        let tracks = vec![Track { color: 0, look: Look::Broad, points }];
        Panel { unit, until_ms: 100, tracks, marks: Vec::new() }
    }

    fn labels(unit: Unit, values: &[f64]) -> Vec<String> {
        let (step, low, high) = ticks(&panel(unit, values), 4);
        (low..=high).map(|index| label(index as f64 * step, step, unit)).collect()
    }

    #[test]
    fn labels_are_short_and_have_signs() {
        assert_eq!(labels(Unit::Number, &[0.0]), ["0", "1"]);
        assert_eq!(labels(Unit::Number, &[0.0, 1_900.0]), ["0", "500", "1000", "1500", "2000"]);
        assert_eq!(labels(Unit::Number, &[-7.0, 2.0]), ["−10", "−5", "0", "5"]);
        assert_eq!(labels(Unit::Number, &[-0.3]), ["−0.3", "−0.2", "−0.1", "0"]);
        assert_eq!(labels(Unit::Number, &[2.4e6]), ["0", "1 M", "2 M", "3 M"]);
        assert_eq!(labels(Unit::Number, &[36e3]), ["0", "10 k", "20 k", "30 k", "40 k"]);
        let hour = HOUR_MS as f64;
        assert_eq!(labels(Unit::Duration, &[1.6 * hour]), ["0", "30 min", "1 h", "1:30 h", "2 h"]);
        assert_eq!(labels(Unit::Duration, &[2_500.0]), ["0", "1 s", "2 s", "3 s"]);
        assert_eq!(labels(Unit::Duration, &[90.0 * 24.0 * hour]), ["0", "32 d", "64 d", "96 d"]);
    }

    #[test]
    fn times_are_since_the_start() {
        assert_eq!(elapsed(0), "0:00");
        assert_eq!(elapsed(90 * MINUTE_MS), "1:30");
        assert_eq!(elapsed(30 * SECOND_MS), "0:00:30");
        assert_eq!(elapsed(2 * DAY_MS), "2 d");
        assert_eq!(elapsed(2 * DAY_MS + 6 * HOUR_MS), "6:00");
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        assert_eq!(check(&panel(Unit::Number, &[-3.0, 4.0])), Ok(()));
        assert!(matches!(check(&panel(Unit::Number, &[f64::NAN])), Err(ChartError::Value { .. })));
        let mut late = panel(Unit::Number, &[1.0]);
        late.marks.push(Mark { at_ms: -1, strong: true });
        assert_eq!(check(&late), Err(ChartError::Time(-1)));
    }

    #[test]
    fn a_panel_is_read_by_the_name_that_is_written() {
        for id in [PanelId::Answer, PanelId::Error, PanelId::Age, PanelId::Work] {
            let json = serde_json::to_string(&id).expect("a text");
            assert_eq!(serde_json::from_str::<PanelId>(&json).ok(), Some(id));
        }
        let error = serde_json::from_str::<PanelId>("\"sea\"").expect_err("there is none");
        assert!(error.to_string().contains("`sea`"), "{error}");
    }

    #[test]
    fn panel_protocol_ts_is_generated_from_these_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/panel-protocol.ts");
        let config = ts_rs::Config::new();
        let mut expected = String::from(
            "// Generated from src/chart/panel.rs by its test: `UPDATE=1 cargo test chart::panel`.\n\nimport type { ChartStyle } from \"./protocol\";\n",
        );
        for (docs, declaration) in [
            (PanelId::docs(), PanelId::decl(&config)),
            (PanelStyle::docs(), PanelStyle::decl(&config)),
        ] {
            expected.push_str(&format!("\n{}export {declaration}\n", docs.unwrap_or_default()));
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &expected).expect("www/panel-protocol.ts can be written");
        }
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == expected,
            "www/panel-protocol.ts is out of date: run UPDATE=1 cargo test chart::panel"
        );
    }
}
