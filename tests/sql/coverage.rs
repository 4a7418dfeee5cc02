//! What the scripts under `tests/sql` go through: each kind of statement, clause, function, join,
//! window and format is in one that holds. `tests/golden/COVERAGE.md` says in which; with `UPDATE=1`
//! it is written anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use streamglass::function::registry;
use streamglass::plan::{Emit, Format, JoinKind, Op, Pipeline};
use streamglass::session::processing_log;
use streamglass::session::script::cases;
use streamglass::sql::ast::{Names, SourceKind, Statement, StatementKind};
use streamglass::sql::parse_with;
use streamglass::sql::variables::Variables;
use streamglass::sql::workspace::{Step, Workspace};
use streamglass::window::WindowSpec;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/COVERAGE.md");

/// A part of the page: its title, and what is to be covered.
type Part = (&'static str, Vec<String>);

/// The first script for each thing.
type Found = BTreeMap<(&'static str, String), String>;

const STATEMENTS: &str = "Statements";
const LISTS: &str = "Lists";
const CLAUSES: &str = "Clauses";
const FUNCTIONS: &str = "Functions";
const JOINS: &str = "Joins";
const WINDOWS: &str = "Windows";
const FORMATS: &str = "Formats";

/// The name of a statement's kind, and its place in [`KINDS`].
fn kind(statement: &StatementKind) -> &'static str {
    let stream = |kind: SourceKind| kind == SourceKind::Stream;
    match statement {
        StatementKind::Query(query) if query.emit.is_some() => "SELECT (push)",
        StatementKind::Query(_) => "SELECT (pull)",
        StatementKind::CreateSource(create) if stream(create.source_kind) => "CREATE STREAM",
        StatementKind::CreateSource(_) => "CREATE TABLE",
        StatementKind::CreateSourceAs(create) if stream(create.source_kind) => {
            "CREATE STREAM AS SELECT"
        }
        StatementKind::CreateSourceAs(_) => "CREATE TABLE AS SELECT",
        StatementKind::CreateConnector { .. } => "CREATE CONNECTOR",
        StatementKind::CreateType { .. } => "CREATE TYPE",
        StatementKind::InsertSelect { .. } => "INSERT INTO SELECT",
        StatementKind::InsertValues { .. } => "INSERT INTO VALUES",
        StatementKind::DropSource { source_kind, .. } if stream(*source_kind) => "DROP STREAM",
        StatementKind::DropSource { .. } => "DROP TABLE",
        StatementKind::DropConnector { .. } => "DROP CONNECTOR",
        StatementKind::DropType { .. } => "DROP TYPE",
        StatementKind::AlterSource { source_kind, .. } if stream(*source_kind) => "ALTER STREAM",
        StatementKind::AlterSource { .. } => "ALTER TABLE",
        StatementKind::AlterSystem { .. } => "ALTER SYSTEM",
        StatementKind::Terminate(_) => "TERMINATE",
        StatementKind::Pause(_) => "PAUSE",
        StatementKind::Resume(_) => "RESUME",
        StatementKind::Show(_) => "SHOW",
        StatementKind::Describe { .. } => "DESCRIBE",
        StatementKind::DescribeAll { .. } => "DESCRIBE STREAMS, TABLES",
        StatementKind::DescribeFunction(_) => "DESCRIBE FUNCTION",
        StatementKind::DescribeConnector(_) => "DESCRIBE CONNECTOR",
        StatementKind::Explain(_) => "EXPLAIN statement",
        StatementKind::ExplainQuery(_) => "EXPLAIN query",
        StatementKind::Print(_) => "PRINT",
        StatementKind::Set { .. } => "SET",
        StatementKind::Unset(_) => "UNSET",
        StatementKind::Define { .. } => "DEFINE",
        StatementKind::Undefine(_) => "UNDEFINE",
        StatementKind::RunScript(_) => "RUN SCRIPT",
        StatementKind::AssertValues { .. } => "ASSERT VALUES",
        StatementKind::AssertTombstone { .. } => "ASSERT NULL VALUES",
        StatementKind::AssertSource(assert) if stream(assert.source_kind) => "ASSERT STREAM",
        StatementKind::AssertSource(_) => "ASSERT TABLE",
        StatementKind::AssertTopic { .. } => "ASSERT TOPIC",
        StatementKind::AssertSchema { .. } => "ASSERT SCHEMA",
    }
}

/// All that [`kind`] gives; one that is missing here is told by the test.
const KINDS: [&str; 39] = [
    "SELECT (push)",
    "SELECT (pull)",
    "CREATE STREAM",
    "CREATE TABLE",
    "CREATE STREAM AS SELECT",
    "CREATE TABLE AS SELECT",
    "CREATE CONNECTOR",
    "CREATE TYPE",
    "INSERT INTO SELECT",
    "INSERT INTO VALUES",
    "DROP STREAM",
    "DROP TABLE",
    "DROP CONNECTOR",
    "DROP TYPE",
    "ALTER STREAM",
    "ALTER TABLE",
    "ALTER SYSTEM",
    "TERMINATE",
    "PAUSE",
    "RESUME",
    "SHOW",
    "DESCRIBE",
    "DESCRIBE STREAMS, TABLES",
    "DESCRIBE FUNCTION",
    "DESCRIBE CONNECTOR",
    "EXPLAIN statement",
    "EXPLAIN query",
    "PRINT",
    "SET",
    "UNSET",
    "DEFINE",
    "UNDEFINE",
    "RUN SCRIPT",
    "ASSERT VALUES",
    "ASSERT NULL VALUES",
    "ASSERT STREAM",
    "ASSERT TABLE",
    "ASSERT TOPIC",
    "ASSERT SCHEMA",
];

const LISTED: [Names; 12] = [
    Names::Properties,
    Names::Topics,
    Names::Streams,
    Names::Tables,
    Names::Functions,
    Names::Queries,
    Names::Types,
    Names::Variables,
    Names::Connectors,
    Names::SourceConnectors,
    Names::SinkConnectors,
    Names::ConnectorPlugins,
];

/// Clauses by what the printer, which spells all the same way, writes of them.
const WRITTEN: &[&str] = &[
    "CREATE OR REPLACE",
    "CREATE SOURCE STREAM",
    "CREATE SOURCE TABLE",
    "IF NOT EXISTS",
    "IF EXISTS",
    "DELETE TOPIC",
    " KEY",
    "PRIMARY KEY",
    "EXTENDED",
    "FROM BEGINNING",
    "INTERVAL",
    "TERMINATE ALL",
    "PAUSE ALL",
    "RESUME ALL",
    "SHOW ALL TOPICS",
    "NOT EXISTS TOPIC",
    "TIMEOUT",
    "WHERE",
    "GROUP BY",
    "PARTITION BY",
    "HAVING",
    "EMIT CHANGES",
    "EMIT FINAL",
    "LIMIT",
    "WITHIN",
    "WITHIN (",
    "ON",
    "AS",
    "*",
    ".*",
    "->*",
    "RETENTION",
    "GRACE PERIOD",
    "ADVANCE BY",
    "BETWEEN",
    "NOT BETWEEN",
    "IN (",
    "NOT IN (",
    "LIKE",
    "NOT LIKE",
    "ESCAPE",
    "IS NULL",
    "IS NOT NULL",
    "IS DISTINCT FROM",
    "IS NOT DISTINCT FROM",
    "CASE WHEN",
    "ELSE",
    "CAST(",
    "ARRAY[",
    "MAP(",
    "STRUCT(",
    "->",
    "[1]",
    "||",
    "AND",
    "OR",
    "NOT (",
    "ROWTIME",
    "ROWPARTITION",
    "ROWOFFSET",
    "WINDOWSTART",
    "WINDOWEND",
    "KAFKA_TOPIC",
    "KEY_FORMAT",
    "VALUE_FORMAT",
    " FORMAT",
    "KEY_DELIMITER",
    "VALUE_DELIMITER",
    "PARTITIONS",
    "REPLICAS",
    "RETENTION_MS",
    "CLEANUP_POLICY",
    "TIMESTAMP =",
    "TIMESTAMP_FORMAT",
    "WRAP_SINGLE_VALUE",
    "WINDOW_TYPE",
    "WINDOW_SIZE",
];

fn names(of: Names) -> String {
    format!("SHOW {of:?}")
}

fn parts() -> Vec<Part> {
    let texts = |texts: &[&str]| texts.iter().map(|text| text.trim().to_owned()).collect();
    let mut functions: Vec<String> =
        registry::all().iter().map(|function| function.name.to_owned()).collect();
    functions.sort_unstable();
    let mut joins = Vec::new();
    for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full] {
        joins.push(join(kind, false, false));
        joins.push(join(kind, true, true));
        if matches!(kind, JoinKind::Inner | JoinKind::Left) {
            joins.push(join(kind, false, true));
        }
    }
    let windows = ["tumbling", "hopping", "session"].iter();
    let windows =
        windows.flat_map(|kind| ["CHANGES", "FINAL"].map(|e| format!("{kind}, EMIT {e}")));
    let formats = ["JSON", "KAFKA", "DELIMITED", "NONE"].iter();
    let formats = formats.flat_map(|format| {
        ["key", "value"]
            .into_iter()
            .flat_map(move |of| ["read", "written"].map(|how| format!("{format} {of}, {how}")))
    });
    // A query that writes has a value to write.
    let formats = formats
        .filter(|what| what != "NONE value, written")
        .chain(["read", "written"].map(|how| format!("JSON without an object value, {how}")));
    vec![
        (STATEMENTS, texts(&KINDS)),
        (LISTS, LISTED.map(names).to_vec()),
        (CLAUSES, texts(WRITTEN)),
        (FUNCTIONS, functions),
        (JOINS, joins),
        (WINDOWS, windows.collect()),
        (FORMATS, formats.collect()),
    ]
}

fn join(kind: JoinKind, left: bool, right: bool) -> String {
    let name = |is_table| if is_table { "table" } else { "stream" };
    format!("{kind:?}, {} and {}", name(left), name(right))
}

struct Coverage<'a> {
    script: &'a str,
    found: &'a mut Found,
}

impl Coverage<'_> {
    fn add(&mut self, part: &'static str, what: impl Into<String>) {
        self.found.entry((part, what.into())).or_insert_with(|| self.script.to_owned());
    }

    fn statement(&mut self, statement: &Statement) {
        let kind = kind(&statement.kind);
        assert!(KINDS.contains(&kind), "{kind} is to be in KINDS");
        self.add(STATEMENTS, kind);
        if let StatementKind::Show(show) = &statement.kind {
            self.add(LISTS, names(show.names));
        }
        // Texts say nothing of what is used.
        let text = without_texts(&statement.to_string());
        let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        for clause in WRITTEN {
            let is_word = clause.chars().all(|c| c.is_alphanumeric() || c == '_');
            if if is_word { words.contains(clause) } else { text.contains(clause) } {
                self.add(CLAUSES, clause.trim());
            }
        }
        for function in registry::all() {
            let call = format!("{}(", function.name);
            let begins =
                |at: usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            if text.match_indices(&call).any(|(at, _)| begins(at)) {
                self.add(FUNCTIONS, function.name);
            }
        }
        if let StatementKind::Explain(inner) = &statement.kind {
            self.statement(inner);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let mut tables: Vec<bool> = Vec::new();
        for node in &pipeline.nodes {
            let of = |place: usize| node.inputs.get(place).is_some_and(|input| tables[*input]);
            tables.push(match &node.op {
                Op::Source(source) => {
                    self.format(source.key_format, "key", "read");
                    self.format(source.value_format, "value", "read");
                    source.table
                }
                Op::Sink(sink) => {
                    self.format(sink.key_format, "key", "written");
                    self.format(sink.value_format, "value", "written");
                    false
                }
                Op::Join(plan) => {
                    self.add(JOINS, join(plan.kind, of(0), of(1)));
                    of(0) && of(1)
                }
                Op::Aggregate(aggregate) => {
                    let emit = if aggregate.emit == Emit::Final { "FINAL" } else { "CHANGES" };
                    let window = match aggregate.window {
                        Some(WindowSpec::Tumbling(_)) => Some("tumbling"),
                        Some(WindowSpec::Hopping(_)) => Some("hopping"),
                        Some(WindowSpec::Session(_)) => Some("session"),
                        Some(WindowSpec::Sliding(_)) | None => None,
                    };
                    if let Some(window) = window {
                        self.add(WINDOWS, format!("{window}, EMIT {emit}"));
                    }
                    true
                }
                Op::PartitionBy(_) | Op::Explode(_) | Op::Split(_) => false,
                Op::Filter(_) | Op::Project(_) => of(0),
            });
        }
    }

    fn format(&mut self, format: Format, of: &str, how: &str) {
        let name = match format {
            Format::Json => "JSON",
            Format::JsonBare => {
                return self.add(FORMATS, format!("JSON without an object {of}, {how}"));
            }
            Format::Kafka => "KAFKA",
            Format::Delimited(_) => "DELIMITED",
            Format::None => "NONE",
        };
        self.add(FORMATS, format!("{name} {of}, {how}"));
    }
}

/// A statement with empty texts.
fn without_texts(text: &str) -> String {
    let mut out = String::new();
    let mut is_text = false;
    for c in text.chars() {
        is_text ^= c == '\'';
        if !is_text {
            out.push(c);
        }
    }
    out
}

/// The page for what was found, and what is in no script.
fn page(found: &Found) -> (String, Vec<String>) {
    let mut out = String::from(
        "# What the golden scripts go through\n\nWritten by `UPDATE=1 cargo test --test sql`; the test \
         fails when something is in no script. Beside each stands the first script in which it is; all \
         are under `tests/sql` and hold.\n",
    );
    let mut missing = Vec::new();
    for (title, all) in parts() {
        let _ = write!(out, "\n## {title}\n\n| what | script |\n| --- | --- |\n");
        for what in all {
            match found.get(&(title, what.clone())) {
                Some(script) => {
                    let what = what.replace('|', "\\|");
                    let _ = writeln!(out, "| `{what}` | [{script}](../sql/{script}) |");
                }
                None => missing.push(format!("{title}: {what}")),
            }
        }
    }
    (out, missing)
}

#[test]
fn scripts_go_through_everything() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let mut paths = Vec::new();
    super::scripts(&root, &mut paths);
    paths.sort();
    let mut found = Found::new();
    for path in paths {
        let script = path.strip_prefix(&root).expect("under it").display().to_string();
        let text = std::fs::read_to_string(&path).expect("a script");
        let mut coverage = Coverage { script: &script, found: &mut found };
        for case in cases(&text) {
            let mut workspace = Workspace::default();
            processing_log::declare(&mut workspace);
            for statement in &parse_with(case.text(), &mut Variables::default()).0 {
                coverage.statement(statement);
                match workspace.take(statement, Emit::Update, &|_| Some(1)) {
                    Ok(Step::Start(planned)) => coverage.pipeline(&planned.pipeline),
                    Ok(Step::Select(selected)) => coverage.pipeline(&selected.pipeline),
                    _ => {}
                }
            }
        }
    }
    let (page, missing) = page(&found);
    assert!(missing.is_empty(), "in no script:\n{}", missing.join("\n"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(PAGE, &page).expect("the page is written");
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert_eq!(written, page, "run it with UPDATE=1");
}
