//! The loops that `cargo xtask bench` measures, each the same natively and in WebAssembly.
//!
//! A loop is prepared (its input is made) outside the measured time. It returns a sum of what it
//! computed, which keeps the optimizer honest and must be the same on both sides.

// The path is spelled out because two crates include this file, one of them by a path.
#[path = "loops/random.rs"]
mod random;

/// A run of a prepared loop: computes everything again and returns the sum.
pub type Run = Box<dyn FnMut() -> u64>;

/// Something to be measured.
#[derive(Clone, Copy)]
pub struct Loop {
    /// As in the table; a folder has this name too, so no `/`, and fewer than 64 bytes.
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
    random::loops()
}
