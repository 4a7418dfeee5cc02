//! Texts for durations, points in time, times of day and weekdays. Not here: where they may stand.

use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};

/// Microseconds in `30s`, `5m`, `1.5h`, `250ms`, `2d` or a sum of them such as `1h30m`.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let (negative, digits) = match rest.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, rest.strip_prefix('+').unwrap_or(rest)),
    };
    rest = digits;
    let mut total = 0.0;
    if rest.is_empty() || rest.len() > 40 {
        return None;
    }
    while !rest.is_empty() {
        let unit_at = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(unit_at);
        let unit_end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, next) = tail.split_at(unit_end);
        total += number.parse::<f64>().ok()? * unit_micros(unit)?;
        rest = next.trim_start();
    }
    let micros = if negative { -total } else { total };
    (micros.abs() <= MOST_MICROS).then_some(micros.round() as i64)
}

/// The longest duration that is read: 100 years.
pub(super) const MOST_MICROS: f64 = 100.0 * 366.0 * DAY_MS as f64 * 1e3;

fn unit_micros(unit: &str) -> Option<f64> {
    let ms = match unit {
        "us" => return Some(1.0),
        "ms" => 1,
        "s" => SECOND_MS,
        "m" | "min" => MINUTE_MS,
        "h" => HOUR_MS,
        "d" => DAY_MS,
        _ => return None,
    };
    Some(ms as f64 * 1e3)
}

/// Microseconds since 1970 of an RFC 3339 text: `2023-01-12T08:00:00Z`, with or without a fraction,
/// with `Z` or an offset, or a date alone (midnight UTC).
pub(super) fn rfc3339(text: &str) -> Option<i64> {
    let bytes = text.trim().as_bytes();
    if !bytes.is_ascii() || bytes.len() < 10 || bytes.len() > 40 {
        return None;
    }
    let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
    if bytes[4] != b'-' || bytes[7] != b'-' || !(1..=12).contains(&month) {
        return None;
    }
    if day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    let Some(clock) = bytes.get(11..) else {
        return (bytes.len() == 10).then_some(days * DAY_MS * 1_000);
    };
    if !matches!(bytes[10], b'T' | b't' | b' ') || clock.len() < 9 {
        return None;
    }
    let (hour, minute, second) = (digits(clock, 0, 2)?, digits(clock, 3, 2)?, digits(clock, 6, 2)?);
    if clock[2] != b':' || clock[5] != b':' || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = fraction_micros(&clock[8..])?;
    let offset = zone_minutes(zone)?;
    let seconds = days * 86_400 + hour * 3_600 + (minute - offset) * 60 + second;
    Some(seconds * 1_000_000 + fraction)
}

fn digits(bytes: &[u8], at: usize, len: usize) -> Option<i64> {
    let part = bytes.get(at..at + len)?;
    part.iter().try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
}

fn fraction_micros(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some(tail) = text.strip_prefix(b".") else { return Some((0, text)) };
    let len = tail.iter().take_while(|b| b.is_ascii_digit()).count();
    let (number, zone) = tail.split_at(len);
    let padded = (0..6).map(|i| number.get(i).map_or(0, |b| i64::from(b - b'0')));
    (len > 0).then(|| (padded.fold(0, |n, digit| n * 10 + digit), zone))
}

fn zone_minutes(zone: &[u8]) -> Option<i64> {
    if matches!(zone, b"Z" | b"z") {
        return Some(0);
    }
    let sign = match zone.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = (digits(zone, 1, 2)?, digits(zone, 4, 2)?);
    let valid = zone.len() == 6 && zone[3] == b':' && hours < 24 && minutes < 60;
    valid.then_some(sign * (hours * 60 + minutes))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the Gregorian calendar, for years from 0: years are counted
/// from March, so that the leap day is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Minutes since midnight of `HH:MM`; `24:00` is the end of the day.
pub(super) fn time_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && total <= 24 * 60).then_some(total)
}

/// The names of the days, Monday first.
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day of the week, Monday = 0, by its name or at least its first three letters.
pub(super) fn weekday(text: &str) -> Option<u8> {
    let name = text.trim().to_ascii_lowercase();
    let day = WEEKDAYS.iter().position(|day| name.len() >= 3 && day.starts_with(&name))?;
    u8::try_from(day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, micros) in [
            ("30s", Some(30_000_000)),
            ("5m", Some(300_000_000)),
            ("1h", Some(3_600_000_000)),
            ("1h30m", Some(5_400_000_000)),
            ("1.5 h", None),
            ("0.25ms", Some(250)),
            ("-10m", Some(-600_000_000)),
            ("2d", Some(172_800_000_000)),
            ("", None),
            ("10", None),
            ("m", None),
            ("1h-5m", None),
            ("999999999d", None),
        ] {
            assert_eq!(duration(text), micros, "{text}");
        }
    }

    #[test]
    fn points_in_time() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", Some(0.0)),
            ("2023-01-12T08:00:00Z", Some(1_673_510_400.0)),
            ("2023-01-12 09:00:00+01:00", Some(1_673_510_400.0)),
            ("2023-01-12T08:00:00.250Z", Some(1_673_510_400.25)),
            ("2023-01-12", Some(1_673_481_600.0)),
            ("2024-02-29T23:59:59Z", Some(1_709_251_199.0)),
            ("2023-02-29T00:00:00Z", None),
            ("2023-13-01T00:00:00Z", None),
            ("2023-01-12T24:00:00Z", None),
            ("2023-01-12T08:00:00", None),
            ("2023-01-12T08:00Z", None),
            ("yesterday, as ever", None),
        ] {
            let micros = seconds.map(|s: f64| (s * 1e6) as i64);
            assert_eq!(rfc3339(text), micros, "{text}");
        }
    }

    #[test]
    fn times_of_day_and_weekdays() {
        assert_eq!(time_of_day("07:30"), Some(450));
        assert_eq!(time_of_day("24:00"), Some(1440));
        assert_eq!(time_of_day("24:01"), None);
        assert_eq!(time_of_day("7"), None);
        assert_eq!(weekday("Friday"), Some(4));
        assert_eq!(weekday("sun"), Some(6));
        assert_eq!(weekday("t"), None);
    }
}
