//! What the page is told when the engine meets a bug: the panic's message and how to replay the run.
//! A panic traps, and nothing of the lab can be trusted or borrowed by then, so what is to be told is
//! kept beside it. Not here: any way to go on, for there is none.

use std::cell::RefCell;
use std::panic;

use crate::lab::protocol::Event;
use crate::lab::save::Save;
use crate::web::worker::send;

/// What runs in this worker, and how far it came.
pub enum Reached {
    /// A lab, after the last slice that went well.
    Lab(Option<Save>),
    /// An experiment, by the command that makes it again.
    Experiment(String),
}

thread_local! {
    /// The page's function, and what it is told of the run.
    static REPORT: RefCell<Option<(js_sys::Function, Reached)>> = const { RefCell::new(None) };
}

/// From now on a panic is sent to `emit` as an event, besides going to the console.
pub fn install(emit: &js_sys::Function, reached: Reached) {
    REPORT.set(Some((emit.clone(), reached)));
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // Taken, so that a panic on the way there is not reported again, and again.
        match REPORT.take() {
            Some((emit, Reached::Lab(run))) => {
                let saved = run.map(|run| run.json()).unwrap_or_default();
                send(&emit, &Event::Failed { message: info.to_string(), saved });
            }
            Some((emit, Reached::Experiment(command))) => {
                // As a lab's: what only an experiment says is in a part that a lab does not load.
                let message = format!("{info}\n{command}");
                send(&emit, &Event::Failed { message, saved: String::new() });
            }
            None => {}
        }
    }));
}

/// Remembers how far the run came.
pub fn reached(run: Reached) {
    REPORT.with_borrow_mut(|report| {
        if let Some((_, last)) = report {
            *last = run;
        }
    });
}
