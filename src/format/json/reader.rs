//! Records into columns.

use std::sync::Arc;

use super::coerce;
use super::error::ReadError;
use super::walk::{Duplicates, Walker};
use crate::chunk::Column;

/// Reads the wanted members of records into columns. Keep one a source: it learns the records'
/// layout and owns the memory that reading needs.
#[derive(Clone, Debug)]
pub struct JsonReader {
    walker: Walker,
    known: coerce::Known,
}

impl JsonReader {
    /// Reads the members with these names. A member is meant whose name equals the wanted one, else
    /// one whose upper-cased name does; of several the last.
    pub fn new<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Self {
        let names = wanted.into_iter().map(Arc::from).collect();
        Self { walker: Walker::new(names, Duplicates::LastWins), known: coerce::Known::default() }
    }

    /// Adds one value to each column: that of the member of the same place in the list of wanted
    /// names, coerced to the column's type; NULL when it is absent or `null`.
    ///
    /// # Errors
    /// When the record is not well-formed or a value does not fit its column; no column is changed
    /// then.
    ///
    /// # Panics
    /// When there are not as many columns as wanted names, or they differ in length.
    #[inline]
    pub fn read(&mut self, bytes: &[u8], columns: &mut [Column]) -> Result<(), ReadError> {
        assert_eq!(columns.len(), self.walker.slots.len(), "one column for each wanted member");
        let record = self.walker.walk(bytes)?;
        let rows = columns.first().map_or(0, Column::len);
        for i in 0..columns.len() {
            let Some(slot) = self.walker.slots[i] else {
                columns[i].push_null();
                continue;
            };
            if let Err(fault) = coerce::push(&mut columns[i], record, slot.token, &mut self.known) {
                columns.iter_mut().for_each(|column| column.truncate(rows));
                return Err(fault.in_member_at(bytes, Some(slot.member_at)));
            }
        }
        Ok(())
    }

    /// As [`JsonReader::read`], but a value that does not fit its column is NULL there, and `unfit`
    /// is called with the column's number: for columns of which nobody takes all.
    ///
    /// # Errors
    /// When the record is not well-formed; no column is changed then.
    ///
    /// # Panics
    /// As [`JsonReader::read`].
    pub fn read_each(
        &mut self,
        bytes: &[u8],
        columns: &mut [Column],
        mut unfit: impl FnMut(usize),
    ) -> Result<(), ReadError> {
        assert_eq!(columns.len(), self.walker.slots.len(), "one column for each wanted member");
        let record = self.walker.walk(bytes)?;
        for (i, (column, slot)) in columns.iter_mut().zip(&self.walker.slots).enumerate() {
            let rows = column.len();
            let Some(slot) = slot else {
                column.push_null();
                continue;
            };
            if coerce::push(column, record, slot.token, &mut self.known).is_err() {
                column.truncate(rows);
                column.push_null();
                unfit(i);
            }
        }
        Ok(())
    }
}
