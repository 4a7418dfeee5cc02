//! Charts: what to draw, generic over plotters' `DrawingBackend`.
//!
//! [`draw`] paints a whole picture: surface, axes, grid and series. A backend's coordinates are
//! [`SUBPIXELS`] to a device pixel, because plotters' coordinates are integers and a line whose
//! vertices lie on whole pixels looks ragged at a device pixel ratio of 1; hairlines and bars are
//! snapped to whole device pixels here, so that they are crisp at every ratio.
//!
//! Not here: legends, titles, hover values and tables, which are DOM; canvases, which are `web`'s.
//!
//! **Architecture Invariant:** neither plotters' chart builder nor its fonts are used. Its legend
//! and its text measuring reach for the DOM and panic in a worker; a backend measures its own text.

mod bars;
mod color;
mod lines;
pub mod model;
pub mod panel;
mod sheet;
#[cfg(test)]
mod tests;
mod ticks;
mod timeline;

use plotters_backend::DrawingBackend;

use model::{Axis, ChartData, ChartStyle, Plot};
use sheet::Sheet;

/// Backend units in a device pixel.
pub const SUBPIXELS: u32 = 8;

/// The greatest value of a chart, 2^53: the last to which every whole number is a double.
const MAX_VALUE: f64 = 9_007_199_254_740_992.0;

/// The farthest time of a chart from the epoch in milliseconds: the range of JavaScript's `Date`.
const MAX_TIME_MS: i64 = 8_640_000_000_000_000;

/// Why a chart was not drawn.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// The picture has no area, or one that no canvas has.
    #[error("a picture of {width} × {height} CSS pixels at {scale} device pixels each")]
    Size {
        /// Width in CSS pixels.
        width: f64,
        /// Height in CSS pixels.
        height: f64,
        /// Device pixels in a CSS pixel.
        scale: f64,
    },
    /// The backend is not [`SUBPIXELS`] times as wide and high as the picture in device pixels.
    #[error("the backend has {found:?} units, the picture needs {expected:?}")]
    Backend {
        /// What the picture needs.
        expected: (u32, u32),
        /// What the backend has.
        found: (u32, u32),
    },
    /// A colour is not `#rrggbb`.
    #[error("`{0}` is not a colour of the form #rrggbb")]
    Color(String),
    /// There are series but no colour for any.
    #[error("the palette is empty")]
    Palette,
    /// A series has more or fewer values than there are positions.
    #[error("series `{series}` has {found} values for {expected} positions")]
    Length {
        /// The series' name.
        series: String,
        /// Positions on the x axis.
        expected: usize,
        /// Values.
        found: usize,
    },
    /// A value is negative, not a number or more than 2^53.
    #[error("series `{series}` has the value {value}")]
    Value {
        /// The series' name.
        series: String,
        /// The value.
        value: f64,
    },
    /// Times do not ascend, or lie outside the range of JavaScript's `Date`.
    #[error("the time {0} ms is out of order or out of range")]
    Time(i64),
    /// The backend failed.
    #[error("drawing failed: {0}")]
    Drawing(String),
}

/// The size that a backend must have for a picture, in its units.
///
/// # Errors
/// [`ChartError::Size`] where width, height or scale is no positive number or the picture would
/// have more than 16,384 device pixels in one direction.
pub fn backend_size(style: &ChartStyle) -> Result<(u32, u32), ChartError> {
    let ChartStyle { width, height, scale, .. } = *style;
    let device = |css: f64| {
        let pixels = (css * scale).round();
        (1.0..=16_384.0).contains(&pixels).then(|| pixels as u32 * SUBPIXELS)
    };
    match (device(width), device(height)) {
        (Some(x), Some(y)) if scale > 0.0 => Ok((x, y)),
        _ => Err(ChartError::Size { width, height, scale }),
    }
}

/// Draws a picture and presents it.
///
/// Returns the plot area in CSS pixels. On a time axis its left edge is the first position and
/// its right edge the last; on a category axis it holds the rows, all of one height. The plot of
/// the data itself is not read. Colours of the palette are used in a circle.
///
/// # Errors
/// Invalid data or styles are refused before anything is drawn; see [`ChartError`].
pub fn draw<DB: DrawingBackend>(
    backend: DB,
    data: &ChartData,
    style: &ChartStyle,
) -> Result<Plot, ChartError> {
    check(data)?;
    let sheet = Sheet::new(backend, style)?;
    if style.palette.is_empty() && !data.series.is_empty() {
        return Err(ChartError::Palette);
    }
    sheet.clear()?;
    let plot = match &data.x {
        Axis::Time { at_ms } => lines::draw(&sheet, data, at_ms)?,
        Axis::Category { names } => bars::draw(&sheet, data, names)?,
    };
    sheet.present()?;
    Ok(plot)
}

/// Checks everything about the data that the drawing relies on.
fn check(data: &ChartData) -> Result<(), ChartError> {
    let expected = match &data.x {
        Axis::Time { at_ms } => {
            if let Some(&at) = at_ms.iter().find(|at| !(-MAX_TIME_MS..=MAX_TIME_MS).contains(*at)) {
                return Err(ChartError::Time(at));
            }
            if let Some(pair) = at_ms.windows(2).find(|pair| pair[0] >= pair[1]) {
                return Err(ChartError::Time(pair[1]));
            }
            at_ms.len()
        }
        Axis::Category { names } => names.len(),
    };
    for series in &data.series {
        let found = series.values.len();
        if found != expected {
            return Err(ChartError::Length { series: series.name.clone(), expected, found });
        }
        let valid = 0.0..=MAX_VALUE;
        if let Some(&value) = series.values.iter().flatten().find(|value| !valid.contains(*value)) {
            return Err(ChartError::Value { series: series.name.clone(), value });
        }
    }
    Ok(())
}

/// The greatest value of all series, and whether all values are whole numbers.
fn extent(data: &ChartData) -> (f64, bool) {
    data.series
        .iter()
        .flat_map(|series| series.values.iter().flatten())
        .fold((0.0, true), |(max, whole), &value| (value.max(max), whole && value.fract() == 0.0))
}
