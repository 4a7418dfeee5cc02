//! Rust source without what is not code: comments, string contents, and modules of tests.

/// The top-level module of the library that `path` belongs to: `topic` for `src/topic/segment.rs`.
/// `src/lib.rs` only names the modules, so it belongs to none.
pub fn module(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let module = inside.split('/').next().unwrap_or(inside);
    (module != "lib").then_some(module)
}

/// The lines of `text`, with comments and the contents of strings blanked, and without the module of
/// unit tests that ends a file: tests may use what the code may not.
pub fn code(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut state = State::Code;
    for line in text.lines() {
        if state == State::Code && line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        lines.push(strip(line, &mut state));
    }
    lines
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Code,
    Comment(u32),
    Text,
    RawText(usize),
}

fn strip(line: &str, state: &mut State) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let mut take = c.len_utf8();
        match *state {
            State::Code => {
                if rest.starts_with("//") {
                    break;
                } else if rest.starts_with("/*") {
                    (*state, take) = (State::Comment(1), 2);
                } else if let Some(hashes) = raw_start(rest, &out) {
                    (*state, take) = (State::RawText(hashes), hashes + 2);
                } else if c == '"' {
                    *state = State::Text;
                } else if let Some(length) = character(rest) {
                    take = length;
                } else {
                    out.push(c);
                }
            }
            State::Comment(depth) => {
                if rest.starts_with("*/") {
                    *state = if depth == 1 { State::Code } else { State::Comment(depth - 1) };
                    take = 2;
                } else if rest.starts_with("/*") {
                    (*state, take) = (State::Comment(depth + 1), 2);
                }
            }
            State::Text if c == '\\' => take += rest[1..].chars().next().map_or(0, char::len_utf8),
            State::Text if c == '"' => *state = State::Code,
            State::RawText(hashes) if c == '"' && rest[1..].starts_with(&"#".repeat(hashes)) => {
                (*state, take) = (State::Code, 1 + hashes);
            }
            State::Text | State::RawText(_) => {}
        }
        rest = &rest[take..];
    }
    out
}

/// The number of `#` when a raw string begins here (and not an identifier that ends in `r`).
fn raw_start(rest: &str, before: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    if before.ends_with(|c: char| c.is_alphanumeric() && c != 'b' || c == '_') {
        return None;
    }
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of a character literal that begins here; a lifetime is none.
fn character(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let escape = usize::from(inner.starts_with('\\'));
    let at = inner.char_indices().skip(1 + escape).find(|(_, c)| *c == '\'')?.0;
    // `'a, 'b` has two lifetimes: the literal must end right after one character, or be an escape.
    let one = inner.chars().next().is_some_and(|c| at == c.len_utf8());
    (one || escape == 1 && at <= 10).then_some(at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_its_top_module() {
        assert_eq!(module("src/topic/segment.rs"), Some("topic"));
        assert_eq!(module("src/topic.rs"), Some("topic"));
        assert_eq!(module("src/lib.rs"), None);
        assert_eq!(module("xtask/src/main.rs"), None);
        assert_eq!(module("src/readme.md"), None);
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        let check = |text: &str, expect: &str| assert_eq!(code(text).join("|"), expect, "{text}");
        check("use a; // use b", "use a; ");
        check("f(\"use \\\" b\", c)", "f(, c)");
        check("f(r#\"x \" y\"#, c)", "f(, c)");
        check("a /* b\n c */ d", "a | d");
        check("f('\"', 'a', '\\u{1F600}', '\\'') + g::<'b>()", "f(, , , ) + g::<'b>()");
        check("for_each(\"x\")", "for_each()");
    }

    #[test]
    fn tests_at_the_end_are_left_out() {
        assert_eq!(code("use a;\n#[cfg(test)]\nmod tests { use b; }"), ["use a;"]);
    }
}
