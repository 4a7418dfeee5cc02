//! Texts that are too deep, too long or too wrong are refused within bounds.

use crate::sql::parse;
use crate::sql::parser::{MAX_DIAGNOSTICS, MAX_STATEMENTS};

#[test]
fn hostile_texts_meet_limits() {
    const MANY: usize = 50_000;
    let deep = |open: &str, middle: &str, close: &str| {
        format!("SELECT {}{middle}{} FROM s;", open.repeat(MANY), close.repeat(MANY))
    };
    let types = |open: &str, close: &str| {
        format!("CREATE STREAM s (a {}INT{});", open.repeat(MANY), close.repeat(MANY))
    };
    for text in [
        deep("(", "a", ")"),
        deep("(", "", ""),
        deep("- ", "a", ""),
        deep("+", "a", ""),
        deep("NOT ", "a", ""),
        deep("f(", "a", ")"),
        deep("x[", "1", "]"),
        deep("ARRAY[", "1", "]"),
        deep("CASE WHEN ", "a", " THEN b END"),
        deep("f(x => ", "x", ")"),
        deep("a IN (", "1", ")"),
        deep("", "a", "->b"),
        deep("", "a", "[1]"),
        deep("", "a", " + 1"),
        deep("", "a", " || 'x'"),
        deep("", "a", " AT TIME ZONE 'x'"),
        deep("(", "a", " + 1)"),
        deep("(a AND b OR c = d || e + f * -", "a", ")"),
        types("ARRAY<", ">"),
        types("MAP<STRING, ", ">"),
        types("STRUCT<a ", ">"),
        types("", " ARRAY"),
    ] {
        let (statements, diagnostics) = parse(&text);
        assert!(statements.is_empty(), "{}", &text[..40]);
        assert!(!diagnostics.is_empty() && diagnostics.len() < 5, "{}", &text[..40]);
    }
    // A long chain of these is not deep.
    assert_eq!(parse(&deep("", "a", " AND b")).0.len(), 1);
    assert_eq!(parse(&deep("a OR ", "b", "")).0.len(), 1);
}

#[test]
fn what_the_limits_allow_needs_little_stack() {
    let deepest = || {
        for (open, close) in [
            ("(", ")"),
            ("f(a, -(b) + ", ")"),
            ("a IN (b, c OR NOT (d AND ", "))"),
            ("(a AND b OR c = d || e + f * ", ")"),
            ("CASE WHEN a THEN ", " END"),
        ] {
            let levels = (1..=100).rev().find_map(|levels| {
                let text =
                    format!("SELECT {}a{} FROM s;", open.repeat(levels), close.repeat(levels));
                let (statements, diagnostics) = parse(&text);
                assert_eq!(statements.len() + diagnostics.len(), 1);
                (diagnostics.is_empty()).then_some((statements, levels))
            });
            let (statements, levels) = levels.expect("one level is allowed");
            assert!(levels >= 25, "{open} {levels}");
            let printed = format!("{};", statements[0]);
            assert_eq!(parse(&printed).0, statements.clone());
        }
    };
    // Wasm has 1 MiB of stack by default.
    let thread = std::thread::Builder::new().stack_size(448 << 10).spawn(deepest);
    thread.expect("a thread starts").join().expect("the limits fit the stack");
}

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
