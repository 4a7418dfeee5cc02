//! Finds members of JSON texts in columns that were just read ([`plan::Extract`]).

use crate::chunk::{Column, ColumnData};
use crate::format::json::JsonPath;
use crate::plan;

/// Fills the columns of some extracts.
#[derive(Clone, Debug, Default)]
pub(super) struct Extractor {
    paths: Vec<(usize, JsonPath)>,
}

impl Extractor {
    /// `None` when a path is none.
    pub fn new(extracts: &[plan::Extract]) -> Option<Self> {
        let one = |extract: &plan::Extract| Some((extract.column, JsonPath::new(&extract.path)?));
        Some(Self { paths: extracts.iter().map(one).collect::<Option<_>>()? })
    }

    /// Adds to each column of `out` what a row of `columns` has at its path.
    pub fn push(&mut self, columns: &[Column], row: usize, out: &mut [Column]) {
        for ((column, path), out) in self.paths.iter_mut().zip(out) {
            let (text, ColumnData::Varchar(texts)) = (&columns[*column], &mut out.data) else {
                unreachable!("an extract is VARCHAR");
            };
            let ColumnData::Varchar(jsons) = &text.data else {
                unreachable!("an extract is of a VARCHAR");
            };
            let found = text.valid[row].then(|| path.find(jsons.get(row))).flatten();
            if let Some(found) = found {
                found.write_text(texts.open());
            }
            texts.close();
            out.valid.push(found.is_some());
        }
    }
}
