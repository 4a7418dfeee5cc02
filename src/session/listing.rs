//! What `SHOW` and `DESCRIBE` answer.

use crate::engine::{self, Engine};
use crate::function::registry;
use crate::schema::Role;
use crate::sql::analyzer::show_type;
use crate::sql::ast::{Names, Show, SourceKind};
use crate::sql::catalog::{self, KeyWindow, Source};
use crate::sql::printer::quoted;
use crate::sql::settings::{Settings, properties};
use crate::sql::variables::Variables;
use crate::sql::workspace::Workspace;

use super::answer::List;

fn list(title: &str, columns: &[&str], rows: Vec<Vec<String>>) -> List {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    List { title: title.to_owned(), columns, rows }
}

/// `SHOW …`
pub fn show(show: Show, workspace: &Workspace, engine: &Engine, variables: &Variables) -> List {
    let pairs = |pairs: &mut dyn Iterator<Item = (&str, &str)>| -> Vec<Vec<String>> {
        pairs.map(|(name, value)| vec![name.to_owned(), value.to_owned()]).collect()
    };
    match show.names {
        Names::Streams => sources("Streams", SourceKind::Stream, workspace),
        Names::Tables => sources("Tables", SourceKind::Table, workspace),
        Names::Topics => topics(engine),
        Names::Queries => queries(workspace, engine),
        Names::Types => {
            let of_type = |(name, data_type): (&str, &_)| vec![quoted(name), show_type(data_type)];
            let rows = workspace.catalog.types().map(of_type).collect();
            list("Types", &["Name", "Type"], rows)
        }
        Names::Properties => properties(&workspace.settings),
        Names::Variables => list("Variables", &["Name", "Value"], pairs(&mut variables.iter())),
        Names::Functions => {
            let of_function = |function: crate::function::Function| {
                let kind = format!("{:?}", function.kind).to_ascii_lowercase();
                vec![function.name.to_owned(), kind, function.doc.to_owned()]
            };
            let rows = registry::all().into_iter().map(of_function).collect();
            list("Functions", &["Name", "Kind", "What it does"], rows)
        }
        // There is no Connect cluster that could have any.
        Names::Connectors
        | Names::SourceConnectors
        | Names::SinkConnectors
        | Names::ConnectorPlugins => {
            list("Connectors", &["Connector", "Type", "Class", "Status"], Vec::new())
        }
    }
}

/// What means something here, then what is set besides.
fn properties(settings: &Settings) -> List {
    let known = properties::ALL.iter().map(|property| {
        let value = settings.get(property.name).unwrap_or(property.default);
        [property.name, value, property.default, property.doc].map(str::to_owned).to_vec()
    });
    let others = settings.iter().filter(|(name, _)| properties::find(name).is_none());
    let others = others.map(|(name, value)| {
        [name, value, "", "Kept for a cluster: it changes nothing here"].map(str::to_owned).to_vec()
    });
    let columns = ["Property", "Value", "Default", "What it does"];
    list("Properties", &columns, known.chain(others).collect())
}

fn sources(title: &str, kind: SourceKind, workspace: &Workspace) -> List {
    let of_kind = workspace.catalog.sources().filter(|source| source.kind == kind);
    let row = |source: &Source| {
        vec![
            quoted(&source.name),
            source.topic.to_string(),
            source.key_format.name().to_owned(),
            source.value_format.name().to_owned(),
            window(source.window).to_owned(),
        ]
    };
    let columns = ["Name", "Topic", "Key format", "Value format", "Windowed"];
    list(title, &columns, of_kind.map(row).collect())
}

const fn window(window: Option<KeyWindow>) -> &'static str {
    match window {
        None => "no",
        Some(KeyWindow::Time(_)) => "by time",
        Some(KeyWindow::Session) => "by session",
    }
}

fn topics(engine: &Engine) -> List {
    let row = |topic: &crate::topic::Topic| {
        let stats = topic.stats();
        vec![
            topic.name().to_owned(),
            topic.partitions().to_string(),
            stats.records.to_string(),
            stats.bytes.to_string(),
            stats.removed_records.to_string(),
        ]
    };
    let rows = engine.topics().iter().map(|(_, topic)| row(topic)).collect();
    list("Topics", &["Topic", "Partitions", "Records", "Bytes", "Removed by retention"], rows)
}

fn queries(workspace: &Workspace, engine: &Engine) -> List {
    let mut rows = Vec::new();
    for query in workspace.catalog.queries() {
        let running = engine.queries().find(|running| running.pipeline().name == *query.id);
        let state = match running {
            Some(running) if running.failure().is_some() => "ERROR",
            Some(running) if running.paused() => "PAUSED",
            Some(_) => "RUNNING",
            None => "STOPPED",
        };
        let text = query.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let why = running.and_then(|running| running.failure()).unwrap_or_default();
        let texts = [&*query.id, state, &query.writes, &text, why];
        rows.push(texts.map(str::to_owned).to_vec());
    }
    list("Queries", &["Id", "State", "Writes", "Statement", "Stopped because"], rows)
}

/// `DESCRIBE name [EXTENDED]`
pub fn describe(
    source: &Source,
    extended: bool,
    workspace: &Workspace,
    engine: &Engine,
) -> Vec<List> {
    let row = |field: &crate::schema::Field| {
        let key = match (field.role, source.kind) {
            (Role::Value, _) => "",
            (Role::Key, SourceKind::Stream) => "KEY",
            (Role::Key, SourceKind::Table) => "PRIMARY KEY",
        };
        vec![quoted(&field.name), show_type(&field.data_type), key.to_owned()]
    };
    let rows = source.schema.fields.iter().map(row).collect();
    let title = format!("{} {}", source.kind_name().to_ascii_uppercase(), quoted(&source.name));
    let mut lists = vec![list(&title, &["Column", "Type", "Key"], rows)];
    if !extended {
        return lists;
    }
    let using = |reads: bool| -> String {
        let queries = workspace.catalog.queries().iter();
        let using = queries.filter(|query| {
            if reads { query.reads.contains(&source.name) } else { query.writes == source.name }
        });
        using.map(|query| &*query.id).collect::<Vec<_>>().join(", ")
    };
    let timestamp = source.timestamp.as_ref().map(|timestamp| {
        let format = timestamp.format.as_ref().map(|format| format!(" ({format})"));
        format!("{}{}", quoted(&timestamp.column), format.unwrap_or_default())
    });
    let facts = [
        ("Topic", source.topic.to_string()),
        ("Partitions", source.partitions.to_string()),
        ("Key format", source.key_format.name().to_owned()),
        ("Value format", source.value_format.name().to_owned()),
        ("Windowed", window(source.window).to_owned()),
        ("Event time", timestamp.unwrap_or_else(|| "the record's".to_owned())),
        ("Read by", using(true)),
        ("Written by", using(false)),
    ];
    let rows = facts.map(|(name, value)| vec![name.to_owned(), value]).to_vec();
    lists.push(list("Details", &["", ""], rows));
    let uses =
        |query: &&catalog::Query| query.writes == source.name || query.reads.contains(&source.name);
    let rows: Vec<Vec<String>> = workspace
        .catalog
        .queries()
        .iter()
        .filter(uses)
        .filter_map(|query| engine.queries().find(|other| other.pipeline().name == *query.id))
        .map(|query| figures(query, engine))
        .collect();
    if !rows.is_empty() {
        let columns =
            ["Query", "Read", "Written", "Lag", "State bytes", "Left out", "Stopped because"];
        lists.push(list("Queries that use it", &columns, rows));
    }
    lists
}

/// What a query did so far.
fn figures(query: &engine::Query, engine: &Engine) -> Vec<String> {
    let stats = query.stats(engine.topics());
    let drops = stats.drops.iter();
    let drops = drops.map(|(reason, count)| format!("{count} {}", engine::drop_name(reason)));
    vec![
        query.pipeline().name.clone(),
        stats.records_in.to_string(),
        stats.records_out.to_string(),
        stats.lag.to_string(),
        stats.state_bytes.to_string(),
        drops.collect::<Vec<_>>().join(", "),
        query.failure().unwrap_or_default().to_owned(),
    ]
}

/// `DESCRIBE FUNCTION name`
pub fn describe_function(name: &str) -> List {
    let Some(function) = registry::describe(name) else { return List::default() };
    let mut rows = vec![vec!["What it does".to_owned(), function.doc.to_owned()]];
    for signature in function.signatures {
        let text = registry::describe_signature(function.name, signature);
        rows.push(vec!["Signature".to_owned(), text]);
    }
    for example in function.examples {
        rows.push(vec!["Example".to_owned(), (*example).to_owned()]);
    }
    list(&format!("FUNCTION {}", function.name), &["", ""], rows)
}
