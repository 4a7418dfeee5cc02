//! Arrays, maps and structs: access and constructors.

use std::sync::Arc;

use super::Evaluator;
use crate::chunk::{Chunk, Column, ColumnData};
use crate::value::{DataType, Value};

fn nested(column: &Column) -> &[Value] {
    let ColumnData::Nested(values) = &column.data else { unreachable!("the column is nested") };
    values
}

/// A field of each struct; NULL of a NULL.
pub fn field(base: &Column, index: usize, out: &mut Column) {
    for (value, valid) in nested(base).iter().zip(&base.valid) {
        match value {
            Value::Struct(fields) if *valid => out.push(&fields[index]),
            _ => out.push_null(),
        }
    }
}

/// An item of each array or map; NULL when there is none, or of a NULL.
pub fn subscript(base: &Column, index: &Column, out: &mut Column) {
    for (row, value) in nested(base).iter().enumerate() {
        if !base.valid[row] || !index.valid[row] {
            out.push_null();
            continue;
        }
        match (value, &index.data) {
            (Value::Array(items), ColumnData::Int(v)) => item(items, i64::from(v[row]), out),
            (Value::Array(items), ColumnData::BigInt(v)) => item(items, v[row], out),
            (Value::Map(entries), ColumnData::Varchar(texts)) => {
                let key = texts.get(row);
                let found =
                    entries.iter().find(|(k, _)| matches!(k, Value::Varchar(k) if **k == *key));
                out.push(found.map_or(&Value::Null, |(_, value)| value));
            }
            (Value::Map(entries), _) => {
                let key = index.value(row);
                let found = entries.iter().find(|(k, _)| *k == key);
                out.push(found.map_or(&Value::Null, |(_, value)| value));
            }
            _ => unreachable!("compiled for an array or a map"),
        }
    }
}

/// Positions begin at 1; negative ones count from the end.
fn item(items: &[Value], position: i64, out: &mut Column) {
    let length = items.len() as i64;
    let index = if position < 0 { length.checked_add(position) } else { position.checked_sub(1) };
    let found = index.filter(|i| (0..length).contains(i)).map(|i| &items[i as usize]);
    out.push(found.unwrap_or(&Value::Null));
}

/// Evaluates the parts of a constructor: a part that fails is NULL, the whole is not.
fn parts<'a>(parts: impl Iterator<Item = &'a mut Evaluator>, chunk: &'a Chunk) -> Vec<&'a Column> {
    parts.map(|part| part.evaluate(chunk)).collect()
}

/// `ARRAY[…]`
pub fn array(items: &mut [Evaluator], chunk: &Chunk, out: &mut Column) {
    let columns = parts(items.iter_mut(), chunk);
    for row in 0..chunk.len() {
        out.push(&Value::Array(columns.iter().map(|column| column.value(row)).collect()));
    }
}

/// `MAP(…)`: of equal keys the last value counts, at the first one's place. A NULL key is the text
/// `null` when keys are texts, as ksqlDB's JSON writes it.
pub fn map(entries: &mut [[Evaluator; 2]], chunk: &Chunk, out: &mut Column) {
    let columns = parts(entries.iter_mut().flatten(), chunk);
    let text_keys = columns.first().is_some_and(|key| key.data_type == DataType::Varchar);
    let null: Arc<str> = Arc::from("null");
    for row in 0..chunk.len() {
        let mut map: Vec<(Value, Value)> = Vec::with_capacity(columns.len() / 2);
        for pair in columns.chunks_exact(2) {
            let (mut key, value) = (pair[0].value(row), pair[1].value(row));
            if key.is_null() && text_keys {
                key = Value::Varchar(null.clone());
            }
            match map.iter_mut().find(|(known, _)| *known == key) {
                Some(known) => known.1 = value,
                None => map.push((key, value)),
            }
        }
        out.push(&Value::Map(map.into()));
    }
}

/// `STRUCT(…)`
pub fn structure(fields: &mut [Evaluator], chunk: &Chunk, out: &mut Column) {
    let columns = parts(fields.iter_mut(), chunk);
    for row in 0..chunk.len() {
        out.push(&Value::Struct(columns.iter().map(|column| column.value(row)).collect()));
    }
}
