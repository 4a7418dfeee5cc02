//! The sheet that a chart is drawn on: CSS pixels and colours over plotters' integer units.
//!
//! Everything here is in CSS pixels unless a name says `units`. Not here: what a chart shows.
//!
//! What is long is never inlined: all charts have one copy of it, in what the page loads at first.

use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::color::parse;
use super::model::{ChartStyle, Plot};
use super::{ChartError, SUBPIXELS, backend_size};

/// A backend with a style.
pub(super) struct Sheet<'a, DB: DrawingBackend> {
    area: DrawingArea<DB, Shift>,
    /// Width in CSS pixels.
    pub(super) width: f64,
    /// Height in CSS pixels.
    pub(super) height: f64,
    /// Size of text.
    pub(super) text: f64,
    /// Backend units in a CSS pixel.
    unit: f64,
    surface: RGBColor,
    line: RGBColor,
    ink: RGBColor,
    palette: Vec<RGBColor>,
    left: TextStyle<'a>,
    center: TextStyle<'a>,
    right: TextStyle<'a>,
}

impl<'a, DB: DrawingBackend> Sheet<'a, DB> {
    /// Checks the style and the backend's size.
    #[inline(never)]
    pub(super) fn new(backend: DB, style: &'a ChartStyle) -> Result<Self, ChartError> {
        let (expected, found) = (backend_size(style)?, backend.get_size());
        if expected != found {
            return Err(ChartError::Backend { expected, found });
        }
        let palette = style.palette.iter().map(|color| parse(color)).collect::<Result<_, _>>()?;
        let ink = parse(&style.ink)?;
        let unit = style.scale * f64::from(SUBPIXELS);
        let text = if style.width < 360.0 { 11.0 } else { 12.0 };
        let font = FontDesc::new(FontFamily::Name(&style.font), text * unit, FontStyle::Normal);
        let anchored = |h_pos| TextStyle {
            font: font.clone(),
            color: ink.to_backend_color(),
            pos: Pos::new(h_pos, VPos::Center),
        };
        Ok(Self {
            area: backend.into_drawing_area(),
            width: style.width,
            height: style.height,
            text,
            unit,
            surface: parse(&style.surface)?,
            line: parse(&style.line)?,
            ink,
            palette,
            left: anchored(HPos::Left),
            center: anchored(HPos::Center),
            right: anchored(HPos::Right),
        })
    }

    /// Paints the surface.
    #[inline(never)]
    pub(super) fn clear(&self) -> Result<(), ChartError> {
        self.area.fill(&self.surface).map_err(failed)
    }

    /// Shows what was drawn.
    #[inline(never)]
    pub(super) fn present(&self) -> Result<(), ChartError> {
        self.area.present().map_err(failed)
    }

    /// A length in backend units.
    pub(super) fn units(&self, css: f64) -> i32 {
        (css * self.unit).round() as i32
    }

    /// A length in backend units, rounded to whole device pixels.
    fn snapped(&self, css: f64) -> i32 {
        let device = f64::from(SUBPIXELS);
        ((css * self.unit / device).round() * device) as i32
    }

    /// A length rounded to whole device pixels, in CSS pixels.
    pub(super) fn snap(&self, css: f64) -> f64 {
        f64::from(self.snapped(css)) / self.unit
    }

    /// The colour of the series at `index` of the legend.
    pub(super) fn color(&self, index: usize) -> RGBColor {
        self.palette[index % self.palette.len()]
    }

    /// The width of a text.
    #[inline(never)]
    pub(super) fn measure(&self, text: &str) -> Result<f64, ChartError> {
        let (width, _) = self.area.estimate_text_size(text, &self.center).map_err(failed)?;
        Ok(f64::from(width) / self.unit)
    }

    /// The width of the widest text; 0 of none.
    pub(super) fn widest(&self, texts: &[String]) -> Result<f64, ChartError> {
        texts.iter().try_fold(0.0, |widest: f64, text| Ok(widest.max(self.measure(text)?)))
    }

    /// Writes a text. `x` is its left end, centre or right end, `y` the middle of its digits.
    #[inline(never)]
    pub(super) fn write(&self, text: &str, align: HPos, x: f64, y: f64) -> Result<(), ChartError> {
        let style = match align {
            HPos::Left => &self.left,
            HPos::Center => &self.center,
            HPos::Right => &self.right,
        };
        self.area.draw_text(text, style, (self.units(x), self.units(y))).map_err(failed)
    }

    /// Fills a rectangle whose edges are rounded to whole device pixels.
    pub(super) fn fill(&self, rect: Plot, color: impl Color) -> Result<(), ChartError> {
        let corners = [
            (self.snapped(rect.left), self.snapped(rect.top)),
            (self.snapped(rect.left + rect.width), self.snapped(rect.top + rect.height)),
        ];
        self.area.draw(&Rectangle::new(corners, color.filled())).map_err(failed)
    }

    /// A grid line from `left` to `right` around `y`.
    pub(super) fn grid(&self, left: f64, right: f64, y: f64) -> Result<(), ChartError> {
        self.hairline((left, y), (right, y), self.line.to_rgba())
    }

    /// A vertical grid line.
    pub(super) fn upright(&self, x: f64, top: f64, bottom: f64) -> Result<(), ChartError> {
        self.hairline((x, top), (x, bottom), self.line.to_rgba())
    }

    /// An axis from one point to another, horizontal or vertical.
    pub(super) fn axis(&self, from: (f64, f64), to: (f64, f64)) -> Result<(), ChartError> {
        self.hairline(from, to, self.ink.mix(0.45))
    }

    /// A line of one CSS pixel, rounded down to whole device pixels as borders in CSS are. It is
    /// filled and not stroked, so that no backend spreads it over two pixels.
    #[inline(never)]
    fn hairline(
        &self,
        (x0, y0): (f64, f64),
        (x1, y1): (f64, f64),
        color: RGBAColor,
    ) -> Result<(), ChartError> {
        let device = SUBPIXELS as i32;
        let thick = ((self.unit as i32) / device).max(1) * device;
        let before = f64::from(thick) / 2.0 / self.unit;
        let (left, top) = if x0 == x1 {
            (self.snapped(x0 - before), self.snapped(y0))
        } else {
            (self.snapped(x0), self.snapped(y0 - before))
        };
        let (right, bottom) = if x0 == x1 {
            (left + thick, self.snapped(y1))
        } else {
            (self.snapped(x1), top + thick)
        };
        self.area
            .draw(&Rectangle::new([(left, top), (right, bottom)], color.filled()))
            .map_err(failed)
    }

    /// A style of lines of this width.
    pub(super) fn stroke(&self, color: RGBColor, width: f64) -> ShapeStyle {
        color.stroke_width(self.units(width).max(1) as u32)
    }

    /// Draws a plotters element whose points are in backend units.
    pub(super) fn draw<E>(&self, element: &E) -> Result<(), ChartError>
    where
        for<'e> &'e E: PointCollection<'e, (i32, i32)>,
        E: Drawable<DB>,
    {
        self.area.draw(element).map_err(failed)
    }
}

/// The error of a backend as text: backends differ, and nothing but a message depends on it.
fn failed(error: impl std::error::Error) -> ChartError {
    ChartError::Drawing(error.to_string())
}
