//! What expressions compute, case by case: NULL, types, edges.

use super::*;
use crate::chunk::Window;
use crate::time::Timestamp;

/// Columns: 0 BOOLEAN, 1 INT, 2 BIGINT, 3 DOUBLE, 4 VARCHAR, 5 TIMESTAMP.
const TYPES: [DataType; 6] = [
    DataType::Boolean,
    DataType::Int,
    DataType::BigInt,
    DataType::Double,
    DataType::Varchar,
    DataType::Timestamp,
];

fn chunk() -> Chunk {
    let mut chunk = Chunk::new(&TYPES);
    let rows = [
        [
            Value::Boolean(true),
            Value::Int(7),
            Value::BigInt(i64::MAX),
            Value::Double(1.5),
            Value::varchar("a"),
            Value::Timestamp(0),
        ],
        [
            Value::Boolean(false),
            Value::Int(-7),
            Value::BigInt(0),
            Value::Double(-1e10),
            Value::varchar("b"),
            Value::Timestamp(-1),
        ],
        [Value::Null, Value::Null, Value::Null, Value::Null, Value::Null, Value::Null],
    ];
    for (i, row) in rows.iter().enumerate() {
        chunk.columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        chunk.timestamps.push(Timestamp(i as i64));
        chunk.partitions.push(0);
        chunk.offsets.push(i as i64);
    }
    chunk
}

fn check(expr: &Expr, expected: &[Value; 3]) {
    let chunk = chunk();
    let mut evaluator = Evaluator::new(expr, &TYPES).expect("compiles");
    for _ in 0..2 {
        let column = evaluator.evaluate(&chunk);
        let values = [column.value(0), column.value(1), column.value(2)];
        assert_eq!(values, *expected, "{expr:?}");
        assert_eq!(column.len(), 3);
    }
}

fn column(index: usize) -> Box<Expr> {
    Box::new(Expr::Column(index))
}

fn int(value: i32) -> Box<Expr> {
    Box::new(Expr::Literal(Value::Int(value), DataType::Int))
}

const fn truth(value: bool) -> Value {
    Value::Boolean(value)
}

#[test]
fn comparisons() {
    let greater = Expr::Compare(Comparison::GreaterOrEqual, column(1), int(7));
    check(&greater, &[truth(true), truth(false), Value::Null]);
    let text = Expr::Literal(Value::varchar("a"), DataType::Varchar);
    let equal = Expr::Compare(Comparison::Equal, column(4), Box::new(text));
    check(&equal, &[truth(true), truth(false), Value::Null]);
    let within = Expr::In(column(1), vec![Value::Int(7), Value::Int(8)]);
    check(&within, &[truth(true), truth(false), Value::Null]);
    let unknown = Expr::In(column(1), vec![Value::Int(7), Value::Null]);
    check(&unknown, &[truth(true), Value::Null, Value::Null]);
    check(&Expr::IsNull(column(3)), &[truth(false), truth(false), truth(true)]);
}

#[test]
fn three_valued_logic() {
    let constant = |value: Value| Expr::Literal(value, DataType::Boolean);
    for (value, all, any) in [
        (
            truth(true),
            [truth(true), truth(false), Value::Null],
            [truth(true), truth(true), truth(true)],
        ),
        (
            truth(false),
            [truth(false), truth(false), truth(false)],
            [truth(true), truth(false), Value::Null],
        ),
        (
            Value::Null,
            [Value::Null, truth(false), Value::Null],
            [truth(true), Value::Null, Value::Null],
        ),
    ] {
        check(&Expr::And(vec![Expr::Column(0), constant(value.clone())]), &all);
        check(&Expr::And(vec![constant(value.clone()), Expr::Column(0)]), &all);
        check(&Expr::Or(vec![Expr::Column(0), constant(value.clone())]), &any);
        check(&Expr::Or(vec![constant(value), Expr::Column(0)]), &any);
    }
    check(&Expr::Not(column(0)), &[truth(false), truth(true), Value::Null]);
}

#[test]
fn arithmetic() {
    let calculate = |op, left, right| Expr::Arithmetic(op, left, right);
    let check_int = |op, right, expected: [Option<i32>; 2]| {
        let [a, b] = expected.map(|v| v.map_or(Value::Null, Value::Int));
        check(&calculate(op, column(1), int(right)), &[a, b, Value::Null]);
    };
    check_int(Arithmetic::Divide, 2, [Some(3), Some(-3)]);
    check_int(Arithmetic::Modulo, 4, [Some(3), Some(-3)]);
    check_int(Arithmetic::Divide, 0, [None, None]);
    check_int(Arithmetic::Add, i32::MAX, [None, Some(i32::MAX - 7)]);
    let one = Box::new(Expr::Literal(Value::BigInt(1), DataType::BigInt));
    let sum = calculate(Arithmetic::Add, column(2), one);
    check(&sum, &[Value::Null, Value::BigInt(1), Value::Null]);
    let product = calculate(Arithmetic::Multiply, column(3), column(3));
    check(&product, &[Value::Double(2.25), Value::Double(1e20), Value::Null]);
}

#[test]
fn casts_are_javas() {
    let cast = |index, to| Expr::Cast(column(index), to);
    let texts = |a: &str, b: &str| [Value::varchar(a), Value::varchar(b), Value::Null];
    check(&cast(3, DataType::Int), &[Value::Int(1), Value::Int(i32::MIN), Value::Null]);
    check(&cast(2, DataType::Int), &[Value::Int(-1), Value::Int(0), Value::Null]);
    check(&cast(1, DataType::Double), &[Value::Double(7.0), Value::Double(-7.0), Value::Null]);
    check(&cast(3, DataType::Varchar), &texts("1.5", "-1.0E10"));
    check(&cast(0, DataType::Varchar), &texts("true", "false"));
    let expected = texts("1970-01-01T00:00:00.000", "1969-12-31T23:59:59.999");
    check(&cast(5, DataType::Varchar), &expected);
}

#[test]
fn times_of_row_and_window() {
    check(&Expr::RowTime, &[Value::BigInt(0), Value::BigInt(1), Value::BigInt(2)]);
    check(&Expr::WindowStart, &[Value::Null, Value::Null, Value::Null]);
    let mut windowed = chunk();
    let window = |start| Window { start: Timestamp(start), end: Timestamp(start + 10) };
    windowed.windows = vec![window(0), window(10), window(20)];
    let mut end = Evaluator::new(&Expr::WindowEnd, &TYPES).expect("compiles");
    assert_eq!(end.evaluate(&windowed).value(2), Value::BigInt(30));
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |expr: Expr| Evaluator::new(&expr, &TYPES).expect_err("refused").to_string();
    assert_eq!(refused(Expr::Column(6)), "column 6 of 6");
    let sides = Expr::Compare(Comparison::Equal, column(1), column(2));
    assert_eq!(refused(sides), "Equal of INT and BIGINT: a cast is missing");
    assert_eq!(refused(Expr::Not(column(1))), "NOT of INT");
    let text = Expr::Arithmetic(Arithmetic::Add, column(4), column(4));
    assert_eq!(refused(text), "Add of VARCHAR");
    let cast = Expr::Cast(column(4), DataType::Int);
    assert_eq!(refused(cast), "CAST to INT of VARCHAR");
    let literal = Expr::Literal(Value::Int(1), DataType::BigInt);
    assert_eq!(refused(literal), "the constant Int(1) is no BIGINT");
}
