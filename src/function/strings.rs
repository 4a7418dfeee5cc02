//! Functions of texts. Positions count characters from 1.

use super::call::{
    Body, Context, Fault, MOST_TEXT, Outcome, integer, ints, push_int, push_text, text, texts,
};
use super::table::{Category, Scalar, scalar};
use crate::chunk::Column;
use crate::value::Value;

const STRING: Category = Category::String;

/// The functions of texts.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "CHR",
        STRING,
        &["code INT -> VARCHAR", "escape VARCHAR -> VARCHAR"],
        Body::Strict(chr),
        "The character with a Unicode number, or of an escape like `\\u004b`; NULL when there is none.",
        &[
            "CHR(75) = 'K'",
            "CHR('\\u004b') = 'K'",
            "CHR(-1) = NULL",
            "CHR('bogus') = NULL",
            "CHR('\\ud83d\\ude00') = '😀'",
        ],
    ),
    scalar(
        "CONCAT",
        STRING,
        &["value VARCHAR... -> VARCHAR"],
        Body::Columns(concat),
        "The texts one behind the other; NULL is nothing.",
        &["CONCAT('a', 'b', 'c') = 'abc'", "CONCAT('a', NULL) = 'a'"],
    ),
    scalar(
        "CONCAT_WS",
        STRING,
        &["separator VARCHAR, value VARCHAR... -> VARCHAR"],
        Body::Columns(concat_ws),
        "The texts that are not NULL with a separator between them; NULL when the separator is.",
        &["CONCAT_WS('-', 'a', NULL, 'b') = 'a-b'", "CONCAT_WS(NULL, 'a') = NULL"],
    ),
    scalar(
        "INITCAP",
        STRING,
        &["value VARCHAR -> VARCHAR"],
        Body::Text(initcap),
        "Each word with a capital first letter, the others small. Words end at white space.",
        &["INITCAP('the   Quick br0wn fOx') = 'The   Quick Br0wn Fox'"],
    ),
    scalar(
        "INSTR",
        STRING,
        &[
            "text VARCHAR, wanted VARCHAR -> INT",
            "text VARCHAR, wanted VARCHAR, position INT -> INT",
            "text VARCHAR, wanted VARCHAR, position INT, occurrence INT -> INT",
        ],
        Body::Strict(instr),
        "Where a text occurs in another: from a position on, or from the end backwards when it is \
         negative; the nth time. 0 when it does not.",
        &[
            "INSTR('corporate floor', 'or') = 2",
            "INSTR('corporate floor', 'or', 3) = 5",
            "INSTR('corporate floor', 'or', -3) = 5",
            "INSTR('corporate floor', 'or', -3, 2) = 2",
            "INSTR('corporate floor', 'x') = 0",
        ],
    ),
    scalar(
        "LCASE",
        STRING,
        &["value VARCHAR -> VARCHAR"],
        Body::Text(|text, out| {
            if text.is_ascii() {
                out.extend(text.chars().map(|c| c.to_ascii_lowercase()));
            } else {
                out.push_str(&text.to_lowercase());
            }
            true
        }),
        "Small letters.",
        &["LCASE('MiXeD') = 'mixed'", "LCASE('ÄÖ') = 'äö'"],
    ),
    scalar(
        "LEN",
        STRING,
        &["value VARCHAR -> INT"],
        Body::Columns(len),
        "The number of characters, as Java counts them: those above U+FFFF twice.",
        &["LEN('abc') = 3", "LEN('😀') = 2", "LEN(CAST(NULL AS VARCHAR)) = NULL"],
    ),
    scalar(
        "LPAD",
        STRING,
        &["value VARCHAR, length INT, padding VARCHAR -> VARCHAR"],
        Body::Strict(|_, v| pad(v, true)),
        "The text filled up on the left to a length, or cut to it.",
        &[
            "LPAD('foo', 7, 'Bar') = 'BarBfoo'",
            "LPAD('foo', 2, 'x') = 'fo'",
            "LPAD('foo', 5, '') = NULL",
        ],
    ),
    scalar(
        "REPLACE",
        STRING,
        &["value VARCHAR, old VARCHAR, new VARCHAR -> VARCHAR"],
        Body::Strict(|_, v| {
            let [value, old, new] = [text(&v[0]), text(&v[1]), text(&v[2])];
            // Counted first: a million replacements of a million letters fit into no memory.
            let found = if new.len() > old.len() { value.matches(old).count() } else { 0 };
            if found.saturating_mul(new.len()) > MOST_TEXT {
                return Err(Fault("the text would be too long"));
            }
            Ok(Value::Varchar(value.replace(old, new).into()))
        }),
        "The text with each occurrence of one text replaced by another.",
        &["REPLACE('banana', 'an', 'o') = 'booa'"],
    ),
    scalar(
        "RPAD",
        STRING,
        &["value VARCHAR, length INT, padding VARCHAR -> VARCHAR"],
        Body::Strict(|_, v| pad(v, false)),
        "The text filled up on the right to a length, or cut to it.",
        &[
            "RPAD('foo', 7, 'Bar') = 'fooBarB'",
            "RPAD('foo', 2, 'x') = 'fo'",
            "RPAD('foo', -1, 'x') = NULL",
        ],
    ),
    scalar(
        "SPLIT",
        STRING,
        &["value VARCHAR, delimiter VARCHAR -> ARRAY<VARCHAR>"],
        Body::Strict(split),
        "The parts of a text between delimiters; its characters when the delimiter is empty.",
        &["SPLIT('a,b,,c', ',') = ARRAY['a', 'b', '', 'c']", "SPLIT('ab', '') = ARRAY['a', 'b']"],
    ),
    scalar(
        "SPLIT_TO_MAP",
        STRING,
        &[
            "value VARCHAR, entry_delimiter VARCHAR, pair_delimiter VARCHAR -> MAP<VARCHAR, VARCHAR>",
        ],
        Body::Strict(split_to_map),
        "A map of the pairs in a text; what is no pair does not count.",
        &[
            "SPLIT_TO_MAP('a:1;b:2', ';', ':') = MAP('a' := '1', 'b' := '2')",
            "SPLIT_TO_MAP('a:1', '', ':') = NULL",
        ],
    ),
    scalar(
        "SUBSTRING",
        STRING,
        &[
            "value VARCHAR, position INT -> VARCHAR",
            "value VARCHAR, position INT, length INT -> VARCHAR",
        ],
        Body::Columns(substring),
        "The part of a text from a position on, at most so long. A negative position counts from the \
         end.",
        &[
            "SUBSTRING('some_string', 6) = 'string'",
            "SUBSTRING('some_string', 6, 3) = 'str'",
            "SUBSTRING('short', 6, 3) = ''",
            "SUBSTRING('stream', -3) = 'eam'",
            "SUBSTRING('stream', 0, 2) = 'st'",
            "SUBSTRING('stream', 1, -1) = ''",
            "SUBSTRING('stream', NULL) = NULL",
        ],
    ),
    scalar(
        "TRIM",
        STRING,
        &["value VARCHAR -> VARCHAR"],
        Body::Text(|text, out| {
            out.push_str(text.trim_matches(|c| c <= ' '));
            true
        }),
        "The text without white space at both ends.",
        &["TRIM('  a b ') = 'a b'"],
    ),
    scalar(
        "UCASE",
        STRING,
        &["value VARCHAR -> VARCHAR"],
        Body::Text(|text, out| {
            if text.is_ascii() {
                out.extend(text.chars().map(|c| c.to_ascii_uppercase()));
            } else {
                out.push_str(&text.to_uppercase());
            }
            true
        }),
        "Capital letters.",
        &["UCASE('MiXeD') = 'MIXED'"],
    ),
];

fn varchar(text: String) -> Outcome {
    Ok(Value::Varchar(text.into()))
}

fn chr(_: &mut Context, values: &[Value]) -> Outcome {
    let character = match &values[0] {
        Value::Varchar(escape) => unicode_escape(escape),
        number => u32::try_from(integer(number)).ok().and_then(char::from_u32),
    };
    Ok(character.map_or(Value::Null, |c| Value::varchar(c.encode_utf8(&mut [0; 4]))))
}

/// The character of `\uXXXX`, or of two of them that are a surrogate pair.
fn unicode_escape(text: &str) -> Option<char> {
    let units = text.strip_prefix("\\u")?.split("\\u");
    let hex = |unit: &str| match unit.len() {
        4 => u16::from_str_radix(unit, 16).ok(),
        _ => None,
    };
    let units: Vec<u16> = units.map(hex).collect::<Option<_>>()?;
    let mut characters = char::decode_utf16(units);
    let first = characters.next()?.ok()?;
    characters.next().is_none().then_some(first)
}

fn concat(
    _: &mut Context,
    columns: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    for row in 0..rows {
        push_text(out, row, faults, |text| {
            for column in columns.iter().filter(|column| column.valid[row]) {
                text.push_str(texts(column).get(row));
            }
            true
        });
    }
}

fn concat_ws(
    _: &mut Context,
    columns: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    let (separator, columns) = columns.split_first().expect("the separator is there");
    for row in 0..rows {
        push_text(out, row, faults, |text| {
            let mut first = true;
            for column in columns.iter().filter(|column| column.valid[row]) {
                if !std::mem::take(&mut first) {
                    text.push_str(texts(separator).get(row));
                }
                text.push_str(texts(column).get(row));
            }
            separator.valid[row]
        });
    }
}

fn initcap(text: &str, out: &mut String) -> bool {
    let mut start = true;
    for c in text.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.extend(c.to_lowercase());
        }
        start = c.is_whitespace();
    }
    true
}

fn instr(_: &mut Context, values: &[Value]) -> Outcome {
    let (text, wanted) = (text(&values[0]), text(&values[1]));
    let position = values.get(2).map_or(1, integer);
    let occurrence = values.get(3).map_or(1, integer);
    if position == 0 || occurrence < 1 {
        return Ok(Value::Int(0));
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let length = starts.len() as i64;
    let matches = |index: &i64| text[starts[*index as usize]..].starts_with(wanted);
    let nth = occurrence as usize - 1;
    let found = if position > 0 {
        (position - 1..length).filter(matches).nth(nth)
    } else {
        (0..=length + position).rev().filter(matches).nth(nth)
    };
    Ok(Value::Int(found.map_or(0, |index| index as i32 + 1)))
}

fn len(_: &mut Context, columns: &[&Column], rows: usize, out: &mut Column, _: &mut Vec<u32>) {
    let texts = texts(columns[0]);
    for row in 0..rows {
        let length = columns[0].valid[row].then(|| {
            let text = texts.get(row);
            if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
        });
        push_int(out, length.map(|length| length as i32));
    }
}

fn pad(values: &[Value], left: bool) -> Outcome {
    let (text, length, padding) = (text(&values[0]), integer(&values[1]), text(&values[2]));
    if length < 0 || padding.is_empty() {
        return Ok(Value::Null);
    }
    if length > MOST_TEXT as i64 {
        return Err(Fault("the padded text would be too long"));
    }
    let have = text.chars().count();
    let length = length as usize;
    if have >= length {
        return varchar(text.chars().take(length).collect());
    }
    let fill: String = padding.chars().cycle().take(length - have).collect();
    varchar(if left { fill + text } else { text.to_owned() + &fill })
}

fn split(_: &mut Context, values: &[Value]) -> Outcome {
    let (text, delimiter) = (text(&values[0]), text(&values[1]));
    Ok(Value::Array(if delimiter.is_empty() {
        text.chars().map(|c| Value::varchar(c.encode_utf8(&mut [0; 4]))).collect()
    } else {
        text.split(delimiter).map(Value::varchar).collect()
    }))
}

fn split_to_map(_: &mut Context, values: &[Value]) -> Outcome {
    let [text, entry, pair] = [text(&values[0]), text(&values[1]), text(&values[2])];
    if entry.is_empty() || pair.is_empty() || entry == pair {
        return Ok(Value::Null);
    }
    let mut map: Vec<(Value, Value)> = Vec::new();
    let parts = text.split(entry).map(str::trim).filter(|part| !part.is_empty());
    for (key, value) in parts.filter_map(|part| part.split_once(pair)) {
        let (key, value) = (Value::varchar(key), Value::varchar(value));
        match map.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => map.push((key, value)),
        }
    }
    Ok(Value::Map(map.into()))
}

fn substring(
    _: &mut Context,
    columns: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    let (texts, positions) = (texts(columns[0]), ints(columns[1]));
    let lengths = columns.get(2).map(|column| ints(column));
    for row in 0..rows {
        push_text(out, row, faults, |out| {
            let there = columns.iter().all(|column| column.valid[row]);
            if there {
                let length = lengths.map_or(i32::MAX, |lengths| lengths[row]);
                out.push_str(part(texts.get(row), positions[row], length));
            }
            there
        });
    }
}

/// The part of a text. Position 0 is 1, as in ksqlDB.
fn part(text: &str, position: i32, length: i32) -> &str {
    let length = usize::try_from(length).unwrap_or(0);
    let skip = if position >= 0 {
        position.max(1) as usize - 1
    } else {
        text.chars().count().saturating_sub(position.unsigned_abs() as usize)
    };
    let byte = |text: &str, n: usize| {
        if text.is_ascii() {
            return n.min(text.len());
        }
        text.char_indices().nth(n).map_or(text.len(), |(at, _)| at)
    };
    let rest = &text[byte(text, skip)..];
    &rest[..byte(rest, length)]
}
