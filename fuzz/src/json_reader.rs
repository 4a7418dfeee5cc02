//! The JSON record reader against serde_json: the same records are taken, the same values read.
//!
//! Where the two may differ: nesting beyond the reader's limit, which it refuses earlier, and numbers
//! that no double holds, which it takes as text and serde_json refuses.

use std::sync::OnceLock;

use serde_json::Value as Json;
use streamglass::chunk::Column;
use streamglass::format::json::{
    Checker, ErrorKind, JsonReader, MAX_DEPTH, ReadError, decode_text, peek_string_member,
};
use streamglass::schema::{Field, Schema};
use streamglass::value::{DataType, Value};

/// The member that a router peeks at.
const DECISIVE: &str = "recordType";

/// Columns of every type; the last one's name is also met in upper case.
fn wanted() -> [(&'static str, DataType); 9] {
    let text = DataType::Varchar;
    [
        ("timestamp", DataType::Double),
        ("sid", DataType::BigInt),
        ("uid", text.clone()),
        (DECISIVE, text.clone()),
        ("isSubscriber", DataType::Int),
        ("statesVisited", DataType::Array(Box::new(text.clone()))),
        ("flag", DataType::Boolean),
        ("counts", DataType::Map(Box::new(text), Box::new(DataType::BigInt))),
        ("AT", DataType::Timestamp),
    ]
}

/// Reads one record behind a first row that is there already.
fn read(
    reader: &mut JsonReader,
    types: &[DataType],
    data: &[u8],
) -> (Result<(), ReadError>, Vec<Value>) {
    let mut columns: Vec<Column> = types.iter().map(Column::new).collect();
    columns.iter_mut().for_each(Column::push_null);
    let verdict = reader.read(data, &mut columns);
    for column in &columns {
        let rows = if verdict.is_ok() { 2 } else { 1 };
        assert_eq!(column.len(), rows, "all columns or none: {verdict:?}");
        assert_eq!(column.valid.len(), rows);
    }
    let values = match verdict {
        Ok(()) => columns.iter().map(|column| column.value(1)).collect(),
        Err(_) => Vec::new(),
    };
    (verdict, values)
}

/// Any bytes as a record.
pub fn fuzz(data: &[u8]) {
    let wanted = wanted();
    let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    let types: Vec<DataType> = wanted.iter().map(|(_, data_type)| data_type.clone()).collect();
    let text = vec![DataType::Varchar; names.len()];

    // As text everything fits, so this verdict is about the form alone.
    let (form, texts) = read(&mut JsonReader::new(names.iter().copied()), &text, data);
    agrees_with_serde(data, &form, &names, &texts);
    assert_eq!(Checker::new(&Schema::default()).check(data), form, "a checker wants the same form");

    let (typed, values) = read(&mut JsonReader::new(names.iter().copied()), &types, data);
    if let Err(error) = &form {
        assert_eq!(typed.as_ref(), Err(error), "the form is judged before the types");
    }
    what_was_learned_changes_nothing(data, &names, &types, (&typed, &values));
    checker_agrees(data, &wanted, (&typed, &values));
    peek_agrees(data, &form, &texts[..], names.iter().position(|name| *name == DECISIVE));
}

fn agrees_with_serde(data: &[u8], form: &Result<(), ReadError>, names: &[&str], texts: &[Value]) {
    match serde_json::from_slice::<Json>(data) {
        Ok(theirs) if theirs.is_object() => match form {
            Ok(()) => {
                for (name, ours) in names.iter().zip(texts) {
                    // Their map knows no upper-cased names.
                    let expected = match theirs.get(*name) {
                        Some(Json::String(text)) => Value::varchar(text),
                        Some(Json::Bool(flag)) => Value::varchar(&flag.to_string()),
                        Some(Json::Null) => Value::Null,
                        None if name.bytes().any(|b| b.is_ascii_lowercase()) => Value::Null,
                        _ => continue,
                    };
                    assert_eq!(*ours, expected, "{name}");
                }
            }
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::TooDeep, "serde_json reads it: {error}");
                assert!(depth(data) > MAX_DEPTH as usize, "{error}");
            }
        },
        Ok(_) => assert!(form.is_err(), "a record is an object"),
        Err(error) if error.to_string().contains("number out of range") => {}
        Err(error) => assert!(form.is_err(), "serde_json refuses it: {error}"),
    }
}

/// How deep brackets outside strings nest.
fn depth(data: &[u8]) -> usize {
    let (mut deep, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in data {
        match byte {
            _ if std::mem::take(&mut escaped) => {}
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => deep += 1,
            b'}' | b']' if !in_string => deep = deep.saturating_sub(1),
            _ => {}
        }
        most = most.max(deep);
    }
    most
}

fn what_was_learned_changes_nothing(
    data: &[u8],
    names: &[&str],
    types: &[DataType],
    fresh: (&Result<(), ReadError>, &Vec<Value>),
) {
    static TRAINED: OnceLock<JsonReader> = OnceLock::new();
    let trained = TRAINED.get_or_init(|| {
        let mut reader = JsonReader::new(names.iter().copied());
        for record in seeds() {
            let _ = read(&mut reader, types, &record);
        }
        reader
    });
    let mut reader = trained.clone();
    // First it knows other records, then also this one.
    for _ in 0..2 {
        let (verdict, values) = read(&mut reader, types, data);
        assert_eq!(&verdict, fresh.0);
        assert!(same(&values, fresh.1), "{values:?} {:?}", fresh.1);
    }
}

/// Equality for which NaN, which a string may hold, is equal to itself.
fn same(a: &[Value], b: &[Value]) -> bool {
    let equal = |(a, b): (&Value, &Value)| match (a, b) {
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    };
    a.len() == b.len() && a.iter().zip(b).all(equal)
}

/// A checker takes what a reader reads completely, if nothing is there twice.
fn checker_agrees(
    data: &[u8],
    wanted: &[(&str, DataType)],
    (typed, values): (&Result<(), ReadError>, &Vec<Value>),
) {
    for (i, (name, data_type)) in wanted.iter().enumerate() {
        let required = Schema::new(vec![Field::value(name, data_type.clone())]);
        let checked = Checker::new(&required).check(data);
        let mut reader = JsonReader::new([*name]);
        let (alone, value) = read(&mut reader, std::slice::from_ref(data_type), data);
        if typed.is_ok() {
            assert!(same(&value, &values[i..=i]), "{name}: other columns change nothing");
        }
        match checked.map_err(|error| error.kind) {
            Ok(()) => assert!(alone.is_ok() && value[0] != Value::Null, "{name}: {alone:?}"),
            Err(ErrorKind::DuplicateMember) => {}
            Err(ErrorKind::MissingMember) => assert!(alone.is_err() || value[0] == Value::Null),
            Err(kind) => assert_eq!(alone.map_err(|error| error.kind), Err(kind), "{name}"),
        }
    }
}

/// A peek sees the first member of the name, and fails only where reading does.
fn peek_agrees(data: &[u8], form: &Result<(), ReadError>, texts: &[Value], at: Option<usize>) {
    let peeked = peek_string_member(data, DECISIVE);
    let required = Schema::new(vec![Field::value(DECISIVE, DataType::Varchar)]);
    let once = Checker::new(&required).check(data).is_ok();
    match (peeked, form) {
        (Ok(Some(raw)), Ok(())) if once => {
            let raw = str::from_utf8(raw).expect("the whole record is UTF-8");
            let mut decoded = String::new();
            decode_text(raw, &mut decoded);
            let at = at.expect("it is wanted");
            assert_eq!(texts[at], Value::varchar(&decoded));
        }
        (Ok(None), Ok(())) => assert!(!once, "it is there once, and not seen"),
        (Err(error), Ok(())) => {
            assert!(matches!(error.kind, ErrorKind::WrongType { .. }), "{error}");
        }
        (Ok(Some(_)), Ok(())) | (_, Err(_)) => {}
    }
}

/// Records as the generator writes them, and what is rare in them.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = crate::records::kinds();
    let others: &[&str] = &[
        r#"{"timestamp":1,"sid":-9223372036854775808,"uid":"a","recordType":"user","isSubscriber":1.5}"#,
        r#"{"a\u0041":"\ud83d\ude00","recordType":"cli\u0063k","uid":7,"sid":"12","flag":true}"#,
        r#"{"statesVisited":[["a",1],{"b":null}],"counts":{"x":1,"y":"2","x":3},"flag":false}"#,
        r#"{ "at" : 1e3 , "AT" : 5 , "At" : null , "uid" : [ ] , "sid" : 1e400 }"#,
        r#"{"recordType":"a","recordType":"b","timestamp":"NaN","uid":"é€𝄞"}"#,
        r#"{}"#,
    ];
    seeds.extend(others.iter().map(|record| record.as_bytes().to_vec()));
    let deep = "[".repeat(62) + &"]".repeat(62);
    seeds.push(format!(r#"{{"uid":{deep},"timestamp":0.1}}"#).into_bytes());
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_hold() {
        seeds().iter().for_each(|seed| fuzz(seed));
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(br#"{"[[[":["\"[",{}]}"#), 3);
    }
}
