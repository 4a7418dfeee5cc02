//! Colours as a style sheet writes them. Only `#rrggbb`: the page resolves everything else.

use plotters::style::RGBColor;

use super::ChartError;

/// Reads `#rrggbb`.
pub(super) fn parse(text: &str) -> Result<RGBColor, ChartError> {
    let refused = || ChartError::Color(text.to_owned());
    let digits = text.strip_prefix('#').ok_or_else(refused)?;
    // `from_str_radix` takes a sign, which is no digit here.
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refused());
    }
    let rgb = u32::from_str_radix(digits, 16).map_err(|_| refused())?;
    Ok(RGBColor((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_hexadecimal_digits_are_a_colour() {
        assert_eq!(parse("#1a2bFf"), Ok(RGBColor(0x1a, 0x2b, 0xff)));
    }

    #[test]
    fn everything_else_is_refused_by_its_text() {
        for text in ["", "#", "1a2bff", "#fff", "#1a2bff00", "#+a2bff", "#1a2bf ", "red", "#äöü"]
        {
            assert_eq!(parse(text), Err(ChartError::Color(text.to_owned())), "{text}");
        }
    }
}
