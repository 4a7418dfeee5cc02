//! The rules besides the layers: one function a rule.

use super::Finding;

/// Lines after which a file asks to be split.
const LONG: usize = 600;

/// What only `web` may name: the browser.
const BROWSER: &[&str] = &["web_sys", "js_sys", "gloo", "wasm_bindgen", "serde_wasm_bindgen"];

/// What only `main`, `cli` and `web` may name: files, sockets, terminals, clocks, threads.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "io::stdin",
    "io::stdout",
    "io::stderr",
    "std::time",
    "Instant",
    "SystemTime",
];

/// The shells, which may do input and output and read a clock.
const SHELLS: &[&str] = &["main", "cli", "web"];

/// Folders of one machine, split so that this file does not break its own rule.
const MACHINE: &[[&str; 2]] = &[
    ["/ho", "me/"],
    ["/ro", "ot/"],
    ["/Us", "ers/"],
    ["/tm", "p/"],
    ["/wo", "rk/"],
    ["C:\\", "Users"],
];

/// Every module says what it is in its first line.
pub fn prologue(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let first = text.lines().find(|line| !line.trim().is_empty());
    if !first.is_some_and(|line| line.starts_with("//!") && line.len() > 4) {
        add(findings, path, 1, "a module begins with `//!` and what it is");
    }
}

/// The core knows neither a browser nor a clock nor a disk.
pub fn edge(path: &str, module: &str, code: &[String], findings: &mut Vec<Finding>) {
    for (index, line) in code.iter().enumerate() {
        if module != "web"
            && let Some(name) = BROWSER.iter().find(|name| names(line, name))
        {
            add(findings, path, index + 1, &format!("only `web` names `{name}`"));
        }
        if !SHELLS.contains(&module)
            && let Some(name) = OUTSIDE.iter().find(|name| names(line, name))
        {
            add(
                findings,
                path,
                index + 1,
                &format!("only `main` and `web` do I/O or read a clock: `{name}`"),
            );
        }
    }
}

/// Whether `line` has `name` as whole words.
fn names(line: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name)
        .any(|(at, _)| !line[..at].ends_with(word) && !line[at + name.len()..].starts_with(word))
}

/// A long file has more than one purpose. A warning: some purposes are long.
pub fn length(path: &str, text: &str, warnings: &mut Vec<Finding>) {
    let lines = text.lines().count();
    let of_ours = [".rs", ".ts", ".mjs"].iter().any(|ending| path.ends_with(ending));
    if of_ours && lines > LONG {
        add(warnings, path, lines, &format!("more than {LONG} lines: has it one purpose?"));
    }
}

/// What works on one machine only has no place in the repository.
pub fn paths_of_a_machine(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in text.lines().enumerate() {
        for parts in MACHINE {
            let folder = parts.concat();
            // Part of a longer path or of an address is fine: `docs/home/`, `https://x.org/home/`.
            let absolute = line.match_indices(&folder).any(|(at, _)| {
                !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-*})$".contains(c))
            });
            if absolute {
                add(findings, path, index + 1, &format!("a path of one machine: `{folder}`"));
            }
        }
    }
}

/// Users are told what changes next.
pub fn changelog(path: &str, text: &str, findings: &mut Vec<Finding>) {
    if !text.lines().any(|line| line.starts_with("## ") && line.contains("Unreleased")) {
        add(findings, path, 1, "there is no section `## Unreleased`");
    }
}

fn add(findings: &mut Vec<Finding>, path: &str, line: usize, message: &str) {
    findings.push(Finding { path: path.to_owned(), line, message: message.to_owned() });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(check: impl Fn(&mut Vec<Finding>)) -> Vec<usize> {
        let mut findings = Vec::new();
        check(&mut findings);
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_module_begins_with_its_prologue() {
        assert_eq!(lines(|f| prologue("a.rs", "//! What it is.\n", f)), [0; 0]);
        for text in ["", "use a;\n//! Late.", "//!\n", "// Not that.\n"] {
            assert_eq!(lines(|f| prologue("a.rs", text, f)), [1], "{text}");
        }
    }

    #[test]
    fn browsers_and_clocks_stay_at_the_edge() {
        let code =
            ["use js_sys::Date;", "let i = Instant::now();", "struct InstantCoffee; my_gloo();"]
                .map(str::to_owned);
        assert_eq!(lines(|f| edge("a.rs", "lab", &code, f)), [1, 2]);
        assert_eq!(lines(|f| edge("a.rs", "web", &code, f)), [0; 0]);
        assert_eq!(lines(|f| edge("a.rs", "main", &code, f)), [1]);
    }

    #[test]
    fn a_path_of_one_machine_is_found() {
        let home = MACHINE[0].concat();
        let text = format!("a {home}me\nhttps://x.org{home}\ndocs{home}\n\"{home}\"");
        assert_eq!(lines(|f| paths_of_a_machine("a.md", &text, f)), [1, 4]);
    }

    #[test]
    fn a_long_file_is_warned_about() {
        let text = "x\n".repeat(LONG + 1);
        assert_eq!(lines(|f| length("a.rs", &text, f)), [LONG + 1]);
        assert_eq!(lines(|f| length("a.json", &text, f)), [0; 0]);
    }

    #[test]
    fn a_changelog_has_a_section_for_what_comes() {
        assert_eq!(
            lines(|f| changelog("CHANGELOG.md", "# Changelog\n\n## Unreleased\n", f)),
            [0; 0]
        );
        assert_eq!(lines(|f| changelog("CHANGELOG.md", "## 1.0\nUnreleased\n", f)), [1]);
    }
}
