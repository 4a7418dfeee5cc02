//! The layout of checkpoints: a magic number, a version, then sections with a tag and a length.
//!
//! A section's payload is postcard. Reading names the section that is missing or of another kind
//! instead of guessing; what a checkpoint says about a plan is the task's matter.

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

const MAGIC: [u8; 4] = *b"SGCP";

/// The layout that this code writes and reads. Raise it whenever any state's layout changes.
pub const VERSION: u32 = 5;

/// Why a checkpoint cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Not a checkpoint at all.
    #[error("these bytes are no checkpoint")]
    NotACheckpoint,
    /// Written by another version.
    #[error("the checkpoint has version {found}, this program reads version {VERSION}")]
    Version {
        /// The version in the bytes.
        found: u32,
    },
    /// It ends too early.
    #[error("the checkpoint ends before section {0}")]
    Truncated(String),
    /// Another section was expected.
    #[error("section {expected} was expected, {found} found")]
    Section {
        /// The section's tag.
        expected: String,
        /// The tag in the bytes.
        found: String,
    },
    /// A section's content makes no sense.
    #[error("section {section}: {reason}")]
    Content {
        /// The section's tag.
        section: String,
        /// What is wrong.
        reason: String,
    },
    /// It belongs to another pipeline.
    #[error("the checkpoint belongs to another pipeline")]
    OtherPipeline,
}

/// The first bytes of a checkpoint.
#[must_use]
pub fn header() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes
}

/// Adds a section that is made of bytes.
///
/// # Panics
/// When tag or content pass 4 GiB.
pub fn put_bytes(out: &mut Vec<u8>, tag: &str, content: &[u8]) {
    for part in [tag.as_bytes(), content] {
        let length = u32::try_from(part.len()).expect("a section is under 4 GiB");
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(part);
    }
}

/// Adds a section.
///
/// # Panics
/// When it passes 4 GiB.
pub fn put<T: Serialize>(out: &mut Vec<u8>, tag: &str, content: &T) {
    put_bytes(out, tag, &[]);
    let start = out.len();
    // In place: a large state must not be there twice more on its way.
    *out = postcard::to_extend(content, std::mem::take(out)).expect("memory takes all");
    let length = u32::try_from(out.len() - start).expect("a section is under 4 GiB");
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
}

/// Reads sections in the order in which they were written.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads the header.
    ///
    /// # Errors
    /// When the bytes are no checkpoint or of another version.
    pub fn new(bytes: &'a [u8]) -> Result<Self, CheckpointError> {
        let rest = bytes.strip_prefix(&MAGIC).ok_or(CheckpointError::NotACheckpoint)?;
        let (version, rest) = rest.split_first_chunk().ok_or(CheckpointError::NotACheckpoint)?;
        match u32::from_le_bytes(*version) {
            VERSION => Ok(Self { rest }),
            found => Err(CheckpointError::Version { found }),
        }
    }

    /// The content of the next section, which must have this tag.
    ///
    /// # Errors
    /// When it has another one or the bytes end.
    pub fn bytes(&mut self, tag: &str) -> Result<&'a [u8], CheckpointError> {
        let truncated = || CheckpointError::Truncated(tag.to_owned());
        let found = self.part().ok_or_else(truncated)?;
        if found != tag.as_bytes() {
            let found = String::from_utf8_lossy(found).into_owned();
            return Err(CheckpointError::Section { expected: tag.to_owned(), found });
        }
        self.part().ok_or_else(truncated)
    }

    /// The next section, which must have this tag.
    ///
    /// # Errors
    /// As [`Reader::bytes`], and when the content is not a `T`.
    pub fn read<T: DeserializeOwned>(&mut self, tag: &str) -> Result<T, CheckpointError> {
        let bytes = self.bytes(tag)?;
        postcard::from_bytes(bytes).map_err(|error| invalid(tag, &error))
    }

    fn part(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.rest.split_first_chunk()?;
        let (part, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.rest = rest;
        Some(part)
    }
}

/// An error about the content of section `tag`.
pub fn invalid(tag: &str, reason: &impl ToString) -> CheckpointError {
    CheckpointError::Content { section: tag.to_owned(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let mut bytes = header();
        put(&mut bytes, "numbers", &vec![1_i64, -5]);
        put_bytes(&mut bytes, "raw", b"abc");
        bytes
    }

    #[test]
    fn sections_come_back_in_order() {
        let bytes = sample();
        let mut reader = Reader::new(&bytes).expect("header");
        assert_eq!(reader.read::<Vec<i64>>("numbers").expect("section"), [1, -5]);
        assert_eq!(reader.bytes("raw").expect("section"), b"abc");
        let end = reader.bytes("more").expect_err("ends");
        assert_eq!(end, CheckpointError::Truncated("more".into()));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        let refused = |bytes: &[u8]| Reader::new(bytes).expect_err("refused");
        assert_eq!(refused(b"what"), CheckpointError::NotACheckpoint);
        let mut other = sample();
        other[4] = 99;
        assert_eq!(refused(&other), CheckpointError::Version { found: 99 });
        let bytes = sample();
        let mut reader = Reader::new(&bytes).expect("header");
        let error = reader.bytes("raw").expect_err("another section");
        assert_eq!(error.to_string(), "section raw was expected, numbers found");
        for length in 8..bytes.len() {
            let mut reader = Reader::new(&bytes[..length]).expect("header");
            let read = reader.read::<Vec<i64>>("numbers").and_then(|_| reader.bytes("raw"));
            assert!(read.is_err(), "cut at {length}");
        }
    }
}
