//! When the worker's next slice runs: at once, but after the messages that wait, or in a while.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageChannel, MessagePort};

/// Calls a function again and again, each time when it asks to be called.
#[derive(Clone)]
pub struct Schedule(Rc<Inner>);

struct Inner {
    /// A message to oneself is a task of its own, without the 4 ms that nested timers are held to.
    port: MessagePort,
    timer: RefCell<Option<Timeout>>,
    asked: RefCell<bool>,
}

impl Schedule {
    /// Will call `slice`. The worker lives as long as its thread, and so does the closure.
    pub fn new(slice: impl Fn() + 'static) -> Self {
        let channel = MessageChannel::new().expect("every browser with module workers has it");
        let inner = Rc::new(Inner {
            port: channel.port2(),
            timer: RefCell::new(None),
            asked: RefCell::new(false),
        });
        let asked = Rc::clone(&inner);
        let on_message = Closure::<dyn FnMut()>::new(move || {
            asked.asked.replace(false);
            slice();
        });
        channel.port1().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        on_message.forget();
        Self(inner)
    }

    /// Runs the next slice as soon as the messages that wait were handled.
    pub fn soon(&self) {
        self.0.timer.replace(None);
        if !self.0.asked.replace(true) {
            self.0.port.post_message(&wasm_bindgen::JsValue::NULL).expect("null can be cloned");
        }
    }

    /// Runs the next slice in `ms` milliseconds, unless [`Schedule::soon`] comes first.
    pub fn later(&self, ms: u32) {
        let inner = Rc::clone(&self.0);
        let timer = Timeout::new(ms, move || Self(inner).soon());
        self.0.timer.replace(Some(timer));
    }
}
