//! Whole statements through the parser: what they are printed as, and what is wrong with them.

mod limits;

use crate::sql::diagnostic::{Diagnostic, render};
use crate::sql::{format, parse, parse_with, variables::Variables};

/// What `text` parses to, printed; the statement must be the only one and faultless.
fn printed(text: &str) -> String {
    let (statements, diagnostics) = parse(text);
    let shown: String = diagnostics.iter().map(|d| render::plain(d, "test", text)).collect();
    assert!(diagnostics.is_empty() && statements.len() == 1, "{text}\n{shown}");
    statements[0].to_string()
}

/// `code place: message; help` of each diagnostic.
fn wrong(text: &str) -> Vec<String> {
    let show = |d: &Diagnostic| {
        let help = d.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        format!("{} [{}] {}{help}", d.code, d.span.of(text), d.message)
    };
    parse(text).1.iter().map(show).collect()
}

#[test]
fn statements_print_in_their_canonical_form() {
    for canonical in include_str!("tests/canonical.sql").split_inclusive(";\n\n") {
        let canonical = canonical.trim();
        assert_eq!(format!("{};", printed(canonical)), canonical);
    }
}

#[test]
fn what_is_written_otherwise_means_the_same() {
    for (text, canonical) in [
        ("list topics;", "SHOW TOPICS"),
        ("drop stream if exists s delete topic;", "DROP STREAM IF EXISTS s DELETE TOPIC"),
        ("create stream s (a integer, b String);", "CREATE STREAM s (a INTEGER, b STRING)"),
        ("create stream s (a int array array);", "CREATE STREAM s (a ARRAY<ARRAY<INT>>)"),
        (
            "create stream s (a varchar(10), b struct<>);",
            "CREATE STREAM s (a VARCHAR(10), b STRUCT<>)",
        ),
        (
            "alter table t add a int, add column b int, add column int;",
            "ALTER TABLE t ADD COLUMN a INT, ADD COLUMN b INT, ADD COLUMN column INT",
        ),
        (
            "select a x from b inner join c y on a!=d;",
            "SELECT a AS x\nFROM b\nJOIN c AS y ON a <> d",
        ),
        (
            "select a from b group by (c, d) emit changes;",
            "SELECT a\nFROM b\nGROUP BY c, d\nEMIT CHANGES",
        ),
        ("select a from b partition by (c is null);", "SELECT a\nFROM b\nPARTITION BY (c IS NULL)"),
        ("select a from b emit emit changes;", "SELECT a\nFROM b AS emit\nEMIT CHANGES"),
        ("select a from b partition by c;", "SELECT a\nFROM b\nPARTITION BY c"),
    ] {
        assert_eq!(printed(text), canonical, "{text}");
    }
}

#[test]
fn operators_bind_as_in_ksqldb() {
    for (text, expected) in [
        ("(a + b) + c", "a + b + c"),
        ("a + (b + c)", "a + (b + c)"),
        ("a * (b + c) || d", "a * (b + c) || d"),
        ("(a * b) + (c || d)", "a * b + (c || d)"),
        ("-(-a) - -1 - -(1)", "-(-a) - -1 - -(1)"),
        ("-a AT TIME ZONE 'UTC'", "-a AT TIME ZONE 'UTC'"),
        ("(-a) AT TIME ZONE 'UTC'", "(-a) AT TIME ZONE 'UTC'"),
        ("(NOT a) = b", "(NOT a) = b"),
        ("NOT (a = b)", "NOT a = b"),
        ("NOT a AND b", "NOT a AND b"),
        ("NOT (a AND b)", "NOT (a AND b)"),
        ("(a AND b) AND c OR d", "(a AND b) AND c OR d"),
        ("a AND (b OR c)", "a AND (b OR c)"),
        ("(a OR b) AND c", "(a OR b) AND c"),
        ("(a = b) = c", "(a = b) = c"),
        ("a BETWEEN b + 1 AND (c) AND d", "a BETWEEN b + 1 AND c AND d"),
        ("a NOT IN (1, b OR c)", "a NOT IN (1, b OR c)"),
        ("a NOT LIKE '%''_' ESCAPE '!'", "a NOT LIKE '%''_' ESCAPE '!'"),
        ("a IS NOT DISTINCT FROM b || c", "a IS NOT DISTINCT FROM b || c"),
        ("(a IS NULL) IS NOT NULL", "(a IS NULL) IS NOT NULL"),
        ("(a + b)->c[-1]->d", "(a + b)->c[-1]->d"),
        ("-a->b", "-a->b"),
        ("(array)[1] + array[1][1]", "(array)[1] + ARRAY[1][1]"),
        ("case a when 1 then b else c end", "CASE a WHEN 1 THEN b ELSE c END"),
        (
            "case when a or b then case when c then d end end",
            "CASE WHEN a OR b THEN CASE WHEN c THEN d END END",
        ),
        ("map('a':=1, 'b':=map())", "MAP('a' := 1, 'b' := MAP())"),
        ("struct(`x` := 1)->`x`", "STRUCT(`x` := 1)->`x`"),
        ("f(x => x + 1, (a,b) => (a), (c), days, day)", "f(x => x + 1, (a, b) => a, c, DAYS, day)"),
        ("count(*) + f()", "count(*) + f()"),
        ("cast(a as map<string, decimal(4,2)>)", "CAST(a AS MAP<STRING, DECIMAL(4, 2)>)"),
        ("date '2024-01-31'", "date '2024-01-31'"),
        (
            "1 + 1.10 + .5 + 1e3 + -9223372036854775808",
            "1 + 1.10 + .5 + 1e3 + -9223372036854775808",
        ),
        ("\"a b\".`c``d`", "\"a b\".`c``d`"),
        ("replace(date, id)", "replace(date, id)"),
    ] {
        let statement = printed(&format!("SELECT {text} FROM s;"));
        assert_eq!(statement, format!("SELECT {expected}\nFROM s"), "{text}");
        // The printed form means the same as the written one.
        let again = parse(&format!("{statement};")).0;
        assert_eq!(parse(&format!("SELECT {text} FROM s;")).0, again, "{text}");
    }
}

#[test]
fn names_keep_how_they_were_written() {
    let (statements, _) = parse("DESCRIBE pageViews; DESCRIBE `pageViews`; DESCRIBE \"a\"\"b\";");
    let names: Vec<_> = statements
        .iter()
        .map(|statement| match &statement.kind {
            crate::sql::ast::StatementKind::Describe { name, .. } => {
                (name.name.to_string(), name.original.to_string())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [("PAGEVIEWS", "pageViews"), ("pageViews", "pageViews"), ("a\"b", "a\"b")];
    assert_eq!(names, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn what_is_wrong_is_said_with_advice() {
    let mut different = Vec::new();
    for (text, expected) in [
        (
            "SELECT a;",
            "SG-0101 [;] expected `FROM` after the select list, found the end of the statement",
        ),
        ("SELECT a, FROM b;", "SG-0101 [FROM] expected an expression, found `FROM`"),
        ("SELECT a FRM b;", "SG-0101 [FRM] unexpected `FRM`; did you mean `FROM`?"),
        ("SELECT a FROM b WHRE c = 1;", "SG-0101 [WHRE] unexpected `WHRE`; did you mean `WHERE`?"),
        (
            "SELCT a FROM b;",
            "SG-0101 [SELCT] expected a statement, found `SELCT`; did you mean `SELECT`?",
        ),
        (
            "CREATE STRAEM b;",
            "SG-0101 [STRAEM] expected `TYPE`, `OR`, `SOURCE`, `STREAM` or `TABLE`, found `STRAEM`; \
          did you mean `STREAM`?",
        ),
        ("SELECT a FROM b GROUP BUY c;", "SG-0101 [BUY] expected `BY` after GROUP, found `BUY`"),
        (
            "SELECT topic FROM b;",
            "SG-0105 [topic] TOPIC is a reserved word and no name; as a name it needs back-quotes: \
          `TOPIC`",
        ),
        (
            "CREATE STREAM b (values INT);",
            "SG-0105 [values] VALUES is a reserved word and no name; as a name it needs back-quotes: \
          `VALUES`",
        ),
        (
            "SELECT a FROM b WHERE c GROUP BY d WINDOW TUMBLING (SIZE 1 DAY);",
            "SG-0108 [WINDOW] the WINDOW clause is given twice or comes too late; the order is SELECT, \
          FROM, WINDOW, WHERE, GROUP BY, PARTITION BY, HAVING, EMIT, LIMIT",
        ),
        (
            "SELECT a FROM b WHERE c == d;",
            "SG-0101 [=] expected a value, found `=`; a single `=` compares",
        ),
        (
            "SELECT a FROM b WHERE c = d = e;",
            "SG-0101 [=] comparisons cannot be chained; join them with AND, or put one in parentheses",
        ),
        (
            "SELECT a IS NULL + 1 FROM b;",
            "SG-0101 [+] expected `FROM` after the select list, found `+`",
        ),
        (
            "SELECT a = NOT b FROM c;",
            "SG-0101 [NOT] expected an expression, found `NOT`; put the negation in parentheses",
        ),
        (
            "SELECT NOT a = b || c = d FROM e;",
            "SG-0101 [=] comparisons cannot be chained; join them with AND, or put one in \
             parentheses",
        ),
        (
            "SELECT a.b.c FROM d;",
            "SG-0101 [.] expected `FROM` after the select list, found `.`; a field of a struct is \
          reached with `->`",
        ),
        (
            "SELECT a + b->* FROM d;",
            "SG-0101 [->] expected `FROM` after the select list, found `->`",
        ),
        (
            "SELECT DISTINCT a FROM b;",
            "SG-0109 [DISTINCT] ksqlDB has no SELECT DISTINCT; group by the columns: SELECT a, \
          COUNT(*) … GROUP BY a",
        ),
        (
            "SELECT a FROM (SELECT b FROM c);",
            "SG-0109 [(] ksqlDB has no subqueries; make a stream or table of it: CREATE STREAM name AS \
          SELECT …",
        ),
        (
            "UPDATE a SET b = 1;",
            "SG-0109 [UPDATE] ksqlDB has no UPDATE statement; write the new row with INSERT INTO … \
          VALUES: the last one for a key counts",
        ),
        ("SELECT f(a FROM b;", "SG-0101 [FROM] expected `)`, found `FROM`"),
        (
            "SELECT CASE WHEN a THEN b FROM c;",
            "SG-0101 [FROM] expected `END` after CASE, found `FROM`",
        ),
        (
            "SELECT 9223372036854775808 FROM a;",
            "SG-0104 [9223372036854775808] the number 9223372036854775808 overflows BIGINT",
        ),
        ("SELECT -1e999 FROM a;", "SG-0104 [-1e999] the number -1e999 overflows DOUBLE"),
        (
            "SELECT a LIKE b ESCAPE 'no' FROM c;",
            "SG-0111 ['no'] ESCAPE wants one character, not 'no'",
        ),
        (
            "SELECT a FROM b LIMIT 99999999999999999999;",
            "SG-0104 [99999999999999999999] the number 99999999999999999999 is too large",
        ),
        (
            "SELECT a FROM b JOIN c WITHIN 1 FORTNIGHT ON d = e;",
            "SG-0101 [FORTNIGHT] expected a unit of time (as SECONDS), found `FORTNIGHT`",
        ),
        (
            "SELECT a FROM b WINDOW SESSION (1 DAY, GRACE PERIOD 1 DAY, RETENTION 1 DAY);",
            "SG-0101 [RETENTION] expected RETENTION and then GRACE PERIOD here, found `RETENTION`",
        ),
        (
            "CREATE STREAM a (b INT) AS SELECT c FROM d;",
            "SG-0101 [(b INT)] a column list cannot be combined with AS SELECT; the columns come from \
          the query",
        ),
        (
            "INSERT INTO a VALUES (1), (2);",
            "SG-0109 [,] ksqlDB inserts one row at a time; write an INSERT statement for each row",
        ),
        (
            "SET a = 'b';",
            "SG-0101 [a] expected a text here: properties stand in single quotes, found `a`",
        ),
        (
            "EXPLAIN EXPLAIN SELECT a FROM b;",
            "SG-0101 [EXPLAIN] expected a statement other than EXPLAIN, found `EXPLAIN`",
        ),
        ("SELECT a FROM b", "SG-0106 [] this statement does not end with `;`"),
        (
            "SELECT 'a FROM b;",
            "SG-0102 ['a FROM b;] this string has no end; end it with '; write ' within it as ''",
        ),
        (
            "SELECT naïve FROM b;",
            "SG-0103 [ï] unexpected character `ï`; a name with letters other than A to Z needs \
          back-quotes: `name`",
        ),
    ] {
        let found = wrong(text);
        if found != [expected] {
            different.push((text, found));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

#[test]
fn one_reading_finds_several_faults() {
    let text = "
        CREATE STREAM a (b NULL, c INT, d ARRAY<NULL>, e MAP<STRING INT>, f DECIMAL(1)) WITH (x='1', y=);
        DESCRIBE ok;
        SELECT FROM a;
        DROP STREM x;;
        PRINT ok";
    let (statements, diagnostics) = parse(text);
    let shown: Vec<_> = statements.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["DESCRIBE ok", "PRINT ok"]);
    let places: Vec<_> = diagnostics.iter().map(|d| d.span.of(text)).collect();
    assert_eq!(places, ["NULL", "NULL", "INT", ")", ")", "FROM", "STREM", ""]);
}

#[test]
fn a_missing_semicolon_does_not_hide_what_follows() {
    let text = "DESCRIBE a\nDESCRIBE b;\nSELECT c FROM\nCREATE STREAM d (e INT;\n\
                CREATE STREAM f (g INT)\nWITH (h='i');";
    let (statements, diagnostics) = parse(text);
    let shown: Vec<_> = statements.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["DESCRIBE b", "CREATE STREAM f (g INT) WITH (h = 'i')"]);
    let codes: Vec<_> = diagnostics.iter().map(|d| (d.code.to_string(), d.span.of(text))).collect();
    let expected = [("SG-0106", ""), ("SG-0101", "CREATE"), ("SG-0101", ";")];
    assert_eq!(codes, expected.map(|(code, place)| (code.to_owned(), place)));
}

#[test]
fn an_empty_script_has_no_statements() {
    for text in ["", " ;; \n;", "-- nothing", "/* nothing */"] {
        assert_eq!(parse(text), (vec![], vec![]));
    }
}

#[test]
fn formatting_keeps_comments_and_what_it_does_not_understand() {
    let text = "\
-- a script
select a,b from c where d=1 ; -- the first
/* between */
select   a from
  b;


show  streams;
selct x;
select a -- inside
  from b;
drop stream a";
    let expected = "\
-- a script
SELECT a, b
FROM c
WHERE d = 1; -- the first
/* between */
SELECT a
FROM b;

SHOW STREAMS;
selct x;
select a -- inside
  from b;
DROP STREAM a;
";
    assert_eq!(format(text), expected);
    assert_eq!(format(expected), expected);
}

#[test]
fn variables_do_not_change_places() {
    let mut variables = Variables::default();
    variables.define("t", "a_rather_long_name_for_a_topic");
    let text = "PRINT ${t} LIMIT x;";
    let (_, diagnostics) = parse_with(text, &mut variables);
    assert_eq!(diagnostics[0].span.of(text), "x");
}
