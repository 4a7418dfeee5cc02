//! SQL from outside: the scripts under `tests/sql`, which test themselves, and deep texts on a small
//! stack.

#[path = "sql/coverage.rs"]
mod coverage;

use std::path::{Path, PathBuf};

use streamglass::session::script::cases;
use streamglass::sql::parse;

fn scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder of scripts") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
}

#[test]
fn scripts_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    scripts(&root.join("tests/sql"), &mut paths);
    paths.sort();
    assert!(paths.len() >= 150, "{} scripts", paths.len());
    let mut failures = String::new();
    for path in paths {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).expect("a script");
        for case in cases(&text) {
            if let Err(why) = case.run(&name) {
                failures.push_str(&format!(
                    "{}\n{why}replay: streamglass test {name} --only '{}'\n\n",
                    case.name, case.name
                ));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

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
