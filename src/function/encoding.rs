//! `ENCODE`: texts as hex, UTF-8, ASCII and base64 (RFC 4648).

use super::call::{Body, Context, Fault, Outcome, text};
use super::table::{Category, Scalar, scalar};
use crate::value::Value;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[scalar(
    "ENCODE",
    Category::String,
    &["value VARCHAR, from VARCHAR, to VARCHAR -> VARCHAR"],
    Body::Strict(encode),
    "A text in one of the encodings hex, utf8, ascii and base64 in another.",
    &["ENCODE('Hi', 'utf8', 'hex') = '4869'", "ENCODE('SGk=', 'base64', 'ascii') = 'Hi'"],
)];

fn varchar(text: String) -> Outcome {
    Ok(Value::Varchar(text.into()))
}

fn encode(_: &mut Context, values: &[Value]) -> Outcome {
    let [text, from, to] = [text(&values[0]), text(&values[1]), text(&values[2])];
    let bytes = match from.to_ascii_lowercase().as_str() {
        "utf8" => text.as_bytes().to_vec(),
        "ascii" => text.chars().map(|c| if c.is_ascii() { c as u8 } else { b'?' }).collect(),
        "hex" => unhex(text).ok_or(Fault("the text is no hexadecimal number"))?,
        "base64" => unbase64(text).ok_or(Fault("the text is no base64"))?,
        _ => return Err(Fault("the encoding is not supported")),
    };
    match to.to_ascii_lowercase().as_str() {
        "utf8" => varchar(String::from_utf8_lossy(&bytes).into_owned()),
        "ascii" => {
            let ascii =
                bytes.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '\u{fffd}' });
            varchar(ascii.collect())
        }
        "hex" => varchar(bytes.iter().map(|b| format!("{b:02x}")).collect()),
        "base64" => varchar(base64(&bytes)),
        _ => Err(Fault("the encoding is not supported")),
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let quoted =
        text.strip_prefix(['X', 'x']).and_then(|t| t.strip_prefix('\'')?.strip_suffix('\''));
    let digits = quoted.or_else(|| text.strip_prefix("0x")).unwrap_or(text);
    let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits.to_owned() };
    let digit = |b: u8| char::from(b).to_digit(16);
    let pairs = padded.as_bytes().chunks_exact(2);
    pairs.map(|pair| Some((digit(pair[0])? * 16 + digit(pair[1])?) as u8)).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as base64, with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, b| bits << 8 | u32::from(*b))
            << (8 * (3 - group.len()));
        for i in 0..4 {
            let index = (bits >> (18 - 6 * i) & 63) as usize;
            out.push(if i <= group.len() { char::from(BASE64[index]) } else { '=' });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for b in text.trim_end_matches('=').bytes() {
        bits = bits << 6 | BASE64.iter().position(|c| *c == b)? as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}
