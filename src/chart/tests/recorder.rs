//! A backend that writes down what it is asked to draw, with text of fixed metrics.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

/// A rectangle in backend units: left, top, right, bottom.
pub type Bounds = (f64, f64, f64, f64);

/// Something that was drawn, in backend units.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    Rect { bounds: Bounds, rgb: (u8, u8, u8), alpha: f64 },
    Path { points: Vec<BackendCoord>, rgb: (u8, u8, u8), width: u32 },
    Dot { center: BackendCoord, radius: u32 },
    Text { text: String, bounds: Bounds },
}

/// The backend.
pub struct Recorder {
    pub size: (u32, u32),
    pub marks: Vec<Mark>,
    pub presented: u32,
}

/// Every character is as wide as the widest digit of common sans-serif fonts.
const ADVANCE: f64 = 0.58;
/// Height of capitals and digits.
const CAPITALS: f64 = 0.72;

type Result<T = ()> = std::result::Result<T, DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Recorder {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result {
        Ok(())
    }

    fn present(&mut self) -> Result {
        self.presented += 1;
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Result {
        panic!("a chart is not drawn pixel by pixel");
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        (left, top): BackendCoord,
        (right, bottom): BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result {
        assert!(fill, "outlines are never crisp at every ratio");
        let bounds = (left.into(), top.into(), right.into(), bottom.into());
        let BackendColor { rgb, alpha } = style.color();
        self.marks.push(Mark::Rect { bounds, rgb, alpha });
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result {
        let (points, rgb) = (path.into_iter().collect(), style.color().rgb);
        self.marks.push(Mark::Path { points, rgb, width: style.stroke_width() });
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        _: &S,
        _: bool,
    ) -> Result {
        self.marks.push(Mark::Dot { center, radius });
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        (x, y): BackendCoord,
    ) -> Result {
        let (width, height) = self.estimate_text_size(text, style)?;
        let (width, height) = (f64::from(width), f64::from(height));
        let left = f64::from(x)
            - match style.anchor().h_pos {
                HPos::Left => 0.0,
                HPos::Center => width / 2.0,
                HPos::Right => width,
            };
        let VPos::Center = style.anchor().v_pos else { panic!("text hangs on its middle") };
        let top = f64::from(y) - height / 2.0;
        let bounds = (left, top, left + width, top + height);
        self.marks.push(Mark::Text { text: text.to_owned(), bounds });
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, style: &T) -> Result<(u32, u32)> {
        let width = text.chars().count() as f64 * ADVANCE * style.size();
        Ok((width.ceil() as u32, (CAPITALS * style.size()).ceil() as u32))
    }
}
