//! Formats: bytes of records to values in columns, and back.
//!
//! `NONE` needs no code. Not here: AVRO, PROTOBUF and schema registries.

pub mod calendar;
pub mod datetime;
pub mod delimited;
pub mod json;
pub mod kafka;
