//! Parsing what is printed gives an equal tree, for any tree that a parser could build.

mod expressions;

use expressions::expr;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::sql::ast::{
    AssertSource, Column, ColumnConstraint, CreateSource, CreateSourceAs, Duration, Emit,
    FromClause, Ident, Join, JoinKind, Literal, LiteralKind, Names, Number, NumberKind, Place,
    Primitive, Print, Property, PropertyName, Query, QueryTarget, Relation, Sampling, SelectItem,
    Show, SourceKind, Statement, StatementKind, TimeUnit, TopicName, TypeKind, TypeName,
    TypeParameter, Window, WindowKind, Within,
};
use crate::sql::diagnostic::render::plain;
use crate::sql::token::Quote;
use crate::sql::{format, parse};

const HERE: Place = Place(crate::sql::span::Span::new(0, 0));

fn text() -> impl Strategy<Value = Box<str>> {
    "[a-c'\"`;\n$\\{} é-]{0,6}".prop_map(String::into_boxed_str)
}

fn word() -> impl Strategy<Value = Ident> {
    "[a-zA-Z_]x[a-z0-9_@]{0,3}".prop_map(|word| Ident::new(&word, Quote::Bare, HERE))
}

fn ident() -> impl Strategy<Value = Ident> {
    let soft = select(vec!["date", "Key", "array", "emit", "partition", "timestamp", "id", "IF"]);
    prop_oneof![
        4 => word(),
        1 => soft.prop_map(|word| Ident::new(word, Quote::Bare, HERE)),
        1 => text().prop_map(|name| Ident::new(&name, Quote::Back, HERE)),
        1 => text().prop_map(|name| Ident::new(&name, Quote::Double, HERE)),
        1 => "[a-z]{1,3}".prop_map(|name| Ident::new(&name, Quote::Variable, HERE)),
    ]
}

fn number() -> impl Strategy<Value = Number> {
    let number = |(kind, text): (NumberKind, String)| Number { kind, text: text.into() };
    prop_oneof![
        any::<i64>().prop_map(|value| (NumberKind::Integer, value.to_string())),
        "-?[0-9]{1,3}\\.[0-9]{0,3}".prop_map(|text| (NumberKind::Decimal, text)),
        "-?\\.[0-9]{1,3}".prop_map(|text| (NumberKind::Decimal, text)),
        "-?[0-9]\\.?[0-9]?[eE][+-]?[0-9]{1,2}".prop_map(|text| (NumberKind::Double, text)),
    ]
    .prop_map(number)
}

fn unit() -> impl Strategy<Value = TimeUnit> {
    select(vec![
        TimeUnit::Millisecond,
        TimeUnit::Milliseconds,
        TimeUnit::Second,
        TimeUnit::Seconds,
        TimeUnit::Minute,
        TimeUnit::Minutes,
        TimeUnit::Hour,
        TimeUnit::Hours,
        TimeUnit::Day,
        TimeUnit::Days,
    ])
}

fn duration() -> impl Strategy<Value = Duration> {
    (any::<u64>(), unit()).prop_map(|(count, unit)| Duration { count, unit, span: HERE })
}

fn type_name() -> BoxedStrategy<TypeName> {
    let primitive = select(vec!["INT", "STRING", "VARCHAR", "DATE", "TIMESTAMP", "BYTES"]);
    let primitive = primitive.prop_map(|name| Ident::new(name, Quote::Bare, HERE));
    let custom = word().prop_filter("no primitive", |name| Primitive::find(&name.name).is_none());
    let parameter =
        prop_oneof![any::<u64>().prop_map(TypeParameter::Length), Just(TypeParameter::String),];
    let named = (prop_oneof![primitive, custom], vec(parameter, 0..3))
        .prop_map(|(name, parameters)| TypeKind::Named { name, parameters });
    let decimal =
        any::<(u32, u32)>().prop_map(|(precision, scale)| TypeKind::Decimal { precision, scale });
    let at = |kind| TypeName { kind, span: HERE };
    prop_oneof![3 => named, 1 => decimal]
        .prop_map(at)
        .prop_recursive(3, 8, 3, move |inner| {
            prop_oneof![
                inner.clone().prop_map(|item| TypeKind::Array(Box::new(item))),
                (inner.clone(), inner.clone())
                    .prop_map(|(key, value)| TypeKind::Map(Box::new(key), Box::new(value))),
                vec((ident(), inner), 0..3).prop_map(TypeKind::Struct),
            ]
            .prop_map(at)
        })
        .boxed()
}

fn relation() -> impl Strategy<Value = Relation> {
    (ident(), option::of(ident())).prop_map(|(source, alias)| Relation {
        source,
        alias,
        span: HERE,
    })
}

fn join() -> BoxedStrategy<Join> {
    let kind = select(vec![JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full]);
    let within = (duration(), option::of(duration()), option::of(duration()))
        .prop_map(|(before, after, grace)| Within { before, after, grace, span: HERE });
    (kind, relation(), option::of(within), expr())
        .prop_map(|(kind, relation, within, on)| Join { kind, relation, within, on, span: HERE })
        .boxed()
}

fn window() -> BoxedStrategy<Window> {
    let kind = prop_oneof![
        duration().prop_map(|size| WindowKind::Tumbling { size }),
        (duration(), duration()).prop_map(|(size, advance)| WindowKind::Hopping { size, advance }),
        duration().prop_map(|gap| WindowKind::Session { gap }),
    ];
    (option::of(word()), kind, option::of(duration()), option::of(duration()))
        .prop_map(|(name, kind, retention, grace)| Window {
            name,
            kind,
            retention,
            grace,
            span: HERE,
        })
        .boxed()
}

fn query() -> BoxedStrategy<Box<Query>> {
    let item = prop_oneof![
        option::of(ident()).prop_map(|source| SelectItem::All { source, span: HERE }),
        expr().prop_map(|base| SelectItem::StructAll { base, span: HERE }),
        (expr(), option::of(ident())).prop_map(|(value, alias)| SelectItem::Expr { value, alias }),
    ];
    let from =
        (relation(), vec(join(), 0..2)).prop_map(|(first, joins)| FromClause { first, joins });
    let clauses = (
        option::of(window()),
        option::of(expr()),
        vec(expr(), 0..3),
        vec(expr(), 0..3),
        option::of(expr()),
        option::of(select(vec![Emit::Changes, Emit::Final])),
        option::of(any::<u64>()),
    );
    (vec(item, 1..4), from, clauses)
        .prop_map(|(select, from, clauses)| {
            let (window, filter, group_by, partition_by, having, emit, limit) = clauses;
            let span = HERE;
            Box::new(Query {
                select,
                from,
                window,
                filter,
                group_by,
                partition_by,
                having,
                emit,
                limit,
                span,
            })
        })
        .boxed()
}

fn literal() -> BoxedStrategy<Literal> {
    let kind = prop_oneof![
        Just(LiteralKind::Null),
        any::<bool>().prop_map(LiteralKind::Boolean),
        number().prop_map(LiteralKind::Number),
    ];
    prop_oneof![kind.prop_map(|kind| Literal { kind, span: HERE }), string_literal()].boxed()
}

fn string_literal() -> impl Strategy<Value = Literal> {
    let variable = "[a-z]{1,3}".prop_map(|name| Ident::new(&name, Quote::Variable, HERE));
    prop_oneof![text().prop_map(LiteralKind::String), variable.prop_map(LiteralKind::Variable),]
        .prop_map(|kind| Literal { kind, span: HERE })
}

fn properties() -> BoxedStrategy<Vec<Property>> {
    let name = prop_oneof![
        ident().prop_map(PropertyName::Ident),
        text().prop_map(|name| PropertyName::String(name, HERE)),
    ];
    vec((name, literal()).prop_map(|(name, value)| Property { name, value, span: HERE }), 0..4)
        .boxed()
}

fn columns() -> BoxedStrategy<Vec<Column>> {
    let constraint = prop_oneof![
        Just(ColumnConstraint::Key),
        Just(ColumnConstraint::PrimaryKey),
        Just(ColumnConstraint::Headers),
        text().prop_map(ColumnConstraint::Header),
    ];
    let column =
        (ident(), type_name(), option::of(constraint)).prop_map(|(name, data_type, constraint)| {
            Column { name, data_type, constraint, span: HERE }
        });
    vec(column, 0..4).boxed()
}

fn source_kind() -> impl Strategy<Value = SourceKind> {
    select(vec![SourceKind::Stream, SourceKind::Table])
}

fn topic() -> impl Strategy<Value = TopicName> {
    prop_oneof![
        ident().prop_map(TopicName::Ident),
        text().prop_map(|name| TopicName::String(name, HERE)),
    ]
}

fn creation() -> BoxedStrategy<StatementKind> {
    let create = (source_kind(), any::<(bool, bool, bool)>(), ident(), columns(), properties());
    let create_as = (source_kind(), any::<(bool, bool)>(), ident(), properties(), query());
    prop_oneof![
        create.prop_map(|(source_kind, flags, name, columns, properties)| {
            let (or_replace, read_only, if_not_exists) = flags;
            StatementKind::CreateSource(CreateSource {
                source_kind,
                or_replace,
                read_only,
                if_not_exists,
                name,
                columns,
                properties,
            })
        }),
        create_as.prop_map(|(source_kind, flags, name, properties, query)| {
            let (or_replace, if_not_exists) = flags;
            StatementKind::CreateSourceAs(CreateSourceAs {
                source_kind,
                or_replace,
                if_not_exists,
                name,
                properties,
                query,
            })
        }),
        (any::<bool>(), ident(), type_name()).prop_map(|(if_not_exists, name, target)| {
            StatementKind::CreateType { if_not_exists, name, target }
        }),
        (source_kind(), any::<(bool, bool)>(), ident()).prop_map(
            |(source_kind, (if_exists, delete_topic), name)| StatementKind::DropSource {
                source_kind,
                if_exists,
                name,
                delete_topic,
            }
        ),
        (source_kind(), ident(), vec((ident(), type_name()), 1..3)).prop_map(
            |(source_kind, name, columns)| StatementKind::AlterSource {
                source_kind,
                name,
                columns,
            }
        ),
    ]
    .boxed()
}

fn management() -> BoxedStrategy<StatementKind> {
    let target = prop_oneof![Just(QueryTarget::All), ident().prop_map(QueryTarget::Id)];
    let sampling =
        option::of(any::<(bool, u64)>().prop_map(|(sample, every)| Sampling { sample, every }));
    prop_oneof![
        target.clone().prop_map(StatementKind::Terminate),
        target.prop_map(StatementKind::Pause),
        any::<(bool, bool)>().prop_map(|(all, extended)| {
            StatementKind::Show(Show { names: Names::Topics, all, extended })
        }),
        (ident(), any::<bool>())
            .prop_map(|(name, extended)| StatementKind::Describe { name, extended }),
        ident().prop_map(StatementKind::DescribeFunction),
        ident().prop_map(StatementKind::ExplainQuery),
        (topic(), any::<bool>(), sampling, option::of(any::<u64>())).prop_map(
            |(topic, from_beginning, sampling, limit)| {
                StatementKind::Print(Print { topic, from_beginning, sampling, limit })
            }
        ),
        (string_literal(), string_literal())
            .prop_map(|(name, value)| StatementKind::Set { name, value }),
        string_literal().prop_map(StatementKind::Unset),
        (word(), text()).prop_map(|(name, value)| StatementKind::Define { name, value }),
    ]
    .boxed()
}

fn rows() -> BoxedStrategy<StatementKind> {
    let values = || (ident(), vec(ident(), 0..3), vec(expr(), 0..3));
    prop_oneof![
        values().prop_map(|(target, columns, values)| StatementKind::InsertValues {
            target,
            columns,
            values
        }),
        values().prop_map(|(source, columns, values)| StatementKind::AssertValues {
            source,
            columns,
            values
        }),
        values().prop_map(|(source, columns, values)| StatementKind::AssertTombstone {
            source,
            columns,
            values
        }),
        (ident(), properties(), query()).prop_map(|(target, properties, query)| {
            StatementKind::InsertSelect { target, properties, query }
        }),
        (source_kind(), ident(), columns(), properties()).prop_map(
            |(source_kind, name, columns, properties)| {
                StatementKind::AssertSource(AssertSource { source_kind, name, columns, properties })
            }
        ),
        (any::<bool>(), topic(), properties(), option::of(duration())).prop_map(
            |(exists, topic, properties, timeout)| StatementKind::AssertTopic {
                exists,
                topic,
                properties,
                timeout,
            }
        ),
    ]
    .boxed()
}

fn statement() -> BoxedStrategy<Statement> {
    let plain = prop_oneof![
        3 => query().prop_map(StatementKind::Query),
        2 => creation(),
        1 => management(),
        2 => rows(),
    ]
    .prop_map(|kind| Statement { kind, span: HERE });
    (plain, prop::bool::weighted(0.1))
        .prop_map(|(inner, explained)| {
            let is_id = matches!(inner.kind, StatementKind::ExplainQuery(_));
            if explained && !is_id {
                Statement { kind: StatementKind::Explain(Box::new(inner)), span: HERE }
            } else {
                inner
            }
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn parsing_what_is_printed_gives_the_same(statement in statement()) {
        let printed = format!("{statement};");
        let (parsed, diagnostics) = parse(&printed);
        prop_assert!(diagnostics.is_empty(), "{printed}\n{diagnostics:?}");
        prop_assert_eq!(parsed, [statement], "{}", printed);
    }

    #[test]
    fn formatting_twice_changes_nothing(
        parts in vec(prop_oneof![
            statement().prop_map(|statement| format!("{statement};")),
            "(SELECT|[a-c ';\n]|--[a-c]*\n|/\\*[a-c]\\*/){0,5}",
        ], 0..4),
    ) {
        let once = format(&parts.concat());
        prop_assert_eq!(format(&once), once.clone(), "{}", once);
    }

    #[test]
    fn no_text_panics(
        words in vec(prop_oneof![
            select(crate::sql::token::Keyword::ALL).prop_map(|it| it.text().to_owned()),
            select(crate::sql::token::Symbol::ALL).prop_map(|it| it.text().to_owned()),
            "[a-c]|[0-9]|'x'|`y`|\\$\\{z\\}|;\n",
        ], 0..30),
    ) {
        let text = words.join(" ");
        for diagnostic in parse(&text).1 {
            let shown = plain(&diagnostic, "test", &text);
            prop_assert!(shown.lines().count() >= 4);
        }
    }
}
