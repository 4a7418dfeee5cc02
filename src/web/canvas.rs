//! A chart on an `OffscreenCanvas` of the worker: plotters' `DrawingBackend` over its 2D context.
//!
//! Coordinates come in [`SUBPIXELS`] to a device pixel and go to the context as fractions of one;
//! the context is never transformed, so text is set at its size in device pixels. Text is measured
//! by `measureText`, each text once. Not here: what a chart shows, which is `chart`'s.

use std::cell::RefCell;
use std::f64::consts::TAU;
use std::fmt::Write;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use crate::chart::model::{ChartData, ChartStyle, Plot};
use crate::chart::panel::{self, Panel, PanelStyle};
use crate::chart::{self, ChartError, SUBPIXELS};

/// Height of capitals and digits in ems: text hangs on their middle, top or foot. Fonts differ by
/// less than a pixel at the size of labels.
const CAPITALS: f64 = 0.72;

/// Texts whose widths are kept. A picture has some dozens; new ones take the place of the oldest.
const MEASURED: usize = 256;

/// Why a canvas did not do its work.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct CanvasError(String);

impl CanvasError {
    fn new(value: &JsValue) -> Self {
        Self(value.as_string().unwrap_or_else(|| format!("{value:?}")))
    }
}

impl From<JsValue> for CanvasError {
    fn from(value: JsValue) -> Self {
        Self::new(&value)
    }
}

impl From<CanvasError> for DrawingErrorKind<CanvasError> {
    fn from(error: CanvasError) -> Self {
        Self::DrawingError(error)
    }
}

/// A canvas and what its context was last told.
pub struct Canvas {
    canvas: OffscreenCanvas,
    context: OffscreenCanvasRenderingContext2d,
    state: RefCell<State>,
}

/// What the context was last told: telling it again would parse the text of a style again.
#[derive(Default)]
struct State {
    fill: Option<Paint>,
    stroke: Option<Paint>,
    width: Option<u32>,
    align: Option<&'static str>,
    /// Size in device pixels and family.
    font: Option<(f64, String)>,
    /// Widths in device pixels of texts in `font`, and the one to replace next.
    measured: Vec<(Box<str>, f64)>,
    oldest: usize,
    /// Where colours and fonts are written for the context.
    scratch: String,
}

/// A colour that can be compared.
type Paint = ((u8, u8, u8), u64);

impl Canvas {
    /// Takes a canvas that has no context yet, or a two-dimensional one.
    ///
    /// # Errors
    /// The canvas has a context of another kind.
    pub fn new(canvas: OffscreenCanvas) -> Result<Self, CanvasError> {
        let context = canvas
            .get_context("2d")?
            .ok_or_else(|| CanvasError("the canvas has no 2d context".to_owned()))?
            .unchecked_into();
        Ok(Self { canvas, context, state: RefCell::default() })
    }

    /// Fits the canvas to the style and draws the picture. Returns the plot area in CSS pixels.
    ///
    /// # Errors
    /// See [`chart::draw`]. The last picture stays unless the size is new or the canvas failed.
    pub fn draw(&mut self, data: &ChartData, style: &ChartStyle) -> Result<Plot, ChartError> {
        let (width, height) = chart::backend_size(style)?;
        self.resize(width / SUBPIXELS, height / SUBPIXELS);
        chart::draw(self, data, style)
    }

    /// Fits the canvas to the style and draws a panel.
    ///
    /// # Errors
    /// See [`panel::draw`]. The last picture stays unless the size is new or the canvas failed.
    pub fn draw_panel(&mut self, data: &Panel, style: &PanelStyle) -> Result<(), ChartError> {
        let (width, height) = chart::backend_size(&style.chart)?;
        self.resize(width / SUBPIXELS, height / SUBPIXELS);
        panel::draw(self, data, style)
    }

    /// Sets the size in device pixels. A new size empties the canvas and resets its context.
    fn resize(&mut self, width: u32, height: u32) {
        if (self.canvas.width(), self.canvas.height()) == (width, height) {
            return;
        }
        self.canvas.set_width(width);
        self.canvas.set_height(height);
        let state = self.state.get_mut();
        (state.fill, state.stroke, state.width, state.align) = (None, None, None, None);
        // With the font go the widths, which no longer have one.
        state.font = None;
    }

    fn fill_with(&mut self, color: BackendColor) {
        let State { fill, scratch, .. } = self.state.get_mut();
        if fill.replace(paint(color)) != Some(paint(color)) {
            self.context.set_fill_style_str(css(color, scratch));
        }
    }

    fn stroke_with<S: BackendStyle>(&mut self, style: &S) {
        let State { stroke, width, scratch, .. } = self.state.get_mut();
        let (color, thick) = (style.color(), style.stroke_width());
        if stroke.replace(paint(color)) != Some(paint(color)) {
            self.context.set_stroke_style_str(css(color, scratch));
        }
        if width.replace(thick) != Some(thick) {
            self.context.set_line_width(f64::from(thick) / f64::from(SUBPIXELS));
            self.context.set_line_join("round");
        }
    }

    /// Puts a path into the context. Returns whether it has points.
    fn path(&self, points: impl IntoIterator<Item = BackendCoord>) -> bool {
        self.context.begin_path();
        let mut points = points.into_iter().map(device);
        let Some((x, y)) = points.next() else { return false };
        self.context.move_to(x, y);
        points.for_each(|(x, y)| self.context.line_to(x, y));
        true
    }
}

impl State {
    /// Makes a font of `size` device pixels the context's font.
    fn set_font(&mut self, size: f64, family: &str, context: &OffscreenCanvasRenderingContext2d) {
        if self.font.as_ref().is_some_and(|font| font.0 == size && font.1 == family) {
            return;
        }
        self.scratch.clear();
        // Writing to a string does not fail.
        let _ = write!(self.scratch, "{size}px {family}");
        context.set_font(&self.scratch);
        self.measured.clear();
        self.oldest = 0;
        self.font = Some((size, family.to_owned()));
    }

    /// The width of a text in device pixels.
    fn width_of(
        &mut self,
        text: &str,
        context: &OffscreenCanvasRenderingContext2d,
    ) -> Result<f64, CanvasError> {
        if let Some((_, width)) = self.measured.iter().find(|(known, _)| **known == *text) {
            return Ok(*width);
        }
        let width = context.measure_text(text)?.width();
        let entry = (Box::from(text), width);
        if self.measured.len() < MEASURED {
            self.measured.push(entry);
        } else {
            self.measured[self.oldest] = entry;
            self.oldest = (self.oldest + 1) % MEASURED;
        }
        Ok(width)
    }
}

/// A colour that can be compared: the bits of its alpha are what they were set to.
const fn paint(color: BackendColor) -> Paint {
    (color.rgb, color.alpha.to_bits())
}

/// Writes a colour as CSS does.
fn css(color: BackendColor, scratch: &mut String) -> &str {
    let (red, green, blue) = color.rgb;
    scratch.clear();
    // Writing to a string does not fail.
    let _ = if color.alpha >= 1.0 {
        write!(scratch, "#{red:02x}{green:02x}{blue:02x}")
    } else {
        write!(scratch, "rgba({red},{green},{blue},{})", color.alpha)
    };
    scratch
}

/// A point in device pixels.
fn device((x, y): BackendCoord) -> (f64, f64) {
    let subpixels = f64::from(SUBPIXELS);
    (f64::from(x) / subpixels, f64::from(y) / subpixels)
}

type Drawn = Result<(), DrawingErrorKind<CanvasError>>;

impl DrawingBackend for &mut Canvas {
    type ErrorType = CanvasError;

    fn get_size(&self) -> (u32, u32) {
        (self.canvas.width() * SUBPIXELS, self.canvas.height() * SUBPIXELS)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    /// The browser shows a canvas when the task of the worker ends.
    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.fill_with(color);
        let (x, y) = device(point);
        let side = 1.0 / f64::from(SUBPIXELS);
        self.context.fill_rect(x, y, side, side);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ((x, y), (right, bottom)) = (device(upper_left), device(bottom_right));
        if fill {
            self.fill_with(style.color());
            self.context.fill_rect(x, y, right - x, bottom - y);
        } else {
            self.stroke_with(style);
            self.context.stroke_rect(x, y, right - x, bottom - y);
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.stroke_with(style);
        if self.path(path) {
            self.context.stroke();
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = device(center);
        self.context.begin_path();
        self.context
            .arc(x, y, f64::from(radius) / f64::from(SUBPIXELS), 0.0, TAU)
            .map_err(CanvasError::from)?;
        if fill {
            self.fill_with(style.color());
            self.context.fill();
        } else {
            self.stroke_with(style);
            self.context.stroke();
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.fill_with(style.color());
        if self.path(vert) {
            self.context.fill();
        }
        Ok(())
    }

    /// Text is always horizontal and of normal style. Its baseline is a whole device pixel, so that
    /// digits stand equally sharp on every line.
    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        pos: BackendCoord,
    ) -> Drawn {
        self.fill_with(style.color());
        let size = style.size() / f64::from(SUBPIXELS);
        let state = self.state.get_mut();
        state.set_font(size, style.family().as_str(), &self.context);
        let anchor = style.anchor();
        let align = match anchor.h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        };
        if state.align.replace(align) != Some(align) {
            self.context.set_text_align(align);
        }
        let (x, y) = device(pos);
        let below = match anchor.v_pos {
            VPos::Top => CAPITALS,
            VPos::Center => CAPITALS / 2.0,
            VPos::Bottom => 0.0,
        };
        let baseline = (y + below * size).round();
        self.context.fill_text(text, x, baseline).map_err(CanvasError::from)?;
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<CanvasError>> {
        let size = style.size() / f64::from(SUBPIXELS);
        let mut state = self.state.borrow_mut();
        state.set_font(size, style.family().as_str(), &self.context);
        let width = state.width_of(text, &self.context)? * f64::from(SUBPIXELS);
        Ok((width.ceil() as u32, (CAPITALS * style.size()).ceil() as u32))
    }
}
