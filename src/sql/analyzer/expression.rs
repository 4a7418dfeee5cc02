//! Expressions: names to columns, types checked, conversions inserted.

mod calls;
mod constructors;
mod operators;

use super::typed::{Mismatch, Ty, Typed, can_cast, common};
use super::types::show;
use super::{Context, Findings, functions, types};
use crate::plan::Expr;
use crate::sql::ast::{
    Branch, ComparisonOp, Expr as Ast, ExprKind, Ident, Number, NumberKind, Place, TypeName,
};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::spelling;
use crate::value::{DataType, Value};

/// What the names of an expression mean where it stands.
pub trait Names {
    /// The column `source.name`; `None` after telling `findings` why not.
    fn column(
        &mut self,
        source: Option<&Ident>,
        name: &Ident,
        findings: &mut Findings,
    ) -> Option<Typed>;

    /// What an expression as a whole stands for, as one of `GROUP BY` does for its column.
    fn whole(&mut self, _expr: &Ast) -> Option<Typed> {
        None
    }

    /// The result of a call of an aggregate function; `None` after telling `findings` why not.
    fn aggregate(
        &mut self,
        call: &Ast,
        name: &Ident,
        arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed>;

    /// The result of a call of a table function; `None` after telling `findings` why not.
    fn table_function(
        &mut self,
        call: &Ast,
        name: &Ident,
        arguments: &[Ast],
        findings: &mut Findings,
    ) -> Option<Typed>;
}

/// Turns expressions of the syntax tree into those of the plan.
pub struct Lowering<'a> {
    /// What names mean.
    pub names: &'a mut dyn Names,
    /// The catalog and the settings.
    pub context: &'a Context<'a>,
    /// Takes what is wrong.
    pub findings: &'a mut Findings,
}

impl Lowering<'_> {
    fn error(&mut self, code: Code, message: impl Into<String>, at: Place) {
        self.findings.error(code, message, at);
    }

    fn unsupported(&mut self, feature: &str, at: Place) -> Option<Typed> {
        self.findings.push(Diagnostic::unsupported(feature, at));
        None
    }

    /// The expression and its type; `None` after telling what is wrong with it.
    pub fn lower(&mut self, ast: &Ast) -> Option<Typed> {
        if let Some(typed) = self.names.whole(ast) {
            return Some(typed);
        }
        match &ast.kind {
            ExprKind::Null => Some(Typed::null()),
            ExprKind::Boolean(value) => Some(literal(Value::Boolean(*value), DataType::Boolean)),
            ExprKind::Number(value) => Some(number(value)),
            ExprKind::String(text) => Some(literal(Value::varchar(text), DataType::Varchar)),
            ExprKind::Typed(name, _) => {
                self.unsupported(&format!("the literal {} '…'", name.name), ast.span)
            }
            ExprKind::Column { source, name } => {
                self.names.column(source.as_ref(), name, self.findings)
            }
            ExprKind::Field(base, field) => self.field(base, field),
            ExprKind::Subscript(base, index) => self.subscript(base, index),
            ExprKind::Signed(sign, value) => self.signed(*sign, value),
            ExprKind::Arithmetic(op, left, right) => self.arithmetic(ast, *op, left, right),
            ExprKind::Concat(left, right) => {
                let name = Ident::new("CONCAT", crate::sql::token::Quote::Bare, ast.span);
                let arguments = [self.lower(left), self.lower(right)];
                let [left, right] = arguments;
                functions::scalar(&name, vec![left?, right?], ast.span, self.findings)
            }
            ExprKind::Compare(op, left, right) => self.comparison(ast, *op, left, right),
            ExprKind::And(list) => Some(boolean(Expr::And(self.conditions(list)?))),
            ExprKind::Or(list) => Some(boolean(Expr::Or(self.conditions(list)?))),
            ExprKind::Not(value) => {
                let value = self.condition(value)?;
                Some(boolean(Expr::Not(Box::new(value))))
            }
            ExprKind::Between { negated, value, low, high } => {
                let low = self.comparison(ast, ComparisonOp::GreaterOrEqual, value, low);
                let high = self.comparison(ast, ComparisonOp::LessOrEqual, value, high);
                let both = Expr::And(vec![low?.expr, high?.expr]);
                Some(negate(*negated, both))
            }
            ExprKind::In { negated, value, list } => self.is_in(*negated, value, list),
            ExprKind::Like { negated, value, pattern, escape } => {
                let value = self.of_type(value, &DataType::Varchar);
                let pattern = self.of_type(pattern, &DataType::Varchar);
                let (value, pattern) = (Box::new(value?), Box::new(pattern?));
                Some(negate(*negated, Expr::Like { value, pattern, escape: *escape }))
            }
            ExprKind::IsNull { negated, value } => {
                let value = self.lower(value)?;
                Some(negate(*negated, Expr::IsNull(Box::new(value.expr))))
            }
            ExprKind::IsDistinct { negated, left, right } => {
                let (left, right) = self.both(left, right)?;
                let (left, right) = if left.ty == Ty::Null || right.ty == Ty::Null {
                    let target = common(&[&left, &right]).unwrap_or(DataType::Varchar);
                    (left.coerce(&target).ok()?, right.coerce(&target).ok()?)
                } else {
                    self.comparable(ast, "compared", left, right)?
                };
                Some(negate(*negated, Expr::IsDistinct(Box::new(left), Box::new(right))))
            }
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), ast.span)
            }
            ExprKind::Cast(value, target) => self.cast(value, target),
            ExprKind::Call(name, arguments) => self.call(ast, name, arguments),
            ExprKind::CallAll(name) => self.call_all(ast, name),
            ExprKind::Lambda(..) => self.unsupported("a lambda function", ast.span),
            ExprKind::Unit(unit) => {
                let message = format!("{unit} is a unit of time, not a value");
                self.error(Code::TYPE_MISMATCH, message, ast.span);
                None
            }
            ExprKind::Array(items) => self.array(items, ast.span),
            ExprKind::Map(entries) => self.map(entries, ast.span),
            ExprKind::Struct(fields) => self.structure(fields),
            ExprKind::AtTimeZone(..) => self.unsupported("AT TIME ZONE", ast.span),
        }
    }

    /// An expression that decides.
    pub fn condition(&mut self, ast: &Ast) -> Option<Expr> {
        let typed = self.lower(ast)?;
        match typed.ty {
            Ty::Known(DataType::Boolean) => Some(typed.expr),
            Ty::Null => Some(Expr::Literal(Value::Null, DataType::Boolean)),
            _ => {
                let message = format!("a condition is a BOOLEAN, not {}", typed.shown());
                self.error(Code::TYPE_MISMATCH, message, ast.span);
                None
            }
        }
    }

    fn conditions(&mut self, list: &[Ast]) -> Option<Vec<Expr>> {
        // All are looked at, so that all that is wrong is told.
        let list: Vec<_> = list.iter().map(|item| self.condition(item)).collect();
        list.into_iter().collect()
    }

    fn both(&mut self, left: &Ast, right: &Ast) -> Option<(Typed, Typed)> {
        let (left, right) = (self.lower(left), self.lower(right));
        Some((left?, right?))
    }

    fn of_type(&mut self, ast: &Ast, target: &DataType) -> Option<Expr> {
        let typed = self.lower(ast)?;
        let shown = typed.shown();
        match typed.ty {
            Ty::Null => Some(Expr::Literal(Value::Null, target.clone())),
            Ty::Known(ref data_type) if data_type == target => Some(typed.expr),
            _ => {
                let message = format!("this must be {}, not {shown}", show(target));
                self.error(Code::TYPE_MISMATCH, message, ast.span);
                None
            }
        }
    }

    fn field(&mut self, base: &Ast, field: &Ident) -> Option<Typed> {
        let typed = self.lower(base)?;
        let Ty::Known(DataType::Struct(fields)) = &typed.ty else {
            let message = format!("{} has no fields: `->` is for a STRUCT", typed.shown());
            self.error(Code::TYPE_MISMATCH, message, base.span);
            return None;
        };
        let Some(at) = fields.iter().position(|(name, _)| *name == field.name) else {
            let message = format!("no field {} in {}", quoted(&field.name), typed.shown());
            let mut diagnostic = Diagnostic::error(Code::UNKNOWN_FIELD, message, field.span);
            let names = fields.iter().map(|(name, _)| &**name);
            if let Some(near) = spelling::closest(&field.name, names) {
                diagnostic = diagnostic.with_help(format!("did you mean {}?", quoted(near)));
            }
            self.findings.push(diagnostic);
            return None;
        };
        let data_type = fields[at].1.clone();
        Some(Typed::new(Expr::Field(Box::new(typed.expr), at), data_type))
    }

    fn subscript(&mut self, base: &Ast, index: &Ast) -> Option<Typed> {
        let (typed, key) = self.both(base, index)?;
        let (target, item) = match &typed.ty {
            Ty::Known(DataType::Array(item)) => (DataType::Int, item.as_ref().clone()),
            Ty::Known(DataType::Map(key, value)) => (key.as_ref().clone(), value.as_ref().clone()),
            _ => {
                let message = format!("{} has no items: `[ ]` is for ARRAY and MAP", typed.shown());
                self.error(Code::TYPE_MISMATCH, message, base.span);
                return None;
            }
        };
        let is_array = matches!(typed.ty, Ty::Known(DataType::Array(_)));
        let fits = key.ty == Ty::Known(target.clone())
            || is_array && key.ty == Ty::Known(DataType::BigInt);
        if !fits {
            let message = format!("this must be {}, not {}", show(&target), key.shown());
            self.error(Code::TYPE_MISMATCH, message, index.span);
            return None;
        }
        Some(Typed::new(Expr::Subscript(Box::new(typed.expr), Box::new(key.expr)), item))
    }

    fn is_in(&mut self, negated: bool, value: &Ast, list: &[Ast]) -> Option<Typed> {
        let first = self.lower(value);
        let items: Vec<_> = list.iter().map(|item| self.lower(item)).collect();
        let items: Option<Vec<Typed>> = items.into_iter().collect();
        let (first, items) = (first?, items?);
        let all: Vec<&Typed> = [&first].into_iter().chain(&items).collect();
        let target = common(&all).unwrap_or(DataType::Varchar);
        let first = self.coerce(first, &target, value)?;
        let mut out = Vec::new();
        for (item, ast) in items.into_iter().zip(list) {
            out.push(self.coerce(item, &target, ast));
        }
        let out: Option<Vec<Expr>> = out.into_iter().collect();
        Some(negate(negated, Expr::In(Box::new(first), out?)))
    }

    fn coerce(&mut self, typed: Typed, target: &DataType, ast: &Ast) -> Option<Expr> {
        let shown = typed.shown();
        match typed.coerce(target) {
            Ok(expr) => return Some(expr),
            Err(Mismatch::Types) => {
                let message = format!("{shown} is no {}", show(target));
                let help = "convert it with CAST";
                let diagnostic = Diagnostic::error(Code::TYPE_MISMATCH, message, ast.span);
                self.findings.push(diagnostic.with_help(help));
            }
            Err(Mismatch::Literal(text)) => {
                let message = format!("'{text}' says no {}", show(target));
                self.error(Code::TYPE_MISMATCH, message, ast.span);
            }
        }
        None
    }

    fn case(
        &mut self,
        operand: Option<&Ast>,
        branches: &[Branch],
        otherwise: Option<&Ast>,
        at: Place,
    ) -> Option<Typed> {
        let mut conditions = Vec::new();
        let mut results: Vec<(Option<Typed>, &Ast)> = Vec::new();
        for Branch { when, then } in branches {
            conditions.push(match operand {
                Some(operand) => {
                    let equal = self.comparison(when, ComparisonOp::Equal, operand, when);
                    equal.map(|equal| equal.expr)
                }
                None => self.condition(when),
            });
            results.push((self.lower(then), then));
        }
        if let Some(otherwise) = otherwise {
            results.push((self.lower(otherwise), otherwise));
        }
        let conditions: Option<Vec<Expr>> = conditions.into_iter().collect();
        let results: Option<Vec<(Typed, &Ast)>> =
            results.into_iter().map(|(typed, ast)| Some((typed?, ast))).collect();
        let (conditions, results) = (conditions?, results?);
        let Some((first, _)) = results.iter().find(|(typed, _)| typed.ty != Ty::Null) else {
            self.error(Code::UNTYPED_NULL, "all results are NULL: of which type?", at);
            return None;
        };
        let ty = first.ty.clone();
        let data_type = first.data_type();
        let mut out = Vec::new();
        for (typed, ast) in results {
            if typed.ty != Ty::Null && typed.ty != ty {
                let message = format!(
                    "results of a CASE have one type: this is {}, not {}",
                    typed.shown(),
                    show(&data_type)
                );
                self.error(Code::TYPE_MISMATCH, message, ast.span);
                return None;
            }
            out.push(typed.coerce(&data_type).ok()?);
        }
        let last = otherwise.and_then(|_| out.pop()).map(Box::new);
        let branches = conditions.into_iter().zip(out).collect();
        Some(Typed { expr: Expr::Case { branches, otherwise: last }, ty })
    }

    fn cast(&mut self, value: &Ast, target: &TypeName) -> Option<Typed> {
        let typed = self.lower(value);
        let target_type = types::resolve(target, self.context.catalog, self.findings)?;
        let typed = typed?;
        if typed.ty == Ty::Null {
            return Some(literal(Value::Null, target_type));
        }
        if !can_cast(&typed.data_type(), &target_type) {
            let message = format!("no conversion of {} to {}", typed.shown(), show(&target_type));
            self.error(Code::CAST, message, value.span);
            return None;
        }
        if typed.ty == Ty::Known(target_type.clone()) {
            return Some(typed);
        }
        Some(Typed::new(Expr::Cast(Box::new(typed.expr), target_type.clone()), target_type))
    }

    /// A value whose type a column can have.
    pub fn concrete(&mut self, typed: Typed, at: Place) -> Option<Typed> {
        match typed.ty {
            Ty::Known(_) => Some(typed),
            Ty::Decimal(_) => self.unsupported("the type DECIMAL", at),
            Ty::Null => {
                let diagnostic = Diagnostic::error(Code::UNTYPED_NULL, "NULL of which type?", at)
                    .with_help("write for example CAST(NULL AS VARCHAR)");
                self.findings.push(diagnostic);
                None
            }
        }
    }
}

fn literal(value: Value, data_type: DataType) -> Typed {
    Typed::new(Expr::Literal(value, data_type.clone()), data_type)
}

fn boolean(expr: Expr) -> Typed {
    Typed::new(expr, DataType::Boolean)
}

fn negate(negated: bool, expr: Expr) -> Typed {
    boolean(if negated { Expr::Not(Box::new(expr)) } else { expr })
}

fn number(number: &Number) -> Typed {
    match (number.kind, number.integer()) {
        (NumberKind::Integer, Some(value)) => match i32::try_from(value) {
            Ok(value) => literal(Value::Int(value), DataType::Int),
            Err(_) => literal(Value::BigInt(value), DataType::BigInt),
        },
        (NumberKind::Double, _) => literal(Value::Double(number.double()), DataType::Double),
        (NumberKind::Decimal | NumberKind::Integer, _) => Typed {
            expr: Expr::Literal(Value::Double(number.double()), DataType::Double),
            ty: Ty::Decimal(number.text.as_ref().into()),
        },
    }
}
