//! `streamglass run` over lines, and `streamglass sql` without a terminal.

use std::fs;

use super::{file, program, run, run_on};

const SCRIPT: &str = "
    CREATE STREAM news (k VARCHAR KEY, recordType VARCHAR, state VARCHAR)
      WITH (KAFKA_TOPIC='imply-news', VALUE_FORMAT='JSON');
    CREATE STREAM clicks WITH (KAFKA_TOPIC='clicks')
      AS SELECT k, state FROM news WHERE recordType = 'click';
    CREATE TABLE n WITH (KAFKA_TOPIC='n') AS SELECT state, COUNT(*) AS n FROM clicks GROUP BY state;";

/// What `generate` writes, with or without keys.
fn lines(with_key: bool) -> String {
    let mut args = vec!["generate", "--for", "2m"];
    args.extend(with_key.then_some("--with-key"));
    String::from_utf8(run(&args).quiet().out).expect("UTF-8")
}

#[test]
fn lines_go_through_a_script_and_out_of_the_topic_that_is_followed() {
    let (script, input) =
        (file("follow.sql", SCRIPT.as_bytes()), file("follow.ndjson", lines(true).as_bytes()));
    let topic = format!("imply-news={}", input.display());
    let script = script.display().to_string();
    let args = ["run", "--sql", &script, "--topic", &topic, "--follow-topic", "clicks"];
    let whole = run(&args).quiet();
    let clicks =
        lines(true).lines().filter(|line| line.contains(r#""recordType": "click""#)).count();
    assert!(clicks > 100);
    assert_eq!(whole.lines().len(), clicks);
    let first: serde_json::Value = serde_json::from_str(whole.lines()[0]).expect("JSON");
    assert_eq!((&first["topic"], &first["offset"]), (&"clicks".into(), &0.into()));
    // Event time is the record's own, to the millisecond.
    let source = lines(true);
    let click = source.lines().find(|line| line.contains(r#""recordType": "click""#)).expect("one");
    let (key, value) = click.split_once('|').expect("with a key");
    let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
    let seconds = value["timestamp"].as_f64().expect("a number");
    assert_eq!(first["timestamp"].as_i64(), Some((seconds * 1e3 + 1e-3).floor() as i64));
    assert_eq!(first["key"], key);

    // The same from a pipe, and as lines that can be filled in again.
    let piped = ["run", "--sql", &script, "--topic", "imply-news=-", "--follow-topic", "clicks"];
    assert_eq!(run_on(&piped, source.as_bytes()).quiet().out, whole.out);
    let again = [&args[..], &["--output", "key-value"]].concat();
    let pairs = run(&again).quiet();
    assert!(pairs.lines()[0].starts_with(&format!("{key}|{{\"STATE\":")), "{}", pairs.lines()[0]);

    // Without keys there is no key; every topic that a query writes is followed by default.
    let keyless =
        run_on(&["run", "--sql", &script, "--topic", "imply-news=-"], lines(false).as_bytes());
    let keyless = keyless.quiet();
    let of = |topic: &str| {
        let of = |line: &&&str| line.contains(&format!("\"topic\":\"{topic}\""));
        keyless.lines().iter().filter(of).count()
    };
    assert_eq!((of("clicks"), of("n")), (clicks, clicks), "every update");
    assert!(keyless.lines()[0].contains("\"key\":null"));
}

#[test]
fn what_is_wrong_with_topics_is_told() {
    let (script, input) = (file("wrong.sql", SCRIPT.as_bytes()), file("wrong.ndjson", b"{}\n"));
    let script = script.display().to_string();
    let input = input.display().to_string();
    let of = |topic: &str, more: &[&str]| {
        let topic = format!("{topic}={input}");
        run(&[&["run", "--sql", &script, "--topic", &topic][..], more].concat())
    };
    of("imply-newz", &[]).fails(2, &["SG-0505", "imply-newz", "imply-news"]);
    of("imply-news", &["--follow-topic", "x"]).fails(2, &["SG-0505", "no topic x"]);
    run(&["run", "--sql", &script, "--topic", "imply-news=none.ndjson"]).fails(1, &["none.ndjson"]);
    run(&["run", "--sql", &script, "--topic", "imply-news"]).fails(64, &["NAME=FILE"]);
    run(&["run", "--sql", &script, "--follow-topic", "n"]).fails(64, &["--topic"]);
}

#[test]
fn a_script_at_the_prompt_prints_the_same_every_time() {
    let script = "CREATE TABLE n AS SELECT state, COUNT(*) AS n FROM clicks GROUP BY state;
        advance 5m
        -- a pull query; and one that waits for rows
        SELECT * FROM n; SELECT session, state FROM clicks
          EMIT CHANGES LIMIT 3;
        PRINT 'orders' LIMIT 1;\nclock\n";
    let table = run_on(&["sql"], script.as_bytes()).quiet();
    assert_eq!(run_on(&["sql"], script.as_bytes()).quiet().out, table.out);
    let text = String::from_utf8(table.out).expect("UTF-8");
    for part in ["query CTAS_N_14 is running", "home ", "(7 rows)", "SESSION ", "VALUE"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json = run_on(&["sql", "--output", "json"], script.as_bytes()).quiet();
    let rows: Vec<serde_json::Value> =
        json.lines().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(rows.iter().filter(|row| row["N"].is_i64()).count(), 7);
    assert_eq!(rows.iter().filter(|row| row["SESSION"].is_string()).count(), 3);
    let other = run_on(&["sql", "--seed", "2"], script.as_bytes()).quiet();
    assert_ne!(String::from_utf8(other.out).expect("UTF-8"), text, "another seed, another run");
}

#[test]
fn a_script_at_the_prompt_ends_at_what_is_refused_and_when_time_is_over() {
    let wrong = "SHOW TOPICS;\n\nSELECT contenId FROM clicks EMIT CHANGES;\nSHOW TABLES;\n";
    let wrong = run_on(&["sql"], wrong.as_bytes());
    assert_eq!(wrong.status, 2);
    for part in ["standard input:3:8", "did you mean CONTENTID?"] {
        assert!(wrong.err.contains(part), "{part} in {}", wrong.err);
    }
    let said = String::from_utf8(wrong.out).expect("UTF-8");
    assert!(said.contains("Topics") && !said.contains("Tables"), "{said}");
    let unsupported = run_on(&["sql"], b"ASSERT SCHEMA ID 1;");
    assert_eq!(unsupported.status, 3, "{}", unsupported.err);
    let endless = run_on(&["sql", "--for", "1m"], b"SELECT * FROM orders EMIT CHANGES;\nclock");
    let endless = endless.quiet();
    assert_eq!(endless.lines().last(), Some(&"2023-01-12T08:01:00.000"));
}

#[test]
fn a_reader_that_has_enough_ends_it_quietly() {
    let script = file("pipe.sql", SCRIPT.as_bytes());
    let input = file("pipe.ndjson", lines(true).repeat(20).as_bytes());
    let topic = format!("imply-news={}", input.display());
    let mut child = program(&["run", "--sql", &script.display().to_string(), "--topic", &topic])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    fs::remove_file(input).expect("it was written");
}

#[test]
fn a_script_runs_others_and_places_stay_those_of_their_files() {
    let inner = file("run-script-inner.sql", b"SHOW STREAMS;\nSHOW NOTHING;");
    let name = inner.file_name().expect("a name").to_string_lossy().into_owned();
    let outer =
        file("run-script-outer.sql", format!("SHOW TABLES;\nRUN SCRIPT '{name}';").as_bytes());
    let outer_path = outer.display().to_string();
    run(&["run", "--sql", &outer_path]).fails(2, &[&format!("{name}:2:6"), "SG-0101"]);

    let query = "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
        CREATE STREAM t AS SELECT v + 1 AS v FROM s;";
    fs::write(&inner, query).expect("written");
    let insert = format!("RUN SCRIPT '{name}'; INSERT INTO s VALUES (1);");
    fs::write(&outer, insert).expect("written");
    assert!(run(&["run", "--sql", &outer_path]).quiet().lines()[0].contains("{\"V\":2}"));
    fs::write(&outer, format!("RUN SCRIPT '{name}';\nSELECT;")).expect("written");
    let outer_name = outer.file_name().expect("a name").to_string_lossy().into_owned();
    run(&["run", "--sql", &outer_path]).fails(2, &[&format!("{outer_name}:2:7")]);

    let itself = file("run-script-itself.sql", b"");
    let name = itself.file_name().expect("a name").to_string_lossy().into_owned();
    fs::write(&itself, format!("RUN SCRIPT '{name}';")).expect("written");
    let path = itself.display().to_string();
    run(&["run", "--sql", &path]).fails(2, &["does one run itself?"]);
    fs::write(&itself, "RUN SCRIPT 'not-there.sql';").expect("written");
    run(&["run", "--sql", &path]).fails(2, &["not-there.sql"]);
}

#[test]
fn what_cannot_be_read_is_in_the_processing_log() {
    let script = "CREATE STREAM s (n INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON');
        CREATE STREAM t AS SELECT n FROM s;
        CREATE STREAM bad AS SELECT message->deserializationError->recordB64 AS bytes
          FROM KSQL_PROCESSING_LOG;";
    let input = file(
        "processing-log.json",
        br#"{"inputs": [{"topic": "s", "value": {"n": "x"}, "timestamp": 5},
            {"topic": "s", "value": {"n": 2}, "timestamp": 6}]}"#,
    );
    let input = input.display().to_string();
    let path = file("processing-log.sql", script.as_bytes()).display().to_string();
    let run_it = || run(&["run", "--sql", &path, "--input", &input]);
    let without = run_it();
    assert_eq!((without.status, without.lines().len()), (0, 2), "{}", without.err);
    assert!(
        without.lines()[1].contains(r#"{"BYTES":"eyJuIjogIngifQ=="}"#),
        "{}",
        without.lines()[1]
    );
    assert!(without.err.contains("1 errors are in the processing log"), "{}", without.err);
    fs::write(&path, format!("{script}\nPRINT ksql_processing_log;")).expect("written");
    let with = run_it().quiet();
    let log = with.lines()[1];
    assert!(log.starts_with(r#"{"topic":"ksql_processing_log","partition":0,"offset":0"#), "{log}");
    assert!(log.contains(r#""partition":0,"offset":0}"#), "{log}");
    assert!(log.ends_with(r#""timestamp":5}"#), "the time of the record: {log}");

    let lines = file("processing-log.ndjson", b"{\"n\":\"x\"}\n{\"n\":2}\n").display().to_string();
    let topic = format!("s={lines}");
    let args = ["run", "--sql", &path, "--topic", &topic, "--follow-topic", "ksql_processing_log"];
    let followed = run(&args);
    assert_eq!(followed.lines().len(), 1, "{}", followed.err);
    assert!(followed.lines()[0].contains("recordB64"));
}
