//! A chart as numbers and as a style: what a shell gets to know, and what it chooses.
//!
//! The lab's protocol carries these types to the page, so `lab::protocol` declares them in its
//! TypeScript. Not here: how any of it is drawn.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// What a chart shows, as numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ChartData {
    /// Which chart.
    pub chart: ChartId,
    /// The unit of the values, like `clicks a minute`.
    pub unit: String,
    /// The positions on the x axis.
    pub x: Axis,
    /// The series, in the order of the legend.
    pub series: Vec<Series>,
    /// Where the plot area lies in the picture, in CSS pixels; `null` while it was not drawn.
    pub plot: Option<Plot>,
}

/// Which chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
pub enum ChartId {
    /// Clicks a minute by state: lines over event time.
    ClicksByState,
    /// The content with most clicks: bars.
    TopContent,
}

/// The x axis of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Axis {
    /// Starts of windows.
    Time {
        /// The points.
        #[cfg_attr(test, ts(type = "number[]"))]
        at_ms: Vec<i64>,
    },
    /// Names.
    Category {
        /// The names.
        names: Vec<String>,
    },
}

/// A series of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// The name in the legend.
    pub name: String,
    /// One value a position; `null` where there is none yet.
    pub values: Vec<Option<f64>>,
    /// The number of the last values that can still change, because their windows are open.
    pub open: u32,
}

/// A rectangle in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct Plot {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// What the shell tells a chart's canvas: its size and colours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "camelCase")]
pub struct ChartStyle {
    /// Width in CSS pixels.
    pub width: f64,
    /// Height in CSS pixels.
    pub height: f64,
    /// Device pixels in a CSS pixel.
    pub scale: f64,
    /// Font family.
    pub font: String,
    /// Text and axes, `#rrggbb`.
    pub ink: String,
    /// Grid lines, `#rrggbb`.
    pub line: String,
    /// The surface, `#rrggbb`.
    pub surface: String,
    /// Colours of the series in order, `#rrggbb`.
    pub palette: Vec<String>,
}
