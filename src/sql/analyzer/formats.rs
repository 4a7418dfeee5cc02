//! Which formats a source has, and which columns a format can hold.

use super::Findings;
use super::properties::{At, FormatName, With};
use super::types::{has_map, show};
use crate::schema::{Field, Role, Schema};
use crate::sql::catalog::{Serde, keys, values};
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::printer::quoted;
use crate::sql::settings::Settings;
use crate::sql::span::Span;
use crate::value::DataType;

/// The formats that a new source takes from the one that its query reads.
#[derive(Clone, Copy, Debug)]
pub struct Inherited {
    /// Of keys.
    pub key: Serde,
    /// Of values.
    pub value: Serde,
}

/// The formats of key and value, after telling `findings` what does not go together.
pub fn resolve(
    with: &With,
    inherited: Option<Inherited>,
    schema: &Schema,
    settings: &Settings,
    at: Span,
    findings: &mut Findings,
) -> Option<(Serde, Serde)> {
    let key = key_format(with, inherited, schema, settings, at, findings);
    let value = value_format(with, inherited, schema, settings, at, findings);
    let (key, value) = (key?, value?);
    check(key, Role::Key, schema, with.key_format, at, findings);
    check(value, Role::Value, schema, with.value_format, at, findings);
    Some((key, value))
}

fn named(name: FormatName, delimiter: Option<char>, wrapped: bool) -> Serde {
    match name {
        FormatName::Json => Serde::Json { wrapped },
        FormatName::Kafka => Serde::Kafka,
        FormatName::Delimited => Serde::Delimited { delimiter: delimiter.unwrap_or(',') },
        FormatName::None => Serde::None,
    }
}

fn default(name: &str, at: Span, findings: &mut Findings) -> Option<FormatName> {
    let found = FormatName::find(name);
    if found.is_err() {
        findings.push(Diagnostic::unsupported(format_args!("the default format {name}"), at));
    }
    found.ok()
}

fn key_format(
    with: &With,
    inherited: Option<Inherited>,
    schema: &Schema,
    settings: &Settings,
    at: Span,
    findings: &mut Findings,
) -> Option<Serde> {
    let has_keys = keys(schema).next().is_some();
    let delimiter = with.key_delimiter.map(|(delimiter, _)| delimiter);
    let serde = match (with.key_format, inherited) {
        (Some((FormatName::None, _)), _) => Serde::None,
        (Some((name, span)), inherited) => {
            // Only what a query makes is refused: a source may have keys that nobody declares.
            if !has_keys && inherited.is_some() && !is_shared_format(with) {
                let message = "a key format for a stream without key columns";
                findings.error(Code::FORMAT, message, span);
            }
            let same = inherited.map(|inherited| inherited.key).and_then(delimiter_of);
            named(name, delimiter.or(same), true)
        }
        (None, Some(inherited)) if inherited.key != Serde::None => match inherited.key {
            Serde::Delimited { delimiter: old } => {
                Serde::Delimited { delimiter: delimiter.unwrap_or(old) }
            }
            other => other,
        },
        (None, _) => named(default(settings.default_key_format(), at, findings)?, delimiter, true),
    };
    check_delimiter("KEY_DELIMITER", with.key_delimiter, serde, findings);
    Some(serde)
}

/// A delimiter is for what is delimited.
fn check_delimiter(name: &str, delimiter: Option<At<char>>, serde: Serde, findings: &mut Findings) {
    if let Some((_, span)) = delimiter
        && delimiter_of(serde).is_none()
    {
        let message = format!("{name} is for the format DELIMITED, not for {}", serde.name());
        findings.error(Code::FORMAT, message, span);
    }
}

/// Whether `FORMAT` set both formats: both then stand at one place.
fn is_shared_format(with: &With) -> bool {
    matches!((with.key_format, with.value_format), (Some((_, a)), Some((_, b))) if a == b)
}

fn delimiter_of(serde: Serde) -> Option<char> {
    match serde {
        Serde::Delimited { delimiter } => Some(delimiter),
        _ => None,
    }
}

fn value_format(
    with: &With,
    inherited: Option<Inherited>,
    schema: &Schema,
    settings: &Settings,
    at: Span,
    findings: &mut Findings,
) -> Option<Serde> {
    let single = values(schema).count() == 1;
    let wrapped = with.wrap_single_value.map_or(settings.wraps_single_values(), |(wrap, _)| wrap);
    let delimiter = with.value_delimiter.map(|(delimiter, _)| delimiter);
    let delimiter =
        delimiter.or_else(|| inherited.and_then(|inherited| delimiter_of(inherited.value)));
    let name = match (with.value_format, inherited) {
        (Some((name, _)), _) => name,
        (None, Some(inherited)) => match inherited.value {
            Serde::Json { .. } => FormatName::Json,
            Serde::Kafka => FormatName::Kafka,
            Serde::Delimited { .. } => FormatName::Delimited,
            Serde::None => FormatName::None,
        },
        (None, None) => match settings.default_value_format() {
            Some(name) => default(name, at, findings)?,
            None => {
                let diagnostic = Diagnostic::error(Code::PROPERTIES, "VALUE_FORMAT is missing", at)
                    .with_help(
                        "add VALUE_FORMAT = 'JSON', or set ksql.persistence.default.format.value",
                    );
                findings.push(diagnostic);
                return None;
            }
        },
    };
    if let Some((wrap, span)) = with.wrap_single_value {
        check_wrapping(name, wrap, single, span, findings);
    }
    let serde = named(name, delimiter, wrapped || !single);
    check_delimiter("VALUE_DELIMITER", with.value_delimiter, serde, findings);
    Some(serde)
}

fn check_wrapping(name: FormatName, wrap: bool, single: bool, at: Span, findings: &mut Findings) {
    let fixed = match name {
        FormatName::Json => None,
        FormatName::Kafka | FormatName::Delimited => wrap.then_some("true"),
        FormatName::None => Some(if wrap { "true" } else { "false" }),
    };
    if let Some(value) = fixed {
        let format = named(name, None, false).name();
        let message = format!("the format {format} has no WRAP_SINGLE_VALUE = {value}");
        findings.error(Code::FORMAT, message, at);
    } else if !single {
        let message = "WRAP_SINGLE_VALUE is for sources with one value column";
        findings.error(Code::FORMAT, message, at);
    }
}

/// Tells `findings` which columns a format cannot hold.
fn check(
    serde: Serde,
    role: Role,
    schema: &Schema,
    named_at: Option<At<FormatName>>,
    at: Span,
    findings: &mut Findings,
) {
    let at = named_at.map_or(at, |(_, span)| span);
    let fields: Vec<&Field> = match role {
        Role::Key => keys(schema).collect(),
        Role::Value => values(schema).collect(),
    };
    let what = if role == Role::Key { "key" } else { "value" };
    let listed = || {
        let columns = fields.iter().map(|f| format!("{} {}", quoted(&f.name), show(&f.data_type)));
        columns.collect::<Vec<_>>().join(", ")
    };
    if role == Role::Key
        && let Some(map) = fields.iter().find(|field| has_map(&field.data_type))
    {
        let message =
            format!("key column {} has a MAP in it: {}", quoted(&map.name), show(&map.data_type));
        findings.error(Code::KEY, message, at);
        return;
    }
    match serde {
        Serde::None if !fields.is_empty() => {
            let message =
                format!("the format NONE holds no {what} columns, there are {}", listed());
            findings.error(Code::FORMAT, message, at);
        }
        Serde::Kafka if fields.len() > 1 => {
            let message =
                format!("the format KAFKA holds one {what} column, there are {}", listed());
            let help = "use JSON or DELIMITED for several";
            findings.push(Diagnostic::error(Code::FORMAT, message, at).with_help(help));
        }
        _ => {
            for field in fields.iter().filter(|field| !can_hold(serde, &field.data_type)) {
                let message = format!(
                    "the {what} format {} does not hold {}, the type of {}",
                    serde.name(),
                    show(&field.data_type),
                    quoted(&field.name),
                );
                findings.error(Code::FORMAT, message, at);
            }
        }
    }
}

fn can_hold(serde: Serde, data_type: &DataType) -> bool {
    match serde {
        Serde::None => false,
        Serde::Kafka => matches!(
            data_type,
            DataType::Int | DataType::BigInt | DataType::Double | DataType::Varchar
        ),
        Serde::Delimited { .. } => {
            !matches!(data_type, DataType::Array(_) | DataType::Map(..) | DataType::Struct(_))
        }
        Serde::Json { .. } => match data_type {
            DataType::Map(key, value) => **key == DataType::Varchar && can_hold(serde, value),
            DataType::Array(item) => can_hold(serde, item),
            DataType::Struct(fields) => fields.iter().all(|(_, field)| can_hold(serde, field)),
            _ => true,
        },
    }
}
