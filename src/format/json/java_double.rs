//! Doubles as Java's `Double.toString` writes them (since JDK 19: the shortest digits).

/// Adds a double to `out`. From 10⁻³ up to 10⁷ as digits with a point and at least one digit behind
/// it, else in computerized scientific notation (`1.0E10`).
pub(super) fn write(out: &mut Vec<u8>, value: f64) {
    if !value.is_finite() {
        // Jackson quotes what JSON has no number for.
        let name = if value.is_nan() {
            "\"NaN\""
        } else if value > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        };
        out.extend_from_slice(name.as_bytes());
        return;
    }
    let mut buffer = zmij::Buffer::new();
    let mut shortest = Shortest::of(buffer.format_finite(value));
    if shortest.len == 1 && value.abs() < 1e-300 {
        // Where one digit is enough Java takes the nearest number of two digits. That is another
        // one only among the smallest subnormals, whose neighbours are that far apart.
        shortest = Shortest::of(&format!("{value:.1e}"));
    }
    if shortest.negative {
        out.push(b'-');
    }
    let digits = &shortest.digits[..shortest.len];
    match shortest.point {
        _ if digits.is_empty() => out.extend_from_slice(b"0.0"),
        point @ -2..=0 => {
            out.extend_from_slice(b"0.");
            out.extend((point..0).map(|_| b'0'));
            out.extend_from_slice(digits);
        }
        point @ 1..=7 => {
            let (whole, fraction) = digits.split_at(digits.len().min(point as usize));
            out.extend_from_slice(whole);
            out.extend((whole.len()..point as usize).map(|_| b'0'));
            out.push(b'.');
            out.extend_from_slice(or_zero(fraction));
        }
        point => {
            out.extend_from_slice(&[digits[0], b'.']);
            out.extend_from_slice(or_zero(&digits[1..]));
            out.push(b'E');
            out.extend_from_slice(itoa::Buffer::new().format(point - 1).as_bytes());
        }
    }
}

const fn or_zero(digits: &[u8]) -> &[u8] {
    if digits.is_empty() { b"0" } else { digits }
}

/// The value is `0.digits × 10^point`, without zeros at either end of the digits.
struct Shortest {
    negative: bool,
    digits: [u8; 24],
    len: usize,
    point: i32,
}

impl Shortest {
    /// Takes apart a decimal number with an optional exponent.
    fn of(text: &str) -> Self {
        let mut it = Self { negative: false, digits: [0; 24], len: 0, point: 0 };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let mut behind_point = false;
        for b in mantissa.bytes() {
            match b {
                b'-' => it.negative = true,
                b'.' => behind_point = true,
                // Leading zeros only move the point.
                b'0' if it.len == 0 => it.point -= i32::from(behind_point),
                digit => {
                    it.digits[it.len] = digit;
                    it.len += 1;
                    it.point += i32::from(!behind_point);
                }
            }
        }
        while it.len > 0 && it.digits[it.len - 1] == b'0' {
            it.len -= 1;
        }
        it.point += exponent.parse::<i32>().expect("the exponent of a double");
        it
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(value: f64) -> String {
        let mut out = Vec::new();
        write(&mut out, value);
        String::from_utf8(out).expect("ASCII")
    }

    #[test]
    fn forms_are_those_of_java() {
        for (value, expect) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (10.0, "10.0"),
            (-12.5, "-12.5"),
            (100.0, "100.0"),
            (0.001, "0.001"),
            (0.0123, "0.0123"),
            (0.000_999, "9.99E-4"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (1e10, "1.0E10"),
            (1_673_512_817.517_501, "1.673512817517501E9"),
            (f64::MAX, "1.7976931348623157E308"),
            (5e-324, "4.9E-324"),
            (1e-323, "9.9E-324"),
            (2e-323, "2.0E-323"),
            (2e-300, "2.0E-300"),
            (1e23, "1.0E23"),
            (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(text(value), expect);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_the_value(value in any::<f64>()) {
            prop_assume!(value.is_finite());
            let text = text(value);
            prop_assert_eq!(text.parse::<f64>().expect("a number").to_bits(), value.to_bits());
            let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
            let (_, fraction) = mantissa.split_once('.').expect("always a point");
            prop_assert!(!fraction.is_empty());
            let plain = value == 0.0 || (1e-3..1e7).contains(&value.abs());
            prop_assert_eq!(plain, exponent == "0" && !text.contains('E'));
        }
    }
}
