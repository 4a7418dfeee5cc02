//! `LIKE`: `%` is any text, `_` any character. Linear in the text for each `%`.

use super::push_booleans;
use crate::chunk::Column;
use crate::function::call::texts;

/// Matches row by row; false where either side is NULL.
pub fn like(value: &Column, pattern: &Column, escape: char, out: &mut Column) {
    let (values, patterns) = (texts(value), texts(pattern));
    let rows = (0..value.len()).map(|row| {
        let there = value.valid[row] && pattern.valid[row];
        (there && matches(values.get(row), patterns.get(row), escape), true)
    });
    push_booleans(out, rows);
}

/// One step of a pattern.
enum Step {
    Any,
    One,
    Only(char),
}

/// Takes the first step off a pattern. An escape at its end stands for itself.
fn step(pattern: &str, escape: char) -> Option<(Step, &str)> {
    let mut letters = pattern.chars();
    let first = letters.next()?;
    if first == escape {
        let mut behind = letters.clone();
        if let Some(escaped) = behind.next() {
            return Some((Step::Only(escaped), behind.as_str()));
        }
    }
    let step = match first {
        '%' => Step::Any,
        '_' => Step::One,
        other => Step::Only(other),
    };
    Some((step, letters.as_str()))
}

/// Whether the whole text is like the pattern: on a mismatch the last `%` takes one character more.
fn matches(text: &str, pattern: &str, escape: char) -> bool {
    let (mut text, mut pattern) = (text, pattern);
    let mut retry: Option<(&str, &str)> = None;
    loop {
        let advanced = match step(pattern, escape) {
            Some((Step::Any, rest)) => {
                pattern = rest;
                retry = Some((text, rest));
                continue;
            }
            Some((Step::One, rest)) => text.chars().next().map(|c| (c.len_utf8(), rest)),
            Some((Step::Only(wanted), rest)) => {
                text.starts_with(wanted).then_some((wanted.len_utf8(), rest))
            }
            None if text.is_empty() => return true,
            None => None,
        };
        if let Some((length, rest)) = advanced {
            (text, pattern) = (&text[length..], rest);
            continue;
        }
        let Some((from, rest)) = retry else { return false };
        let Some(skipped) = from.chars().next() else { return false };
        text = &from[skipped.len_utf8()..];
        pattern = rest;
        retry = Some((text, rest));
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_and_escapes() {
        for (text, pattern, escape, expected) in [
            ("barfoobaz", "%foo%", '\\', true),
            ("foo", "f_o", '\\', true),
            ("foo", "f_", '\\', false),
            ("", "%", '\\', true),
            ("", "_", '\\', false),
            ("aab", "%ab", '\\', true),
            ("abcabd", "%ab_", '\\', true),
            ("ab", "a%b%", '\\', true),
            ("%", "!%", '!', true),
            ("x", "!%", '!', false),
            ("a_c", "a\\_c", '\\', true),
            ("abc", "a\\_c", '\\', false),
            ("a!", "a!", '!', true),
            ("äöü", "_ö_", '\\', true),
            ("Foo", "foo", '\\', false),
            ("a\nb", "a%b", '\\', true),
        ] {
            assert_eq!(matches(text, pattern, escape), expected, "{text} LIKE {pattern}");
        }
        let text = "a".repeat(4_000);
        assert!(!matches(&text, "%a%a%a%a%a%a%a%a%b", '\\'), "and soon");
    }
}
