//! Calls: from names and argument types to what the function table declares.

use std::sync::Arc;

use super::typed::{Ty, Typed};
use super::{Context, Findings};
use crate::aggregate::AggregateFunction;
use crate::function::Kind;
use crate::function::registry::{self, AggregateArgument, ResolveError, Resolved};
use crate::plan::{AggregateCall, Expr};
use crate::schema::Field;
use crate::sql::ast::{Ident, Place};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::spelling;
use crate::value::{DataType, Value};

/// Whether `name` is an aggregate function, case aside.
pub fn is_aggregate(name: &str) -> bool {
    registry::kind(name) == Some(Kind::Aggregate)
}

/// Whether `name` is a table function, case aside.
pub fn is_table_function(name: &str) -> bool {
    registry::kind(name) == Some(Kind::Table)
}

/// Whether `name` is a scalar function, case aside.
pub fn is_scalar(name: &str) -> bool {
    registry::kind(name) == Some(Kind::Scalar)
}

/// That there is no function of this name, or none yet.
pub fn unknown(name: &Ident) -> Diagnostic {
    match registry::resolve_scalar(&name.name, &[]) {
        Err(error) => diagnostic(&error, name, name.span),
        Ok(_) => Diagnostic::error(Code::UNKNOWN_FUNCTION, "no such function", name.span),
    }
}

fn diagnostic(error: &ResolveError, name: &Ident, at: Place) -> Diagnostic {
    match error {
        ResolveError::Unknown(_) => {
            let message = format!("no function `{}`", name.name);
            let diagnostic = Diagnostic::error(Code::UNKNOWN_FUNCTION, message, name.span);
            match spelling::closest(&name.name, registry::names().into_iter()) {
                Some(near) => diagnostic.with_help(format!("did you mean {near}?")),
                None => diagnostic,
            }
        }
        ResolveError::Unsupported { name, reason } => {
            Diagnostic::unsupported(format_args!("the function {name}: {reason}; it"), at)
        }
        ResolveError::Arguments { .. }
        | ResolveError::Ambiguous { .. }
        | ResolveError::Constant { .. } => {
            Diagnostic::error(Code::ARGUMENTS, error.to_string(), at)
        }
    }
}

/// Whether the first parameter of a function is a unit of time.
pub fn takes_unit(name: &str) -> bool {
    registry::describe(name).is_some_and(|f| f.signatures.iter().any(|s| s.starts_with("unit ")))
}

/// The types that a call is resolved by. A DECIMAL literal counts as a DOUBLE.
fn types(arguments: &[Typed]) -> Vec<Option<DataType>> {
    arguments.iter().map(|a| (a.ty != Ty::Null).then(|| a.data_type())).collect()
}

fn convert(arguments: Vec<Typed>, resolved: &Resolved) -> Vec<Expr> {
    let convert = |(argument, target): (Typed, &DataType)| {
        if matches!(argument.ty, Ty::Decimal(_)) && *target == DataType::Double {
            return argument.expr;
        }
        let expr = argument.expr.clone();
        argument.coerce(target).unwrap_or_else(|_| Expr::Cast(Box::new(expr), target.clone()))
    };
    arguments.into_iter().zip(&resolved.parameters).map(convert).collect()
}

/// A call of a scalar function; `None` after telling why there is none.
pub fn scalar(
    name: &Ident,
    arguments: Vec<Typed>,
    at: Place,
    findings: &mut Findings,
) -> Option<Typed> {
    match registry::resolve_scalar(&name.name, &types(&arguments)) {
        Ok(resolved) => {
            let arguments = convert(arguments, &resolved);
            let constant = |argument: &Expr| match argument {
                Expr::Literal(value, _) => Some(value.clone()),
                _ => None,
            };
            let constants: Vec<_> = arguments.iter().map(constant).collect();
            if let Err(error) = registry::check_constants(resolved.name, &constants) {
                findings.push(diagnostic(&error, name, at));
                return None;
            }
            let call = Expr::Call(Arc::from(resolved.name), arguments);
            Some(Typed::new(call, resolved.return_type))
        }
        Err(error) => {
            findings.push(diagnostic(&error, name, at));
            None
        }
    }
}

/// A call of a table function, as an expression that gives an array and the type of its items;
/// `None` after telling why there is none.
pub fn table_function(
    name: &Ident,
    arguments: Vec<Typed>,
    at: Place,
    findings: &mut Findings,
) -> Option<(Expr, DataType)> {
    match registry::resolve_table_function(&name.name, &types(&arguments)) {
        Ok((_, resolved)) if resolved.name == "EXPLODE" => {
            let expr = convert(arguments, &resolved).into_iter().next()?;
            Some((expr, resolved.return_type))
        }
        Ok((_, resolved)) => {
            let call = Expr::Call(Arc::from(resolved.name), convert(arguments, &resolved));
            Some((call, resolved.return_type))
        }
        Err(error) => {
            findings.push(diagnostic(&error, name, at));
            None
        }
    }
}

/// The value of a constant argument.
fn constant(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        _ => None,
    }
}

/// A call of an aggregate function whose result is the value column `column`; `None` after telling
/// why there is none.
pub fn aggregate(
    name: &Ident,
    arguments: Vec<Typed>,
    column: &str,
    context: &Context<'_>,
    at: Place,
    findings: &mut Findings,
) -> Option<AggregateCall> {
    let described: Vec<AggregateArgument> = arguments
        .iter()
        .zip(types(&arguments))
        .map(|(argument, data_type)| AggregateArgument {
            data_type,
            constant: constant(&argument.expr),
        })
        .collect();
    let resolved = match registry::resolve_aggregate(&name.name, &described) {
        Ok(resolved) => resolved,
        Err(error) => {
            findings.push(diagnostic(&error, name, at));
            return None;
        }
    };
    let mut values: Vec<Expr> =
        arguments.into_iter().take(resolved.values).map(|argument| argument.expr).collect();
    let argument = match (values.len(), &resolved.argument_type) {
        (0, _) => None,
        (1, _) => values.pop(),
        (_, Some(DataType::Struct(fields))) => {
            let fields = fields.iter().map(|(name, _)| name.clone());
            Some(Expr::Struct(fields.zip(values).collect()))
        }
        (_, _) => return None,
    };
    Some(AggregateCall {
        field: Field::value(column, resolved.return_type),
        function: limited(resolved.function, context),
        argument,
    })
}

/// The limits of collecting functions can be set.
fn limited(function: AggregateFunction, context: &Context<'_>) -> AggregateFunction {
    let setting = |name| context.settings.positive(name);
    match function {
        AggregateFunction::CollectList { limit } => AggregateFunction::CollectList {
            limit: setting("ksql.functions.collect_list.limit").unwrap_or(limit),
        },
        AggregateFunction::CollectSet { limit } => AggregateFunction::CollectSet {
            limit: setting("ksql.functions.collect_set.limit").unwrap_or(limit),
        },
        other => other,
    }
}
