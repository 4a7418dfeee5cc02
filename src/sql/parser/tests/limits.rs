//! Texts that are too deep, too long or too wrong are refused within bounds.

use crate::sql::parse;
use crate::sql::parser::{MAX_DIAGNOSTICS, MAX_STATEMENTS};

#[test]
fn long_scripts_meet_limits() {
    let codes = |text: &str| {
        let (_, diagnostics) = parse(text);
        (diagnostics.len(), diagnostics.last().map(|last| last.code.to_string()))
    };
    let limit = Some("SG-0107".to_owned());
    assert_eq!(codes(&"SELECT a FROM b;".repeat(100_000)), (1, limit.clone()));
    assert_eq!(codes(&"PRINT a;".repeat(MAX_STATEMENTS)), (0, None));
    assert_eq!(codes(&"PRINT a;".repeat(MAX_STATEMENTS + 1)), (1, limit.clone()));
    assert_eq!(codes(&"X;".repeat(1000)), (MAX_DIAGNOSTICS + 1, limit.clone()));
    let bad_columns = format!("CREATE STREAM a ({});", "NULL,".repeat(50_000));
    assert_eq!(codes(&bad_columns), (MAX_DIAGNOSTICS + 1, limit));
    assert_eq!(codes(&"\u{1}x ".repeat(50_000)).0, MAX_DIAGNOSTICS + 1);
}
