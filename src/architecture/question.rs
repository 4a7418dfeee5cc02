//! Questions: what is asked, as SQL of the engine and as what a batch path has to know.

use super::store::{CHANNELS, CONTENTS};

/// What is asked of the clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// How many clicks each section had, by window. The answer in one number is all of them.
    Clicks,
    /// How many users came, by window or over all time. The answer is their sum over the windows.
    Users,
    /// The share of clicks on the page on which people subscribe, by channel and window.
    Conversion,
}

/// The section whose clicks the logic with the bug leaves out: index in [`CONTENTS`].
pub const BUG_CONTENT: u8 = 4;

/// A question with its windows: what a view is a view of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What is asked.
    pub question: Question,
    /// The size of the tumbling windows of event time, milliseconds; 0 is one for all time.
    pub window_ms: u32,
}

impl Shape {
    /// How many groups each window has.
    #[must_use]
    pub const fn groups(self) -> usize {
        match self.question {
            Question::Clicks => CONTENTS.len(),
            Question::Users => 1,
            Question::Conversion => CHANNELS.len(),
        }
    }

    /// The window of an event time, counted from the start of the run.
    #[must_use]
    #[inline]
    pub const fn window(self, event: u32) -> u32 {
        if self.window_ms == 0 { 0 } else { event / self.window_ms }
    }

    /// When a window ends.
    #[must_use]
    pub const fn window_end(self, window: u32) -> i64 {
        if self.window_ms == 0 { i64::MAX } else { (window as i64 + 1) * self.window_ms as i64 }
    }

    /// The names of the groups.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self.question {
            Question::Clicks => &CONTENTS,
            Question::Users => &["click"],
            Question::Conversion => &CHANNELS,
        }
    }

    /// What the answer counts.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self.question {
            Question::Clicks => "clicks",
            Question::Users => "users",
            Question::Conversion => "subscriptions a click",
        }
    }

    /// The question as statements of ksqlDB: the stream, and the table of results.
    #[must_use]
    pub fn sql(self, grace_ms: i64, buggy: bool) -> String {
        let window = match self.window_ms {
            0 => String::new(),
            size => format!(
                "\n  WINDOW TUMBLING (SIZE {size} MILLISECONDS, RETENTION {} MILLISECONDS, GRACE PERIOD {grace_ms} MILLISECONDS)",
                // Readers ask the table: the job need not keep a window once it has closed.
                i64::from(size) + grace_ms
            ),
        };
        // Both versions have a WHERE, so that one can go on from the other's state.
        let bug = match buggy {
            true => {
                format!("\n  WHERE contentId <> '{}'", CONTENTS[usize::from(BUG_CONTENT)])
            }
            false => "\n  WHERE contentId IS NOT NULL".to_owned(),
        };
        let (columns, group) = match self.question {
            Question::Clicks => ("COUNT(*) AS clicks", "contentId"),
            Question::Users => ("COUNT_DISTINCT(uid) AS users, COUNT(*) AS clicks", "recordType"),
            Question::Conversion => (
                "SUM(CASE WHEN state = 'subscribe' THEN 1 ELSE 0 END) AS subscriptions, COUNT(*) AS clicks",
                "channel",
            ),
        };
        format!(
            "CREATE STREAM clicks (recordType VARCHAR, uid BIGINT, contentId VARCHAR, channel VARCHAR, state VARCHAR)\n  \
             WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=1);\n\
             CREATE TABLE answer AS SELECT {group}, {columns}\n  FROM clicks{window}{bug}\n  GROUP BY {group}\n  EMIT CHANGES;"
        )
    }
}
