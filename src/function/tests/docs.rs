//! The page of all functions, `docs/functions.md`, made from their declarations; and the tests of the
//! examples of aggregates. Part of the tests: no program writes it.

use std::fmt::Write;

use crate::function::refused;
use crate::function::registry::{all, describe_signature};
use crate::function::table::{Category, Function};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/functions.md");

const OPENING: &str = "\
# Functions

Every function of Streamglass's SQL, made from the one table that the analyzer, the completion of the
editor, `SHOW FUNCTIONS` and `DESCRIBE FUNCTION name` read. `UPDATE=1 cargo test --lib function::tests::docs`
writes this page.

How to read a signature: `name TYPE` is a parameter, `TYPE...` any number of them, and what is behind
the arrow is the result. A type of one letter stands for any: `N` for INT, BIGINT and DOUBLE, `O` for
types with an order, `T` and `U` for all; the same letter is the same type. An example is a call and its
result; of an aggregate, behind `of`, the values of the rows that it is over; of a table function, behind
`gives`, its rows. All examples are tests.

A scalar function that fails in a row (a text that is no JSON, a pattern that is none) is NULL there, and
the row is counted as failed.
";

/// Subjects in the order of the page.
const SUBJECTS: [(Category, &str); 11] = [
    (Category::Aggregate, "Aggregates"),
    (Category::Table, "Table functions"),
    (Category::Json, "JSON"),
    (Category::String, "Texts"),
    (Category::Regex, "Regular expressions"),
    (Category::Mathematical, "Numbers"),
    (Category::Time, "Times"),
    (Category::Collection, "Arrays, maps and structs"),
    (Category::Conditional, "Conditions"),
    (Category::Url, "URLs"),
    (Category::Other, "Others"),
];

fn page() -> String {
    let all = all();
    let mut page = OPENING.to_owned();
    for (category, title) in SUBJECTS {
        writeln!(page, "\n## {title}").expect("memory");
        for function in all.iter().filter(|function| function.category == category) {
            write(function, &mut page);
        }
    }
    page.push_str(
        "\n## Not supported\n\nksqlDB has these; a call of one says why it is refused.\n\n",
    );
    for (name, reason) in refused::REFUSED {
        writeln!(page, "- `{name}`: {reason}.").expect("memory");
    }
    page
}

fn write(function: &Function, page: &mut String) {
    let Function { name, doc, examples, signatures, .. } = function;
    write!(page, "\n### {name}\n\n{doc}\n\n```text\n").expect("memory");
    for signature in *signatures {
        writeln!(page, "{}", describe_signature(name, signature)).expect("memory");
    }
    page.push_str("```\n");
    if !examples.is_empty() {
        page.push_str("\n```sql\n");
        for example in *examples {
            writeln!(page, "{example}").expect("memory");
        }
        page.push_str("```\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With `UPDATE=1` the page is written, for a change that is meant.
    #[test]
    fn the_page_is_current() {
        let page = page();
        for function in all() {
            assert!(page.contains(&format!("### {}\n", function.name)), "{}", function.name);
            assert!(!function.examples.is_empty(), "{} has no example", function.name);
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(PATH, &page).expect("the page can be written");
        }
        let there = std::fs::read_to_string(PATH).unwrap_or_default();
        assert!(
            there == page,
            "docs/functions.md is not current: UPDATE=1 cargo test --lib function::tests::docs"
        );
    }
}
