//! A password goes to the proxy by a header, and is in nothing else that the command leaves behind.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use streamglass_kafka::dialect::Dialect;
use streamglass_kafka::proxy::{Options, Proxy};

use crate::program::{Said, Send, WAYS};
use crate::support::*;

const PASSWORD: &str = "sesame-0pen-6c1f";
/// What a text has that has the password in it: as it is, and `KEY:` with it in base64, as of Authorization.
const TRACES: [&str; 2] = [PASSWORD, "S0VZOnNlc2FtZS0wcGVuLTZjMWY="];

/// A folder with the password in a file, and what the command writes.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("streamglass-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("password"), format!("{PASSWORD}\n")).expect("a file");
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn guarded(dialect: Dialect) -> Proxy {
    let user = Some(("KEY".to_owned(), PASSWORD.to_owned()));
    start(Options { user, ..Options::new(dialect) })
}

fn clean(what: &str, text: &str) {
    assert!(!TRACES.iter().any(|trace| text.contains(trace)), "{what}: {text}");
}

fn silent(what: &str, said: &Said) {
    clean(what, &said.out);
    clean(what, &said.err);
}

#[test]
fn the_password_is_nowhere_to_be_found() {
    let folder = Folder::new("secret");
    let (file, undelivered) = (folder.path("password"), folder.path("undelivered"));
    for (dialect, api) in WAYS {
        let proxy = guarded(dialect);
        let more = [
            &["--user", "KEY", "--password-file", &file, "--timeout", "1s", "--retries", "1"][..],
            &["--undelivered", &undelivered],
        ]
        .concat();
        let send = Send { proxy: &proxy, api, topic: TOPIC, events: 20, seed: 3, more: &more };
        let said = send.run();
        assert_eq!(said.status, Some(0), "{}", said.err);
        assert!(proxy.counters().authorized > 0, "it was used");
        silent("a run that succeeds", &said);
        let check = send.command().arg("--check").output().expect("it starts");
        silent("a check", &Said::of(check));
        let mut lines = 0;
        for fault in [
            json!({"kind": "status", "code": 401}),
            json!({"kind": "status", "code": 500}),
            json!({"kind": "status", "code": 302}),
            json!({"kind": "cut-answer"}),
            json!({"kind": "reset-request"}),
            json!({"kind": "html"}),
        ] {
            proxy.clear_faults();
            proxy.inject(serde_json::from_value(fault.clone()).expect("a fault"));
            let what = fault.to_string();
            silent(&what, &send.run());
            let listed = fs::read_to_string(&undelivered).expect("it was written");
            clean(&what, &listed);
            lines += listed.lines().count();
        }
        assert!(lines > 20, "the lists have something in them");
        proxy.clear_faults();
        for record in proxy.records(TOPIC).expect("memory") {
            clean("a record", &String::from_utf8_lossy(&record.value.unwrap_or_default()));
        }
        // In the address it would be in every message: such an address is refused, unrepeated.
        let address = proxy.url().replace("http://", &format!("http://KEY:{PASSWORD}@"));
        let mut command = send.command();
        let said = Said::of(command.args(["--to", &address]).output().expect("it starts"));
        assert_ne!(said.status, Some(0));
        silent("a password in the address", &said);
    }
    let mut left: Vec<_> = fs::read_dir(&folder.0)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["password", "undelivered"], "no other file");
}

/// From the environment, as a user's password and as a bearer token, which the fixtures refuse.
#[test]
fn a_password_from_the_environment_is_as_silent() {
    let proxy = guarded(Dialect::Confluent);
    for (user, ends_well) in [(Some("KEY"), true), (None, false)] {
        let more = ["--password-env", "SESAME", "--timeout", "1s", "--retries", "0"];
        let send =
            Send { proxy: &proxy, api: "v2", topic: TOPIC, events: 20, seed: 3, more: &more };
        let mut command = send.command();
        command.env("SESAME", PASSWORD).args(user.into_iter().flat_map(|user| ["--user", user]));
        let said = Said::of(command.output().expect("it starts"));
        assert_eq!(said.status == Some(0), ends_well, "{}", said.err);
        silent("from the environment", &said);
    }
}
