//! Names of types to types.

use std::sync::Arc;

use super::Findings;
use crate::sql::ast::{Primitive, TypeKind, TypeName};
use crate::sql::catalog::Catalog;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::spelling;
use crate::value::DataType;

/// The type that is written; `None` after telling `findings` why there is none.
pub fn resolve(name: &TypeName, catalog: &Catalog, findings: &mut Findings) -> Option<DataType> {
    match &name.kind {
        TypeKind::Array(item) => Some(DataType::Array(Box::new(resolve(item, catalog, findings)?))),
        TypeKind::Map(key, value) => {
            let key = resolve(key, catalog, findings)?;
            let value = resolve(value, catalog, findings)?;
            Some(DataType::Map(Box::new(key), Box::new(value)))
        }
        TypeKind::Struct(fields) => {
            let fields: Option<Vec<_>> = fields
                .iter()
                .map(|(field, data_type)| {
                    Some((field.name.clone(), resolve(data_type, catalog, findings)?))
                })
                .collect();
            Some(DataType::Struct(Arc::from(fields?)))
        }
        TypeKind::Decimal { .. } => {
            findings.push(Diagnostic::unsupported("the type DECIMAL", name.span));
            None
        }
        TypeKind::Named { name: ident, .. } => match name.primitive() {
            Some(primitive) => of_primitive(primitive, name, findings),
            None => {
                let found = catalog.custom_type(&ident.name).cloned();
                if found.is_none() {
                    let message = format!("no type `{}`", ident.name);
                    let mut diagnostic = Diagnostic::error(Code::UNKNOWN_TYPE, message, name.span);
                    if let Some(near) = spelling::closest(&ident.name, NAMES.into_iter()) {
                        diagnostic = diagnostic.with_help(format!("did you mean {near}?"));
                    }
                    findings.push(diagnostic);
                }
                found
            }
        },
    }
}

/// The names of types, but for MAP and STRUCT.
pub const NAMES: [&str; 8] =
    ["BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR", "STRING", "TIMESTAMP", "ARRAY"];

fn of_primitive(
    primitive: Primitive,
    name: &TypeName,
    findings: &mut Findings,
) -> Option<DataType> {
    let unsupported = match primitive {
        Primitive::Boolean => return Some(DataType::Boolean),
        Primitive::Int => return Some(DataType::Int),
        Primitive::BigInt => return Some(DataType::BigInt),
        Primitive::Double => return Some(DataType::Double),
        Primitive::Varchar => return Some(DataType::Varchar),
        Primitive::Timestamp => return Some(DataType::Timestamp),
        Primitive::Bytes => "BYTES",
        Primitive::Date => "DATE",
        Primitive::Time => "TIME",
    };
    findings.push(Diagnostic::unsupported(format_args!("the type {unsupported}"), name.span));
    None
}

/// Whether a type is, or has within it, a MAP.
pub fn has_map(data_type: &DataType) -> bool {
    match data_type {
        DataType::Map(..) => true,
        DataType::Array(item) => has_map(item),
        DataType::Struct(fields) => fields.iter().any(|(_, field)| has_map(field)),
        _ => false,
    }
}

/// A type as statements write it, fields quoted where they must be.
pub fn show(data_type: &DataType) -> String {
    match data_type {
        DataType::Array(item) => format!("ARRAY<{}>", show(item)),
        DataType::Map(key, value) => format!("MAP<{}, {}>", show(key), show(value)),
        DataType::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, field)| format!("{} {}", quoted(name), show(field)))
                .collect();
            format!("STRUCT<{}>", fields.join(", "))
        }
        other => other.to_string(),
    }
}
