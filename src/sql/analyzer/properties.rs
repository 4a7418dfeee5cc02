//! `WITH (…)`: which properties there are, which values they take, and which exclude each other.

use std::sync::Arc;

use super::Findings;
use crate::sql::ast::{LiteralKind, Property};
use crate::sql::catalog::KeyWindow;
use crate::sql::diagnostic::{Code, Diagnostic};
use crate::sql::span::Span;
use crate::sql::spelling;

/// A value and where it stands.
pub type At<T> = (T, Span);

/// The name of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatName {
    /// `JSON`
    Json,
    /// `KAFKA`
    Kafka,
    /// `DELIMITED`
    Delimited,
    /// `NONE`
    None,
}

impl FormatName {
    /// The format called `name`, case aside.
    pub fn find(name: &str) -> Result<Self, FormatProblem> {
        match name.to_ascii_uppercase().as_str() {
            "JSON" => Ok(Self::Json),
            "KAFKA" => Ok(Self::Kafka),
            "DELIMITED" => Ok(Self::Delimited),
            "NONE" => Ok(Self::None),
            "AVRO" | "PROTOBUF" | "PROTOBUF_NOSR" | "JSON_SR" => Err(FormatProblem::Unsupported),
            _ => Err(FormatProblem::Unknown),
        }
    }
}

/// Why a name is no format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatProblem {
    /// ksqlDB has it.
    Unsupported,
    /// Nobody has it.
    Unknown,
}

/// The properties of a statement.
#[derive(Clone, Debug, Default)]
pub struct With {
    /// `KAFKA_TOPIC`
    pub topic: Option<At<Arc<str>>>,
    /// `KEY_FORMAT`, or `FORMAT`
    pub key_format: Option<At<FormatName>>,
    /// `VALUE_FORMAT`, or `FORMAT`
    pub value_format: Option<At<FormatName>>,
    /// `KEY_DELIMITER`
    pub key_delimiter: Option<At<char>>,
    /// `VALUE_DELIMITER`
    pub value_delimiter: Option<At<char>>,
    /// `PARTITIONS`
    pub partitions: Option<At<u32>>,
    /// `TIMESTAMP`, as a column's name
    pub timestamp: Option<At<Arc<str>>>,
    /// `TIMESTAMP_FORMAT`
    pub timestamp_format: Option<At<Arc<str>>>,
    /// `WRAP_SINGLE_VALUE`
    pub wrap_single_value: Option<At<bool>>,
    /// `WINDOW_TYPE` with `WINDOW_SIZE`
    pub window: Option<At<KeyWindow>>,
}

/// Which statement has the properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `CREATE STREAM name (…) WITH`
    Create,
    /// `CREATE STREAM name WITH (…) AS`
    CreateAs,
}

/// Properties of both places.
const COMMON: &[&str] = &[
    "KAFKA_TOPIC",
    "KEY_FORMAT",
    "VALUE_FORMAT",
    "FORMAT",
    "KEY_DELIMITER",
    "VALUE_DELIMITER",
    "PARTITIONS",
    "REPLICAS",
    "RETENTION_MS",
    "CLEANUP_POLICY",
    "TIMESTAMP",
    "TIMESTAMP_FORMAT",
    "WRAP_SINGLE_VALUE",
];

/// Properties of sources that are not made by a query.
const CREATE_ONLY: &[&str] = &["WINDOW_TYPE", "WINDOW_SIZE"];

/// Properties of formats that need a schema registry.
const REGISTRY: &[&str] = &[
    "KEY_SCHEMA_ID",
    "VALUE_SCHEMA_ID",
    "KEY_SCHEMA_FULL_NAME",
    "VALUE_SCHEMA_FULL_NAME",
    "VALUE_AVRO_SCHEMA_FULL_NAME",
    "KEY_PROTOBUF_NULLABLE_REPRESENTATION",
    "VALUE_PROTOBUF_NULLABLE_REPRESENTATION",
    "SOURCED_BY_CONNECTOR",
];

/// Reads `properties`, telling `findings` what is wrong with them.
pub fn read(properties: &[Property], place: Place, findings: &mut Findings) -> With {
    let mut reader = Reader { with: With::default(), findings, all: properties };
    for property in properties {
        reader.check_name(property, place);
        reader.read(property);
    }
    reader.window();
    reader.with
}

struct Reader<'a> {
    with: With,
    findings: &'a mut Findings,
    all: &'a [Property],
}

/// The name of a property as it counts: case aside.
fn name_of(property: &Property) -> String {
    property.name.name().to_ascii_uppercase()
}

/// The value as text.
fn text_of(property: &Property) -> Option<String> {
    match &property.value.kind {
        LiteralKind::String(text) => Some(text.to_string()),
        LiteralKind::Number(number) => Some(number.text.to_string()),
        LiteralKind::Boolean(value) => Some(value.to_string()),
        LiteralKind::Null | LiteralKind::Variable(_) => None,
    }
}

impl Reader<'_> {
    fn check_name(&mut self, property: &Property, place: Place) {
        let name = name_of(property);
        let span = property.name.span();
        if REGISTRY.contains(&name.as_str()) {
            let feature = format!("the property {name} of a schema registry");
            return self.findings.push(Diagnostic::unsupported(feature, span));
        }
        let create_only: &[&str] = if place == Place::Create { CREATE_ONLY } else { &[] };
        let mut known = COMMON.iter().chain(create_only).copied();
        if known.clone().any(|other| other == name) {
            return;
        }
        let message = format!("no property `{name}` here");
        let mut diagnostic = Diagnostic::error(Code::UNKNOWN_PROPERTY, message, span);
        if let Some(near) = spelling::closest(&name, &mut known) {
            diagnostic = diagnostic.with_help(format!("did you mean {near}?"));
        }
        self.findings.push(diagnostic);
    }

    fn wrong(&mut self, property: &Property, why: impl std::fmt::Display) {
        let message = format!("{} {why}", name_of(property));
        self.findings.error(Code::PROPERTY_VALUE, message, property.value.span);
    }

    fn read(&mut self, property: &Property) {
        let span = Span::from(property.value.span);
        let Some(text) = text_of(property) else {
            return self.wrong(property, "needs a value");
        };
        match name_of(property).as_str() {
            "KAFKA_TOPIC" if text.is_empty() => self.wrong(property, "must not be empty"),
            "KAFKA_TOPIC" => self.with.topic = Some((Arc::from(text), span)),
            "KEY_FORMAT" => {
                self.not_with_format(property, "KEY_FORMAT");
                if let Some(format) = self.format(property, &text) {
                    self.with.key_format = Some((format, span));
                }
            }
            "VALUE_FORMAT" => {
                self.not_with_format(property, "VALUE_FORMAT");
                if let Some(format) = self.format(property, &text) {
                    self.with.value_format = Some((format, span));
                }
            }
            "FORMAT" => {
                if let Some(format) = self.format(property, &text) {
                    self.with.key_format.get_or_insert((format, span));
                    self.with.value_format.get_or_insert((format, span));
                }
            }
            "KEY_DELIMITER" => {
                self.with.key_delimiter = self.delimiter(property, &text).map(|c| (c, span));
            }
            "VALUE_DELIMITER" => {
                self.with.value_delimiter = self.delimiter(property, &text).map(|c| (c, span));
            }
            "PARTITIONS" => match text.parse::<u32>() {
                Ok(count @ 1..=crate::topic::config::MAX_PARTITIONS) => {
                    self.with.partitions = Some((count, span));
                }
                _ => self.wrong(property, "must be a whole number from 1 to 1024"),
            },
            "REPLICAS" | "RETENTION_MS" if text.parse::<u64>().is_err() => {
                self.wrong(property, "must be a whole number");
            }
            "TIMESTAMP" => self.with.timestamp = Some((column_name(&text), span)),
            "TIMESTAMP_FORMAT" => self.with.timestamp_format = Some((Arc::from(text), span)),
            "WRAP_SINGLE_VALUE" => match text.to_ascii_lowercase().as_str() {
                "true" => self.with.wrap_single_value = Some((true, span)),
                "false" => self.with.wrap_single_value = Some((false, span)),
                _ => self.wrong(property, "must be true or false"),
            },
            _ => {}
        }
    }

    fn not_with_format(&mut self, property: &Property, name: &str) {
        if let Some(format) = self.all.iter().find(|other| name_of(other) == "FORMAT") {
            let message =
                format!("FORMAT sets the formats of key and value: {name} is one too many");
            let diagnostic = Diagnostic::error(Code::PROPERTIES, message, property.span)
                .with_label(format.span, "the other one");
            self.findings.push(diagnostic);
        }
    }

    fn format(&mut self, property: &Property, text: &str) -> Option<FormatName> {
        match FormatName::find(text) {
            Ok(format) => return Some(format),
            Err(FormatProblem::Unsupported) => {
                let feature = format!("the format {}", text.to_ascii_uppercase());
                self.findings.push(Diagnostic::unsupported(feature, property.value.span));
            }
            Err(FormatProblem::Unknown) => {
                self.wrong(
                    property,
                    format_args!("`{text}` is no format: JSON, KAFKA, DELIMITED or NONE"),
                );
            }
        }
        None
    }

    fn delimiter(&mut self, property: &Property, text: &str) -> Option<char> {
        let mut letters = text.chars();
        match (text, letters.next(), letters.next()) {
            ("SPACE", ..) => return Some(' '),
            ("TAB", ..) => return Some('\t'),
            (_, Some(' ' | '\t') | None, None) => {
                self.wrong(property, "must not be blank: write TAB or SPACE");
            }
            (_, Some(letter), None) => return Some(letter),
            _ => self.wrong(property, "must be one character, TAB or SPACE"),
        }
        None
    }

    /// `WINDOW_TYPE` and `WINDOW_SIZE` belong together.
    fn window(&mut self) {
        let find = |name: &str| self.all.iter().find(|property| name_of(property) == name);
        let (kind, size) = (find("WINDOW_TYPE"), find("WINDOW_SIZE"));
        let Some(kind) = kind else {
            if let Some(size) = size {
                let message = "WINDOW_SIZE needs WINDOW_TYPE";
                self.findings.error(Code::PROPERTIES, message, size.span);
            }
            return;
        };
        let span = Span::from(kind.value.span);
        let window = match text_of(kind).unwrap_or_default().to_ascii_uppercase().as_str() {
            "SESSION" => {
                if let Some(size) = size {
                    let message = "sessions have no WINDOW_SIZE";
                    self.findings.error(Code::PROPERTIES, message, size.span);
                }
                KeyWindow::Session
            }
            name @ ("TUMBLING" | "HOPPING") => {
                let Some(size) = size else {
                    let message = format!("{name} windows need WINDOW_SIZE");
                    let diagnostic = Diagnostic::error(Code::PROPERTIES, message, kind.span)
                        .with_help("for example WINDOW_SIZE = '10 SECONDS'");
                    return self.findings.push(diagnostic);
                };
                let text = text_of(size).unwrap_or_default();
                match duration(&text) {
                    Ok(millis) => KeyWindow::Time(Some(millis)),
                    Err(why) => return self.wrong(size, why),
                }
            }
            _ => return self.wrong(kind, "must be TUMBLING, HOPPING or SESSION"),
        };
        self.with.window = Some((window, span));
    }
}

/// The column that a text names: upper-cased unless it is in back quotes.
pub fn column_name(text: &str) -> Arc<str> {
    match text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        Some(name) => Arc::from(name.replace("``", "`")),
        None => Arc::from(text.to_ascii_uppercase()),
    }
}

/// Milliseconds in a text as `30 SECONDS`.
fn duration(text: &str) -> Result<i64, String> {
    let example = "for example 10 SECONDS";
    let (count, unit) = text
        .trim()
        .split_once(char::is_whitespace)
        .ok_or_else(|| format!("must have a number and a unit, {example}"))?;
    let count: i64 = count
        .parse()
        .ok()
        .filter(|&count| count > 0)
        .ok_or_else(|| format!("`{count}` is not a whole number over 0"))?;
    let unit_ms = match unit.trim().to_ascii_uppercase().as_str() {
        "MILLISECOND" | "MILLISECONDS" => 1,
        "SECOND" | "SECONDS" => 1_000,
        "MINUTE" | "MINUTES" => 60_000,
        "HOUR" | "HOURS" => 3_600_000,
        "DAY" | "DAYS" => 86_400_000,
        other => return Err(format!("has no unit of time `{other}`, {example}")),
    };
    count.checked_mul(unit_ms).ok_or_else(|| "is too long".to_owned())
}
