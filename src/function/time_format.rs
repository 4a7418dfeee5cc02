//! Times as text: Java's `DateTimeFormatter` patterns, ISO 8601, and ksqlDB's partial timestamps.
//!
//! Zones are UTC and fixed offsets: named zones need a database of them and are refused.

use crate::format::calendar::{MONTHS, WEEKDAYS, civil, days_from_civil, days_in};
use crate::time::DAY_MS;

mod reader;

use reader::{read_items, read_number, read_offset, set};

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFormat {
    items: Vec<Item>,
}

/// Why a pattern is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A letter that Java has no meaning for, or that is not supported here.
    #[error("the pattern letter {0} is not supported")]
    Letter(char),
    /// A quote or bracket without its end.
    #[error("the pattern has no end of {0}")]
    Open(char),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Text(String),
    Field(Field, usize),
    /// Digits behind the point of a second, at most so many.
    Fraction(usize),
    /// An offset from UTC: letter and number of letters.
    Offset(char, usize),
    Zone,
    Optional(Vec<Item>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Year,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Weekday,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
}

/// A day and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    day_of_year: Option<i64>,
    hour: i64,
    half: Option<i64>,
    minute: i64,
    second: i64,
    millis: i64,
    /// Milliseconds east of UTC, when the text said.
    offset: Option<i64>,
}

impl Parts {
    const START: Self = Self {
        year: 1970,
        month: 1,
        day: 1,
        day_of_year: None,
        hour: 0,
        half: None,
        minute: 0,
        second: 0,
        millis: 0,
        offset: None,
    };

    fn of(millis: i64) -> Self {
        let (year, month, day) = civil(millis.div_euclid(DAY_MS));
        let of_day = millis.rem_euclid(DAY_MS);
        Self {
            year,
            month,
            day,
            hour: of_day / 3_600_000,
            minute: of_day / 60_000 % 60,
            second: of_day / 1_000 % 60,
            millis: of_day % 1_000,
            ..Self::START
        }
    }

    /// Milliseconds since the epoch; `None` when there is no such day or time.
    fn millis(&self, zone_offset: i64) -> Option<i64> {
        let hour = match self.half {
            Some(half) => self.hour % 12 + 12 * half,
            None => self.hour,
        };
        let valid = hour < 24 && self.minute < 60 && self.second < 60;
        let day = match self.day_of_year {
            Some(day) => {
                let days = days_from_civil(self.year, 1, 1) + day - 1;
                (day >= 1 && civil(days).0 == self.year).then_some(days)?
            }
            None => {
                let days = days_from_civil(self.year, self.month, self.day);
                (civil(days) == (self.year, self.month, self.day)).then_some(days)?
            }
        };
        let of_day = ((hour * 60 + self.minute) * 60 + self.second) * 1_000 + self.millis;
        let millis = day.checked_mul(DAY_MS)?.checked_add(of_day)?;
        valid.then(|| millis.checked_sub(self.offset.unwrap_or(zone_offset)))?
    }
}

impl TimeFormat {
    /// Compiles a pattern of Java's `DateTimeFormatter`, like `yyyy-MM-dd'T'HH:mm:ss.SSSX`.
    ///
    /// # Errors
    /// When it is none, or has letters for what is not supported.
    pub fn new(pattern: &str) -> Result<Self, FormatError> {
        let mut letters = pattern.chars().peekable();
        let items = items(&mut letters, false)?;
        Ok(Self { items })
    }

    /// Adds a time, milliseconds since the epoch, at an offset of so many milliseconds from UTC.
    pub fn write(&self, millis: i64, offset: i64, out: &mut String) {
        let parts = Parts::of(millis.saturating_add(offset));
        let weekday = (millis.saturating_add(offset).div_euclid(DAY_MS) + 3).rem_euclid(7);
        write_items(&self.items, &parts, weekday as usize, offset, out);
    }

    /// The time in a text, milliseconds since the epoch; at `offset` from UTC unless the text says
    /// which. What the pattern lacks is that of 1970-01-01T00:00. `None` when the text is not like
    /// the pattern.
    #[must_use]
    pub fn parse(&self, text: &str, offset: i64) -> Option<i64> {
        let mut parts = Parts::START;
        let rest = read_items(&self.items, text, &mut parts)?;
        if (1..=12).contains(&parts.month) && parts.day <= 31 {
            // As Java's resolver, a day behind the month's end is its last one.
            parts.day = parts.day.min(days_in(parts.year, parts.month));
        }
        rest.is_empty().then(|| parts.millis(offset))?
    }
}

fn items(
    letters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    optional: bool,
) -> Result<Vec<Item>, FormatError> {
    let mut items = Vec::new();
    let mut literal = String::new();
    while let Some(c) = letters.next() {
        let item = match c {
            '\'' => {
                quoted(letters, &mut literal)?;
                continue;
            }
            '[' => Item::Optional(self::items(letters, true)?),
            ']' if optional => {
                flush(&mut literal, &mut items);
                return Ok(items);
            }
            c if c.is_ascii_alphabetic() => {
                let mut count = 1;
                while letters.next_if_eq(&c).is_some() {
                    count += 1;
                }
                field(c, count)?
            }
            c => {
                literal.push(c);
                continue;
            }
        };
        flush(&mut literal, &mut items);
        items.push(item);
    }
    flush(&mut literal, &mut items);
    if optional { Err(FormatError::Open('[')) } else { Ok(items) }
}

fn flush(literal: &mut String, items: &mut Vec<Item>) {
    if !literal.is_empty() {
        items.push(Item::Text(std::mem::take(literal)));
    }
}

/// Reads a quoted text; two quotes are one.
fn quoted(
    letters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    literal: &mut String,
) -> Result<(), FormatError> {
    if letters.next_if_eq(&'\'').is_some() {
        literal.push('\'');
        return Ok(());
    }
    loop {
        match letters.next() {
            Some('\'') if letters.next_if_eq(&'\'').is_none() => return Ok(()),
            Some(c) => literal.push(c),
            None => return Err(FormatError::Open('\'')),
        }
    }
}

const fn field(letter: char, count: usize) -> Result<Item, FormatError> {
    let field = match letter {
        'y' | 'u' => Field::Year,
        'M' | 'L' if count > 2 => Field::MonthName,
        'M' | 'L' => Field::Month,
        'd' => Field::Day,
        'D' => Field::DayOfYear,
        'E' => Field::Weekday,
        'H' => Field::Hour,
        'h' | 'K' => Field::Hour12,
        'a' => Field::HalfDay,
        'm' => Field::Minute,
        's' => Field::Second,
        'S' => return Ok(Item::Fraction(count)),
        'X' | 'x' | 'Z' => return Ok(Item::Offset(letter, count)),
        'V' | 'z' => return Ok(Item::Zone),
        other => return Err(FormatError::Letter(other)),
    };
    Ok(Item::Field(field, count))
}

fn write_items(items: &[Item], parts: &Parts, weekday: usize, offset: i64, out: &mut String) {
    use std::fmt::Write;
    for item in items {
        let number = |out: &mut String, value: i64, width: usize| {
            write!(out, "{value:0width$}").expect("writing to a String");
        };
        let name = |out: &mut String, name: &str, count: usize| {
            out.push_str(if count > 3 { name } else { &name[..3] });
        };
        match item {
            Item::Text(text) => out.push_str(text),
            Item::Field(Field::Year, 2) => number(out, parts.year.rem_euclid(100), 2),
            Item::Field(Field::Year, count) => number(out, parts.year, *count),
            Item::Field(Field::Month, count) => number(out, parts.month, *count),
            Item::Field(Field::MonthName, count) => {
                name(out, MONTHS[parts.month as usize - 1], *count);
            }
            Item::Field(Field::Day, count) => number(out, parts.day, *count),
            Item::Field(Field::DayOfYear, count) => {
                let first = days_from_civil(parts.year, 1, 1);
                let day = days_from_civil(parts.year, parts.month, parts.day) - first + 1;
                number(out, day, *count);
            }
            Item::Field(Field::Weekday, count) => name(out, WEEKDAYS[weekday], *count),
            Item::Field(Field::Hour, count) => number(out, parts.hour, *count),
            Item::Field(Field::Hour12, count) => number(out, (parts.hour + 11) % 12 + 1, *count),
            Item::Field(Field::HalfDay, _) => {
                out.push_str(if parts.hour < 12 { "AM" } else { "PM" });
            }
            Item::Field(Field::Minute, count) => number(out, parts.minute, *count),
            Item::Field(Field::Second, count) => number(out, parts.second, *count),
            Item::Fraction(count) => {
                let digits = format!("{:03}{}", parts.millis, "0".repeat(count.saturating_sub(3)));
                out.push_str(&digits[..*count]);
            }
            Item::Offset(letter, count) => write_offset(*letter, *count, offset, out),
            Item::Zone if offset == 0 => out.push_str("UTC"),
            Item::Zone => write_offset('x', 3, offset, out),
            Item::Optional(items) => write_items(items, parts, weekday, offset, out),
        }
    }
}

fn write_offset(letter: char, count: usize, offset: i64, out: &mut String) {
    use std::fmt::Write;
    if offset == 0 && letter == 'X' {
        out.push('Z');
        return;
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60_000;
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let colon = if matches!((letter, count), ('X' | 'x', 3 | 5) | ('Z', 5)) { ":" } else { "" };
    write!(out, "{sign}{hours:02}").expect("writing to a String");
    if !(count == 1 && letter != 'Z' && minutes == 0) {
        write!(out, "{colon}{minutes:02}").expect("writing to a String");
    }
}

/// The offset of a zone from UTC, milliseconds; `None` for named zones, which are not supported.
#[must_use]
pub fn zone_offset(zone: &str) -> Option<i64> {
    let zone = zone.trim();
    let bare = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).unwrap_or(zone);
    match read_offset(if bare.is_empty() { zone } else { bare })? {
        (offset, "") => Some(offset),
        _ => None,
    }
}

/// `2026-11-23T10:20:30.123`, UTC, as ksqlDB writes a `TIMESTAMP`.
pub fn write_iso(millis: i64, out: &mut String) {
    use std::fmt::Write;
    let p = Parts::of(millis);
    let (year, month, day, hour, minute) = (p.year, p.month, p.day, p.hour, p.minute);
    let (second, ms) = (p.second, p.millis);
    write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}")
        .expect("writing to a String");
}

/// The time in a text that may end early: `2020`, `2020-01-02`, `2020-01-02T03:04:05.006+0100`. As
/// ksqlDB reads texts that are compared with times. `None` when it is no time.
#[must_use]
pub fn parse_partial(text: &str) -> Option<i64> {
    let mut parts = Parts::START;
    let negative = text.starts_with('-');
    let (year, mut rest) = read_number(text.strip_prefix('-').unwrap_or(text), 4, 9)?;
    parts.year = if negative { -year } else { year };
    for (before, field) in [
        ("-", Field::Month),
        ("-", Field::Day),
        ("T", Field::Hour),
        (":", Field::Minute),
        (":", Field::Second),
    ] {
        let behind = match (before, rest.strip_prefix(before)) {
            ("T", None) => rest.strip_prefix(' '),
            (_, behind) => behind,
        };
        let Some(behind) = behind else { break };
        let date_ends = before == "T"
            && (behind.is_empty() || !behind.starts_with(|c: char| c.is_ascii_digit()));
        if date_ends {
            rest = behind;
            break;
        }
        let (value, behind) = read_number(behind, 1, 2)?;
        set(&mut parts, field, 1, value);
        rest = behind;
        if field == Field::Second
            && let Some(fraction) = rest.strip_prefix('.')
        {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let padded: String = fraction[..digits].chars().chain("000".chars()).take(3).collect();
            parts.millis = padded.parse().ok()?;
            rest = &fraction[digits..];
        }
    }
    if !rest.is_empty() {
        parts.offset = Some(zone_offset(rest)?);
    }
    parts.millis(0)
}
