//! Expressions as text for people, with the names of columns. Not SQL that can be read back: a plan
//! has casts and positions that a statement does not write.

use std::fmt::{self, Write};

use super::expression::{Arithmetic, Comparison, Expr};
use crate::value::Value;

/// `expr` over columns with these names.
#[must_use]
pub fn expression(expr: &Expr, names: &[impl AsRef<str>]) -> String {
    let mut out = String::new();
    // Writing into a String never fails.
    let _ = write(&mut out, expr, names);
    out
}

fn write(out: &mut String, expr: &Expr, names: &[impl AsRef<str>]) -> fmt::Result {
    match expr {
        Expr::Column(index) => match names.get(*index) {
            Some(name) => out.write_str(name.as_ref()),
            None => write!(out, "#{index}"),
        },
        Expr::Literal(value, _) => literal(out, value),
        Expr::RowTime => out.write_str("ROWTIME"),
        Expr::RowPartition => out.write_str("ROWPARTITION"),
        Expr::RowOffset => out.write_str("ROWOFFSET"),
        Expr::WindowStart => out.write_str("WINDOWSTART"),
        Expr::WindowEnd => out.write_str("WINDOWEND"),
        Expr::Compare(op, left, right) => infix(out, comparison(*op), [left, right], names),
        Expr::IsDistinct(left, right) => infix(out, "IS DISTINCT FROM", [left, right], names),
        Expr::Arithmetic(op, left, right) => infix(out, arithmetic(*op), [left, right], names),
        Expr::Negate(value) => around(out, "-", value, "", names),
        Expr::And(list) => joined(out, list, " AND ", names),
        Expr::Or(list) => {
            out.push('(');
            joined(out, list, " OR ", names)?;
            out.write_char(')')
        }
        Expr::Not(value) => around(out, "NOT (", value, ")", names),
        Expr::IsNull(value) => around(out, "", value, " IS NULL", names),
        Expr::In(value, list) => {
            around(out, "", value, " IN (", names)?;
            joined(out, list, ", ", names)?;
            out.write_char(')')
        }
        Expr::Like { value, pattern, .. } => infix(out, "LIKE", [value, pattern], names),
        Expr::Case { branches, otherwise } => {
            out.push_str("CASE");
            for (when, then) in branches {
                around(out, " WHEN ", when, " THEN ", names)?;
                write(out, then, names)?;
            }
            if let Some(otherwise) = otherwise {
                around(out, " ELSE ", otherwise, "", names)?;
            }
            out.write_str(" END")
        }
        Expr::Cast(value, data_type) => {
            around(out, "CAST(", value, " AS ", names)?;
            write!(out, "{data_type})")
        }
        Expr::Field(value, index) => {
            write(out, value, names)?;
            write!(out, "->#{index}")
        }
        Expr::Subscript(base, index) => {
            write(out, base, names)?;
            around(out, "[", index, "]", names)
        }
        Expr::Array(items) => {
            out.push_str("ARRAY[");
            joined(out, items, ", ", names)?;
            out.write_char(']')
        }
        Expr::Map(entries) => {
            out.push_str("MAP(");
            for (at, (key, value)) in entries.iter().enumerate() {
                around(out, if at > 0 { ", " } else { "" }, key, " := ", names)?;
                write(out, value, names)?;
            }
            out.write_char(')')
        }
        Expr::Struct(fields) => {
            out.push_str("STRUCT(");
            for (at, (name, value)) in fields.iter().enumerate() {
                write!(out, "{}{name} := ", if at > 0 { ", " } else { "" })?;
                write(out, value, names)?;
            }
            out.write_char(')')
        }
        Expr::Call(name, arguments) => {
            write!(out, "{name}(")?;
            joined(out, arguments, ", ", names)?;
            out.write_char(')')
        }
    }
}

fn around(
    out: &mut String,
    before: &str,
    expr: &Expr,
    after: &str,
    names: &[impl AsRef<str>],
) -> fmt::Result {
    out.push_str(before);
    write(out, expr, names)?;
    out.write_str(after)
}

fn infix(
    out: &mut String,
    sign: &str,
    [left, right]: [&Expr; 2],
    names: &[impl AsRef<str>],
) -> fmt::Result {
    write(out, left, names)?;
    write!(out, " {sign} ")?;
    write(out, right, names)
}

fn joined(
    out: &mut String,
    list: &[Expr],
    separator: &str,
    names: &[impl AsRef<str>],
) -> fmt::Result {
    for (at, expr) in list.iter().enumerate() {
        around(out, if at > 0 { separator } else { "" }, expr, "", names)?;
    }
    Ok(())
}

fn literal(out: &mut String, value: &Value) -> fmt::Result {
    match value {
        Value::Null => out.write_str("NULL"),
        Value::Boolean(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::BigInt(value) | Value::Timestamp(value) => write!(out, "{value}"),
        Value::Double(value) => write!(out, "{value}"),
        Value::Varchar(text) => write!(out, "'{}'", text.replace('\'', "''")),
        Value::Array(_) | Value::Map(_) | Value::Struct(_) => write!(out, "{value:?}"),
    }
}

const fn comparison(op: Comparison) -> &'static str {
    match op {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

const fn arithmetic(op: Arithmetic) -> &'static str {
    match op {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide => "/",
        Arithmetic::Modulo => "%",
    }
}
