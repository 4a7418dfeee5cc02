//! Parts of the engine that come when they are first called: `xtask` cuts them out of the module, and
//! puts in their place what calls [`bring`]. Not here: which parts those are.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::prelude::*;

thread_local! {
    static BRING: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// From now on `load` is called with the number of a part that is missing. The part must be there when
/// it returns.
#[wasm_bindgen(js_name = onMissing)]
pub fn on_missing(load: Function) {
    BRING.set(Some(load));
}

/// Brings a part.
///
/// # Panics
/// When it cannot be had: nothing can go on without it, and a panic tells how to make the run again.
#[wasm_bindgen(js_name = bringPart)]
pub fn bring(part: u32) {
    let load = BRING.with_borrow(Clone::clone).expect("the worker says how parts are loaded");
    if let Err(error) = load.call1(&JsValue::NULL, &part.into()) {
        let reason = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
        panic!("a part of the engine could not be loaded: {}", reason.unwrap_or_default());
    }
}
