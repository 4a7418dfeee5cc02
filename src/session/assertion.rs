//! `ASSERT VALUES` and `ASSERT NULL VALUES`: each source has a reader that goes on by one record
//! with every assertion, as in ksqlDB's testing tool.

use crate::chunk::Chunk;
use crate::exec::Task;
use crate::format::json;
use crate::plan::Pipeline;
use crate::sql::analyzer::{InsertedValues, Purpose};
use crate::sql::printer::quoted;
use crate::topic::Topics;

use super::insert;

/// Reads a source record by record.
#[derive(Debug)]
pub struct Reader {
    task: Task,
}

impl Reader {
    /// A reader at the beginning of the topic. The plan is that of [`crate::sql::analyzer::read`].
    ///
    /// # Errors
    /// When the topic is not there.
    pub fn new(plan: &Pipeline, topics: &mut Topics) -> Result<Self, String> {
        let mut task = Task::new(plan, topics).map_err(|error| error.to_string())?;
        task.subscribe(0);
        Ok(Self { task })
    }

    /// The next record that can be read.
    fn next(&mut self, topics: &mut Topics) -> Option<Chunk> {
        let mut row = self.task.new_chunk(0);
        while row.is_empty() {
            if self.task.poll(topics, 1) == 0 {
                return None;
            }
            self.task.take_rows(0, &mut row);
        }
        Some(row)
    }

    /// Compares the next record with what is expected.
    ///
    /// # Errors
    /// How they differ.
    pub fn check(
        &mut self,
        expected: &InsertedValues,
        purpose: Purpose,
        topics: &mut Topics,
    ) -> Result<(), String> {
        let name = quoted(&expected.target.name);
        let row = insert::row(expected)?;
        let Some(actual) = self.next(topics) else {
            return Err(format!("there is no further record in {name}"));
        };
        let differences = differences(expected, &row, &actual, purpose);
        if differences.is_empty() {
            return Ok(());
        }
        let at = actual.offsets.first().copied().unwrap_or_default();
        Err(format!("record {at} of {name} is another: {}", differences.join("; ")))
    }
}

fn differences(
    expected: &InsertedValues,
    row: &Chunk,
    actual: &Chunk,
    purpose: Purpose,
) -> Vec<String> {
    let mut differences = Vec::new();
    let is_tombstone = purpose == Purpose::AssertTombstone;
    if actual.is_tombstone(0) != is_tombstone {
        let (expected, found) = ("a tombstone", "a row");
        let (expected, found) = if is_tombstone { (expected, found) } else { (found, expected) };
        differences.push(format!("expected {expected}, found {found}"));
    }
    let schema = &expected.target.schema;
    let keys = schema.keys().count();
    let compared = if is_tombstone || actual.is_tombstone(0) { keys } else { row.columns.len() };
    for (index, field) in schema.fields.iter().enumerate().take(compared) {
        let (wanted, found) = (&row.columns[index], &actual.columns[index]);
        if wanted.value(0) != found.value(0) {
            let shown = |column| {
                let mut out = Vec::new();
                json::write_value(&mut out, column, 0);
                String::from_utf8_lossy(&out).into_owned()
            };
            let (wanted, found) = (shown(wanted), shown(found));
            // Not a number is what was expected, too, and not equal to itself.
            if wanted != found {
                let name = quoted(&field.name);
                differences.push(format!("{name} expected {wanted}, found {found}"));
            }
        }
    }
    if expected.timestamp.is_some() && row.timestamps != actual.timestamps {
        let [wanted, found] = [row, actual].map(|row| row.timestamps[0].0);
        differences.push(format!("ROWTIME expected {wanted}, found {found}"));
    }
    let [wanted, found] = [row, actual].map(|row| row.windows.first().copied());
    if let (Some(wanted), Some(found)) = (wanted, found)
        && wanted != found
    {
        let shown = |window: crate::chunk::Window| format!("{}..{}", window.start.0, window.end.0);
        let (wanted, found) = (shown(wanted), shown(found));
        differences.push(format!("window expected {wanted}, found {found}"));
    }
    differences
}
