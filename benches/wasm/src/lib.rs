//! The loops of `benches/loops.rs` as a module that Node.js runs (`xtask/scripts/bench.mjs`).

use wasm_bindgen::prelude::wasm_bindgen;

#[path = "../../loops.rs"]
mod loops;

/// How many loops there are; the other functions take an index below it.
#[wasm_bindgen]
pub fn loops() -> usize {
    loops::all().len()
}

/// The name of a loop.
#[wasm_bindgen]
pub fn name(index: usize) -> String {
    loops::all()[index].name.to_owned()
}

/// The records that one run of a loop goes through.
#[wasm_bindgen]
pub fn records(index: usize) -> u64 {
    loops::all()[index].records
}

/// The name of the loop to compare with.
#[wasm_bindgen]
pub fn plain(index: usize) -> Option<String> {
    loops::all()[index].plain.map(str::to_owned)
}

/// A loop with its input.
#[wasm_bindgen]
pub struct Prepared(loops::Run);

#[wasm_bindgen]
impl Prepared {
    /// Makes the input of a loop.
    #[wasm_bindgen(constructor)]
    pub fn new(index: usize) -> Self {
        Self((loops::all()[index].prepare)())
    }

    /// Runs the loop once and returns the sum of what it computed.
    pub fn run(&mut self) -> u64 {
        (self.0)()
    }
}
