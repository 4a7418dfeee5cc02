//! Times of ISO 8601 to and from milliseconds since 1970.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-11-23T10:00:00.123Z`, also with other digits of the fraction or an offset.
pub fn parse(text: &str) -> Option<i64> {
    let digits = |range: std::ops::Range<usize>| -> Option<i64> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let between = |at: usize, byte: u8| text.as_bytes().get(at) == Some(&byte);
    let marks = between(4, b'-') && between(7, b'-') && between(10, b'T');
    if !(marks && between(13, b':') && between(16, b':')) {
        return None;
    }
    let days = days(digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let seconds = (digits(11..13)? * 60 + digits(14..16)?) * 60 + digits(17..19)?;
    let mut rest = text.get(19..)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
        millis = format!("{:0<3.3}", &fraction[..end]).parse().ok()?;
        rest = &fraction[end..];
    }
    let offset = match rest {
        "Z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = rest.get(1..)?.split_once(':')?;
            sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
        }
    };
    Some((days * 86_400 + seconds - offset * 60) * 1_000 + millis)
}

/// With milliseconds, in UTC.
pub fn format(millis: i64) -> String {
    let (days, within) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    // Years begin in March, so that a leap day is the last of one.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    let (seconds, millis) = (within / 1_000, within % 1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{date:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z")
}

/// The clock.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn days(year: i64, month: i64, date: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = if month > 2 { month - 3 } else { month + 9 };
    let day = (153 * month + 2) / 5 + date - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_go_there_and_back() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (1_795_624_637_071, "2026-11-25T16:37:17.071Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(format(millis), text);
            assert_eq!(parse(text), Some(millis), "{text}");
        }
        assert_eq!(parse("1970-01-01T01:00:00.123456+01:00"), Some(123));
        assert_eq!(parse("1970-01-01 01:00:00Z"), None);
        assert_eq!(parse("yesterday"), None);
    }
}
