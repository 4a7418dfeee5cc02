//! Which module of the library may name which: dependencies point down only.

use super::Finding;

/// A module and the modules that it may name, besides itself.
type Layer = (&'static [&'static str], &'static [&'static str]);

/// Each module may name whatever the layers before it hold; these tables have the exceptions.
/// The order is that of ARCHITECTURE.md, "Dependencies point down only".
const LAYERS: &[&[&str]] = &[
    &[
        "time", "rng", "value", "schema", "record", "chunk", "digest", "hash", "interner",
        "murmur2", "order", "fields", "slots",
    ],
    &["format", "topic", "window", "aggregate", "state", "clickstream", "sink"],
    &["function"],
    &["plan"],
    &["exec", "sql"],
    &["engine"],
    &["session"],
    &["sim"],
    &["architecture"],
    &["experiment"],
    &["replay"],
    &["chart", "lab"],
    &["feed", "player"],
    &["cli", "main", "web"],
];

/// Modules of one layer that may name each other. The base is one whole; elsewhere a module of the
/// same layer is a neighbour that it does not know.
const WITHIN: &[Layer] = &[
    (LAYERS[0], LAYERS[0]),
    (&["state"], &["aggregate", "window"]),
    (&["lab"], &["chart"]),
    (&["main"], &["cli"]),
];

/// Modules that may name less than all the layers below them.
const ONLY: &[Layer] = &[(&["plan"], &["aggregate", "window"])];

/// Reports each line of `module` that names a module which it may not.
pub fn directions(path: &str, module: &str, code: &[String], findings: &mut Vec<Finding>) {
    let Some(level) = level(module) else {
        let message = format!("`{module}` has no layer: add it to xtask/src/tidy/layers.rs");
        findings.push(Finding { path: path.to_owned(), line: 1, message });
        return;
    };
    for (index, line) in code.iter().enumerate() {
        for named in named(line) {
            if !allowed(module, level, &named) {
                let message =
                    format!("`{module}` may not name `{named}`: dependencies point down only");
                findings.push(Finding { path: path.to_owned(), line: index + 1, message });
            }
        }
    }
}

fn level(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

fn allowed(module: &str, at: usize, named: &str) -> bool {
    // What is no module is an item that the crate's root exports: always fine.
    let Some(other) = level(named) else { return true };
    let listed = |table: &[Layer]| {
        table
            .iter()
            .find(|(modules, _)| modules.contains(&module))
            .map(|(_, may)| may.contains(&named))
    };
    if named == module {
        return true;
    }
    if other >= at {
        return other == at && listed(WITHIN).unwrap_or(false);
    }
    other == 0 || listed(ONLY).unwrap_or(true)
}

/// The modules after `crate::` or `streamglass::` in a line, also within one pair of braces.
fn named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for root in ["crate::", "streamglass::"] {
        for (at, _) in line.match_indices(root) {
            let partial = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            // `pub(in crate::…)` limits what others see; it names nothing.
            if partial || line[..at].ends_with("(in ") {
                continue;
            }
            let rest = &line[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(list) => names.extend(top_of_list(list)),
                None => names.push(identifier(rest)),
            }
        }
    }
    names
}

/// `a::{b, c}, d::E}` names `a` and `d`.
fn top_of_list(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            _ if start && !c.is_whitespace() => {
                names.push(identifier(&list[at..]));
                start = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(module: &str, line: &str, expect: &[&str]) {
        let mut findings = Vec::new();
        directions("src/x.rs", module, &[line.to_owned()], &mut findings);
        let found: Vec<_> =
            findings.iter().map(|f| f.message.split('`').nth(3).unwrap_or("")).collect();
        assert_eq!(found, expect, "{module}: {line}");
    }

    #[test]
    fn downwards_is_allowed_and_upwards_is_not() {
        check("topic", "use crate::time::Timestamp;", &[]);
        check("topic", "use crate::engine::Engine;", &["engine"]);
        check("exec", "use crate::plan::Plan; let x = crate::lab::new();", &["lab"]);
        check("web", "use crate::{lab::Lab, chart::{draw, lab}, time};", &[]);
        check("time", "use crate::{chunk::Chunk, topic::{self, lab}, plan};", &["topic", "plan"]);
        check("lab", "let x = streamglass::web::start();", &["web"]);
    }

    #[test]
    fn neighbours_do_not_know_each_other_but_for_the_listed() {
        check("topic", "use crate::format::json;", &["format"]);
        check("aggregate", "use crate::state::Store;", &["state"]);
        check("state", "use crate::{aggregate::Sum, window::Tumbling, topic};", &["topic"]);
        check("window", "use crate::window::session;", &[]);
        check("value", "use crate::schema::Schema;", &[]);
        check("chart", "use crate::lab::Lab;", &["lab"]);
    }

    #[test]
    fn a_plan_knows_windows_and_the_base_only() {
        check("plan", "use crate::{window::Windowing, schema::Schema};", &[]);
        check("plan", "use crate::state::Store;", &["state"]);
    }

    #[test]
    fn an_unknown_module_must_be_given_a_layer() {
        let mut findings = Vec::new();
        directions("src/new.rs", "new", &[], &mut findings);
        assert_eq!(findings.len(), 1);
    }

    #[test]
    fn what_is_no_module_is_no_breach() {
        check("time", "use crate::Seed; mycrate::engine::x(); pub(in crate::lab) fn f();", &[]);
    }
}
