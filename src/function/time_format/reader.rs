//! Reads times from texts, item by item of a format.

use super::{Field, Item, Parts};
use crate::format::calendar::{MONTHS, WEEKDAYS};

/// Reads a text like the items; gives what is behind.
pub fn read_items<'a>(items: &[Item], mut text: &'a str, parts: &mut Parts) -> Option<&'a str> {
    for (i, item) in items.iter().enumerate() {
        // Fields that stand side by side have their own width, else as many digits as are there.
        let adjacent = matches!(
            items.get(i + 1),
            Some(Item::Field(f, _)) if !matches!(f, Field::MonthName | Field::Weekday | Field::HalfDay)
        ) || matches!(items.get(i + 1), Some(Item::Fraction(_)));
        text = match item {
            Item::Text(literal) => text.strip_prefix(literal.as_str())?,
            Item::Field(Field::MonthName, _) => {
                let (index, rest) = read_name(&MONTHS, text)?;
                parts.month = index as i64 + 1;
                rest
            }
            Item::Field(Field::Weekday, _) => read_name(&WEEKDAYS, text)?.1,
            Item::Field(Field::HalfDay, _) => {
                let half = text.get(..2)?;
                let afternoon = half.eq_ignore_ascii_case("PM");
                parts.half = (afternoon || half.eq_ignore_ascii_case("AM"))
                    .then_some(Some(i64::from(afternoon)))?;
                &text[2..]
            }
            Item::Field(field, count) => {
                let widest = match field {
                    Field::Year if *count == 2 => 2,
                    _ if adjacent => *count,
                    Field::Year => 9,
                    Field::DayOfYear => 3,
                    _ => 2,
                };
                let least = if *count == 1 { 1 } else { *count };
                let (value, rest) = read_number(text, least, widest.max(least))?;
                set(parts, *field, *count, value);
                rest
            }
            Item::Fraction(count) => {
                let digits = text.bytes().take_while(u8::is_ascii_digit).take(*count).count();
                if digits != *count {
                    return None;
                }
                let mut millis: String = text[..digits].chars().take(3).collect();
                while millis.len() < 3 {
                    millis.push('0');
                }
                parts.millis = millis.parse().ok()?;
                &text[digits..]
            }
            Item::Offset(..) | Item::Zone => {
                let (offset, rest) = read_offset(text)?;
                parts.offset = Some(offset);
                rest
            }
            Item::Optional(items) => {
                let before = *parts;
                match read_items(items, text, parts) {
                    Some(rest) => rest,
                    None => {
                        *parts = before;
                        text
                    }
                }
            }
        };
    }
    Some(text)
}

/// Notes a field.
pub const fn set(parts: &mut Parts, field: Field, count: usize, value: i64) {
    match field {
        Field::Year if count == 2 => parts.year = 2000 + value,
        Field::Year => parts.year = value,
        Field::Month => parts.month = value,
        Field::Day => parts.day = value,
        Field::DayOfYear => parts.day_of_year = Some(value),
        Field::Hour | Field::Hour12 => parts.hour = value,
        Field::Minute => parts.minute = value,
        Field::Second => parts.second = value,
        Field::MonthName | Field::Weekday | Field::HalfDay => {}
    }
}

fn read_name<'a>(names: &[&str], text: &'a str) -> Option<(usize, &'a str)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = &text[..letters];
    let known = |name: &&str| {
        name.eq_ignore_ascii_case(word) || letters == 3 && name[..3].eq_ignore_ascii_case(word)
    };
    Some((names.iter().position(known)?, &text[letters..]))
}

/// A number of at least and at most so many digits, and what is behind.
pub fn read_number(text: &str, least: usize, most: usize) -> Option<(i64, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

/// `Z`, `UTC`, `GMT`, `+hh`, `+hhmm`, `+hh:mm`: milliseconds east of UTC, and what is behind.
pub fn read_offset(text: &str) -> Option<(i64, &str)> {
    for utc in ["Etc/UTC", "UTC", "GMT", "Z"] {
        if let Some(rest) = text.strip_prefix(utc) {
            return Some((0, rest));
        }
    }
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, rest) = read_number(&text[1..], 2, 2)?;
    let behind = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = read_number(behind, 2, 2).unwrap_or((0, rest));
    (hours <= 18 && minutes < 60).then_some((sign * (hours * 60 + minutes) * 60_000, rest))
}
