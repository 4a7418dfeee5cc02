//! AND, OR and NOT in three-valued logic.

use super::{Evaluator, push_booleans};
use crate::chunk::{Chunk, Column, ColumnData};

/// False where any term is, else NULL where any is, else true.
pub fn all(terms: &mut [Evaluator], chunk: &Chunk, out: &mut Column) {
    fold(terms, chunk, out, false);
}

/// True where any term is, else NULL where any is, else false.
pub fn any(terms: &mut [Evaluator], chunk: &Chunk, out: &mut Column) {
    fold(terms, chunk, out, true);
}

/// `decisive` is the truth value of a term that decides the whole.
fn fold(terms: &mut [Evaluator], chunk: &Chunk, out: &mut Column, decisive: bool) {
    let ColumnData::Boolean(data) = &mut out.data else { unreachable!("truth is a BOOLEAN") };
    data.resize(chunk.len(), !decisive);
    out.valid.resize(chunk.len(), true);
    for term in terms {
        let column = term.evaluate(chunk);
        let ColumnData::Boolean(values) = &column.data else { unreachable!("terms are BOOLEAN") };
        for row in 0..chunk.len() {
            let decided = out.valid[row] && data[row] == decisive;
            if decided {
                continue;
            }
            if column.valid[row] && values[row] == decisive {
                (data[row], out.valid[row]) = (decisive, true);
            } else if !column.valid[row] {
                out.valid[row] = false;
            }
        }
    }
}

/// Negation; NULL stays NULL.
pub fn not(term: &Column, out: &mut Column) {
    let ColumnData::Boolean(values) = &term.data else { unreachable!("terms are BOOLEAN") };
    push_booleans(out, values.iter().zip(&term.valid).map(|(value, valid)| (!value, *valid)));
}
