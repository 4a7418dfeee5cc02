//! Records that are only checked: well-formed, and what is required is there.

use super::coerce;
use super::cursor::Kind;
use super::error::{ErrorKind, ReadError};
use super::walk::{Duplicates, Walker};
use crate::schema::Schema;
use crate::value::DataType;

/// Checks records without building values.
#[derive(Clone, Debug)]
pub struct Checker {
    walker: Walker,
    types: Vec<DataType>,
}

impl Checker {
    /// Requires the columns of `required` to be there, not `null`, each once, and to be readable as
    /// their types.
    #[must_use]
    pub fn new(required: &Schema) -> Self {
        let names = required.fields.iter().map(|field| field.name.clone()).collect();
        let types = required.fields.iter().map(|field| field.data_type.clone()).collect();
        Self { walker: Walker::new(names, Duplicates::Refuse), types }
    }

    /// Checks a record.
    ///
    /// # Errors
    /// What is wrong with it first: its form, then the required members in their order.
    #[inline]
    pub fn check(&mut self, bytes: &[u8]) -> Result<(), ReadError> {
        let record = self.walker.walk(bytes)?;
        for (i, (slot, data_type)) in self.walker.slots.iter().zip(&self.types).enumerate() {
            let found = slot.as_ref().filter(|slot| slot.token.kind != Kind::Null);
            let Some(slot) = found else { return Err(self.missing(i, bytes)) };
            if let Err(fault) = coerce::conforms(record, slot.token, data_type) {
                return Err(fault.in_member_at(bytes, Some(slot.member_at)));
            }
        }
        Ok(())
    }

    #[cold]
    fn missing(&self, slot: usize, bytes: &[u8]) -> ReadError {
        let null = self.walker.slots[slot].map(|slot| slot.token.start as usize);
        ReadError {
            kind: ErrorKind::MissingMember,
            position: null.unwrap_or(bytes.len()),
            member: Some(self.walker.names()[slot].as_ref().into()),
        }
    }
}
