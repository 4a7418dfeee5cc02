//! Streamglass: a streaming-analytics lab that runs in a browser tab and from a command line.

pub mod aggregate;
pub mod architecture;
pub mod chart;
pub mod chunk;
pub mod clickstream;
pub mod digest;
pub mod engine;
pub mod exec;
pub mod experiment;
pub mod feed;
pub mod fields;
pub mod format;
pub mod function;
pub mod hash;
mod interner;
pub mod lab;
pub mod murmur2;
pub mod order;
pub mod plan;
pub mod player;
pub mod record;
pub mod replay;
pub mod rng;
pub mod schema;
pub mod session;
pub mod sim;
pub mod sink;
mod slots;
pub mod sql;
pub mod state;
pub mod time;
pub mod topic;
pub mod value;
#[cfg(target_arch = "wasm32")]
pub mod web;
pub mod window;
