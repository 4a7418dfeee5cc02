//! Functions of arrays and maps.

use std::cmp::Ordering;

use super::call::{Body, Context, Fault, MOST_TEXT, Outcome, entries, integer, items, text};
use super::cast::write_text;
use super::table::{Category, Scalar, scalar};
use crate::order;
use crate::value::{DataType, Value};

const COLLECTION: Category = Category::Collection;

/// The functions of arrays.
pub const ARRAYS: &[Scalar] = &[
    scalar(
        "ARRAY_CONCAT",
        COLLECTION,
        &["left ARRAY<T>, right ARRAY<T> -> ARRAY<T>"],
        Body::Values(|_, v| {
            Ok(match (&v[0], &v[1]) {
                (Value::Null, other) | (other, Value::Null) => other.clone(),
                (left, right) => {
                    Value::Array(items(left).iter().chain(items(right)).cloned().collect())
                }
            })
        }),
        "The items of both arrays; of one when the other is NULL.",
        &[
            "ARRAY_CONCAT(ARRAY[1, 2], ARRAY[2]) = ARRAY[1, 2, 2]",
            "ARRAY_CONCAT(ARRAY[1], NULL) = ARRAY[1]",
        ],
    ),
    scalar(
        "ARRAY_CONTAINS",
        COLLECTION,
        &["array ARRAY<T>, wanted T -> BOOLEAN"],
        Body::Values(|_, v| {
            let found = !v[0].is_null() && items(&v[0]).contains(&v[1]);
            Ok(Value::Boolean(found))
        }),
        "Whether an array has an item, NULL among them.",
        &[
            "ARRAY_CONTAINS(ARRAY[1, 2], 2) = TRUE",
            "ARRAY_CONTAINS(ARRAY[1, 2], 3) = FALSE",
            "ARRAY_CONTAINS(ARRAY[1, NULL], NULL) = TRUE",
        ],
    ),
    scalar(
        "ARRAY_DISTINCT",
        COLLECTION,
        &["array ARRAY<T> -> ARRAY<T>"],
        Body::Strict(|_, v| Ok(distinct(items(&v[0]).iter()))),
        "The distinct items by first occurrence.",
        &["ARRAY_DISTINCT(ARRAY[1, 2, 1, NULL]) = ARRAY[1, 2, NULL]"],
    ),
    scalar(
        "ARRAY_EXCEPT",
        COLLECTION,
        &["left ARRAY<T>, right ARRAY<T> -> ARRAY<T>"],
        Body::Strict(|_, v| {
            let right = items(&v[1]);
            Ok(distinct(items(&v[0]).iter().filter(|item| !right.contains(item))))
        }),
        "The distinct items of the first array that the second lacks.",
        &["ARRAY_EXCEPT(ARRAY[1, 2, 3, 1], ARRAY[2]) = ARRAY[1, 3]"],
    ),
    scalar(
        "ARRAY_INTERSECT",
        COLLECTION,
        &["left ARRAY<T>, right ARRAY<T> -> ARRAY<T>"],
        Body::Strict(|_, v| {
            let right = items(&v[1]);
            Ok(distinct(items(&v[0]).iter().filter(|item| right.contains(item))))
        }),
        "The distinct items that both arrays have.",
        &["ARRAY_INTERSECT(ARRAY[1, 2, 3], ARRAY[3, 2]) = ARRAY[2, 3]"],
    ),
    scalar(
        "ARRAY_JOIN",
        COLLECTION,
        &["array ARRAY<T> -> VARCHAR", "array ARRAY<T>, delimiter VARCHAR -> VARCHAR"],
        Body::Values(join),
        "The items as one text with a delimiter between them, a comma by default.",
        &["ARRAY_JOIN(ARRAY[1, 2, 3]) = '1,2,3'", "ARRAY_JOIN(ARRAY['a', NULL], '; ') = 'a; null'"],
    ),
    scalar(
        "ARRAY_LENGTH",
        COLLECTION,
        &["array ARRAY<T> -> INT"],
        Body::Strict(|_, v| Ok(Value::Int(items(&v[0]).len() as i32))),
        "The number of items.",
        &["ARRAY_LENGTH(ARRAY[1, NULL]) = 2"],
    ),
    scalar(
        "ARRAY_MAX",
        COLLECTION,
        &["array ARRAY<O> -> O"],
        Body::Strict(|_, v| Ok(extremum(items(&v[0]), Ordering::Greater))),
        "The largest item; NULLs do not count.",
        &["ARRAY_MAX(ARRAY[3, NULL, 7]) = 7"],
    ),
    scalar(
        "ARRAY_MIN",
        COLLECTION,
        &["array ARRAY<O> -> O"],
        Body::Strict(|_, v| Ok(extremum(items(&v[0]), Ordering::Less))),
        "The smallest item; NULLs do not count.",
        &["ARRAY_MIN(ARRAY[3, NULL, 7]) = 3"],
    ),
    scalar(
        "ARRAY_REMOVE",
        COLLECTION,
        &["array ARRAY<T>, item T -> ARRAY<T>"],
        Body::Values(|_, v| {
            if v[0].is_null() {
                return Ok(Value::Null);
            }
            Ok(Value::Array(items(&v[0]).iter().filter(|item| **item != v[1]).cloned().collect()))
        }),
        "The items that do not equal one.",
        &["ARRAY_REMOVE(ARRAY[1, 2, 1], 1) = ARRAY[2]"],
    ),
    scalar(
        "ARRAY_SORT",
        COLLECTION,
        &["array ARRAY<O> -> ARRAY<O>", "array ARRAY<O>, direction VARCHAR -> ARRAY<O>"],
        Body::Strict(sort),
        "The items in ascending order, or descending (DESC); NULLs last.",
        &[
            "ARRAY_SORT(ARRAY[3, NULL, 1]) = ARRAY[1, 3, NULL]",
            "ARRAY_SORT(ARRAY[1, 3], 'DESC') = ARRAY[3, 1]",
        ],
    ),
    scalar(
        "ARRAY_UNION",
        COLLECTION,
        &["left ARRAY<T>, right ARRAY<T> -> ARRAY<T>"],
        Body::Strict(|_, v| Ok(distinct(items(&v[0]).iter().chain(items(&v[1]))))),
        "The distinct items of both arrays.",
        &["ARRAY_UNION(ARRAY[0, 1, 0], ARRAY[1, -2]) = ARRAY[0, 1, -2]"],
    ),
    scalar(
        "GENERATE_SERIES",
        COLLECTION,
        &[
            "start INT, end INT -> ARRAY<INT>",
            "start INT, end INT, step INT -> ARRAY<INT>",
            "start BIGINT, end BIGINT -> ARRAY<BIGINT>",
            "start BIGINT, end BIGINT, step INT -> ARRAY<BIGINT>",
        ],
        Body::Strict(series),
        "The numbers from start to end, both included.",
        &[
            "GENERATE_SERIES(1, 4) = ARRAY[1, 2, 3, 4]",
            "GENERATE_SERIES(3, 1) = ARRAY[3, 2, 1]",
            "GENERATE_SERIES(0, 5, 2) = ARRAY[0, 2, 4]",
        ],
    ),
    scalar(
        "SLICE",
        COLLECTION,
        &["array ARRAY<T>, from INT, to INT -> ARRAY<T>"],
        Body::Values(slice),
        "The items from one position to another, both included, from 1; NULL is the end.",
        &[
            "SLICE(ARRAY[1, 2, 3, 4], 2, 3) = ARRAY[2, 3]",
            "SLICE(ARRAY[1, 2, 3], 2, NULL) = ARRAY[2, 3]",
        ],
    ),
];

/// The functions of maps.
pub const MAPS: &[Scalar] = &[
    scalar(
        "AS_MAP",
        COLLECTION,
        &["keys ARRAY<VARCHAR>, values ARRAY<T> -> MAP<VARCHAR, T>"],
        Body::Strict(|_, v| {
            let pairs = items(&v[0]).iter().cloned().zip(items(&v[1]).iter().cloned());
            Ok(map(pairs))
        }),
        "A map of keys and values at the same positions.",
        &["AS_MAP(ARRAY['a', 'b'], ARRAY[1, 2, 3]) = MAP('a' := 1, 'b' := 2)"],
    ),
    scalar(
        "ENTRIES",
        COLLECTION,
        &["map MAP<VARCHAR, T>, sorted BOOLEAN -> ARRAY<STRUCT<K VARCHAR, V T>>"],
        Body::Strict(|_, v| {
            let mut pairs: Vec<_> = entries(&v[0]).to_vec();
            if v[1] == Value::Boolean(true) {
                order::sort_by(&mut pairs, |a, b| a.0.total_cmp(&b.0));
            }
            let structs = pairs.into_iter().map(|(k, v)| Value::Struct([k, v].into()));
            Ok(Value::Array(structs.collect()))
        }),
        "The entries of a map as structs of K and V, sorted by key if wanted.",
        &[
            "ENTRIES(MAP('b' := 1, 'a' := 2), TRUE) = ARRAY[STRUCT(K := 'a', V := 2), STRUCT(K := 'b', V := 1)]",
        ],
    ),
    scalar(
        "MAP_KEYS",
        COLLECTION,
        &["map MAP<VARCHAR, T> -> ARRAY<VARCHAR>"],
        Body::Strict(|_, v| {
            Ok(Value::Array(entries(&v[0]).iter().map(|(k, _)| k.clone()).collect()))
        }),
        "The keys of a map.",
        &["MAP_KEYS(MAP('a' := 1, 'b' := 2)) = ARRAY['a', 'b']"],
    ),
    scalar(
        "MAP_UNION",
        COLLECTION,
        &["left MAP<VARCHAR, T>, right MAP<VARCHAR, T> -> MAP<VARCHAR, T>"],
        Body::Values(|_, v| {
            Ok(match (&v[0], &v[1]) {
                (Value::Null, other) | (other, Value::Null) => other.clone(),
                (left, right) => map(entries(left).iter().chain(entries(right)).cloned()),
            })
        }),
        "The entries of both maps; the second's where both have a key.",
        &["MAP_UNION(MAP('a' := 1), MAP('a' := 2, 'b' := 3)) = MAP('a' := 2, 'b' := 3)"],
    ),
    scalar(
        "MAP_VALUES",
        COLLECTION,
        &["map MAP<VARCHAR, T> -> ARRAY<T>"],
        Body::Strict(|_, v| {
            Ok(Value::Array(entries(&v[0]).iter().map(|(_, v)| v.clone()).collect()))
        }),
        "The values of a map.",
        &["MAP_VALUES(MAP('a' := 1, 'b' := 2)) = ARRAY[1, 2]"],
    ),
];

/// A map: of equal keys the last value counts, at the first one's place.
fn map(pairs: impl Iterator<Item = (Value, Value)>) -> Value {
    let mut map: Vec<(Value, Value)> = Vec::new();
    for (key, value) in pairs {
        match map.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => map.push((key, value)),
        }
    }
    Value::Map(map.into())
}

fn distinct<'a>(items: impl Iterator<Item = &'a Value>) -> Value {
    let mut found: Vec<Value> = Vec::new();
    for item in items {
        if !found.contains(item) {
            found.push(item.clone());
        }
    }
    Value::Array(found.into())
}

fn extremum(items: &[Value], wanted: Ordering) -> Value {
    let mut best = &Value::Null;
    for item in items.iter().filter(|item| !item.is_null()) {
        if best.is_null() || item.total_cmp(best) == wanted {
            best = item;
        }
    }
    best.clone()
}

fn join(context: &mut Context, values: &[Value]) -> Outcome {
    let Value::Array(items) = &values[0] else { return Ok(Value::Null) };
    let delimiter = match values.get(1) {
        None => ",",
        Some(Value::Varchar(delimiter)) => delimiter,
        Some(_) => "",
    };
    let DataType::Array(item_type) = &context.arguments[0] else {
        unreachable!("the argument is an ARRAY")
    };
    let mut out = String::new();
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i == 0 { "" } else { delimiter });
        write_text(item, item_type, &mut out);
        if out.len() > MOST_TEXT {
            return Err(Fault("the text would be too long"));
        }
    }
    Ok(Value::Varchar(out.into()))
}

fn sort(_: &mut Context, values: &[Value]) -> Outcome {
    let direction = values.get(1).map_or("ASC", text).to_ascii_uppercase();
    let descending = match direction.as_str() {
        "ASC" | "ASCENDING" => false,
        "DESC" | "DESCENDING" => true,
        _ => return Ok(Value::Null),
    };
    let mut sorted: Vec<Value> = items(&values[0]).to_vec();
    order::sort_by(&mut sorted, |a, b| {
        let nulls = a.is_null().cmp(&b.is_null());
        let order = a.total_cmp(b);
        nulls.then(if descending { order.reverse() } else { order })
    });
    Ok(Value::Array(sorted.into()))
}

/// The most numbers of a series: more would take the tab's memory.
const MAX_SERIES: i128 = 1_000_000;

fn series(context: &mut Context, values: &[Value]) -> Outcome {
    let [start, end] = [integer(&values[0]), integer(&values[1])].map(i128::from);
    let step = values.get(2).map_or(if end < start { -1 } else { 1 }, |v| i128::from(integer(v)));
    if step == 0 || (end - start).signum() == -step.signum() {
        return Err(Fault("the step of a series leads away from its end"));
    }
    let count = (end - start) / step + 1;
    if count > MAX_SERIES {
        return Err(Fault("a series of more than 1000000 numbers"));
    }
    let wide = context.arguments[0] == DataType::BigInt;
    let number = |i: i128| {
        let value = (start + i * step) as i64;
        if wide { Value::BigInt(value) } else { Value::Int(value as i32) }
    };
    Ok(Value::Array((0..count).map(number).collect()))
}

fn slice(_: &mut Context, values: &[Value]) -> Outcome {
    let Value::Array(items) = &values[0] else { return Ok(Value::Null) };
    let length = items.len() as i64;
    let from = values[1].integer().unwrap_or(1).saturating_sub(1);
    let to = values[2].integer().unwrap_or(length).min(length);
    if from < 0 || from > to {
        return Ok(Value::Null);
    }
    Ok(Value::Array(items[from as usize..to as usize].into()))
}
