//! Functions of JSON in texts. None builds a tree: they walk over the text.

use super::call::{Body, Context, Fault, Outcome, integer, push_text, text, texts};
use super::table::{Category, Scalar, scalar};
use crate::chunk::Column;
use crate::format::json::{Json, write_value};
use crate::value::Value;

const JSON: Category = Category::Json;

/// The functions.
pub const FUNCTIONS: &[Scalar] = &[
    scalar(
        "EXTRACTJSONFIELD",
        JSON,
        &["json VARCHAR, path VARCHAR -> VARCHAR"],
        Body::Columns(extract),
        "The value at a path like `$.a.b[0]`, as text; objects and arrays as compact JSON. NULL when \
         it is not there or the text is no JSON.",
        &[
            r#"EXTRACTJSONFIELD('{"a": {"b": [1, 2.50]}}', '$.a.b[1]') = '2.50'"#,
            r#"EXTRACTJSONFIELD('{"a": {"b": [1, 2]}}', '$.a') = '{"b":[1,2]}'"#,
            r#"EXTRACTJSONFIELD('{"a": "x\ty"}', '$.b') = NULL"#,
            r#"EXTRACTJSONFIELD('{"a": 1, "a": 2}', '$.a') = '2'"#,
            r#"EXTRACTJSONFIELD('{"a": 1', '$.a') = NULL"#,
            r#"EXTRACTJSONFIELD('[1]', '$[-1]') = NULL"#,
        ],
    ),
    scalar(
        "IS_JSON_STRING",
        JSON,
        &["json VARCHAR -> BOOLEAN"],
        Body::Values(|_, v| {
            let valid = matches!(&v[0], Value::Varchar(text) if Json::parse(text).is_some());
            Ok(Value::Boolean(valid))
        }),
        "Whether the text is JSON.",
        &[
            "IS_JSON_STRING('[1, 2]') = TRUE",
            "IS_JSON_STRING('abc') = FALSE",
            "IS_JSON_STRING('') = FALSE",
            "IS_JSON_STRING(NULL) = FALSE",
        ],
    ),
    scalar(
        "JSON_ARRAY_LENGTH",
        JSON,
        &["json VARCHAR -> INT"],
        Body::Strict(|_, v| match parse(&v[0])? {
            json if json.is_array() => Ok(Value::Int(json.items().len() as i32)),
            _ => Ok(Value::Null),
        }),
        "The number of items of a JSON array; NULL of other JSON.",
        &["JSON_ARRAY_LENGTH('[1, 2, 3]') = 3", "JSON_ARRAY_LENGTH('{}') = NULL"],
    ),
    scalar(
        "JSON_ARRAY_CONTAINS",
        JSON,
        &["json VARCHAR, value T -> BOOLEAN"],
        Body::Values(contains),
        "Whether a JSON array has an item that equals a number, text, boolean or NULL.",
        &[
            "JSON_ARRAY_CONTAINS('[1, 2, 3]', 2) = TRUE",
            r#"JSON_ARRAY_CONTAINS('["a", "b"]', 'c') = FALSE"#,
            "JSON_ARRAY_CONTAINS('[1.5, true]', TRUE) = TRUE",
        ],
    ),
    scalar(
        "ARRAYCONTAINS",
        JSON,
        &["json VARCHAR, value T -> BOOLEAN"],
        Body::Values(contains),
        "The older name of JSON_ARRAY_CONTAINS.",
        &["ARRAYCONTAINS('[1, 2, 3]', 4) = FALSE"],
    ),
    scalar(
        "JSON_CONCAT",
        JSON,
        &["json VARCHAR... -> VARCHAR"],
        Body::Strict(concat),
        "The members of all objects, of equal names the last; if any text is no object, the items of \
         all, where what is no array is one item.",
        &[
            r#"JSON_CONCAT('{"a": 1}', '{"b": 2}') = '{"a":1,"b":2}'"#,
            "JSON_CONCAT('[1, 2]', '3') = '[1,2,3]'",
            "JSON_CONCAT('1', '') = NULL",
        ],
    ),
    scalar(
        "JSON_ITEMS",
        JSON,
        &["json VARCHAR -> ARRAY<VARCHAR>"],
        Body::Strict(|_, v| match parse(&v[0])? {
            json if json.is_array() => Ok(Value::Array(json.items().iter().map(compact).collect())),
            _ => Ok(Value::Null),
        }),
        "The items of a JSON array, each as JSON.",
        &[r#"JSON_ITEMS('[{"a": 1}, [2, 3], "x"]') = ARRAY['{"a":1}', '[2,3]', '"x"']"#],
    ),
    scalar(
        "JSON_KEYS",
        JSON,
        &["json VARCHAR -> ARRAY<VARCHAR>"],
        Body::Strict(|_, v| {
            let Some(json) = object(&v[0])? else { return Ok(Value::Null) };
            let names = json.members();
            Ok(Value::Array(names.iter().map(|(name, _)| Value::varchar(name)).collect()))
        }),
        "The names of a JSON object's members; NULL of other JSON.",
        &[r#"JSON_KEYS('{"a": 1, "b": {}}') = ARRAY['a', 'b']"#, "JSON_KEYS('[]') = NULL"],
    ),
    scalar(
        "JSON_RECORDS",
        JSON,
        &["json VARCHAR -> MAP<VARCHAR, VARCHAR>"],
        Body::Strict(|_, v| {
            let Some(json) = object(&v[0])? else { return Ok(Value::Null) };
            let members = json.members();
            let entries =
                members.iter().map(|(name, value)| (Value::varchar(name), compact(value)));
            Ok(Value::Map(entries.collect()))
        }),
        "The members of a JSON object, each value as JSON; NULL of other JSON.",
        &[r#"JSON_RECORDS('{"a": 1, "b": "x"}') = MAP('a' := '1', 'b' := '"x"')"#],
    ),
    scalar(
        "TO_JSON_STRING",
        JSON,
        &["value T -> VARCHAR"],
        Body::Columns(to_json),
        "Any value as JSON.",
        &[
            "TO_JSON_STRING(ARRAY[1, 2]) = '[1,2]'",
            "TO_JSON_STRING('a') = '\"a\"'",
            "TO_JSON_STRING(CAST(NULL AS INT)) = 'null'",
        ],
    ),
];

fn extract(
    context: &mut Context,
    arguments: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    let (json, path) = (arguments[0], arguments[1]);
    let (jsons, paths) = (texts(json), texts(path));
    for row in 0..rows {
        let both = json.valid[row] && path.valid[row];
        let path = both.then(|| context.patterns.path(paths.get(row)));
        if let Some(Err(_)) = path {
            faults.push(row as u32);
        }
        let found = path.and_then(Result::ok).and_then(|path| path.find(jsons.get(row)));
        push_text(out, row, faults, |text| {
            let Some(found) = found else { return false };
            found.write_text(text);
            true
        });
    }
}

fn to_json(
    _: &mut Context,
    arguments: &[&Column],
    rows: usize,
    out: &mut Column,
    faults: &mut Vec<u32>,
) {
    for row in 0..rows {
        push_text(out, row, faults, |text| {
            let mut bytes = std::mem::take(text).into_bytes();
            if matches!(arguments[0].data, crate::chunk::ColumnData::Timestamp(_)) {
                let mut iso = String::new();
                super::cast::write_text(
                    &arguments[0].value(row),
                    &arguments[0].data_type,
                    &mut iso,
                );
                bytes.extend_from_slice(format!("\"{iso}\"").as_bytes());
            } else {
                write_value(&mut bytes, arguments[0], row);
            }
            *text = String::from_utf8(bytes).expect("UTF-8 and JSON");
            true
        });
    }
}

fn parse(value: &Value) -> Result<Json<'_>, Fault> {
    Json::parse(text(value)).ok_or(Fault("the text is no JSON"))
}

fn object(value: &Value) -> Result<Option<Json<'_>>, Fault> {
    parse(value).map(|json| json.is_object().then_some(json))
}

fn compact(json: &Json<'_>) -> Value {
    let mut text = String::new();
    json.write(&mut text);
    Value::Varchar(text.into())
}

fn concat(_: &mut Context, values: &[Value]) -> Outcome {
    let parts = values.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        return Ok(Value::Null);
    }
    let mut out = String::new();
    if parts.iter().all(Json::is_object) {
        let mut members: Vec<(std::borrow::Cow<'_, str>, Json<'_>)> = Vec::new();
        for (name, value) in parts.iter().flat_map(Json::members) {
            match members.iter_mut().find(|(known, _)| *known == name) {
                Some(known) => known.1 = value,
                None => members.push((name, value)),
            }
        }
        out.push('{');
        for (i, (name, value)) in members.iter().enumerate() {
            out.push_str(if i == 0 { "" } else { "," });
            let mut bytes = std::mem::take(&mut out).into_bytes();
            crate::format::json::write_string(&mut bytes, name);
            out = String::from_utf8(bytes).expect("UTF-8 and JSON");
            out.push(':');
            value.write(&mut out);
        }
        out.push('}');
    } else {
        let items = parts.iter().flat_map(|p| if p.is_array() { p.items() } else { vec![*p] });
        out.push('[');
        for (i, item) in items.enumerate() {
            out.push_str(if i == 0 { "" } else { "," });
            item.write(&mut out);
        }
        out.push(']');
    }
    Ok(Value::Varchar(out.into()))
}

fn contains(_: &mut Context, values: &[Value]) -> Outcome {
    let Value::Varchar(text) = &values[0] else { return Ok(Value::Boolean(false)) };
    let Some(json) = Json::parse(text).filter(Json::is_array) else {
        return Ok(Value::Boolean(false));
    };
    let same = |item: &Json<'_>| match &values[1] {
        Value::Null => item.is_null(),
        Value::Boolean(v) => item.raw() == if *v { "true" } else { "false" },
        Value::Varchar(v) => item.string().is_some_and(|text| *text == **v),
        number @ (Value::Int(_) | Value::BigInt(_)) => {
            item.is_number() && item.raw().parse() == Ok(integer(number))
        }
        Value::Double(v) => item.is_number() && item.raw().parse() == Ok(*v),
        _ => false,
    };
    Ok(Value::Boolean(json.items().iter().any(same)))
}
