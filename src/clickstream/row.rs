//! A click as columns want it: the values behind a record, without the JSON.

use crate::time::Micros;

/// A click of the site as it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClickRow {
    /// When.
    pub event_time: Micros,
    /// The session.
    pub sid: u64,
    /// The user.
    pub uid: u32,
    /// Index among [`Config::states`](super::Config::states).
    pub state: u8,
    /// Index of the `contentId` among [`SECTIONS`](super::SECTIONS).
    pub section: u8,
    /// The channel, for [`Generator::name`](super::Generator::name).
    pub channel: u16,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::Value;

    use super::ClickRow;
    use crate::clickstream::{Config, Generator, SECTIONS, Sent, Sink, Truth};
    use crate::rng::Seed;
    use crate::time::Micros;

    #[derive(Default)]
    struct Both {
        rows: Vec<ClickRow>,
        json: Vec<Value>,
        with_json: bool,
    }

    impl Sink for Both {
        fn record(&mut self, _record: &Sent<'_>) {}
        fn wants_records(&self) -> bool {
            self.with_json
        }
        fn wants_truth(&self) -> bool {
            self.with_json
        }
        fn truth(&mut self, event: &Truth<'_>) {
            let value: Value = serde_json::from_slice(event.value).expect("truth is JSON");
            if value["recordType"] == "click" {
                self.json.push(value);
            }
        }
        fn wants_rows(&self) -> bool {
            !self.with_json
        }
        fn row(&mut self, row: &ClickRow) {
            self.rows.push(*row);
        }
    }

    #[test]
    fn rows_equal_the_json_of_the_same_run() {
        let config = Arc::new(Config::default());
        let states: Vec<String> = config.states().map(str::to_owned).collect();
        let until = config.start().plus(1_800_000_000);
        let run = |with_json| {
            let mut generator = Generator::new(Arc::clone(&config), Seed(11));
            let mut sink = Both { with_json, ..Both::default() };
            generator.run(until, u64::MAX, &mut sink);
            (generator, sink)
        };
        let ((generator, fast), (_, slow)) = (run(false), run(true));
        assert!(slow.json.len() > 10_000, "{}", slow.json.len());
        assert_eq!(fast.rows.len(), slow.json.len());
        for (row, json) in fast.rows.iter().zip(&slow.json) {
            let micros = libm::round(json["timestamp"].as_f64().unwrap_or(0.0) * 1e6) as i64;
            assert_eq!(row.event_time, Micros(micros));
            assert_eq!(Some(row.sid), json["sid"].as_u64());
            assert_eq!(json["uid"], row.uid.to_string());
            assert_eq!(json["state"], states[usize::from(row.state)].as_str());
            assert_eq!(json["contentId"], SECTIONS[usize::from(row.section)]);
            assert_eq!(json["channel"], generator.name(row.channel));
        }
    }
}
