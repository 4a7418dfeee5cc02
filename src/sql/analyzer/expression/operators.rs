//! Signs, arithmetic and comparison: both sides get one type.

use super::{Lowering, boolean, literal};
use crate::plan::{Arithmetic, Comparison, Expr};
use crate::sql::analyzer::typed::{Ty, Typed, wider};
use crate::sql::ast::{ArithmeticOp, ComparisonOp, Expr as Ast, ExprKind, Sign};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::value::{DataType, Value};

impl Lowering<'_> {
    pub(super) fn signed(&mut self, sign: Sign, value: &Ast) -> Option<Typed> {
        let typed = self.lower(value)?;
        if !typed.is_number() {
            let message = format!("a sign is for numbers, not {}", typed.shown());
            self.error(Code::ARITHMETIC, message, value.span);
            return None;
        }
        Some(match sign {
            Sign::Plus => typed,
            Sign::Minus => Typed { expr: Expr::Negate(Box::new(typed.expr)), ty: typed.ty },
        })
    }

    pub(super) fn arithmetic(
        &mut self,
        ast: &Ast,
        op: ArithmeticOp,
        left: &Ast,
        right: &Ast,
    ) -> Option<Typed> {
        let (left, right) = self.both(left, right)?;
        let varchar = Ty::Known(DataType::Varchar);
        let ty = if op == ArithmeticOp::Add && left.ty == varchar && right.ty == varchar {
            Some(varchar)
        } else {
            wider(&left, &right)
        };
        let Some(ty) = ty else {
            let message = format!("no `{}` of {} and {}", op.symbol(), left.shown(), right.shown());
            self.error(Code::ARITHMETIC, message, ast.span);
            return None;
        };
        let target = Typed { expr: Expr::RowTime, ty: ty.clone() }.data_type();
        let [left, right] = [left, right].map(|side| Box::new(to_number(side, &target)));
        let op = match op {
            ArithmeticOp::Add => Arithmetic::Add,
            ArithmeticOp::Subtract => Arithmetic::Subtract,
            ArithmeticOp::Multiply => Arithmetic::Multiply,
            ArithmeticOp::Divide => Arithmetic::Divide,
            ArithmeticOp::Modulo => Arithmetic::Modulo,
        };
        Some(Typed { expr: Expr::Arithmetic(op, left, right), ty })
    }

    pub(super) fn comparison(
        &mut self,
        ast: &Ast,
        op: ComparisonOp,
        left: &Ast,
        right: &Ast,
    ) -> Option<Typed> {
        let is_time = [is_row_time(left), is_row_time(right)];
        let (left, right) = self.both(left, right)?;
        let (left, right) = match is_time {
            [true, _] => (left, time_in_text(right)),
            [_, true] => (time_in_text(left), right),
            _ => (left, right),
        };
        let op = match op {
            ComparisonOp::Equal => Comparison::Equal,
            ComparisonOp::NotEqual => Comparison::NotEqual,
            ComparisonOp::Less => Comparison::Less,
            ComparisonOp::LessOrEqual => Comparison::LessOrEqual,
            ComparisonOp::Greater => Comparison::Greater,
            ComparisonOp::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let nested = |side: &Typed| {
            let Ty::Known(data_type) = &side.ty else { return false };
            matches!(data_type, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_))
        };
        let is_equality = matches!(op, Comparison::Equal | Comparison::NotEqual);
        let is_boolean = |side: &Typed| side.ty == Ty::Known(DataType::Boolean);
        if !is_equality
            && (nested(&left) || nested(&right) || is_boolean(&left) || is_boolean(&right))
        {
            let message = format!("{} and {} have no order", left.shown(), right.shown());
            self.error(Code::COMPARISON, message, ast.span);
            return None;
        }
        let (left, right) = self.comparable(ast, "compared", left, right)?;
        Some(boolean(Expr::Compare(op, Box::new(left), Box::new(right))))
    }

    /// Both sides with one type.
    pub(super) fn comparable(
        &mut self,
        ast: &Ast,
        how: &str,
        left: Typed,
        right: Typed,
    ) -> Option<(Expr, Expr)> {
        if left.ty == Ty::Null || right.ty == Ty::Null {
            let diagnostic = Diagnostic::error(Code::COMPARISON, "NULL equals nothing", ast.span)
                .with_help("write IS NULL or IS DISTINCT FROM");
            self.findings.push(diagnostic);
            return None;
        }
        let timestamp = Ty::Known(DataType::Timestamp);
        let varchar = Ty::Known(DataType::Varchar);
        let target = match wider(&left, &right) {
            Some(ty) => Some(Typed { expr: Expr::RowTime, ty }.data_type()),
            None if left.ty == right.ty => Some(left.data_type()),
            None if (left.ty == timestamp && right.ty == varchar)
                || (left.ty == varchar && right.ty == timestamp) =>
            {
                Some(DataType::Timestamp)
            }
            None => None,
        };
        let Some(target) = target else {
            let message = format!("{} and {} cannot be {how}", left.shown(), right.shown());
            self.error(Code::COMPARISON, message, ast.span);
            return None;
        };
        let [left, right] = [left, right].map(|side| to_number(side, &target));
        Some((left, right))
    }
}

/// Whether this is a time that a record has, which texts are compared with as if they were times.
fn is_row_time(ast: &Ast) -> bool {
    let ExprKind::Column { name, .. } = &ast.kind else { return false };
    matches!(&*name.name, "ROWTIME" | "WINDOWSTART" | "WINDOWEND")
}

/// A literal text as the time that it says, in milliseconds; anything else as it is.
fn time_in_text(typed: Typed) -> Typed {
    let Expr::Literal(Value::Varchar(text), _) = &typed.expr else { return typed };
    match crate::function::time_format::parse_partial(text) {
        Some(millis) => literal(Value::BigInt(millis), DataType::BigInt),
        None => typed,
    }
}

/// A side of an operation, whose type is known to be convertible.
fn to_number(side: Typed, target: &DataType) -> Expr {
    match side.clone().coerce(target) {
        Ok(expr) => expr,
        Err(_) => Expr::Cast(Box::new(side.expr), target.clone()),
    }
}
