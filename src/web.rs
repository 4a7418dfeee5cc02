//! The browser's shell: the engine in a module worker. Only this module names web_sys, js_sys,
//! wasm_bindgen or gloo.

pub mod canvas;
mod connect;
mod experiment;
mod later;
mod report;
mod schedule;
mod stage;
mod worker;
