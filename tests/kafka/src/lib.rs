//! Fixtures for the tests of the Kafka sink: REST proxies in four dialects, and a reader of what
//! reached the broker.
//!
//! No real REST proxy can be installed from the ordinary registries, so a **fixture** stands in for
//! Confluent's REST Proxy, Strimzi's Kafka Bridge and Karapace. It answers as those three were seen
//! to answer, has faults on command, and writes to a real broker, or to memory where a test is about
//! answers only. It shares no code with the sink: parser, serialiser and partitioner are its own.
//!
//! Not there: TLS, Avro and schemas, consumers over REST, `records:batch`.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests with sockets and clocks; the determinism rules are the library's"
)]

pub mod batch;
pub mod broker;
pub mod control;
pub mod cors;
pub mod dialect;
pub mod fault;
pub mod http;
pub mod iso;
pub mod kafka;
pub mod memory;
pub mod partition;
pub mod produce;
pub mod proxy;
pub mod readback;
pub mod routes;
pub mod seen;
pub mod v2;
pub mod v3;
pub mod verify;
