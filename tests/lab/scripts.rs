//! The ready scripts of the page's editor: each is run in a lab as a person would run it, and what
//! it follows and writes has rows.

use std::path::Path;

use serde_json::json;
use streamglass::lab::Lab;
use streamglass::lab::protocol::{Command, Event};
use streamglass::session::Outcome;

use crate::common::{go, lab, lab_with, settle, tell};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/www/scripts");

fn scripts() -> Vec<(String, String)> {
    let mut scripts: Vec<_> = std::fs::read_dir(FOLDER)
        .expect("the scripts are there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| {
            let name = path.file_stem().unwrap_or(Path::new("").as_os_str());
            let text = std::fs::read_to_string(&path).expect("text");
            (name.to_string_lossy().into_owned(), text)
        })
        .collect();
    scripts.sort();
    scripts
}

/// Runs a script; the outcomes in its order.
fn execute(lab: &mut Lab, name: &str, script: &str) -> Vec<Outcome> {
    let answered = lab.command(Command::Execute { script: script.to_owned() });
    let Some(Event::Answers { answers }) = answered else { panic!("{name}: {answered:?}") };
    for answer in &answers {
        if let Outcome::Refused { diagnostics } = &answer.outcome {
            let shown: Vec<_> = diagnostics.iter().map(|one| one.placed(script)).collect();
            panic!("{name}: {shown:#?}");
        }
    }
    answers.into_iter().map(|answer| answer.outcome).collect()
}

/// Runs a script after half an hour of the site, and on for forty minutes; every query that it starts
/// writes, and every query that it follows has rows.
fn run(name: &str, script: &str) {
    // Something of everything that a script looks for.
    let mut lab = lab_with(json!({ "sessionsPerSecond": 2, "faults": { "malformed": 0.01 } }), 5);
    go(&mut lab, 1_800_000);
    let outcomes = execute(&mut lab, name, script);
    let mut followed: Vec<(u32, usize)> = Vec::new();
    for outcome in &outcomes {
        match outcome {
            Outcome::Push { id, .. } => followed.push((*id, 0)),
            Outcome::Rows { rows, .. } => assert!(!rows.is_empty(), "{name}: {outcome:?}"),
            Outcome::Lists { lists } => {
                assert!(lists.iter().all(|list| !list.rows.is_empty()), "{name}: {lists:?}");
            }
            Outcome::Plan { nodes } => assert!(nodes.len() > 2, "{name}: {nodes:?}"),
            _ => {}
        }
    }
    for _ in 0..8 {
        tell(&mut lab, Command::Step { ms: 300_000 });
        settle(&mut lab);
        for event in lab.news() {
            let Event::Pushed { id, pushed } = event else { continue };
            assert_eq!(pushed.failure, None, "{name}");
            let push = followed.iter_mut().find(|(followed, _)| *followed == id);
            push.expect("it was opened").1 += pushed.rows.len();
        }
    }
    assert!(followed.iter().all(|(_, rows)| *rows > 0), "{name}: {followed:?}");
    let Event::Loaded { flow, .. } = lab.loaded() else { panic!("loaded") };
    let tick = lab.tick();
    let started = outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Started { query } => Some(query),
        _ => None,
    });
    for query in started {
        let node = flow.nodes.iter().position(|node| node.query.as_ref() == Some(query));
        let state = &tick.nodes[node.expect("it is in the flow")];
        assert!(state.records_out > 0 && state.lag == 0, "{name}: {query}: {state:?}");
    }
    // And once more.
    execute(&mut lab, name, script);
}

#[test]
fn each_ready_script_runs_and_has_rows() {
    let scripts = scripts();
    assert!(scripts.len() >= 10, "{scripts:?}");
    let run = |(name, script): &(String, String)| std::panic::catch_unwind(|| run(name, script));
    let failed = scripts.iter().filter(|script| run(script).is_err()).count();
    assert_eq!(failed, 0, "each has told why");
}

#[test]
fn each_ready_script_has_a_title_and_a_sentence() {
    for (name, script) in scripts() {
        let mut lines = script.lines();
        let title = lines.next().and_then(|line| line.strip_prefix("-- "));
        let sentence = lines.next().and_then(|line| line.strip_prefix("-- "));
        assert!(title.is_some_and(|title| title.len() < 50 && !title.ends_with('.')), "{name}");
        assert!(sentence.is_some_and(|sentence| sentence.ends_with('.')), "{name}: {sentence:?}");
        assert_eq!(lines.next(), Some(""), "{name}");
        let again = streamglass::sql::format(&script);
        assert_eq!(streamglass::sql::format(&again), again, "{name}");
    }
}

/// Runs from 0 with another pipeline.
fn load(lab: &mut Lab, script: Option<&str>) -> Option<Event> {
    lab.command(Command::Load { config: None, seed: 3, script: script.map(str::to_owned) })
}

#[test]
fn a_run_can_begin_with_another_pipeline() {
    let mut lab = lab(3);
    let script = format!(
        "{}\nCREATE TABLE n AS SELECT channel, COUNT(*) AS n FROM clicks GROUP BY channel;",
        lab.script()
    );
    let loaded = load(&mut lab, Some(&script));
    let Some(Event::Loaded { script: told, built_in: false, flow, .. }) = loaded else {
        panic!("{loaded:?}")
    };
    assert_eq!(told, script);
    assert!(flow.nodes.iter().any(|node| node.query.as_deref() == Some("CTAS_N_14")));
    go(&mut lab, 60_000);
    let digest = lab.tick().digest;
    let again = Lab::replay(&lab.save(), |_| ()).map(|mut lab| lab.tick().digest);
    assert_eq!(again.expect("it can be made"), digest);
    // A pipeline of nothing: the charts are empty, and nothing breaks.
    assert!(matches!(load(&mut lab, Some("")), Some(Event::Loaded { .. })));
    go(&mut lab, 60_000);
    // And back.
    let loaded = load(&mut lab, None);
    assert!(matches!(loaded, Some(Event::Loaded { built_in: true, .. })), "{loaded:?}");
    // What is wrong is told with its place, and the run that was there goes on.
    match load(&mut lab, Some("CREATE STREAM a\n  AS SELECT * FROM nothing;")) {
        Some(Event::Refused { problems }) => {
            assert_eq!(problems[0].path, "script");
            assert!(problems[0].message.starts_with("line 2, column 20: SG-0201"), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
    go(&mut lab, 10_000);
}

#[test]
fn a_script_is_checked_without_being_carried_out() {
    let mut lab = lab(3);
    let checked = |lab: &mut Lab, script: &str, anew| match lab
        .command(Command::Check { script: script.to_owned(), anew })
    {
        Some(Event::Checked { statements, diagnostics }) => {
            let texts: Vec<_> = statements.iter().map(|span| span.of(script).to_owned()).collect();
            (texts, diagnostics)
        }
        other => panic!("{other:?}"),
    };
    let (statements, diagnostics) =
        checked(&mut lab, "SHOW STREAMS; CREATE STREAM a AS SELECT stat FROM clicks;", false);
    assert_eq!(statements, ["SHOW STREAMS", "CREATE STREAM a AS SELECT stat FROM clicks"]);
    assert_eq!(diagnostics[0].code.to_string(), "SG-0202");
    assert_eq!((diagnostics[0].span.start, diagnostics[0].span.end), (40, 44));
    let built_in = lab.script();
    assert!(!checked(&mut lab, &built_in, false).1.is_empty(), "all of it is there already");
    assert_eq!(checked(&mut lab, &built_in, true).1, []);
    assert_eq!((lab.news(), lab.save().log.len()), (vec![], 0));
}

#[test]
fn an_editor_is_told_what_there_is() {
    let mut lab = lab(3);
    let Some(Event::Vocabulary(words)) = lab.command(Command::Vocabulary) else { panic!("words") };
    assert!(words.keywords.contains(&"EMIT".to_owned()));
    assert!(words.can_be_names.contains(&"SESSION".to_owned()));
    assert!(!words.can_be_names.contains(&"SELECT".to_owned()));
    assert!(words.types.contains(&"BIGINT".to_owned()));
    let count = words.functions.iter().find(|function| function.name == "COUNT");
    assert_eq!(count.expect("it is there").kind, "aggregate");
    execute(
        &mut lab,
        "",
        "CREATE STREAM `odd name` WITH (KAFKA_TOPIC='odd') AS SELECT session, state, `timestamp` FROM clicks;",
    );
    let Some(Event::Catalog(catalog)) = lab.command(Command::Catalog) else { panic!("names") };
    let odd = catalog.sources.iter().find(|source| source.name == "`odd name`");
    let columns = &odd.expect("it is there").columns;
    let names: Vec<_> = columns.iter().map(|column| (&*column.name, column.key)).collect();
    assert_eq!(names, [("SESSION", true), ("STATE", false), ("`timestamp`", false)]);
    assert_eq!(catalog.queries.len(), 14);
}

#[test]
fn a_push_query_ends_when_the_run_goes_back() {
    let mut lab = lab(3);
    go(&mut lab, 60_000);
    let opened = execute(&mut lab, "", "SELECT state FROM clicks EMIT CHANGES;");
    assert!(matches!(opened[..], [Outcome::Push { id: 0, .. }]));
    go(&mut lab, 10_000);
    let news = lab.news();
    let [Event::Pushed { id: 0, pushed }] = &news[..] else { panic!("{news:?}") };
    assert!(pushed.ended && pushed.failure.is_some());
    assert_eq!(lab.news(), []);
}
