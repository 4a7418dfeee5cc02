//! Reading the members that a query needs from full-size clicks, and nothing else.

use std::borrow::Cow;
use std::hint::black_box;

use serde::Deserialize;
use streamglass::chunk::Column;
use streamglass::format::json::JsonReader;
use streamglass::value::DataType;

use super::input::{Record, clicks};
use super::{Loop, Run};

const RECORDS: usize = 50_000;
/// Records whose values are read before the columns are used again.
const BATCH: usize = 2_048;
const PLAIN: &str = "plain: read 4 members";

pub fn loops() -> Vec<Loop> {
    let records = RECORDS as u64;
    vec![
        Loop { name: "read 4 members", records, plain: Some(PLAIN), prepare: read },
        Loop { name: PLAIN, records, plain: None, prepare: plain },
    ]
}

fn read() -> Run {
    let records = clicks(RECORDS);
    let wanted = [
        ("timestamp", DataType::Double),
        ("sid", DataType::BigInt),
        ("state", DataType::Varchar),
        ("contentId", DataType::Varchar),
    ];
    let mut reader = JsonReader::new(wanted.iter().map(|(name, _)| *name));
    let mut columns: Vec<Column> = wanted.iter().map(|(_, t)| Column::new(t)).collect();
    Box::new(move || {
        let mut rows = 0;
        for batch in records.chunks(BATCH) {
            columns.iter_mut().for_each(Column::clear);
            for record in batch {
                reader.read(&record.value, &mut columns).expect("a click");
            }
            rows += black_box(&columns)[0].len() as u64;
        }
        rows
    })
}

#[derive(Deserialize)]
struct Click<'a> {
    timestamp: f64,
    sid: i64,
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow, rename = "contentId")]
    content_id: Cow<'a, str>,
}

fn plain() -> Run {
    let records = clicks(RECORDS);
    Box::new(move || {
        let mut rows = 0;
        for Record { value, .. } in &records {
            let click: Click<'_> = serde_json::from_slice(value).expect("a click");
            black_box((click.timestamp, click.sid, &*click.state, &*click.content_id));
            rows += 1;
        }
        rows
    })
}
