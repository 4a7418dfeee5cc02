//! Functions of regular expressions, matched in linear time ([`super::pattern`]).

use regex_lite::Regex;

use super::call::{Body, Fault, MOST_TEXT, integer, text};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

const REGULAR: Category = Category::Regex;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "REGEXP_EXTRACT",
        REGULAR,
        &[
            "pattern VARCHAR, text VARCHAR -> VARCHAR",
            "pattern VARCHAR, text VARCHAR, group INT -> VARCHAR",
        ],
        Body::Strict(|context, v| {
            let regex = context.patterns.regex(text(&v[0]))?;
            let group = group(v)?;
            let found = regex.captures(text(&v[1])).and_then(|c| c.get(group));
            Ok(found.map_or(Value::Null, |m| Value::varchar(m.as_str())))
        }),
        "The first match, or a group of it; NULL when there is none.",
        &[
            "REGEXP_EXTRACT('test.', 'some_test_string') = 'test_'",
            "REGEXP_EXTRACT('(.*) (.*)', 'ada lovelace', 2) = 'lovelace'",
            "REGEXP_EXTRACT('x', 'nothing') = NULL",
        ],
    ),
    scalar(
        "REGEXP_EXTRACT_ALL",
        REGULAR,
        &[
            "pattern VARCHAR, text VARCHAR -> ARRAY<VARCHAR>",
            "pattern VARCHAR, text VARCHAR, group INT -> ARRAY<VARCHAR>",
        ],
        Body::Strict(|context, v| {
            let regex = context.patterns.regex(text(&v[0]))?;
            let group = group(v)?;
            if group >= regex.captures_len() {
                return Ok(Value::Null);
            }
            let found = regex
                .captures_iter(text(&v[1]))
                .map(|c| c.get(group).map_or(Value::Null, |m| Value::varchar(m.as_str())));
            Ok(Value::Array(found.collect()))
        }),
        "All matches, or a group of each.",
        &[
            "REGEXP_EXTRACT_ALL('test.', 'test_testabab') = ARRAY['test_', 'testa']",
            "REGEXP_EXTRACT_ALL('(\\w+) (\\w*)', 'a b c ', 2) = ARRAY['b', '']",
        ],
    ),
    scalar(
        "REGEXP_REPLACE",
        REGULAR,
        &["text VARCHAR, pattern VARCHAR, new VARCHAR -> VARCHAR"],
        Body::Strict(|context, v| {
            let regex = context.patterns.regex(text(&v[1]))?;
            replace_all(regex, text(&v[0]), &java_replacement(text(&v[2])))
        }),
        "The text with each match replaced; `$1` is the first group.",
        &[
            "REGEXP_REPLACE('abcd1234', '[0-9]+', 'x') = 'abcdx'",
            "REGEXP_REPLACE('ab', '(a)(b)', '$2$1') = 'ba'",
        ],
    ),
    scalar(
        "REGEXP_SPLIT_TO_ARRAY",
        REGULAR,
        &["text VARCHAR, pattern VARCHAR -> ARRAY<VARCHAR>"],
        Body::Strict(|context, v| {
            let regex = context.patterns.regex(text(&v[1]))?;
            Ok(Value::Array(regex.split(text(&v[0])).map(Value::varchar).collect()))
        }),
        "The parts of a text between matches.",
        &["REGEXP_SPLIT_TO_ARRAY('a1b22c', '[0-9]+') = ARRAY['a', 'b', 'c']"],
    ),
];

/// As the engine's own, but it stops where the text gets too long.
fn replace_all(regex: &Regex, text: &str, new: &str) -> Result<Value, Fault> {
    let (mut out, mut from) = (String::new(), 0);
    for captures in regex.captures_iter(text) {
        let Some(found) = captures.get(0) else { continue };
        out.push_str(&text[from..found.start()]);
        captures.expand(new, &mut out);
        from = found.end();
        if out.len() > MOST_TEXT {
            return Err(Fault("the text would be too long"));
        }
    }
    out.push_str(&text[from..]);
    Ok(Value::Varchar(out.into()))
}

fn group(values: &[Value]) -> Result<usize, Fault> {
    let group = values.get(2).map_or(0, integer);
    usize::try_from(group).map_err(|_| Fault("a negative group"))
}

/// Java's replacement text as the engine's: `$1` is a group up to the digit, and a backslash makes
/// the next character plain.
fn java_replacement(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => match letters.next() {
                Some('$') => out.push_str("$$"),
                Some(escaped) => out.push(escaped),
                None => {}
            },
            '$' if letters.peek().is_some_and(char::is_ascii_digit) => {
                out.push_str("${");
                out.extend(letters.next());
                out.push('}');
            }
            '$' if letters.peek() == Some(&'{') => out.push('$'),
            '$' => out.push_str("$$"),
            c => out.push(c),
        }
    }
    out
}
