//! JSON records: reading the members that are wanted, checking, peeking, writing.
//!
//! A record is one JSON object (RFC 8259). Reading is lazy in what it builds and strict in what it
//! accepts: only the wanted members become values, but the whole record must be well-formed UTF-8
//! and JSON, nested at most [`MAX_DEPTH`] deep, with nothing but white space behind it.
//!
//! How it is fast: one pass of 64-byte blocks finds every quote and whether the record has a
//! backslash, a control character or a byte that is not ASCII (`simd`); the walk over the members
//! then finds the end of a string by a bit scan; and as records of one kind have the same members
//! in the same order, the walk first compares with the member that followed last time (`layout`).
//! What was learned changes the speed alone, never a result.
//!
//! Types are coerced as ksqlDB's JSON deserializer does. Known differences, all on the strict side:
//! bytes behind the object are an error; a number outside the range of `INT` or `BIGINT` is an
//! error, not wrapped; a surrogate without its partner is an error; a record that is the literal
//! `null` is an error.

mod checker;
mod coerce;
mod cursor;
mod error;
mod java_double;
mod layout;
mod number;
mod path;
mod peek;
mod reader;
mod simd;
#[cfg(test)]
mod tests;
mod text;
mod walk;
mod writer;

pub use checker::Checker;
pub use cursor::MAX_DEPTH;
pub use error::{ErrorKind, ReadError};
pub use java_double::write_text as write_double;
pub use path::{Json, JsonPath};
pub use peek::peek_string_member;
pub use reader::JsonReader;
pub use text::decode_text;
pub use writer::{write_row, write_string, write_value};
