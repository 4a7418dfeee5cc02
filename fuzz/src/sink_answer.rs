//! Answers of a Kafka REST proxy: whatever comes, whole or cut short, every record of the request has
//! one verdict.

use streamglass::sink::protocol::Api;
use streamglass::sink::{Verdict, read_answer};

const STATUSES: [u16; 8] = [200, 200, 200, 422, 400, 429, 500, 404];

/// The first byte chooses version and status, the second the number of records; the rest is the body.
pub fn fuzz(data: &[u8]) {
    let [settings, count, body @ ..] = data else { return };
    let api = if settings & 1 == 0 { Api::V2 } else { Api::V3 };
    let status = STATUSES[usize::from(settings >> 1) % STATUSES.len()];
    let count = usize::from(*count).clamp(1, 64);
    check(&read_answer(api, status, body, true, count, None), count);
    check(&read_answer(api, status, &body[..body.len() / 2], false, count, Some("7")), count);
}

fn check(verdict: &Verdict, count: usize) {
    if let Verdict::Entries { entries, .. } = verdict {
        assert_eq!(entries.len(), count, "one verdict a record");
    }
}

/// Answers as proxies give them.
pub fn seeds() -> Vec<Vec<u8>> {
    let v2 = |body: &str| [&[0, 3][..], body.as_bytes()].concat();
    let v3 = |body: &str| [&[1, 3][..], body.as_bytes()].concat();
    vec![
        v2(
            r#"{"offsets":[{"partition":0,"offset":5},{"partition":1,"offset":-1},{"partition":null,"offset":null,"error_code":50002,"error":"too large"}],"key_schema_id":null}"#,
        ),
        v2(r#"{"offsets":[{"error_code":404,"message":"no broker"},{"partition":1,"offset":2}]}"#),
        v2(r#"{"error_code":42203,"message":"Unrecognized token"}"#),
        v3(
            "{\"error_code\":200,\"cluster_id\":\"c\",\"topic_name\":\"t\",\"partition_id\":1,\"offset\":7,\"timestamp\":\"2026-01-01T00:00:00Z\"}\r\n{\"error_code\":429,\"message\":\"slow\"}\r\n{\"error_code\":400,\"message\":\"bad\"}",
        ),
    ]
}
