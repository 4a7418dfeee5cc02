//! The loops that `cargo xtask bench` measures, each the same natively and in WebAssembly.
//!
//! A loop is prepared (its input is made, its results are checked) outside the measured time. It
//! returns a sum of what it computed, which keeps the optimizer honest and must be the same on both
//! sides.

// The paths are spelled out because two crates include this file, one of them by a path.
#[path = "loops/generate.rs"]
mod generate;
#[path = "loops/input.rs"]
mod input;
#[path = "loops/pipeline.rs"]
mod pipeline;
#[path = "loops/plain.rs"]
mod plain;
#[path = "loops/query.rs"]
mod query;
#[path = "loops/random.rs"]
mod random;
#[path = "loops/read.rs"]
mod read;
#[path = "loops/route.rs"]
mod route;
#[path = "loops/shared.rs"]
mod shared;
#[path = "loops/split.rs"]
mod split;
#[path = "loops/sql.rs"]
mod sql;
#[path = "loops/topic.rs"]
mod topic;
#[path = "loops/windows.rs"]
mod windows;

/// A run of a prepared loop: computes everything again and returns the sum.
pub type Run = Box<dyn FnMut() -> u64>;

/// Something to be measured.
#[derive(Clone, Copy)]
pub struct Loop {
    /// As in the table; a folder has this name too, so letters, digits, spaces, commas and
    /// colons only, and fewer than 64 bytes.
    pub name: &'static str,
    /// Records that one run goes through.
    pub records: u64,
    /// The loop that does the same in the way one writes it first, to be compared with.
    pub plain: Option<&'static str>,
    /// Makes the input and returns what is measured.
    pub prepare: fn() -> Run,
}

/// All loops, in the order of the table.
pub fn all() -> Vec<Loop> {
    [
        generate::loops(),
        route::loops(),
        windows::loops(),
        split::loops(),
        sql::loops(),
        shared::loops(),
        pipeline::loops(),
        read::loops(),
        topic::loops(),
        random::loops(),
    ]
    .concat()
}
