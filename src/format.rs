//! Formats: bytes of records to values and back.
