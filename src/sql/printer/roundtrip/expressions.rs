//! Expressions of every form.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{HERE, ident, number, text, type_name};
use crate::sql::ast::{ArithmeticOp, Branch, ComparisonOp, Expr, ExprKind, Ident, Sign, TimeUnit};
use crate::sql::token::Quote;

fn leaf() -> impl Strategy<Value = ExprKind> {
    prop_oneof![
        1 => Just(ExprKind::Null),
        1 => any::<bool>().prop_map(ExprKind::Boolean),
        2 => number().prop_map(ExprKind::Number),
        2 => text().prop_map(ExprKind::String),
        1 => (ident(), text()).prop_map(|(name, value)| ExprKind::Typed(name, value)),
        4 => (option::of(ident()), ident())
            .prop_map(|(source, name)| ExprKind::Column { source, name }),
        1 => ident().prop_map(ExprKind::CallAll),
        1 => Just(ExprKind::Column { source: None, name: Ident::new("1R", Quote::Bare, HERE) }),
    ]
}

pub(super) fn expr() -> BoxedStrategy<Expr> {
    leaf()
        .prop_map(|kind| Expr::new(kind, HERE))
        .prop_recursive(4, 24, 3, |inner| {
            prop_oneof![operators(&inner), operands(&inner)].prop_map(|kind| Expr::new(kind, HERE))
        })
        .boxed()
}

fn operators(inner: &BoxedStrategy<Expr>) -> BoxedStrategy<ExprKind> {
    let one = inner.clone().prop_map(Box::new);
    let two = || (one.clone(), one.clone());
    let sign = select(vec![Sign::Plus, Sign::Minus]);
    let arithmetic = select(vec![
        ArithmeticOp::Add,
        ArithmeticOp::Subtract,
        ArithmeticOp::Multiply,
        ArithmeticOp::Divide,
        ArithmeticOp::Modulo,
    ]);
    let comparison = select(vec![
        ComparisonOp::Equal,
        ComparisonOp::NotEqual,
        ComparisonOp::Less,
        ComparisonOp::LessOrEqual,
        ComparisonOp::Greater,
        ComparisonOp::GreaterOrEqual,
    ]);
    let escape = option::of(select(vec!['!', '\'', '\\']));
    let negated = any::<bool>;
    prop_oneof![
        (sign, one.clone()).prop_map(|(sign, it)| ExprKind::Signed(sign, it)),
        (arithmetic, two()).prop_map(|(op, (a, b))| ExprKind::Arithmetic(op, a, b)),
        two().prop_map(|(a, b)| ExprKind::Concat(a, b)),
        (comparison, two()).prop_map(|(op, (a, b))| ExprKind::Compare(op, a, b)),
        vec(inner.clone(), 2..4).prop_map(ExprKind::And),
        vec(inner.clone(), 2..4).prop_map(ExprKind::Or),
        one.clone().prop_map(ExprKind::Not),
        (negated(), one.clone(), two()).prop_map(|(negated, value, (low, high))| {
            ExprKind::Between { negated, value, low, high }
        }),
        (negated(), one.clone(), vec(inner.clone(), 1..3))
            .prop_map(|(negated, value, list)| ExprKind::In { negated, value, list }),
        (negated(), two(), escape).prop_map(|(negated, (value, pattern), escape)| {
            ExprKind::Like { negated, value, pattern, escape }
        }),
        (negated(), one.clone()).prop_map(|(negated, value)| ExprKind::IsNull { negated, value }),
        (negated(), two()).prop_map(|(negated, (left, right))| ExprKind::IsDistinct {
            negated,
            left,
            right
        }),
        (one.clone(), text()).prop_map(|(value, zone)| ExprKind::AtTimeZone(value, zone)),
    ]
    .boxed()
}

fn operands(inner: &BoxedStrategy<Expr>) -> BoxedStrategy<ExprKind> {
    let one = || inner.clone().prop_map(Box::new);
    let branch = (inner.clone(), inner.clone()).prop_map(|(when, then)| Branch { when, then });
    let argument = prop_oneof![
        4 => inner.clone(),
        1 => (vec(ident(), 1..3), one())
            .prop_map(|(names, body)| Expr::new(ExprKind::Lambda(names, body), HERE)),
        1 => select(vec![TimeUnit::Days, TimeUnit::Millisecond, TimeUnit::Seconds])
            .prop_map(|unit| Expr::new(ExprKind::Unit(unit), HERE)),
    ];
    prop_oneof![
        (one(), ident()).prop_map(|(base, field)| ExprKind::Field(base, field)),
        (one(), one()).prop_map(|(base, index)| ExprKind::Subscript(base, index)),
        (option::of(one()), vec(branch, 1..3), option::of(one())).prop_map(
            |(operand, branches, otherwise)| ExprKind::Case { operand, branches, otherwise }
        ),
        (one(), type_name()).prop_map(|(value, target)| ExprKind::Cast(value, target)),
        (ident(), vec(argument, 0..3)).prop_map(|(name, list)| ExprKind::Call(name, list)),
        vec(inner.clone(), 0..3).prop_map(ExprKind::Array),
        vec((inner.clone(), inner.clone()), 0..3).prop_map(ExprKind::Map),
        vec((ident(), inner.clone()), 0..3).prop_map(ExprKind::Struct),
    ]
    .boxed()
}
