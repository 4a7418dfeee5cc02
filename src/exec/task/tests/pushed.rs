//! Plans whose filters were pushed towards their sources give the same records.

use super::shapes::{Harness, keyed};
use super::*;
use crate::plan::{Explode, Join, JoinKind, PartitionBy, optimize};
use crate::rng::{Seed, Stream};

fn is(column: usize, text: &str) -> Expr {
    let text = Expr::Literal(Value::varchar(text), DataType::Varchar);
    Expr::Compare(Comparison::Equal, Box::new(Expr::Column(column)), Box::new(text))
}

/// The number in a column as an integer from its text: it fails where that is none.
fn is_seven(column: usize) -> Expr {
    let number = Expr::Cast(Box::new(Expr::Column(column)), DataType::Int);
    let seven = Expr::Literal(Value::Int(7), DataType::Int);
    Expr::Compare(Comparison::Equal, Box::new(number), Box::new(seven))
}

fn output(field: Field, column: usize) -> Output {
    Output { field, expr: Expr::Column(column) }
}

/// A stream `l` with a text `W` and an array `A`, exploded and by `W`; joined with the table `r`.
fn joined(kind: JoinKind, condition: Expr) -> Vec<Node> {
    let text = |name: &str| Field::value(name, DataType::Varchar);
    let array = Field::value("A", DataType::Array(Box::new(DataType::Varchar)));
    let mut left = keyed("l", false);
    left.schema = Schema::new(vec![Field::key("K", DataType::Varchar), text("W"), array]);
    let functions = vec![output(text("X"), 2)];
    let by = PartitionBy {
        outputs: vec![
            output(Field::key("W", DataType::Varchar), 1),
            output(text("L_K"), 0),
            output(text("L_X"), 3),
        ],
        repartition: Some(1),
    };
    let all = ["W", "L_K", "L_X", "V"];
    let of_type = |at| if at == 3 { DataType::BigInt } else { DataType::Varchar };
    let outputs = all.iter().enumerate().map(|(at, name)| {
        let field = Field::value(name, of_type(at));
        output(if at == 0 { Field::key(name, of_type(at)) } else { field }, at)
    });
    vec![
        node("l", vec![], Op::Source(left)),
        node("explode", vec![0], Op::Explode(Explode { functions })),
        node("by", vec![1], Op::PartitionBy(by)),
        node("r", vec![], Op::Source(keyed("r", true))),
        node("join", vec![2, 3], Op::Join(Join { kind, window: None })),
        node("where", vec![4], Op::Filter(condition)),
        node("select", vec![5], Op::Project(outputs.collect())),
    ]
}

/// What comes out of random records, some broken and some of them tombstones.
fn outcome(nodes: Vec<Node>, seed: u64) -> Vec<String> {
    let mut it = Harness::new(nodes);
    let mut random = Seed(seed).stream("records");
    for ts in 0..200 {
        let pick = |random: &mut Stream, from: &[&'static str]| {
            from[random.below(from.len() as u32) as usize]
        };
        let key = pick(&mut random, &["a", "b", "c"]);
        if random.below(3) == 0 {
            let v = (random.below(4) > 0).then_some(ts);
            it.number("r", ts, pick(&mut random, &["7", "x", "y"]), v);
            continue;
        }
        let values = [
            r#"{"W":"7","A":["x","7"]}"#,
            r#"{"W":"x","A":["7",null]}"#,
            r#"{"W":"y","A":[]}"#,
            r#"{"A":["y"]}"#,
            r#"{"W":"7","A":5}"#,
            "",
        ];
        let value = pick(&mut random, &values);
        let key = (ts % 17 > 0).then_some(key);
        it.send("l", ts, key, Some(value).filter(|value| !value.is_empty()));
    }
    it.out()
}

#[test]
fn conditions_give_the_same_rows_wherever_they_are_looked_at() {
    let seven = || Box::new(Expr::Literal(Value::BigInt(7), DataType::BigInt));
    let recent = Expr::Compare(Comparison::Greater, Box::new(Expr::Column(3)), seven());
    let early = Expr::Compare(
        Comparison::Less,
        Box::new(Expr::RowTime),
        Box::new(Expr::Literal(Value::BigInt(120), DataType::BigInt)),
    );
    let conditions = [
        is(1, "a"),
        is_seven(0),
        is_seven(2),
        Expr::Not(Box::new(is_seven(2))),
        Expr::IsNull(Box::new(Expr::Column(2))),
        Expr::And(vec![recent.clone(), is(1, "b"), is_seven(2)]),
        Expr::And(vec![is_seven(2), early.clone()]),
        Expr::Or(vec![recent, is(1, "c")]),
        early,
    ];
    let mut passed = 0;
    for kind in [JoinKind::Inner, JoinKind::Left] {
        for (seed, condition) in conditions.iter().enumerate() {
            let nodes = joined(kind, condition.clone());
            let mut pushed = pipeline(nodes.clone());
            optimize(&mut pushed);
            let plain = outcome(nodes, seed as u64);
            assert_eq!(outcome(pushed.nodes, seed as u64), plain, "{kind:?} {condition:?}");
            passed += plain.len();
        }
    }
    assert!(passed > 200, "{passed}");
}
