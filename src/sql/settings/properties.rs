//! The properties that mean something here, with what they may be.

use std::fmt::Write;

/// What a property may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    OneOf(&'static [&'static str]),
    Integer(i64, i64),
}

/// A property that changes what a statement means or how its query runs.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name: ksqlDB's, or one of our own, which begins with `streamglass.`.
    pub name: &'static str,
    kind: Kind,
    /// Its value when it is not set.
    pub default: &'static str,
    /// What it does.
    pub doc: &'static str,
}

/// The most rows that one row may lead to.
pub const MOST_ROWS_OF_ROW: &str = "streamglass.query.rows.per.row.max";
/// The most bytes that a step may give out at once.
pub const MOST_OUTPUT_BYTES: &str = "streamglass.query.output.bytes.max";
/// The most bytes of a query's state.
pub const MOST_STATE_BYTES: &str = "streamglass.query.state.bytes.max";

const FORMATS: Kind = Kind::OneOf(&["JSON", "KAFKA", "DELIMITED", "NONE"]);
const OWN: &str = "streamglass.";

const fn of(name: &'static str, kind: Kind, default: &'static str, doc: &'static str) -> Property {
    Property { name, kind, default, doc }
}

/// All of them, by name.
pub const ALL: &[Property] = &[
    of(
        "auto.offset.reset",
        Kind::OneOf(&["earliest", "latest"]),
        "latest",
        "Where push queries begin",
    ),
    of(
        "ksql.functions.collect_list.limit",
        Kind::Integer(i32::MIN as i64, i32::MAX as i64),
        "1000",
        "The most items of COLLECT_LIST",
    ),
    of(
        "ksql.functions.collect_set.limit",
        Kind::Integer(i32::MIN as i64, i32::MAX as i64),
        "1000",
        "The most items of COLLECT_SET",
    ),
    of("ksql.output.topic.name.prefix", Kind::Text, "", "What names of new topics begin with"),
    of(
        "ksql.persistence.default.format.key",
        FORMATS,
        "KAFKA",
        "KEY_FORMAT where a statement has none",
    ),
    of(
        "ksql.persistence.default.format.value",
        FORMATS,
        "",
        "VALUE_FORMAT where a statement has none",
    ),
    of(
        "ksql.persistence.wrap.single.values",
        Kind::Flag,
        "true",
        "Whether a single value column is a member of an object",
    ),
    of(
        "ksql.timestamp.throw.on.invalid",
        Kind::Flag,
        "false",
        "Whether a record without a valid timestamp stops a query",
    ),
    of(
        MOST_OUTPUT_BYTES,
        Kind::Integer(1 << 10, 1 << 30),
        "268435456",
        "The most bytes that a step of a query may give out at once, before the query stops",
    ),
    of(
        MOST_ROWS_OF_ROW,
        Kind::Integer(1, 1_000_000),
        "20000",
        "The most rows that one row may lead to in a join or EXPLODE, before the query stops",
    ),
    of(
        MOST_STATE_BYTES,
        Kind::Integer(1 << 16, 1 << 30),
        "134217728",
        "The most bytes of a query's windows, tables and join buffers, before it stops",
    ),
];

/// The property called `name`; the prefix `ksql.streams.` is the same as none.
#[must_use]
pub fn find(name: &str) -> Option<&'static Property> {
    let name = name.strip_prefix("ksql.streams.").unwrap_or(name);
    ALL.iter().find(|property| property.name == name)
}

/// Whether a value may be set.
///
/// # Errors
/// What it may be instead.
pub fn check(name: &str, value: &str) -> Result<(), String> {
    let Some(property) = find(name) else {
        if !name.starts_with(OWN) {
            // A property of a cluster that is not there.
            return Ok(());
        }
        let mut message = format!("no property {name}: there are");
        for property in ALL.iter().filter(|property| property.name.starts_with(OWN)) {
            // Writing into a String never fails.
            let _ = write!(message, " {}", property.name);
        }
        return Err(message);
    };
    let is_fine = match property.kind {
        Kind::Text => true,
        Kind::Flag => ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word)),
        Kind::OneOf(words) => words.iter().any(|word| value.eq_ignore_ascii_case(word)),
        Kind::Integer(least, most) => {
            value.trim().parse::<i64>().is_ok_and(|number| (least..=most).contains(&number))
        }
    };
    if is_fine {
        return Ok(());
    }
    let what = match property.kind {
        Kind::Text => "a text".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::OneOf(words) => words.join(" or "),
        Kind::Integer(least, most) => format!("a whole number from {least} to {most}"),
    };
    Err(format!("{name} cannot be '{value}': it is {what}"))
}
