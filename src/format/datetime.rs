//! Texts to times by patterns of Java's `DateTimeFormatter`, as `TIMESTAMP_FORMAT` has them.
//!
//! A subset: `y u M d D H h K k m s S n A a E X x Z O V z`, quoted text and other characters; optional
//! parts in brackets, padding and week-based years are refused. Names are English. What a pattern
//! leaves out is the start of its unit, in 1970; without an offset the zone is UTC.

use thiserror::Error;

use super::calendar::{MONTHS, WEEKDAYS, days_from_civil, days_in, is_leap};

/// A pattern that is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatternError {
    /// A letter without a meaning here.
    #[error("`{0}` is no part of a date or time that can be read")]
    Letter(char),
    /// A letter too often.
    #[error("`{letter}` is there {count} times")]
    Count {
        /// The letter.
        letter: char,
        /// How often.
        count: usize,
    },
    /// An apostrophe too few.
    #[error("an apostrophe is not closed")]
    Quote,
}

/// Letters and signs that Java's `DateTimeFormatter` has a meaning for.
const JAVA: &str = "GuyDMLdQqYwWEecFaBhKkHmsSAnNVvzOXxZp[]";

/// Whether a letter that is not supported is one of Java's patterns.
#[must_use]
pub fn is_of_java(letter: char) -> bool {
    JAVA.contains(letter)
}

/// A pattern, ready to read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimePattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// A field and how many digits it has at least and at most.
    Number(Field, usize, usize),
    /// The last two digits of a year from 2000 on.
    ShortYear,
    /// Digits after the point.
    Fraction(usize),
    MonthName(bool),
    DayName(bool),
    HalfDay,
    /// The longest form of an offset: with colons, and whether `Z` is zero.
    Offset {
        colon: bool,
        letter: bool,
        minutes: Minutes,
    },
    Zone,
}

/// Whether an offset has minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Minutes {
    Optional,
    Required,
    /// And perhaps seconds.
    WithSeconds,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    Day,
    DayOfYear,
    Hour,
    /// 1 to 24.
    HourFromOne,
    /// 1 to 12, with the half of the day.
    HalfHour,
    /// 0 to 11, with the half of the day.
    HalfHourFromZero,
    Minute,
    Second,
    Nano,
    MilliOfDay,
}

/// The most digits of a number without a width.
const MOST_DIGITS: usize = 19;

impl DateTimePattern {
    /// Understands a pattern.
    ///
    /// # Errors
    /// When it has something that cannot be read here.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let mut parts: Vec<Part> = Vec::new();
        let mut rest = pattern;
        while let Some(letter) = rest.chars().next() {
            if letter == '\'' {
                let (text, after) = quoted(&rest[1..])?;
                push_text(&mut parts, &text);
                rest = after;
            } else if letter.is_ascii_alphabetic() {
                let after = rest.trim_start_matches(letter);
                let count = rest.len() - after.len();
                let followed = after.starts_with(|c: char| c.is_ascii_alphabetic());
                parts.push(part(letter, count, followed)?);
                rest = after;
            } else if matches!(letter, '[' | ']' | '{' | '}' | '#') {
                return Err(PatternError::Letter(letter));
            } else {
                push_text(&mut parts, letter.encode_utf8(&mut [0; 4]));
                rest = &rest[letter.len_utf8()..];
            }
        }
        Ok(Self { parts })
    }

    /// The time that a text says, milliseconds since the epoch; `None` when it is not in the
    /// pattern or there is no such time.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<i64> {
        let mut read = Read::default();
        let mut rest = text;
        for part in &self.parts {
            rest = read.part(part, rest)?;
        }
        if rest.is_empty() { read.millis() } else { None }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

/// The text behind an apostrophe and what comes after its end; `''` is an apostrophe.
fn quoted(rest: &str) -> Result<(String, &str), PatternError> {
    if let Some(after) = rest.strip_prefix('\'') {
        return Ok(("'".to_owned(), after));
    }
    let mut text = String::new();
    let mut rest = rest;
    loop {
        let end = rest.find('\'').ok_or(PatternError::Quote)?;
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        let Some(more) = rest.strip_prefix('\'') else { return Ok((text, rest)) };
        text.push('\'');
        rest = more;
    }
}

fn part(letter: char, count: usize, followed: bool) -> Result<Part, PatternError> {
    let wrong = Err(PatternError::Count { letter, count });
    // A number of one letter takes all digits there are, two letters exactly two.
    let number = |field, most| match count {
        1 => Ok(Part::Number(field, 1, MOST_DIGITS)),
        n if n <= most => Ok(Part::Number(field, n, n)),
        _ => Err(PatternError::Count { letter, count }),
    };
    match letter {
        'y' | 'u' if count == 2 => Ok(Part::ShortYear),
        // More digits than the width are for years from 10000 on; not where digits may follow.
        'y' | 'u' if count == 4 && followed => Ok(Part::Number(Field::Year, 4, 4)),
        'y' | 'u' => Ok(Part::Number(Field::Year, count, MOST_DIGITS)),
        'M' | 'L' if count >= 3 => match count {
            3 => Ok(Part::MonthName(true)),
            4 => Ok(Part::MonthName(false)),
            _ => wrong,
        },
        'M' | 'L' => number(Field::Month, 2),
        'd' => number(Field::Day, 2),
        'D' => number(Field::DayOfYear, 3),
        'H' => number(Field::Hour, 2),
        'k' => number(Field::HourFromOne, 2),
        'h' => number(Field::HalfHour, 2),
        'K' => number(Field::HalfHourFromZero, 2),
        'm' => number(Field::Minute, 2),
        's' => number(Field::Second, 2),
        'S' if count <= 9 => Ok(Part::Fraction(count)),
        'n' => Ok(Part::Number(Field::Nano, 1, MOST_DIGITS)),
        'A' => Ok(Part::Number(Field::MilliOfDay, 1, MOST_DIGITS)),
        'a' if count == 1 => Ok(Part::HalfDay),
        'E' if count <= 4 => Ok(Part::DayName(count < 4)),
        'X' | 'x' => {
            let minutes = match count {
                1 => Minutes::Optional,
                2 | 3 => Minutes::Required,
                4 | 5 => Minutes::WithSeconds,
                _ => return wrong,
            };
            let colon = count == 3 || count == 5;
            Ok(Part::Offset { colon, letter: letter == 'X', minutes })
        }
        'Z' if count <= 3 => {
            Ok(Part::Offset { colon: false, letter: false, minutes: Minutes::Required })
        }
        'Z' if count == 5 => {
            Ok(Part::Offset { colon: true, letter: true, minutes: Minutes::WithSeconds })
        }
        'V' if count == 2 => Ok(Part::Zone),
        'z' | 'O' if count <= 4 => Ok(Part::Zone),
        'S' | 'a' | 'E' | 'Z' | 'V' | 'z' | 'O' => wrong,
        _ => Err(PatternError::Letter(letter)),
    }
}

/// What was read so far.
#[derive(Clone, Debug, Default)]
struct Read {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: Option<i64>,
    half_hour: Option<i64>,
    is_afternoon: bool,
    minute: i64,
    second: i64,
    nano: i64,
    milli_of_day: Option<i64>,
    offset_seconds: i64,
}

impl Read {
    /// Takes a part off the front of a text.
    fn part<'a>(&mut self, part: &Part, text: &'a str) -> Option<&'a str> {
        match part {
            Part::Text(expected) => text.strip_prefix(expected.as_str()),
            Part::Number(field, least, most) => {
                let (value, rest) = number(text, *least, *most)?;
                self.set(*field, value)?;
                Some(rest)
            }
            Part::ShortYear => {
                let (value, rest) = number(text, 2, 2)?;
                self.year = Some(2_000 + value);
                Some(rest)
            }
            Part::Fraction(digits) => {
                let (value, rest) = number(text, *digits, *digits)?;
                self.nano = value * 10_i64.pow(9 - *digits as u32);
                Some(rest)
            }
            Part::MonthName(short) => {
                let (at, rest) = name(text, &MONTHS, *short)?;
                self.month = Some(at + 1);
                Some(rest)
            }
            Part::DayName(short) => name(text, &WEEKDAYS, *short).map(|(_, rest)| rest),
            Part::HalfDay => {
                let (half, rest) = text.split_at_checked(2)?;
                self.is_afternoon = half.eq_ignore_ascii_case("PM");
                (self.is_afternoon || half.eq_ignore_ascii_case("AM")).then_some(rest)
            }
            Part::Offset { colon, letter, minutes } => {
                if let (true, Some(rest)) = (*letter, text.strip_prefix('Z')) {
                    return Some(rest);
                }
                self.offset(text, *colon, *minutes)
            }
            Part::Zone => {
                let named = ["GMT", "UTC", "UT", "Z"].iter().find_map(|n| text.strip_prefix(n));
                let rest = named.unwrap_or(text);
                match rest.starts_with(['+', '-']) {
                    true => self.offset(rest, true, Minutes::Optional),
                    false => named,
                }
            }
        }
    }

    fn set(&mut self, field: Field, value: i64) -> Option<()> {
        let (range, slot) = match field {
            Field::Year => {
                self.year = Some(value);
                return (value <= 999_999_999).then_some(());
            }
            Field::Month => (1..=12, self.month.insert(value)),
            Field::Day => (1..=31, self.day.insert(value)),
            Field::DayOfYear => (1..=366, self.day_of_year.insert(value)),
            Field::Hour => (0..=23, self.hour.insert(value)),
            Field::HourFromOne => (1..=24, self.hour.insert(value % 24)),
            Field::HalfHour => (1..=12, self.half_hour.insert(value % 12)),
            Field::HalfHourFromZero => (0..=11, self.half_hour.insert(value)),
            Field::Minute => (0..=59, &mut self.minute),
            Field::Second => (0..=59, &mut self.second),
            Field::Nano => (0..=999_999_999, &mut self.nano),
            Field::MilliOfDay => (0..=86_399_999, self.milli_of_day.insert(value)),
        };
        if matches!(field, Field::Minute | Field::Second | Field::Nano) {
            *slot = value;
        }
        range.contains(&value).then_some(())
    }

    /// `+HH`, `+HHmm` or `+HH:mm`, with seconds where they may be.
    fn offset<'a>(&mut self, text: &'a str, colon: bool, minutes: Minutes) -> Option<&'a str> {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (hours, mut rest) = number(text.strip_prefix(['+', '-'])?, 2, 2)?;
        let mut seconds = hours * 3_600;
        let least = if minutes == Minutes::Optional { 0 } else { 1 };
        let most = if minutes == Minutes::WithSeconds { 2 } else { 1 };
        for unit in 0..most {
            let next = if colon { rest.strip_prefix(':') } else { Some(rest) };
            match next.and_then(|text| number(text, 2, 2)).filter(|(value, _)| *value < 60) {
                Some((value, after)) => {
                    seconds += value * if unit == 0 { 60 } else { 1 };
                    rest = after;
                }
                None if unit >= least => break,
                None => return None,
            }
        }
        self.offset_seconds = sign * seconds;
        (seconds <= 18 * 3_600).then_some(rest)
    }

    /// Milliseconds since the epoch.
    fn millis(&self) -> Option<i64> {
        let year = self.year.unwrap_or(1970);
        let days = match self.day_of_year {
            Some(day) => {
                let is_there = day <= 365 || is_leap(year);
                days_from_civil(year, 1, 1) + is_there.then_some(day - 1)?
            }
            None => {
                let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
                // As Java's resolver, a day behind the month's end is its last one, up to 31.
                days_from_civil(year, month, day.min(days_in(year, month)))
            }
        };
        let half = self.half_hour.map(|hour| hour + if self.is_afternoon { 12 } else { 0 });
        let hour = self.hour.or(half).unwrap_or(0);
        let in_day = self.milli_of_day.unwrap_or_else(|| {
            (hour * 3_600 + self.minute * 60 + self.second) * 1_000 + self.nano / 1_000_000
        });
        Some(days * 86_400_000 + in_day - self.offset_seconds * 1_000)
    }
}

/// The number at the front of a text and what comes after it.
fn number(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least || digits == 0 {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// The index of the name at the front of a text, of three letters when `short`.
fn name<'a>(text: &'a str, names: &[&str], short: bool) -> Option<(i64, &'a str)> {
    names.iter().zip(0..).find_map(|(name, at)| {
        let name = if short { &name[..3] } else { name };
        let (head, rest) = text.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name).then_some((at, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_times() {
        for (pattern, text, expected) in [
            ("yyyy-MM-dd'T'HH:mm:ssX", "1970-01-02T00:00:01Z", Some(86_401_000)),
            ("yyyy-MM-dd'T'HH:mm:ss.SX", "2000-01-01T00:00:00.2+0100", Some(946_681_200_200)),
            ("yyyy-MM-dd HH:mm:ss.SSS", "2024-02-29 12:34:56.789", Some(1_709_210_096_789)),
            ("yyyy-MM-dd HH:mm:ssXXX", "1970-01-01 00:00:00-01:30", Some(5_400_000)),
            ("yy-M-d", "70-1-1", Some(3_155_760_000_000)),
            ("yyyyMMddHHmmss", "19700101000001", Some(1_000)),
            ("d MMM yyyy h:mm a", "1 Feb 1970 1:05 pm", Some(2_725_500_000)),
            ("EEE, d MMMM uuuu", "Thu, 1 january 1970", Some(0)),
            ("''yyyy''", "'1971'", Some(31_536_000_000)),
            ("yyyy-MM-dd", "1970-02-31", Some(58 * 86_400_000)),
            ("yyyy-MM-dd", "1970-13-01", None),
            ("yyyy-MM-dd", "1970-01-01x", None),
            ("HH:mm", "24:00", None),
            ("yyyy-MM-dd'T'HH:mm:ssX", "1970-01-02T00:00:01", None),
        ] {
            let pattern = DateTimePattern::new(pattern).expect("a pattern");
            assert_eq!(pattern.parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_read_is_refused() {
        for (pattern, error) in [
            ("yyyy[MM]", PatternError::Letter('[')),
            ("YYYY", PatternError::Letter('Y')),
            ("ddd", PatternError::Count { letter: 'd', count: 3 }),
            ("'T", PatternError::Quote),
        ] {
            assert_eq!(DateTimePattern::new(pattern), Err(error), "{pattern}");
        }
    }
}
