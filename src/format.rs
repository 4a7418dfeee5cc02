//! Formats: bytes of records to values in columns, and back.
//!
//! `NONE` needs no code. Not here: DELIMITED, AVRO, PROTOBUF and schema registries.

pub mod json;
pub mod kafka;
