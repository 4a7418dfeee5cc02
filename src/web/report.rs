//! What the page is told when the engine meets a bug: the panic's message and the run as a file that
//! replays it. A panic traps, and nothing of the lab can be trusted or borrowed by then, so
//! what is to be told is kept beside it. Not here: any way to go on, for there is none.

use std::cell::RefCell;
use std::panic;

use crate::lab::protocol::Event;
use crate::lab::save::Save;
use crate::web::worker::send;

thread_local! {
    /// The page's function, and the run after the last slice that went well.
    static REPORT: RefCell<Option<(js_sys::Function, Option<Save>)>> = const { RefCell::new(None) };
}

/// From now on a panic is sent to `emit` as [`Event::Failed`], besides going to the console.
pub fn install(emit: &js_sys::Function) {
    REPORT.set(Some((emit.clone(), None)));
    panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        // Taken, so that a panic on the way there is not reported again, and again.
        if let Some((emit, run)) = REPORT.take() {
            let saved = run.map(|run| run.json()).unwrap_or_default();
            send(&emit, &Event::Failed { message: info.to_string(), saved });
        }
    }));
}

/// Remembers how far the run came.
pub fn reached(run: Save) {
    REPORT.with_borrow_mut(|report| {
        if let Some((_, last)) = report {
            *last = Some(run);
        }
    });
}
