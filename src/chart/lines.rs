//! Lines over event time. Values whose windows are still open are dashed.

use std::ops::Range;

use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::model::{ChartData, Plot, Series};
use super::sheet::Sheet;
use super::ticks::Ticks;
use super::timeline::TimeTicks;
use super::{ChartError, extent};
use crate::time::{MINUTE_MS, SECOND_MS};

/// Width of a line in CSS pixels.
const STROKE: f64 = 1.75;
/// Radius of a value that has no neighbours, in CSS pixels.
const DOT: f64 = 2.0;
/// Between a label and its axis, in CSS pixels; a further one is for rounding to device pixels.
const GAP: f64 = 9.0;
/// A dash and the gap after it, in CSS pixels.
const DASH: (f64, f64) = (4.0, 3.0);

/// Draws axes and lines. The data has been checked.
pub(super) fn draw<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    data: &ChartData,
    at_ms: &[i64],
) -> Result<Plot, ChartError> {
    let axes = Axes::fit(sheet, data, at_ms)?;
    if !data.unit.is_empty() {
        sheet.write(&data.unit, HPos::Left, 0.0, sheet.text * 0.6)?;
    }
    axes.draw(sheet, at_ms)?;
    for (index, series) in data.series.iter().enumerate() {
        let point = |at: usize, value: f64| {
            (sheet.units(axes.x(at_ms, at_ms[at])), sheet.units(axes.y(value)))
        };
        line(sheet, series, sheet.color(index), point)?;
    }
    Ok(axes.plot)
}

/// Both axes, and the plot area that their labels leave.
struct Axes {
    plot: Plot,
    values: Ticks,
    labels: Vec<String>,
    times: Vec<(i64, String)>,
}

impl Axes {
    /// Chooses ticks and measures their labels.
    fn fit<DB: DrawingBackend>(
        sheet: &Sheet<'_, DB>,
        data: &ChartData,
        at_ms: &[i64],
    ) -> Result<Self, ChartError> {
        let (max, whole) = extent(data);
        // The caption has a line of its own above the highest label.
        let top = sheet.snap(if data.unit.is_empty() { sheet.text } else { 2.5 * sheet.text });
        let bottom = sheet.snap((sheet.height - 2.1 * sheet.text).max(top + 1.0));
        let most = ((bottom - top) / 40.0).clamp(1.0, 6.0) as u32;
        let values = Ticks::covering(max, most, whole);
        let labels: Vec<_> = (0..=values.intervals()).map(|index| values.label(index)).collect();
        let gutter = sheet.widest(&labels)? + GAP + 1.0;

        let Times { labels: times, half } = time_labels(sheet, at_ms, gutter)?;
        // Half a label may hang over either end of the axis; a line's end needs its own width.
        let left = sheet.snap(gutter.max(half));
        let right = sheet.snap((sheet.width - half.max(4.0)).max(left + 1.0));
        let plot = Plot { left, top, width: right - left, height: bottom - top };
        Ok(Self { plot, values, labels, times })
    }

    /// Where a time lies. One position alone is the left end.
    fn x(&self, at_ms: &[i64], at: i64) -> f64 {
        let (first, last) = (at_ms[0], at_ms[at_ms.len() - 1]);
        self.plot.left + (at - first) as f64 / (last - first).max(1) as f64 * self.plot.width
    }

    /// Where a value lies.
    fn y(&self, value: f64) -> f64 {
        self.plot.top + (1.0 - value / self.values.max()) * self.plot.height
    }

    /// Draws grid, ticks, labels and the time axis.
    fn draw<DB: DrawingBackend>(
        &self,
        sheet: &Sheet<'_, DB>,
        at_ms: &[i64],
    ) -> Result<(), ChartError> {
        let (left, right) = (self.plot.left, self.plot.left + self.plot.width);
        let bottom = self.plot.top + self.plot.height;
        for (index, label) in (0..).zip(&self.labels) {
            let y = self.y(self.values.value(index));
            if index > 0 {
                sheet.grid(left, right, y)?;
            }
            sheet.write(label, HPos::Right, left - GAP, y)?;
        }
        for (at, label) in &self.times {
            let x = self.x(at_ms, *at);
            sheet.axis((x, bottom), (x, bottom + 4.0))?;
            sheet.write(label, HPos::Center, x, bottom + 4.0 + sheet.text)?;
        }
        sheet.axis((left, bottom), (right, bottom))
    }
}

/// Labels of the time axis.
struct Times {
    /// Points in time and what is written below them.
    labels: Vec<(i64, String)>,
    /// Half the width of the widest label.
    half: f64,
}

/// Labels as dense as they stay easy to read, but not denser than the data; none without data.
fn time_labels<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    at_ms: &[i64],
    gutter: f64,
) -> Result<Times, ChartError> {
    let (Some(&first), Some(&last)) = (at_ms.first(), at_ms.last()) else {
        return Ok(Times { labels: Vec::new(), half: 0.0 });
    };
    let alone = if first % MINUTE_MS == 0 { MINUTE_MS } else { SECOND_MS };
    let least_ms = at_ms.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(alone);
    // A date is wider than a time: with room for one from the start, the plot area does not move
    // when midnight comes.
    let date = sheet.measure("30 Sep")?;
    let pitch = (sheet.width / 8.0).min(110.0);
    let mut axes = TimeTicks::from_finest(first, last, least_ms);
    loop {
        let ticks = axes.next().expect("a step is longer than every span");
        // So many never fit, whatever is written below them.
        if ticks.most() as f64 * 40.0 > sheet.width + 80.0 {
            continue;
        }
        let labels: Vec<_> = ticks.times().map(|at| (at, ticks.label(at))).collect();
        let mut widest = date;
        for (_, label) in &labels {
            widest = widest.max(sheet.measure(label)?);
        }
        let room = sheet.width - gutter.max(widest / 2.0) - widest / 2.0;
        if (ticks.most() - 1) as f64 * pitch.max(widest + 18.0) <= room.max(0.0) {
            return Ok(Times { labels, half: widest / 2.0 + 1.0 });
        }
    }
}

/// Draws one series: solid where it is final, dashed where windows are open, with gaps where
/// there is no value.
fn line<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    series: &Series,
    color: RGBColor,
    point: impl Fn(usize, f64) -> (i32, i32),
) -> Result<(), ChartError> {
    let style = sheet.stroke(color, STROKE);
    let closed = series.values.len().saturating_sub(series.open as usize);
    for run in runs(&series.values) {
        let values = run.clone().zip(series.values[run.clone()].iter().flatten());
        let points: Vec<_> = values.map(|(at, &value)| point(at, value)).collect();
        if let [alone] = points[..] {
            sheet.draw(&Circle::new(alone, sheet.units(DOT), color.filled()))?;
            continue;
        }
        let split = closed.clamp(run.start, run.end) - run.start;
        if split > 1 {
            sheet.draw(&PathElement::new(&points[..split], style))?;
        }
        if split < points.len() {
            // The first dash begins at the last final value.
            let open = points[split.saturating_sub(1)..].iter().copied();
            let (dash, gap) = (sheet.units(DASH.0), sheet.units(DASH.1));
            sheet.draw(&DashedPathElement::new(open, dash, gap, style))?;
        }
    }
    Ok(())
}

/// The positions of values without a gap between them.
fn runs(values: &[Option<f64>]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + values[from..].iter().position(Option::is_some)?;
        let length = values[start..].iter().position(Option::is_none);
        from = length.map_or(values.len(), |length| start + length);
        Some(start..from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_between_gaps() {
        let of = |text: &str| {
            let values: Vec<_> = text.bytes().map(|byte| (byte == b'x').then_some(1.0)).collect();
            runs(&values).map(|run| (run.start, run.end)).collect::<Vec<_>>()
        };
        assert_eq!(of(""), []);
        assert_eq!(of(".."), []);
        assert_eq!(of("xx"), [(0, 2)]);
        assert_eq!(of(".xx..x."), [(1, 3), (5, 6)]);
    }
}
