//! Expressions, in one line.

use super::{join, text};
use crate::sql::ast::{ArithmeticOp, ComparisonOp, Expr, ExprKind, Ident, Sign};
use crate::sql::token::Quote;

/// How tightly the outermost operator of an expression binds; parentheses are needed where a
/// tighter one is wanted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    Not,
    Predicate,
    Concat,
    Sum,
    Product,
    Sign,
    Zone,
    Operand,
}

/// `expr` as text.
pub(super) fn expression(expr: &Expr) -> String {
    at(expr, Level::Or)
}

/// `expr` where the grammar wants a value: no predicate or connective without parentheses.
pub(super) fn value(expr: &Expr) -> String {
    at(expr, Level::Concat)
}

/// `expr` where the grammar wants an operand.
pub(super) fn operand(expr: &Expr) -> String {
    at(expr, Level::Operand)
}

/// The operands of a chain of `AND`, each as it must be written there; `None` for another node.
pub(super) fn conjuncts(expr: &Expr) -> Option<Vec<String>> {
    match &expr.kind {
        ExprKind::And(operands) => {
            Some(operands.iter().map(|operand| at(operand, Level::Not)).collect())
        }
        _ => None,
    }
}

fn at(expr: &Expr, least: Level) -> String {
    let shown = show(expr);
    if level(&expr.kind) < least { format!("({shown})") } else { shown }
}

fn level(kind: &ExprKind) -> Level {
    match kind {
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare(..)
        | ExprKind::Between { .. }
        | ExprKind::In { .. }
        | ExprKind::Like { .. }
        | ExprKind::IsNull { .. }
        | ExprKind::IsDistinct { .. } => Level::Predicate,
        ExprKind::Concat(..) => Level::Concat,
        ExprKind::Arithmetic(op, ..) => sum_or_product(*op).0,
        ExprKind::Signed(..) => Level::Sign,
        ExprKind::AtTimeZone(..) => Level::Zone,
        _ => Level::Operand,
    }
}

/// The level of an operator and that of its right operand.
const fn sum_or_product(op: ArithmeticOp) -> (Level, Level) {
    match op {
        ArithmeticOp::Add | ArithmeticOp::Subtract => (Level::Sum, Level::Product),
        ArithmeticOp::Multiply | ArithmeticOp::Divide | ArithmeticOp::Modulo => {
            (Level::Product, Level::Sign)
        }
    }
}

fn show(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Null => "NULL".to_owned(),
        ExprKind::Boolean(true) => "TRUE".to_owned(),
        ExprKind::Boolean(false) => "FALSE".to_owned(),
        ExprKind::Number(number) => number.text.to_string(),
        ExprKind::String(value) => text(value),
        ExprKind::Typed(name, value) => format!("{name} {}", text(value)),
        ExprKind::Column { source: Some(source), name } => format!("{source}.{name}"),
        ExprKind::Column { source: None, name } => name.to_string(),
        ExprKind::Field(base, field) => format!("{}->{field}", operand(base)),
        ExprKind::Subscript(base, index) => format!("{}[{}]", subscripted(base), value(index)),
        ExprKind::Call(name, arguments) => format!("{name}({})", join(arguments, expression)),
        ExprKind::CallAll(name) => format!("{name}(*)"),
        ExprKind::Lambda(parameters, body) => lambda(parameters, body),
        ExprKind::Unit(unit) => unit.to_string(),
        ExprKind::Array(items) => format!("ARRAY[{}]", join(items, expression)),
        ExprKind::Map(entries) => {
            let entry = |(key, value): &(Expr, Expr)| {
                format!("{} := {}", expression(key), expression(value))
            };
            format!("MAP({})", join(entries, entry))
        }
        ExprKind::Struct(fields) => {
            let field = |(name, value): &(Ident, Expr)| format!("{name} := {}", expression(value));
            format!("STRUCT({})", join(fields, field))
        }
        ExprKind::Cast(value, target) => format!("CAST({} AS {target})", expression(value)),
        ExprKind::Case { operand, branches, otherwise } => {
            let operand = operand.iter().map(|operand| format!(" {}", value(operand)));
            let branches = branches.iter().map(|branch| {
                let (when, then) = (expression(&branch.when), expression(&branch.then));
                format!(" WHEN {when} THEN {then}")
            });
            let otherwise = otherwise.iter().map(|value| format!(" ELSE {}", expression(value)));
            let parts: String = operand.chain(branches).chain(otherwise).collect();
            format!("CASE{parts} END")
        }
        _ => operator(expr),
    }
}

fn operator(expr: &Expr) -> String {
    let not = |negated: &bool| if *negated { "NOT " } else { "" };
    match &expr.kind {
        ExprKind::Or(operands) => chain(operands, " OR ", Level::And),
        ExprKind::And(operands) => chain(operands, " AND ", Level::Not),
        ExprKind::Not(operand) => format!("NOT {}", at(operand, Level::Not)),
        ExprKind::Signed(sign, operand) => signed(*sign, operand),
        ExprKind::Concat(left, right) => {
            format!("{} || {}", at(left, Level::Concat), at(right, Level::Sum))
        }
        ExprKind::Arithmetic(op, left, right) => {
            let (own, above) = sum_or_product(*op);
            format!("{} {} {}", at(left, own), op.symbol(), at(right, above))
        }
        ExprKind::Compare(op, left, right) => {
            format!("{} {} {}", value(left), comparison(*op), value(right))
        }
        ExprKind::Between { negated, value: it, low, high } => {
            let (it, low, high) = (value(it), value(low), value(high));
            format!("{it} {}BETWEEN {low} AND {high}", not(negated))
        }
        ExprKind::In { negated, value: it, list } => {
            format!("{} {}IN ({})", value(it), not(negated), join(list, expression))
        }
        ExprKind::Like { negated, value: it, pattern, escape } => {
            let escape =
                escape.map(|sign| format!(" ESCAPE {}", text(sign.encode_utf8(&mut [0; 4]))));
            let (it, pattern) = (value(it), value(pattern));
            format!("{it} {}LIKE {pattern}{}", not(negated), escape.unwrap_or_default())
        }
        ExprKind::IsNull { negated, value: it } => {
            format!("{} IS {}NULL", value(it), not(negated))
        }
        ExprKind::IsDistinct { negated, left, right } => {
            format!("{} IS {}DISTINCT FROM {}", value(left), not(negated), value(right))
        }
        ExprKind::AtTimeZone(it, zone) => {
            format!("{} AT TIME ZONE {}", at(it, Level::Zone), text(zone))
        }
        _ => unreachable!("every other form was shown before"),
    }
}

fn chain(operands: &[Expr], sign: &str, least: Level) -> String {
    operands.iter().map(|operand| at(operand, least)).collect::<Vec<_>>().join(sign)
}

/// A minus directly before a digit would belong to the number, and two of them are a comment.
fn signed(sign: Sign, operand: &Expr) -> String {
    let shown = at(operand, Level::Sign);
    match sign {
        Sign::Plus => format!("+{shown}"),
        Sign::Minus
            if shown.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-')) =>
        {
            format!("-({shown})")
        }
        Sign::Minus => format!("-{shown}"),
    }
}

/// `array[1]` would be a constructor.
fn subscripted(base: &Expr) -> String {
    match &base.kind {
        ExprKind::Column { source: None, name }
            if name.quote == Quote::Bare && &*name.name == "ARRAY" =>
        {
            format!("({name})")
        }
        _ => operand(base),
    }
}

fn lambda(parameters: &[Ident], body: &Expr) -> String {
    let body = expression(body);
    match parameters {
        [one] => format!("{one} => {body}"),
        many => format!("({}) => {body}", join(many, ToString::to_string)),
    }
}

const fn comparison(op: ComparisonOp) -> &'static str {
    match op {
        ComparisonOp::Equal => "=",
        ComparisonOp::NotEqual => "<>",
        ComparisonOp::Less => "<",
        ComparisonOp::LessOrEqual => "<=",
        ComparisonOp::Greater => ">",
        ComparisonOp::GreaterOrEqual => ">=",
    }
}
