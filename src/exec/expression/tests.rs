//! Checks expressions over one chunk of three rows: values, other values, NULLs.

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
    check(&greater, &[truth(true), truth(false), truth(false)]);
    let text = Expr::Literal(Value::varchar("a"), DataType::Varchar);
    let equal = Expr::Compare(Comparison::Equal, column(4), Box::new(text));
    check(&equal, &[truth(true), truth(false), truth(false)]);
    check(&Expr::Not(Box::new(equal)), &[truth(false), truth(true), truth(true)]);
    let seven = || Expr::Literal(Value::Int(7), DataType::Int);
    let null = Expr::Literal(Value::Null, DataType::Int);
    check(&Expr::In(column(1), vec![seven()]), &[truth(true), truth(false), truth(false)]);
    let with_null = Expr::In(column(1), vec![null.clone(), seven()]);
    check(&with_null, &[truth(true), truth(false), truth(false)]);
    let of_columns = Expr::In(column(1), vec![Expr::Negate(column(1)), *column(1)]);
    check(&of_columns, &[truth(true), truth(true), Value::Null]);
    check(&Expr::IsNull(column(3)), &[truth(false), truth(false), truth(true)]);
    let distinct = Expr::IsDistinct(column(1), int(7));
    check(&distinct, &[truth(false), truth(true), truth(true)]);
    let from_null = Expr::IsDistinct(column(1), Box::new(null));
    check(&from_null, &[truth(true), truth(true), truth(false)]);
    let pattern = Box::new(Expr::Literal(Value::varchar("_"), DataType::Varchar));
    let like = Expr::Like { value: column(4), pattern, escape: None };
    check(&like, &[truth(true), truth(true), truth(false)]);
}

#[test]
fn logic_stops_where_it_is_decided() {
    let constant = |value: Value| Expr::Literal(value, DataType::Boolean);
    let both = |make: fn(Vec<Expr>) -> Expr, value: Value, left: [Value; 3], right: [Value; 3]| {
        check(&make(vec![constant(value.clone()), Expr::Column(0)]), &left);
        check(&make(vec![Expr::Column(0), constant(value)]), &right);
    };
    let column_itself = || [truth(true), truth(false), Value::Null];
    let all = |value: bool| [truth(value), truth(value), truth(value)];
    both(Expr::And, truth(true), column_itself(), column_itself());
    both(Expr::And, truth(false), all(false), [truth(false), truth(false), Value::Null]);
    both(
        Expr::And,
        Value::Null,
        [Value::Null, Value::Null, Value::Null],
        [Value::Null, truth(false), Value::Null],
    );
    both(Expr::Or, truth(false), column_itself(), column_itself());
    both(Expr::Or, truth(true), all(true), [truth(true), truth(true), Value::Null]);
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
    check_int(Arithmetic::Add, i32::MAX, [Some(i32::MIN + 6), Some(i32::MAX - 7)]);
    let one = Box::new(Expr::Literal(Value::BigInt(1), DataType::BigInt));
    let sum = calculate(Arithmetic::Add, column(2), one);
    check(&sum, &[Value::BigInt(i64::MIN), Value::BigInt(1), Value::Null]);
    let product = calculate(Arithmetic::Multiply, column(3), column(3));
    check(&product, &[Value::Double(2.25), Value::Double(1e20), Value::Null]);
    check(&Expr::Negate(column(1)), &[Value::Int(-7), Value::Int(7), Value::Null]);
    let texts = calculate(Arithmetic::Add, column(4), column(4));
    check(&texts, &["aa", "bb", "nullnull"].map(Value::varchar));
}

#[test]
fn constants_are_computed_once_unless_they_fail() {
    let sum = Expr::Arithmetic(Arithmetic::Add, int(3), int(4));
    let equal = Expr::Compare(Comparison::Equal, column(1), Box::new(sum));
    check(&equal, &[truth(true), truth(false), truth(false)]);
    let evaluator = Evaluator::new(&equal, &TYPES).expect("compiles");
    let Kind::Compare(_, sides) = &evaluator.kind else { panic!("{evaluator:?}") };
    assert!(matches!(sides[1].kind, Kind::Literal(Value::Int(7))), "{:?}", sides[1]);
    let by_zero = Expr::Arithmetic(Arithmetic::Divide, int(1), int(0));
    let mut evaluator = Evaluator::new(&by_zero, &TYPES).expect("compiles");
    evaluator.evaluate(&chunk());
    assert_eq!(evaluator.take_failed(), 3, "each row counts");
}

#[test]
fn an_error_makes_the_whole_expression_null() {
    let by_zero = || Expr::Arithmetic(Arithmetic::Divide, column(1), int(0));
    let zero = || Expr::Literal(Value::Int(0), DataType::Int);
    let nothing = [Value::Null, Value::Null, Value::Null];
    check(&Expr::Call("IFNULL".into(), vec![by_zero(), zero()]), &nothing);
    check(&Expr::IsNull(Box::new(by_zero())), &nothing);
    // A column that is NULL is no error.
    let otherwise = Expr::Call("IFNULL".into(), vec![Expr::Column(1), zero()]);
    check(&otherwise, &[Value::Int(7), Value::Int(-7), Value::Int(0)]);
    // An error stays inside of a constructor.
    let array = Expr::Array(vec![by_zero(), zero()]);
    let items = Value::Array([Value::Null, Value::Int(0)].into());
    check(&array, &[items.clone(), items.clone(), items]);
    let number = Expr::Cast(column(4), DataType::Int);
    check(&number, &nothing);
    let mut evaluator = Evaluator::new(&number, &TYPES).expect("compiles");
    evaluator.evaluate(&chunk());
    assert_eq!((evaluator.take_failed(), evaluator.take_failed()), (2, 0));
}

#[test]
fn case_takes_the_first_true_branch() {
    let is = |text: &str| {
        let text = Box::new(Expr::Literal(Value::varchar(text), DataType::Varchar));
        Expr::Compare(Comparison::Equal, column(4), text)
    };
    let by_zero = Expr::Arithmetic(Arithmetic::Divide, column(1), int(0));
    // The failing branch counts only where it is taken.
    let branches = vec![(is("a"), by_zero), (is("b"), Expr::Column(1)), (is("b"), *int(1))];
    let case = |otherwise| Expr::Case { branches: branches.clone(), otherwise };
    check(&case(None), &[Value::Null, Value::Int(-7), Value::Null]);
    check(&case(Some(int(9))), &[Value::Null, Value::Int(-7), Value::Int(9)]);
    let unknown =
        Expr::Case { branches: vec![(Expr::Column(0), *int(1))], otherwise: Some(int(2)) };
    check(&unknown, &[Value::Int(1), Value::Int(2), Value::Null]);
}

#[test]
fn nested_values() {
    let array = || Expr::Array(vec![Expr::Column(1), *int(5)]);
    let at = |index| Expr::Subscript(Box::new(array()), int(index));
    check(&at(1), &[Value::Int(7), Value::Int(-7), Value::Null]);
    check(&at(-1), &[Value::Int(5), Value::Int(5), Value::Int(5)]);
    check(&at(0), &[Value::Null, Value::Null, Value::Null]);
    check(&at(3), &[Value::Null, Value::Null, Value::Null]);
    let record = Expr::Struct(vec![("A".into(), Expr::Column(4)), ("B".into(), array())]);
    let b = Expr::Field(Box::new(record.clone()), 1);
    let b_1 = Expr::Subscript(Box::new(b), int(1));
    check(&b_1, &[Value::Int(7), Value::Int(-7), Value::Null]);
    let key = |text: &str| Expr::Literal(Value::varchar(text), DataType::Varchar);
    let map = Expr::Map(vec![(Expr::Column(4), Expr::Column(1)), (key("k"), *int(1))]);
    let found = |wanted| Expr::Subscript(Box::new(map.clone()), Box::new(key(wanted)));
    check(&found("a"), &[Value::Int(7), Value::Null, Value::Null]);
    check(&found("k"), &[Value::Int(1), Value::Int(1), Value::Int(1)]);
    let null_key = Expr::IsNull(Box::new(Expr::Call("MAP_KEYS".into(), vec![map])));
    check(&null_key, &[truth(false), truth(false), truth(false)]);
    let same = Expr::Compare(Comparison::Equal, Box::new(array()), Box::new(array()));
    check(&same, &[truth(true), truth(true), truth(true)]);
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
    let text = Expr::Arithmetic(Arithmetic::Subtract, column(4), column(4));
    assert_eq!(refused(text), "Subtract of VARCHAR");
    let cast = Expr::Cast(column(2), DataType::Timestamp);
    assert_eq!(refused(cast), "CAST to TIMESTAMP of BIGINT");
    let array = || Box::new(Expr::Array(vec![*int(1)]));
    let order = Expr::Compare(Comparison::Less, array(), array());
    assert_eq!(refused(order), "Less of ARRAY<INT>");
    assert_eq!(refused(Expr::Array(Vec::new())), "ARRAY of nothing");
    let unknown = Expr::Call("NOTHING".into(), Vec::new());
    assert_eq!(refused(unknown), "there is no function NOTHING");
    let literal = Expr::Literal(Value::Int(1), DataType::BigInt);
    assert_eq!(refused(literal), "the constant Int(1) is no BIGINT");
}
