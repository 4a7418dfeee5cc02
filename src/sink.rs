//! Streaming to Kafka through a REST proxy: encoding, answers, retries, order and the account of every
//! record. Pure logic: time is passed in, and requests are handed out as values.
//!
//! The contract is that of the Confluent REST Proxy API, v2 and v3, as Confluent's proxy, Strimzi's
//! bridge and Karapace speak it. Delivery is at least once: a record that may have been written before
//! is counted as a possible duplicate when it is sent again.
//!
//! Not here: any I/O, clock, thread or credential. The page (`web`) and the command line (`cli`) send
//! what a [`Sender`] asks for and bring the answers back.

mod account;
mod answer;
mod batch;
mod encode;
pub mod protocol;
pub mod rate;
mod request;
pub mod retime;
mod retry;
mod sender;
pub mod settings;
#[cfg(test)]
mod tests;
mod verdict;

pub use account::{Fate, Kept};
pub use answer::read as read_answer;
pub use encode::base64;
pub use request::{Action, Offered, Outcome, Request};
pub use retry::RetryPolicy;
pub use sender::Sender;
pub use settings::Target;
pub use verdict::{EntryVerdict, Verdict};
