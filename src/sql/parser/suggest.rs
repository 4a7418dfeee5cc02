//! Advice on a token that does not fit: misspelt keywords, and habits from other dialects.

use crate::sql::spelling;
use crate::sql::token::{Keyword, Symbol, Token, TokenKind};

/// The keyword among `candidates` that `token` was probably meant to be.
pub(super) fn closest(
    token: Token<'_>,
    candidates: impl Iterator<Item = Keyword>,
) -> Option<Keyword> {
    if !matches!(token.kind, TokenKind::Word | TokenKind::Keyword(_)) {
        return None;
    }
    let others = candidates.filter(|keyword| token.kind != TokenKind::Keyword(*keyword));
    spelling::closest(token.text, others.map(Keyword::text)).and_then(Keyword::find)
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
