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
    /// How long a user's session is in the mean, from its first click to its last, by the window in
    /// which it begins. A session ends when nothing comes for the gap.
    Sessions,
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
    /// Of sessions: the inactivity gap that ends one, milliseconds.
    pub gap_ms: u32,
}

impl Shape {
    /// How many groups each window has.
    #[must_use]
    pub const fn groups(self) -> usize {
        match self.question {
            Question::Clicks => CONTENTS.len(),
            Question::Users | Question::Sessions => 1,
            Question::Conversion => CHANNELS.len(),
        }
    }

    /// The window of an event time, counted from the start of the run.
    #[must_use]
    #[inline]
    pub const fn window(self, event: u32) -> u32 {
        match event.checked_div(self.window_ms) {
            Some(window) => window,
            None => 0,
        }
    }

    /// When a window ends.
    #[must_use]
    pub const fn window_end(self, window: u32) -> i64 {
        if self.window_ms == 0 { i64::MAX } else { (window as i64 + 1) * self.window_ms as i64 }
    }

    /// From which stream time on an event is too late for a stream path, but for the grace: its window
    /// has ended; or nothing has come for the gap, so that it would have to begin a session that is
    /// over.
    #[must_use]
    pub const fn closes(self, event: u32) -> i64 {
        match self.question {
            Question::Sessions => event as i64 + self.gap_ms as i64 + 1,
            _ => self.window_end(self.window(event)),
        }
    }

    /// The names of the groups; of sessions, which are by user, there are none.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self.question {
            Question::Clicks => &CONTENTS,
            Question::Users => &["click"],
            Question::Conversion => &CHANNELS,
            Question::Sessions => &[],
        }
    }

    /// What the answer counts.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self.question {
            Question::Clicks => "clicks",
            Question::Users => "users",
            Question::Conversion => "subscriptions a click",
            Question::Sessions => "seconds a session",
        }
    }

    /// The question as statements of ksqlDB: the stream, and the table of results.
    #[must_use]
    pub fn sql(self, grace_ms: i64, buggy: bool, emit_final: bool) -> String {
        // Readers ask the table: the job need not keep a window once it has closed.
        let bounds = |size: u32| {
            let retention = i64::from(size) + grace_ms;
            format!("RETENTION {retention} MILLISECONDS, GRACE PERIOD {grace_ms} MILLISECONDS")
        };
        let window = match (self.question, self.window_ms) {
            (Question::Sessions, _) => {
                let gap = self.gap_ms;
                format!("\n  WINDOW SESSION ({gap} MILLISECONDS, {})", bounds(gap))
            }
            (_, 0) => String::new(),
            (_, size) => {
                format!("\n  WINDOW TUMBLING (SIZE {size} MILLISECONDS, {})", bounds(size))
            }
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
            Question::Sessions => ("WINDOWEND - WINDOWSTART AS length, COUNT(*) AS clicks", "uid"),
        };
        let emit = if emit_final { "FINAL" } else { "CHANGES" };
        format!(
            "CREATE STREAM clicks (recordType VARCHAR, uid BIGINT, contentId VARCHAR, channel VARCHAR, state VARCHAR)\n  \
             WITH (KAFKA_TOPIC='clicks', VALUE_FORMAT='JSON', PARTITIONS=1);\n\
             CREATE TABLE answer AS SELECT {group}, {columns}\n  FROM clicks{window}{bug}\n  GROUP BY {group}\n  EMIT {emit};"
        )
    }
}
