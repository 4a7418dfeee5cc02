//! Advice on a token that does not fit: misspelt keywords, and habits from other dialects.

use crate::sql::token::{Keyword, Symbol, Token, TokenKind};

/// The keyword among `candidates` that `token` was probably meant to be.
pub(super) fn closest(
    token: Token<'_>,
    candidates: impl Iterator<Item = Keyword>,
) -> Option<Keyword> {
    if !matches!(token.kind, TokenKind::Word | TokenKind::Keyword(_)) {
        return None;
    }
    closest_in(&token.text.to_ascii_uppercase(), candidates)
}

/// The keyword among `candidates` that is nearest to `word`, which is in upper case.
pub(super) fn closest_in(word: &str, candidates: impl Iterator<Item = Keyword>) -> Option<Keyword> {
    let near = candidates.filter_map(|keyword| {
        let length = keyword.text().len();
        let allowed = if length <= 2 {
            0
        } else if length <= 4 {
            1
        } else {
            2
        };
        // Words of very different length cannot be near; a long word is not worth measuring.
        if word.len().abs_diff(length) > allowed {
            return None;
        }
        let distance = distance(word.as_bytes(), keyword.text().as_bytes());
        (distance > 0 && distance <= allowed).then_some((distance, keyword))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, keyword)| keyword)
}

/// The optimal string alignment distance: insertions, deletions, substitutions and swaps of
/// neighbours.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let width = b.len() + 1;
    let mut rows = [vec![0; width], vec![0; width], (0..width).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        rows.rotate_left(1);
        rows[2][0] = i;
        for j in 1..width {
            let same = a[i - 1] == b[j - 1];
            let change = rows[1][j - 1] + usize::from(!same);
            let mut best = change.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2][j] = best;
        }
    }
    rows[2][b.len()]
}

/// Whether the word holds statements together, so that nobody meant it as a name.
pub(super) fn is_structural(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::And
            | Keyword::As
            | Keyword::By
            | Keyword::Create
            | Keyword::Else
            | Keyword::From
            | Keyword::Group
            | Keyword::Having
            | Keyword::Insert
            | Keyword::Into
            | Keyword::Is
            | Keyword::Join
            | Keyword::Not
            | Keyword::Null
            | Keyword::On
            | Keyword::Or
            | Keyword::Select
            | Keyword::Then
            | Keyword::When
            | Keyword::Where
            | Keyword::Window
            | Keyword::With
    )
}

/// What to write instead of a token that another SQL dialect has.
pub(super) fn hint(token: Token<'_>) -> Option<String> {
    let help = match token.kind {
        TokenKind::Symbol(Symbol::Dot) => "a field of a struct is reached with `->`",
        TokenKind::Keyword(Keyword::Distinct) => {
            "ksqlDB has no DISTINCT here: use GROUP BY, COUNT_DISTINCT or COLLECT_SET"
        }
        TokenKind::Keyword(Keyword::Not) => "put the negation in parentheses",
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits_and_swaps() {
        for (a, b, expected) in [
            ("", "", 0),
            ("FROM", "FROM", 0),
            ("FORM", "FROM", 1),
            ("FRM", "FROM", 1),
            ("SELCT", "SELECT", 1),
            ("CRAETE", "CREATE", 1),
            ("GROUPP", "GROUP", 1),
            ("WINDOWS", "WINDOW", 1),
            ("ABC", "CAB", 2),
            ("", "BY", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
            assert_eq!(distance(b.as_bytes(), a.as_bytes()), expected, "{b} {a}");
        }
    }
}
