//! Durations on the command line: `500ms`, `30s`, `5m`, `24h`, `7d`.

/// Milliseconds in a duration such as `90s` or `1.5h`.
///
/// # Errors
/// When there is no number, no unit, or the result is negative or over 10,000 days.
pub fn parse_ms(text: &str) -> Result<i64, String> {
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

#[cfg(test)]
mod tests {
    use super::parse_ms;

    #[test]
    fn durations() {
        for (text, expect) in [
            ("500ms", Ok(500)),
            ("30s", Ok(30_000)),
            ("1.5h", Ok(5_400_000)),
            ("24h", Ok(86_400_000)),
            ("7d", Ok(604_800_000)),
        ] {
            assert_eq!(parse_ms(text), expect, "{text}");
        }
        for text in ["", "5", "s", "-1s", "1y", "1e99d", "NaNs"] {
            assert!(parse_ms(text).is_err(), "{text}");
        }
    }
}
