//! What a call compiles from its arguments and keeps: regular expressions, JSON paths, time formats.
//!
//! The text is nearly always a constant, so one of each is kept and compiled anew when the text
//! changes.

use regex_lite::Regex;

use super::call::Fault;
use super::time_format::TimeFormat;
use crate::format::json::JsonPath;

/// The last compiled pattern of each sort.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    regex: Kept<Regex>,
    path: Kept<JsonPath>,
    format: Kept<TimeFormat>,
}

type Kept<T> = Option<(String, Result<T, Fault>)>;

impl Patterns {
    /// The regular expression.
    pub fn regex(&mut self, text: &str) -> Result<&Regex, Fault> {
        let kept = keep(&mut self.regex, text, |text| {
            compile(text).map_err(|_| Fault("no regular expression"))
        });
        kept.map(|regex| &*regex)
    }

    /// The JSON path.
    pub fn path(&mut self, text: &str) -> Result<&mut JsonPath, Fault> {
        keep(&mut self.path, text, |text| JsonPath::new(text).ok_or(Fault("no JSON path")))
    }

    /// The time format.
    pub fn format(&mut self, text: &str) -> Result<&TimeFormat, Fault> {
        let kept = keep(&mut self.format, text, |text| {
            TimeFormat::new(text).map_err(|_| Fault("no time format"))
        });
        kept.map(|format| &*format)
    }
}

fn keep<'k, T>(
    kept: &'k mut Kept<T>,
    text: &str,
    compile: impl FnOnce(&str) -> Result<T, Fault>,
) -> Result<&'k mut T, Fault> {
    if kept.as_ref().is_none_or(|(known, _)| known != text) {
        *kept = Some((text.to_owned(), compile(text)));
    }
    let (_, result) = kept.as_mut().expect("was put there");
    result.as_mut().map_err(|fault| *fault)
}

/// Compiles a regular expression in Java's syntax, as far as it can be matched in linear time.
///
/// # Errors
/// Names what is not supported (look-around, back-references, possessive and atomic groups), or
/// says what is wrong.
pub fn compile(text: &str) -> Result<Regex, String> {
    if let Some(feature) = unsupported(text) {
        return Err(format!("{feature} is not supported: it cannot be matched in linear time"));
    }
    Regex::new(text).map_err(|error| error.to_string())
}

/// The name of what the linear-time engine lacks, if the pattern has it.
pub fn unsupported(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let (mut at, mut class) = (0, false);
    while let Some(b) = bytes.get(at) {
        match b {
            b'\\' => {
                if !class
                    && bytes.get(at + 1).is_some_and(|b| (b'1'..=b'9').contains(b) || *b == b'k')
                {
                    return Some("a back-reference");
                }
                at += 1;
            }
            b'[' => class = true,
            b']' => class = false,
            b'(' if !class => {
                let rest = &text[at..];
                for (start, name) in [
                    ("(?=", "look-ahead"),
                    ("(?!", "look-ahead"),
                    ("(?<=", "look-behind"),
                    ("(?<!", "look-behind"),
                    ("(?>", "an atomic group"),
                ] {
                    if rest.starts_with(start) {
                        return Some(name);
                    }
                }
            }
            b'*' | b'+' | b'?' | b'}' if !class && bytes.get(at + 1) == Some(&b'+') => {
                return Some("a possessive quantifier");
            }
            _ => {}
        }
        at += 1;
    }
    None
}
