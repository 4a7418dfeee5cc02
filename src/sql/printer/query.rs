//! Queries, a clause a line.

use std::fmt::Write;

use super::expression::{conjuncts, expression, operand, value};
use super::{fits, join};
use crate::sql::ast::{
    Duration, Emit, Expr, Join, JoinKind, Query, Relation, SelectItem, Window, WindowKind, Within,
};

/// `query` as text.
pub(super) fn query(query: &Query) -> String {
    let mut out = String::from("SELECT");
    let items: Vec<String> = query.select.iter().map(select_item).collect();
    let flat = items.join(", ");
    if fits(7, &flat) {
        let _ = write!(out, " {flat}");
    } else {
        let _ = write!(out, "\n  {}", items.join(",\n  "));
    }
    let _ = write!(out, "\nFROM {}", relation(&query.from.first));
    for join in &query.from.joins {
        let _ = write!(out, "\n{}", join_clause(join));
    }
    if let Some(window) = &query.window {
        let _ = write!(out, "\nWINDOW {}", self::window(window));
    }
    if let Some(filter) = &query.filter {
        condition(&mut out, "WHERE", filter);
    }
    if !query.group_by.is_empty() {
        let _ = write!(out, "\nGROUP BY {}", join(&query.group_by, value));
    }
    if !query.partition_by.is_empty() {
        let _ = write!(out, "\nPARTITION BY {}", join(&query.partition_by, value));
    }
    if let Some(having) = &query.having {
        condition(&mut out, "HAVING", having);
    }
    match query.emit {
        Some(Emit::Changes) => out.push_str("\nEMIT CHANGES"),
        Some(Emit::Final) => out.push_str("\nEMIT FINAL"),
        None => {}
    }
    if let Some(limit) = query.limit {
        let _ = write!(out, "\nLIMIT {limit}");
    }
    out
}

/// A long chain of `AND` gets a line for each condition.
fn condition(out: &mut String, keyword: &str, condition: &Expr) {
    let flat = expression(condition);
    match conjuncts(condition) {
        Some(parts) if !fits(keyword.len() + 1, &flat) => {
            let _ = write!(out, "\n{keyword} {}", parts.join("\n  AND "));
        }
        _ => {
            let _ = write!(out, "\n{keyword} {flat}");
        }
    }
}

fn select_item(item: &SelectItem) -> String {
    match item {
        SelectItem::All { source: None, .. } => "*".to_owned(),
        SelectItem::All { source: Some(source), .. } => format!("{source}.*"),
        SelectItem::StructAll { base, .. } => format!("{}->*", operand(base)),
        SelectItem::Expr { value, alias: None } => expression(value),
        SelectItem::Expr { value, alias: Some(alias) } => {
            format!("{} AS {alias}", expression(value))
        }
    }
}

fn relation(relation: &Relation) -> String {
    match &relation.alias {
        Some(alias) => format!("{} AS {alias}", relation.source),
        None => relation.source.to_string(),
    }
}

fn join_clause(join: &Join) -> String {
    let kind = match join.kind {
        JoinKind::Inner => "JOIN",
        JoinKind::Left => "LEFT JOIN",
        JoinKind::Right => "RIGHT JOIN",
        JoinKind::Full => "FULL JOIN",
    };
    let within = join.within.as_ref().map(within).unwrap_or_default();
    format!("{kind} {}{within} ON {}", relation(&join.relation), expression(&join.on))
}

fn within(within: &Within) -> String {
    let before = duration(&within.before);
    let sizes = match &within.after {
        Some(after) => format!("({before}, {})", duration(after)),
        None => before,
    };
    let grace = within.grace.as_ref();
    let grace = grace.map(|grace| format!(" GRACE PERIOD {}", duration(grace)));
    format!(" WITHIN {sizes}{}", grace.unwrap_or_default())
}

fn window(window: &Window) -> String {
    let name = window.name.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
    let kind = match &window.kind {
        WindowKind::Tumbling { size } => format!("TUMBLING (SIZE {}", duration(size)),
        WindowKind::Hopping { size, advance } => {
            format!("HOPPING (SIZE {}, ADVANCE BY {}", duration(size), duration(advance))
        }
        WindowKind::Session { gap } => format!("SESSION ({}", duration(gap)),
    };
    let limit = |word: &str, limit: &Option<Duration>| {
        limit.map(|limit| format!(", {word} {}", duration(&limit))).unwrap_or_default()
    };
    let retention = limit("RETENTION", &window.retention);
    let grace = limit("GRACE PERIOD", &window.grace);
    format!("{name}{kind}{retention}{grace})")
}

/// `30 MINUTES`
pub(super) fn duration(duration: &Duration) -> String {
    format!("{} {}", duration.count, duration.unit)
}
