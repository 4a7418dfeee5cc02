//! Horizontal bars, one row a name in the order given, the value at the end of each. A value axis
//! would only say the same less exactly, so there is none.

use std::borrow::Cow;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::model::{ChartData, Plot};
use super::sheet::Sheet;
use super::{ChartError, extent, ticks};

/// The share of the width that names may take.
const NAMES: f64 = 0.42;
/// The greatest height of a row in CSS pixels: two bars in a tall picture stay bars.
const ROW: f64 = 36.0;
/// The share of a row that its bars take.
const THICK: f64 = 0.56;
/// Between a text and the bar beside it, in CSS pixels.
const GAP: f64 = 8.0;

/// Draws the axis and the bars; of several series, one bar each in a row. The data has been
/// checked.
pub(super) fn draw<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    data: &ChartData,
    names: &[String],
) -> Result<Plot, ChartError> {
    let top = sheet.snap(if data.unit.is_empty() { 0.0 } else { 2.0 * sheet.text });
    let room = (sheet.height - top).max(1.0);
    let row = if names.is_empty() { 0.0 } else { (room / names.len() as f64).min(ROW) };
    let height = if names.is_empty() { room } else { row * names.len() as f64 };

    let most = sheet.width * NAMES;
    // Without names the axis still has a pixel of its own.
    let left =
        sheet.snap(sheet.widest(names)?.min(most) + if names.is_empty() { 1.0 } else { GAP });
    let plot = Plot { left, top, width: (sheet.width - left).max(1.0), height };
    if !data.unit.is_empty() {
        sheet.write(&data.unit, HPos::Left, 0.0, sheet.text * 0.6)?;
    }
    // In rows lower than a line of text only every second, third … row is written.
    let every = if row > 0.0 { (sheet.text * 1.1 / row).ceil().max(1.0) as usize } else { 1 };
    for (index, name) in names.iter().enumerate().step_by(every) {
        let y = top + (index as f64 + 0.5) * row;
        sheet.write(&shortened(sheet, name, most)?, HPos::Left, 0.0, y)?;
    }
    bars(sheet, data, plot, row)?;
    sheet.axis((left, top), (left, top + height))?;
    Ok(plot)
}

/// Draws the bars and their values.
fn bars<DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    data: &ChartData,
    plot: Plot,
    row: f64,
) -> Result<(), ChartError> {
    let (max, _) = extent(data);
    let labels: Vec<Vec<_>> = data
        .series
        .iter()
        .map(|series| series.values.iter().map(|v| v.map(ticks::number)).collect())
        .collect();
    let mut widest = 0.0_f64;
    for label in labels.iter().flatten().flatten() {
        widest = widest.max(sheet.measure(label)?);
    }
    let longest = (plot.width - widest - GAP).max(0.0);
    let thick = row * THICK / data.series.len().max(1) as f64;
    let every = (sheet.text * 1.1 / (row / data.series.len().max(1) as f64)).ceil().max(1.0);
    for (place, (series, labels)) in data.series.iter().zip(&labels).enumerate() {
        let color = sheet.color(place);
        for (index, (value, label)) in series.values.iter().zip(labels).enumerate() {
            let (Some(value), Some(label)) = (value, label) else { continue };
            let length = if max > 0.0 { value / max * longest } else { 0.0 };
            let middle = plot.top + (index as f64 + 0.5) * row;
            let top = middle - row * THICK / 2.0 + place as f64 * thick;
            let bar = Plot { left: plot.left, top, width: length, height: thick };
            sheet.fill(bar, color)?;
            let written = (index * data.series.len() + place).is_multiple_of(every as usize);
            if written {
                let x = plot.left + length + GAP;
                sheet.write(label, HPos::Left, x, top + thick / 2.0)?;
            }
        }
    }
    Ok(())
}

/// A name as far as it fits, with an ellipsis where it does not.
fn shortened<'n, DB: DrawingBackend>(
    sheet: &Sheet<'_, DB>,
    name: &'n str,
    most: f64,
) -> Result<Cow<'n, str>, ChartError> {
    if sheet.measure(name)? <= most {
        return Ok(Cow::Borrowed(name));
    }
    let ends: Vec<_> = name.char_indices().map(|(at, _)| at).collect();
    let cut = |characters: usize| format!("{}…", name[..ends[characters]].trim_end());
    // The greatest number of characters that fits; an ellipsis alone is always allowed.
    let (mut fits, mut fails) = (0, ends.len());
    while fails - fits > 1 {
        let middle = usize::midpoint(fits, fails);
        if sheet.measure(&cut(middle))? <= most {
            fits = middle;
        } else {
            fails = middle;
        }
    }
    Ok(Cow::Owned(cut(fits)))
}
