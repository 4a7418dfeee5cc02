//! Durations and numbers on the command line.

/// Milliseconds in a duration such as `90s`, `1.5h` or `7d`.
///
/// # Errors
/// When there is no number, no unit, or the result is negative or over 10,000 days.
pub fn duration_ms(text: &str) -> Result<i64, String> {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" | "min" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        "" => return Err(format!("`{text}` has no unit: write ms, s, m, h or d behind it")),
        unit => return Err(format!("unknown unit `{unit}`: ms, s, m, h or d")),
    };
    let number: f64 = number.trim().parse().map_err(|_| format!("`{number}` is not a number"))?;
    let ms = number * factor;
    if !(0.0..=864_000_000_000.0).contains(&ms) {
        return Err(format!("`{text}` is not between 0 and 10,000 days"));
    }
    Ok(ms.round() as i64)
}

/// A number over 0.
///
/// # Errors
/// When it is none.
pub fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err(format!("`{text}` is not a number over 0")),
    }
}

/// Virtual time in words: `2 d 03:04:05`.
pub fn in_words(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    if days == 0 { clock } else { format!("{days} d {clock}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expect) in [
            ("500ms", Ok(500)),
            ("30s", Ok(30_000)),
            ("1.5h", Ok(5_400_000)),
            ("24h", Ok(86_400_000)),
            ("7d", Ok(604_800_000)),
        ] {
            assert_eq!(duration_ms(text), expect, "{text}");
        }
        for text in ["", "5", "s", "-1s", "1y", "1e99d", "NaNs"] {
            assert!(duration_ms(text).is_err(), "{text}");
        }
        assert_eq!(in_words(183_845 * 1_000_000), "2 d 03:04:05");
    }

    #[test]
    fn positive_numbers() {
        assert_eq!(positive("0.5"), Ok(0.5));
        for text in ["0", "-1", "inf", "x"] {
            assert!(positive(text).is_err(), "{text}");
        }
    }
}
