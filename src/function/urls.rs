//! Functions of URLs (RFC 3986).

use super::call::{Body, Outcome, text};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

const URL: Category = Category::Url;

const fn part(
    name: &'static str,
    body: super::call::OfValues,
    doc: &'static str,
    examples: &'static [&'static str],
) -> Scalar {
    scalar(name, URL, &["url VARCHAR -> VARCHAR"], Body::Strict(body), doc, examples)
}

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    part(
        "URL_DECODE_PARAM",
        |_, v| Ok(decode(text(&v[0]), true).map_or(Value::Null, |text| Value::varchar(&text))),
        "A text without the escapes of a query: %XX, and + for a blank.",
        &["URL_DECODE_PARAM('url%20encoded+%26') = 'url encoded &'"],
    ),
    part(
        "URL_ENCODE_PARAM",
        |_, v| Ok(Value::varchar(&encode(text(&v[0])))),
        "A text with escapes, so that it can stand in a query.",
        &["URL_ENCODE_PARAM('url encoded & ä') = 'url+encoded+%26+%C3%A4'"],
    ),
    part(
        "URL_EXTRACT_FRAGMENT",
        |_, v| of(&v[0], |url| url.fragment.and_then(|f| decode(f, false))),
        "What is behind the #.",
        &[
            "URL_EXTRACT_FRAGMENT('http://test.com#frag') = 'frag'",
            "URL_EXTRACT_FRAGMENT('http://test.com') = NULL",
        ],
    ),
    part(
        "URL_EXTRACT_HOST",
        |_, v| of(&v[0], |url| url.host.map(str::to_owned)),
        "The host.",
        &["URL_EXTRACT_HOST('http://user@test.com:8080/path') = 'test.com'"],
    ),
    scalar(
        "URL_EXTRACT_PARAMETER",
        URL,
        &["url VARCHAR, name VARCHAR -> VARCHAR"],
        Body::Strict(|_, v| {
            of(&v[0], |url| {
                let pairs = url.query?.split('&');
                let mut found = pairs.filter_map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name, true)? == text(&v[1])).then(|| decode(value, true))?
                });
                found.next()
            })
        }),
        "The value of a parameter of the query.",
        &[
            "URL_EXTRACT_PARAMETER('http://t.com?a%20b=c%20d&e=f', 'a b') = 'c d'",
            "URL_EXTRACT_PARAMETER('http://t.com', 'a') = NULL",
        ],
    ),
    part(
        "URL_EXTRACT_PATH",
        |_, v| of(&v[0], |url| decode(url.path, false)),
        "The path.",
        &["URL_EXTRACT_PATH('http://test.com/path/to?q#f') = '/path/to'"],
    ),
    scalar(
        "URL_EXTRACT_PORT",
        URL,
        &["url VARCHAR -> INT"],
        Body::Strict(|_, v| {
            let port = Url::parse(text(&v[0])).and_then(|url| url.port?.parse().ok());
            Ok(port.map_or(Value::Null, Value::Int))
        }),
        "The port, if it is there.",
        &[
            "URL_EXTRACT_PORT('http://test.com:8080/path') = 8080",
            "URL_EXTRACT_PORT('http://test.com') = NULL",
        ],
    ),
    part(
        "URL_EXTRACT_PROTOCOL",
        |_, v| of(&v[0], |url| url.scheme.map(str::to_owned)),
        "The scheme.",
        &["URL_EXTRACT_PROTOCOL('https://test.com') = 'https'"],
    ),
    part(
        "URL_EXTRACT_QUERY",
        |_, v| of(&v[0], |url| url.query.and_then(|q| decode(q, false))),
        "What is between ? and #.",
        &["URL_EXTRACT_QUERY('http://test.com?a=foo%20bar&b=c#f') = 'a=foo bar&b=c'"],
    ),
];

struct Url<'a> {
    scheme: Option<&'a str>,
    host: Option<&'a str>,
    port: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Takes a URL apart; `None` when it has characters that no URL has.
    fn parse(text: &'a str) -> Option<Self> {
        if text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
        {
            return None;
        }
        let (rest, fragment) = cut(text, '#');
        let (rest, query) = cut(rest, '?');
        let scheme_end = rest.find(':').filter(|end| {
            let scheme = &rest[..*end];
            scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        });
        let (scheme, rest) = match scheme_end {
            Some(end) => (Some(&rest[..end]), &rest[end + 1..]),
            None => (None, rest),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        let place = authority.map(|a| a.rsplit_once('@').map_or(a, |(_, place)| place));
        let port_at = place.and_then(|p| p.rfind(':').filter(|at| !p[*at..].contains(']')));
        let host = place.map(|p| &p[..port_at.unwrap_or(p.len())]).filter(|host| !host.is_empty());
        let port = place.zip(port_at).map(|(p, at)| &p[at + 1..]);
        Some(Self { scheme, host, port, path, query, fragment })
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, behind)| (before, Some(behind)))
}

fn of(value: &Value, take: impl FnOnce(Url<'_>) -> Option<String>) -> Outcome {
    let found = Url::parse(text(value)).and_then(take);
    Ok(found.map_or(Value::Null, |text| Value::varchar(&text)))
}

fn decode(text: &str, plus: bool) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        out.push(match b {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            b'+' if plus => b' ',
            b => b,
        });
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn encode(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        match b {
            b' ' => out.push('+'),
            b'*' | b'-' | b'.' | b'_' => out.push(char::from(b)),
            b if b.is_ascii_alphanumeric() => out.push(char::from(b)),
            b => write!(out, "%{b:02X}").expect("writing to a String"),
        }
    }
    out
}
