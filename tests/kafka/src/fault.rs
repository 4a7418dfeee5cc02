//! Faults on command.
//!
//! A fault is JSON, such as `{"kind":"status","code":429,"retry_after":1,"after":2,"count":1}`.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};

/// A fault and the requests that it meets.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fault {
    /// What happens.
    #[serde(flatten)]
    pub kind: Kind,
    /// The requests that it lets pass first.
    #[serde(default)]
    pub after: u64,
    /// The requests that it meets then; without it, all.
    #[serde(default)]
    pub count: Option<u64>,
    /// The requests that it looks at.
    #[serde(default)]
    pub on: On,
}

/// What happens to a request.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// All connections are reset and none is accepted for so long: "connection refused".
    Refuse {
        /// How long.
        ms: u64,
    },
    /// The connection is reset while the request's body is read; nothing is written.
    ResetRequest,
    /// All is written; the connection is reset in the midst of the answer.
    ResetAnswer,
    /// All is written; the answer ends after half of it.
    CutAnswer,
    /// Nothing is written and no answer comes.
    NoAnswer,
    /// All is written and no answer comes.
    WriteThenNoAnswer,
    /// Nothing is written; an error as the dialect words it.
    Status {
        /// Of HTTP.
        code: u16,
        /// In seconds.
        #[serde(default)]
        retry_after: Option<u32>,
        /// No body, as of Confluent's DoS filter.
        #[serde(default)]
        empty: bool,
    },
    /// Every so many-th record is not written; the answer says so as the dialect does.
    Partial {
        /// 1 is every record.
        every: usize,
        /// Whether the answer says that another try may help.
        #[serde(default)]
        retriable: bool,
        /// The code of the entry, where it is not the dialect's own.
        #[serde(default)]
        code: Option<i32>,
    },
    /// The answer comes later.
    Slow {
        /// How much later.
        ms: u64,
    },
    /// Nothing is written; a page of HTML with status 200, as from a portal before the proxy.
    Html,
    /// All is written; the answer has this content type.
    ContentType {
        /// Instead of the right one.
        value: String,
    },
    /// The answer has no CORS headers, and a preflight is refused.
    NoCors,
    /// All is written; the last entries of the answer are missing.
    Fewer {
        /// How many.
        by: usize,
    },
    /// All is written; the answer has entries of no record at its end.
    More {
        /// How many.
        by: usize,
    },
    /// All is written; offsets are −1, as Karapace may report them.
    NoOffsets,
}

/// Kinds of requests.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum On {
    /// Those that produce.
    #[default]
    Produce,
    /// All others, preflights too.
    Other,
    /// All.
    Any,
}

/// The faults that are set, the earliest first.
#[derive(Default)]
pub struct Faults {
    list: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Sets one more.
    pub fn add(&self, fault: Fault) {
        self.list.lock().expect("no panic").push(fault);
    }

    /// Removes all.
    pub fn clear(&self) {
        self.list.lock().expect("no panic").clear();
    }

    /// What happens to the next request of this kind: the first fault that it meets.
    pub fn next(&self, on: On) -> Option<Kind> {
        let mut list = self.list.lock().expect("no panic");
        for fault in list.iter_mut().filter(|fault| fault.on == on || fault.on == On::Any) {
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            match &mut fault.count {
                Some(0) => continue,
                Some(count) => *count -= 1,
                None => {}
            }
            return Some(fault.kind.clone());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_the_requests_that_it_names() {
        let faults = Faults::default();
        let text = r#"{"kind":"status","code":429,"after":1,"count":2}"#;
        faults.add(serde_json::from_str(text).expect("a fault"));
        faults.add(Fault { kind: Kind::NoCors, after: 0, count: None, on: On::Other });
        let status = Some(Kind::Status { code: 429, retry_after: None, empty: false });
        let met: Vec<_> = (0..4).map(|_| faults.next(On::Produce)).collect();
        assert_eq!(met, [None, status.clone(), status, None]);
        assert_eq!(faults.next(On::Other), Some(Kind::NoCors));
    }

    #[test]
    fn a_fault_that_does_not_exist_is_refused() {
        assert!(serde_json::from_str::<Fault>(r#"{"kind":"flood"}"#).is_err());
    }
}
