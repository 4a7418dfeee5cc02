//! Compiles expressions: checks that types fit and finds functions.

use super::case::Case;
use super::{Evaluator, ExprError, Kind, cast, is_number};
use crate::function::Callable;
use crate::plan::{Arithmetic, Comparison, Expr};
use crate::value::{DataType, Value};

/// What computes an expression, and the type of its result.
pub fn compile(expr: &Expr, columns: &[DataType]) -> Result<(Kind, DataType), ExprError> {
    let compile = |expr: &Expr| Evaluator::new(expr, columns);
    Ok(match expr {
        Expr::Column(index) => {
            let missing = ExprError::NoColumn { index: *index, columns: columns.len() };
            (Kind::Column(*index), columns.get(*index).ok_or(missing)?.clone())
        }
        Expr::Literal(value, data_type) => {
            check_literal(value, data_type)?;
            (Kind::Literal(value.clone()), data_type.clone())
        }
        Expr::RowTime => (Kind::RowTime, DataType::BigInt),
        Expr::RowPartition => (Kind::RowPartition, DataType::Int),
        Expr::RowOffset => (Kind::RowOffset, DataType::BigInt),
        Expr::WindowStart => (Kind::WindowStart, DataType::BigInt),
        Expr::WindowEnd => (Kind::WindowEnd, DataType::BigInt),
        Expr::Compare(op, left, right) => {
            let sides = [compile(left)?, compile(right)?];
            check_sides(&format!("{op:?}"), &sides)?;
            check_comparison(*op, &sides[0].data_type)?;
            (Kind::Compare(*op, Box::new(sides)), DataType::Boolean)
        }
        Expr::IsDistinct(left, right) => {
            let sides = [compile(left)?, compile(right)?];
            check_sides("IS DISTINCT FROM", &sides)?;
            (Kind::IsDistinct(Box::new(sides)), DataType::Boolean)
        }
        Expr::Arithmetic(op, left, right) => {
            let sides = [compile(left)?, compile(right)?];
            check_sides(&format!("{op:?}"), &sides)?;
            let data_type = sides[0].data_type.clone();
            let joins = *op == Arithmetic::Add && data_type == DataType::Varchar;
            if !joins && !is_number(&data_type) {
                return Err(ExprError::Type { operation: format!("{op:?}"), data_type });
            }
            (Kind::Arithmetic(*op, Box::new(sides)), data_type)
        }
        Expr::Negate(term) => {
            let term = compile(term)?;
            let data_type = term.data_type.clone();
            if !is_number(&data_type) {
                return Err(ExprError::Type { operation: "-".to_owned(), data_type });
            }
            (Kind::Negate(Box::new(term)), data_type)
        }
        Expr::And(terms) => (Kind::And(booleans("AND", terms, columns)?), DataType::Boolean),
        Expr::Or(terms) => (Kind::Or(booleans("OR", terms, columns)?), DataType::Boolean),
        Expr::Not(term) => (Kind::Not(Box::new(boolean("NOT", term, columns)?)), DataType::Boolean),
        Expr::IsNull(term) => (Kind::IsNull(Box::new(compile(term)?)), DataType::Boolean),
        Expr::In(term, list) => (is_in(compile(term)?, list, columns)?, DataType::Boolean),
        Expr::Like { value, pattern, escape } => {
            let sides = [compile(value)?, compile(pattern)?];
            for side in &sides {
                expect("LIKE", side, &DataType::Varchar)?;
            }
            (Kind::Like(Box::new(sides), escape.unwrap_or('\\')), DataType::Boolean)
        }
        Expr::Case { branches, otherwise } => {
            let (case, data_type) = case(branches, otherwise.as_deref(), columns)?;
            (Kind::Case(Box::new(case)), data_type)
        }
        Expr::Cast(term, to) => {
            let term = compile(term)?;
            cast::check(&term.data_type, to)?;
            (Kind::Cast(Box::new(term)), to.clone())
        }
        Expr::Call(name, arguments) => {
            let arguments = arguments.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
            let types: Vec<_> = arguments.iter().map(|a| a.data_type.clone()).collect();
            let callable = Callable::new(name, &types)?;
            let data_type = callable.return_type().clone();
            (Kind::Call(Box::new(callable), arguments), data_type)
        }
        Expr::Field(..) | Expr::Subscript(..) | Expr::Array(_) | Expr::Map(_) | Expr::Struct(_) => {
            nested(expr, columns)?
        }
    })
}

/// Access to nested values, and their constructors.
fn nested(expr: &Expr, columns: &[DataType]) -> Result<(Kind, DataType), ExprError> {
    let compile = |expr: &Expr| Evaluator::new(expr, columns);
    Ok(match expr {
        Expr::Field(base, index) => {
            let base = compile(base)?;
            let field = match &base.data_type {
                DataType::Struct(fields) => fields.get(*index).map(|(_, field)| field.clone()),
                _ => None,
            };
            let field = field.ok_or_else(|| type_error(&format!("field {index}"), &base))?;
            (Kind::Field(Box::new(base), *index), field)
        }
        Expr::Subscript(base, index) => {
            let sides = [compile(base)?, compile(index)?];
            let item = match (&sides[0].data_type, &sides[1].data_type) {
                (DataType::Array(item), DataType::Int | DataType::BigInt) => (**item).clone(),
                (DataType::Map(key, item), index) if **key == *index => (**item).clone(),
                (_, index) => return Err(type_error(&format!("[{index}]"), &sides[0])),
            };
            (Kind::Subscript(Box::new(sides)), item)
        }
        Expr::Array(items) => {
            let items = items.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
            let item = same_type("ARRAY", items.iter())?;
            (Kind::Array(items), DataType::Array(Box::new(item)))
        }
        Expr::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok([compile(key)?, compile(value)?]))
                .collect::<Result<Vec<_>, ExprError>>()?;
            let key = same_type("MAP", entries.iter().map(|[key, _]| key))?;
            let value = same_type("MAP", entries.iter().map(|[_, value]| value))?;
            (Kind::Map(entries), DataType::Map(Box::new(key), Box::new(value)))
        }
        Expr::Struct(fields) => {
            let mut names = Vec::new();
            let mut values = Vec::new();
            for (name, value) in fields {
                let value = compile(value)?;
                names.push((name.clone(), value.data_type.clone()));
                values.push(value);
            }
            (Kind::Struct(values), DataType::Struct(names.into()))
        }
        _ => unreachable!("the caller has these alone"),
    })
}

fn case(
    branches: &[(Expr, Expr)],
    otherwise: Option<&Expr>,
    columns: &[DataType],
) -> Result<(Case, DataType), ExprError> {
    let (mut conditions, mut results) = (Vec::new(), Vec::new());
    for (when, then) in branches {
        conditions.push(boolean("CASE WHEN", when, columns)?);
        results.push(Evaluator::new(then, columns)?);
    }
    let otherwise =
        otherwise.map(|expr| Evaluator::new(expr, columns).map(Box::new)).transpose()?;
    let data_type = same_type("CASE", results.iter().chain(otherwise.as_deref()))?;
    Ok((Case { conditions, results, otherwise }, data_type))
}

fn is_in(term: Evaluator, list: &[Expr], columns: &[DataType]) -> Result<Kind, ExprError> {
    let constant = |expr: &Expr| match expr {
        Expr::Literal(value, data_type) if *data_type == term.data_type => Some(value.clone()),
        _ => None,
    };
    if let Some(values) = list.iter().map(constant).collect::<Option<Vec<_>>>() {
        values.iter().try_for_each(|value| check_literal(value, &term.data_type))?;
        return Ok(Kind::InConstants(Box::new(term), values));
    }
    let list = list
        .iter()
        .map(|expr| {
            let item = Evaluator::new(expr, columns)?;
            expect("IN", &item, &term.data_type)?;
            Ok(item)
        })
        .collect::<Result<Vec<_>, ExprError>>()?;
    Ok(Kind::In(Box::new(term), list))
}

fn check_comparison(op: Comparison, data_type: &DataType) -> Result<(), ExprError> {
    let nested = matches!(data_type, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_));
    if !nested && *data_type != DataType::Boolean
        || matches!(op, Comparison::Equal | Comparison::NotEqual)
    {
        return Ok(());
    }
    Err(ExprError::Type { operation: format!("{op:?}"), data_type: data_type.clone() })
}

fn type_error(operation: &str, term: &Evaluator) -> ExprError {
    ExprError::Type { operation: operation.to_owned(), data_type: term.data_type.clone() }
}

fn expect(operation: &str, term: &Evaluator, wanted: &DataType) -> Result<(), ExprError> {
    if term.data_type == *wanted { Ok(()) } else { Err(type_error(operation, term)) }
}

/// The type of all terms, which must be one.
fn same_type<'a>(
    operation: &str,
    terms: impl IntoIterator<Item = &'a Evaluator>,
) -> Result<DataType, ExprError> {
    let mut found: Option<&DataType> = None;
    for term in terms {
        match found {
            None => found = Some(&term.data_type),
            Some(known) if *known == term.data_type => {}
            Some(known) => {
                return Err(ExprError::Sides {
                    operation: operation.to_owned(),
                    left: known.clone(),
                    right: term.data_type.clone(),
                });
            }
        }
    }
    found.cloned().ok_or_else(|| ExprError::Empty(operation.to_owned()))
}

fn boolean(operation: &str, term: &Expr, columns: &[DataType]) -> Result<Evaluator, ExprError> {
    let term = Evaluator::new(term, columns)?;
    if term.data_type == DataType::Boolean {
        return Ok(term);
    }
    Err(ExprError::Type { operation: operation.to_owned(), data_type: term.data_type })
}

fn booleans(
    operation: &str,
    terms: &[Expr],
    columns: &[DataType],
) -> Result<Vec<Evaluator>, ExprError> {
    terms.iter().map(|term| boolean(operation, term, columns)).collect()
}

fn check_sides(operation: &str, sides: &[Evaluator; 2]) -> Result<(), ExprError> {
    let [left, right] = sides;
    if left.data_type == right.data_type {
        return Ok(());
    }
    Err(ExprError::Sides {
        operation: operation.to_owned(),
        left: left.data_type.clone(),
        right: right.data_type.clone(),
    })
}

fn check_literal(value: &Value, data_type: &DataType) -> Result<(), ExprError> {
    let fits = match (value, data_type) {
        (Value::Null, _)
        | (Value::Boolean(_), DataType::Boolean)
        | (Value::Int(_), DataType::Int)
        | (Value::BigInt(_), DataType::BigInt)
        | (Value::Double(_), DataType::Double)
        | (Value::Varchar(_), DataType::Varchar)
        | (Value::Timestamp(_), DataType::Timestamp) => true,
        (Value::Array(items), DataType::Array(item)) => {
            return items.iter().try_for_each(|value| check_literal(value, item));
        }
        (Value::Map(entries), DataType::Map(key, item)) => {
            return entries.iter().try_for_each(|(k, v)| {
                check_literal(k, key).and_then(|()| check_literal(v, item))
            });
        }
        (Value::Struct(values), DataType::Struct(fields)) if values.len() == fields.len() => {
            let mut pairs = values.iter().zip(fields.iter());
            return pairs.try_for_each(|(value, (_, field))| check_literal(value, field));
        }
        _ => false,
    };
    let error = || ExprError::Literal { value: format!("{value:?}"), data_type: data_type.clone() };
    if fits { Ok(()) } else { Err(error()) }
}
