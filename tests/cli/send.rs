//! `streamglass generate --to`, as far as it can be seen without a proxy. What it sends and how it
//! accounts for it is tested in `tests/kafka`.

use std::net::TcpListener;

use crate::{file, run};

#[test]
fn what_is_wrong_is_told_before_anything_is_sent() {
    for (more, says) in [
        (&["--to", "127.0.0.1:8082"][..], &["http://"][..]),
        (&["--to", "http://x", "--topic", "a b"], &["a b"]),
        (&["--to", "http://x", "--connections", "99"], &["connections", "16"]),
        (&["--to", "http://x", "--user", "me"], &["password"]),
        (
            &["--to", "http://x", "--password-env", "STREAMGLASS_NONE_SUCH"],
            &["STREAMGLASS_NONE_SUCH"],
        ),
    ] {
        run(&[&["generate", "--events", "3"], more].concat()).fails(2, says);
    }
    for more in [
        &["--to", "http://x", "--topic", "what=there"][..],
        &["--to", "http://x", "--with-key"],
        &["--to", "http://x", "--rate", "5", "--speed", "5"],
        &["--rate", "5"],
        &["--topic", "nothing"],
    ] {
        run(&[&["generate", "--events", "3"], more].concat()).fails(64, &[]);
    }
}

#[test]
fn queries_to_send_are_checked_before_anything_is_sent() {
    let right = file("right.sql", b"CREATE STREAM raw (line STRING) WITH (KAFKA_TOPIC = 'imply-news', VALUE_FORMAT = 'KAFKA');");
    let wrong = file(
        "wrong.sql",
        b"CREATE STREAM raw (line STRING) WITH (KAFKA_TOPIC = 'imply-news');\nSELECT;",
    );
    let [right, wrong] = [right, wrong].map(|path| path.display().to_string());
    let sent = |more: &[&str]| {
        run(&[&["generate", "--events", "3", "--to", "http://127.0.0.1:1"], more].concat())
    };
    sent(&["--sql", &right]).fails(64, &["--topic"]);
    sent(&["--sql", &right, "--topic", "clicks", "--records", "click"]).fails(64, &["WHERE"]);
    sent(&["--sql", &right, "--topic", "clix"]).fails(2, &["`clix`", "clicks, "]);
    sent(&["--sql", &wrong, "--topic", "clicks"]).fails(2, &["wrong.sql", "line 2"]);
    sent(&["--sql", &right, "--topic", "clicks"]).fails(1, &["refused"]);
}

#[test]
fn a_password_in_the_address_is_not_repeated() {
    let run = run(&["generate", "--events", "3", "--to", "http://me:sesame@127.0.0.1:1"]);
    assert!(!run.err.contains("sesame"));
    run.fails(2, &["url"]);
}

#[test]
fn nothing_there_is_an_error() {
    // A port that was just free, and answers no more.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
    let secret = file("secret", b"sesame\n");
    let secret = secret.display().to_string();
    let url = format!("http://{port}");
    for check in [&["--check"][..], &[]] {
        let args = ["generate", "--events", "3", "--to", &url, "--user", "me", "--password-file"];
        let run = run(&[&args[..], &[&secret], check].concat());
        assert!(!run.err.contains("sesame"));
        run.fails(1, &["refused", &url]);
    }
}
