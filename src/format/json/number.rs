//! Numbers: where they end, and what they are.

use super::error::{ErrorKind, Fault};

/// The position of the first byte from `at` on that is no digit.
#[inline(always)]
fn digits(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        // Digits become 0 to 9; adding 0x76 sets the high bit of anything above. A carry only
        // disturbs bytes behind the first that is no digit.
        let x = u64::from_le_bytes(*chunk) ^ 0x3030_3030_3030_3030;
        let others = (x.wrapping_add(0x7676_7676_7676_7676) | x) & 0x8080_8080_8080_8080;
        if others != 0 {
            return at + (others.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// Checks the number at `start`; gives its end and whether it has neither fraction nor exponent.
#[inline(always)]
pub(super) fn scan(bytes: &[u8], start: usize) -> Result<(usize, bool), Fault> {
    let first = start + usize::from(bytes[start] == b'-');
    let mut at = digits(bytes, first);
    if at == first {
        return Err(missing_digit(bytes, at));
    }
    if bytes[first] == b'0' && at > first + 1 {
        return Err(Fault::new(ErrorKind::BadNumber, first + 1));
    }
    let mut integer = true;
    if bytes.get(at) == Some(&b'.') {
        integer = false;
        let fraction = at + 1;
        at = digits(bytes, fraction);
        if at == fraction {
            return Err(missing_digit(bytes, at));
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        integer = false;
        let sign = at + 1;
        let exponent = sign + usize::from(matches!(bytes.get(sign), Some(b'+' | b'-')));
        at = digits(bytes, exponent);
        if at == exponent {
            return Err(missing_digit(bytes, at));
        }
    }
    Ok((at, integer))
}

#[cold]
fn missing_digit(bytes: &[u8], at: usize) -> Fault {
    let kind = if at < bytes.len() { ErrorKind::BadNumber } else { ErrorKind::Truncated };
    Fault::new(kind, at)
}

/// The value of an integer as JSON writes them; `None` when 64 bits do not hold it.
#[inline]
pub(super) fn integer(text: &str) -> Option<i64> {
    // 18 digits cannot overflow.
    if text.len() > 18 {
        return text.parse().ok();
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let value = digits.iter().fold(0_i64, |value, b| value * 10 + i64::from(b - b'0'));
    Some(if negative { -value } else { value })
}

/// The integer part of a number as JSON writes them, as Java's `BigDecimal.longValue` gives it;
/// `None` when 64 bits do not hold it.
pub(super) fn truncated(text: &str) -> Option<i64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (negative, whole) = match whole.strip_prefix('-') {
        Some(whole) => (true, whole),
        None => (false, whole),
    };
    // An exponent that does not fit moves the point out of sight, to one side or the other.
    let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
    let exponent: i64 = exponent.parse().unwrap_or(far).clamp(i64::MIN / 2, i64::MAX / 2);
    let point = whole.len() as i64 + exponent;
    let mut digits = whole.bytes().chain(fraction.bytes()).map(|b| i128::from(b - b'0'));
    let mut value = 0_i128;
    for _ in 0..point.max(0) {
        // When the digits are used up only zeros follow: they change 0 no more.
        let digit = match digits.next() {
            Some(digit) => digit,
            None if value == 0 => break,
            None => 0,
        };
        value = value * 10 + digit;
        if value > i128::from(u64::MAX) {
            return None;
        }
    }
    i64::try_from(if negative { -value } else { value }).ok()
}

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The double nearest to a number as JSON writes them; infinite when it is too large.
///
/// A mantissa and a power of ten that doubles hold exactly need only one division, which rounds
/// correctly (Clinger 1990); everything else is the standard library's.
#[inline]
pub(super) fn double(text: &str) -> f64 {
    simple(text).unwrap_or_else(|| text.parse().expect("a JSON number is one of Rust's"))
}

#[inline]
fn simple(text: &str) -> Option<f64> {
    if text.len() > 19 {
        return None;
    }
    let (negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    let (mut mantissa, mut fraction, mut in_fraction) = (0_u64, 0_usize, 0_usize);
    for b in digits {
        match b {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + u64::from(b - b'0');
                fraction += in_fraction;
            }
            b'.' => in_fraction = 1,
            _ => return None,
        }
    }
    if mantissa > 1 << 53 {
        return None;
    }
    let value = mantissa as f64 / POWERS[fraction];
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_end_where_json_says() {
        for (text, expect) in [
            ("0", Ok((1, true))),
            ("-0", Ok((2, true))),
            ("1234567890123456789012,", Ok((22, true))),
            ("1.5e3]", Ok((5, false))),
            ("1E+07", Ok((5, false))),
            ("12345678.12345678}", Ok((17, false))),
            ("01", Err((ErrorKind::BadNumber, 1))),
            ("-x", Err((ErrorKind::BadNumber, 1))),
            ("-", Err((ErrorKind::Truncated, 1))),
            ("1.", Err((ErrorKind::Truncated, 2))),
            ("1.e5", Err((ErrorKind::BadNumber, 2))),
            ("1e+,", Err((ErrorKind::BadNumber, 3))),
        ] {
            let got = scan(text.as_bytes(), 0).map_err(|fault| (fault.kind, fault.at));
            assert_eq!(got, expect, "{text}");
        }
    }

    #[test]
    fn fractions_are_cut_off() {
        for (text, expect) in [
            ("1.9", Some(1)),
            ("-1.9", Some(-1)),
            ("0.99", Some(0)),
            ("1e3", Some(1_000)),
            ("12345e-3", Some(12)),
            ("1e-99999999999999999999", Some(0)),
            ("0e99999999999999999999", Some(0)),
            ("1e99999999999999999999", None),
            ("9223372036854775807.9", Some(i64::MAX)),
            ("-9223372036854775808.0", Some(i64::MIN)),
            ("9223372036854775808.0", None),
            ("1e19", None),
        ] {
            assert_eq!(truncated(text), expect, "{text}");
        }
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
    }

    proptest! {
        #[test]
        fn values_are_those_of_the_standard_library(i in any::<i64>(), x in any::<f64>(), n in 0_i64..1 << 55, f in 0_u32..17) {
            prop_assert_eq!(integer(&i.to_string()), Some(i));
            let scaled = format!("{}.{:0width$}", n / 10_i64.pow(f), n % 10_i64.pow(f), width = f as usize);
            let texts = [i.to_string(), format!("{x}"), format!("{x:e}"), scaled];
            for text in texts.iter().filter(|t| t.as_bytes().last().is_some_and(u8::is_ascii_digit)) {
                let expected: f64 = text.parse().expect("a number");
                prop_assert_eq!(double(text).to_bits(), expected.to_bits(), "{}", text);
            }
        }
    }
}
