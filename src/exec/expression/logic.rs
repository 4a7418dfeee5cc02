//! AND, OR and NOT as Java evaluates them: from the left, and no further than needed.

use super::{Evaluator, Faults, push_booleans};
use crate::chunk::{Chunk, Column, ColumnData};

/// `decisive` is the truth value of a term that decides the whole: false for AND, true for OR. A
/// NULL or failing term that is reached makes the row fail.
pub fn fold(
    terms: &mut [Evaluator],
    chunk: &Chunk,
    out: &mut Column,
    decisive: bool,
    faults: &mut Faults,
) {
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    data.resize(chunk.len(), !decisive);
    out.valid.resize(chunk.len(), true);
    let mut own = Faults::new();
    for term in terms {
        own.clear();
        let column = term.run(chunk, &mut own);
        let ColumnData::Boolean(values) = &column.data else { unreachable!("terms are BOOLEAN") };
        for &row in &own {
            let row = row as usize;
            if data[row] != decisive {
                out.valid[row] = false;
            }
        }
        for row in 0..chunk.len() {
            if !out.valid[row] || data[row] == decisive {
                continue;
            }
            if column.valid[row] {
                data[row] = values[row];
            } else {
                out.valid[row] = false;
            }
        }
    }
    faults.extend((0..chunk.len()).filter(|row| !out.valid[*row]).map(|row| row as u32));
}

/// Negation; NULL fails.
pub fn not(term: &Column, out: &mut Column, faults: &mut Faults) {
    let ColumnData::Boolean(values) = &term.data else { unreachable!("terms are BOOLEAN") };
    push_booleans(out, values.iter().zip(&term.valid).map(|(value, valid)| (!value, *valid)));
    faults.extend((0..term.len()).filter(|row| !term.valid[*row]).map(|row| row as u32));
}
