//! What each aggregate function computes, also after a merge, and what limits keep out.

use super::*;
use crate::chunk::Column;
use crate::value::Value;

fn column(data_type: &DataType, values: &[Value]) -> Column {
    let mut column = Column::new(data_type);
    values.iter().for_each(|value| column.push(value));
    column
}

fn ints(values: &[i32]) -> Vec<Value> {
    values.iter().map(|v| Value::Int(*v)).collect()
}

/// Evaluates the function over `values` three ways that must agree: row by row, restored from a
/// checkpoint half-way, and (when slices are shared) merged from three interleaved parts.
fn check(function: AggregateFunction, data_type: &DataType, values: &[Value], expected: &Value) {
    let argument = column(data_type, values);
    let result_type = function.result_type(Some(data_type)).expect("takes the type");
    let mut out = Column::new(&result_type);
    let mut whole = function.accumulator(Some(data_type)).expect("valid");
    whole.resize(1);
    let rows = values.len() as u32;
    for row in 0..rows {
        if row == rows / 2 {
            let saved = whole.checkpoint();
            whole = function.accumulator(Some(data_type)).expect("valid");
            whole.restore(&saved).expect("restores");
        }
        whole.update(&[Update { row, group: 0 }], Some(&argument));
    }
    whole.evaluate_into(0, &mut out);
    assert_eq!(out.value(0), *expected, "{function:?}");
    if whole.shares_slices() {
        let mut parts = function.accumulator(Some(data_type)).expect("valid");
        parts.resize(4);
        let updates: Vec<Update> = (0..rows).map(|row| Update { row, group: row % 3 }).collect();
        parts.update(&updates, Some(&argument));
        [2, 0, 1].into_iter().for_each(|from| parts.merge(3, from));
        parts.evaluate_into(3, &mut out);
        assert_eq!(out.value(1), *expected, "{function:?} in slices");
    }
    whole.reset(0);
    whole.evaluate_into(0, &mut out);
    let mut fresh = function.accumulator(Some(data_type)).expect("valid");
    fresh.resize(1);
    fresh.evaluate_into(0, &mut out);
    assert_eq!(out.value(out.len() - 1), out.value(out.len() - 2), "{function:?} after reset");
}

#[test]
fn nulls_and_empty_groups_are_as_in_ksqldb() {
    let nulls = [Value::Null, Value::Null];
    for (function, expected) in [
        (AggregateFunction::Count, Value::BigInt(0)),
        (AggregateFunction::Sum, Value::Int(0)),
        (AggregateFunction::Min, Value::Null),
        (AggregateFunction::Max, Value::Null),
        (AggregateFunction::Avg, Value::Double(0.0)),
        (AggregateFunction::CountDistinct, Value::BigInt(0)),
        (AggregateFunction::ApproxCountDistinct { lg_k: 12 }, Value::BigInt(0)),
        (AggregateFunction::TopK { k: 2 }, Value::Array([].into())),
        (AggregateFunction::CollectList { limit: 9 }, Value::Array(nulls.clone().into())),
        (AggregateFunction::CollectSet { limit: 9 }, Value::Array([Value::Null].into())),
    ] {
        check(function, &DataType::Int, &nulls, &expected);
    }
}

#[test]
fn numbers() {
    let values: Vec<Value> =
        [3, -1, 3, 7].iter().map(|v| Value::Int(*v)).chain([Value::Null]).collect();
    let int = DataType::Int;
    check(AggregateFunction::Count, &int, &values, &Value::BigInt(4));
    check(AggregateFunction::Sum, &int, &values, &Value::Int(12));
    check(AggregateFunction::Min, &int, &values, &Value::Int(-1));
    check(AggregateFunction::Max, &int, &values, &Value::Int(7));
    check(AggregateFunction::Avg, &int, &values, &Value::Double(3.0));
    check(AggregateFunction::CountDistinct, &int, &values, &Value::BigInt(3));
    let top = |items: &[i32]| Value::Array(ints(items).into());
    check(AggregateFunction::TopK { k: 3 }, &int, &values, &top(&[7, 3, 3]));
    check(AggregateFunction::TopKDistinct { k: 3 }, &int, &values, &top(&[7, 3, -1]));
}

#[test]
fn integer_sums_wrap_at_their_width() {
    let values = ints(&[i32::MAX, 1, 1]);
    check(AggregateFunction::Sum, &DataType::Int, &values, &Value::Int(i32::MIN + 1));
    let average = f64::from(i32::MIN + 1) / 3.0;
    check(AggregateFunction::Avg, &DataType::Int, &values, &Value::Double(average));
    let values = [Value::BigInt(i64::MAX), Value::BigInt(1)];
    check(AggregateFunction::Sum, &DataType::BigInt, &values, &Value::BigInt(i64::MIN));
}

#[test]
fn doubles_and_texts() {
    let doubles = [Value::Double(0.1), Value::Double(0.2), Value::Null, Value::Double(-0.5)];
    check(AggregateFunction::Sum, &DataType::Double, &doubles, &Value::Double(0.1 + 0.2 - 0.5));
    let average = (0.1 + 0.2 - 0.5) / 3.0;
    check(AggregateFunction::Avg, &DataType::Double, &doubles, &Value::Double(average));
    check(AggregateFunction::Min, &DataType::Double, &doubles, &Value::Double(-0.5));
    check(AggregateFunction::Max, &DataType::Double, &doubles, &Value::Double(0.2));
    let texts: Vec<Value> = ["b", "ab", "b", "c"].map(Value::varchar).to_vec();
    let text = DataType::Varchar;
    check(AggregateFunction::Min, &text, &texts, &Value::varchar("ab"));
    check(AggregateFunction::Max, &text, &texts, &Value::varchar("c"));
    check(AggregateFunction::CountDistinct, &text, &texts, &Value::BigInt(3));
    let list = |items: &[&str]| Value::Array(items.iter().map(|t| Value::varchar(t)).collect());
    let (all, set) = (list(&["b", "ab", "b"]), list(&["b", "ab", "c"]));
    check(AggregateFunction::CollectList { limit: 3 }, &text, &texts, &all);
    check(AggregateFunction::CollectSet { limit: 3 }, &text, &texts, &set);
    check(AggregateFunction::TopKDistinct { k: 2 }, &text, &texts, &list(&["c", "b"]));
}

#[test]
fn sketches_are_close_and_survive_a_merge() {
    let function = AggregateFunction::ApproxCountDistinct { lg_k: 12 };
    let mut sketch = function.accumulator(Some(&DataType::BigInt)).expect("valid");
    sketch.resize(3);
    let values: Vec<Value> = (0..20_000).map(|i| Value::BigInt(i % 10_000)).collect();
    let argument = column(&DataType::BigInt, &values);
    let updates: Vec<Update> =
        (0..20_000).map(|row| Update { row, group: u32::from(row >= 6_000) }).collect();
    sketch.update(&updates, Some(&argument));
    let mut out = Column::new(&DataType::BigInt);
    sketch.merge(2, 0);
    sketch.merge(2, 1);
    (0..3).for_each(|group| sketch.evaluate_into(group, &mut out));
    for (row, exact) in [6_000, 10_000, 10_000].into_iter().enumerate() {
        let Value::BigInt(estimate) = out.value(row) else { panic!("BIGINT") };
        // Four standard errors of the composite estimate, 1.04 / sqrt(4096).
        assert!((estimate - exact).abs() < exact * 65 / 1_000, "{estimate} of {exact}");
    }
}

#[test]
fn what_a_limit_keeps_out_is_counted() {
    let argument = column(&DataType::Int, &ints(&[1, 1, 2, 3, 3]));
    let updates: Vec<Update> = (0..5).map(|row| Update { row, group: 0 }).collect();
    for (function, over) in [
        (AggregateFunction::CollectList { limit: 2 }, 3),
        (AggregateFunction::CollectSet { limit: 2 }, 2),
    ] {
        let mut list = function.accumulator(Some(&DataType::Int)).expect("valid");
        list.resize(1);
        list.update(&updates, Some(&argument));
        assert_eq!((list.take_over_limit(), list.take_over_limit()), (over, 0));
    }
}

#[test]
fn calls_that_mean_nothing_are_refused() {
    let array = DataType::Array(Box::new(DataType::Int));
    for (function, argument) in [
        (AggregateFunction::Sum, Some(&DataType::Varchar)),
        (AggregateFunction::Sum, None),
        (AggregateFunction::Max, Some(&DataType::Boolean)),
        (AggregateFunction::CountDistinct, Some(&array)),
        (AggregateFunction::ApproxCountDistinct { lg_k: 3 }, Some(&DataType::Int)),
        (AggregateFunction::TopK { k: 0 }, Some(&DataType::Int)),
        (AggregateFunction::CollectList { limit: 0 }, Some(&DataType::Int)),
    ] {
        assert!(function.accumulator(argument).is_err(), "{function:?} {argument:?}");
    }
}
