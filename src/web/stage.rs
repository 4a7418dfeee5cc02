//! What the engines of workers share: commands in, events out, canvases, slices of work in between.
//!
//! A slice is short, so that a command that arrives meanwhile is answered soon at any load. Not here:
//! what an engine sends, and at which pace.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::OffscreenCanvas;

use crate::lab::Next;
use crate::web::canvas::Canvas;
use crate::web::report::{self, Reached};
use crate::web::schedule::Schedule;
use crate::web::worker::{SLICE_MS, WAIT_MS, now, send, value_of};

/// What runs in a worker.
pub(super) trait Engine: Sized + 'static {
    /// What it is told.
    type Command: DeserializeOwned;
    /// What it says.
    type Event: Serialize;
    /// Which picture it draws.
    type Picture: DeserializeOwned + PartialEq;
    /// How.
    type Style: DeserializeOwned;

    /// Carries out a command; what it answers.
    fn command(&mut self, command: Self::Command) -> Option<Self::Event>;

    /// The answer to something that is no command.
    fn refused(message: String) -> Self::Event;

    /// Works, `elapsed_ms` after the last slice, until there is nothing to do or `more` says that others
    /// wait.
    fn slice(&mut self, elapsed_ms: f64, more: impl Fn() -> bool) -> Next;

    /// How far it came, for the report of a bug.
    fn reached(&self) -> Reached;

    /// Has everything told at the next [`Self::show`].
    fn refresh(&mut self);

    /// Tells the page what is due; when the run is at rest all that has changed. Whether that was all.
    fn show(&mut self, page: &mut Page<Self>, at_rest: bool) -> bool;
}

/// The page, as an engine sees it.
pub(super) struct Page<E: Engine> {
    emit: js_sys::Function,
    /// The pictures that it draws.
    pub pictures: Vec<(E::Picture, Canvas, E::Style)>,
}

impl<E: Engine> Page<E> {
    /// Hands it an event.
    pub fn tell(&self, event: &E::Event) {
        send(&self.emit, event);
    }
}

/// An engine on its worker.
pub(super) struct Stage<E: Engine>(Rc<RefCell<State<E>>>);

struct State<E: Engine> {
    engine: E,
    page: Page<E>,
    visible: bool,
    last_slice: f64,
    /// Whether a command waits to be answered.
    asked: bool,
    /// Whether something changed that the page has not been told.
    stale: bool,
    schedule: Option<Schedule>,
}

impl<E: Engine> std::fmt::Debug for Stage<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").finish_non_exhaustive()
    }
}

impl<E: Engine> Stage<E> {
    /// A worker that hands its events to `emit`.
    pub fn new(engine: E, emit: js_sys::Function) -> Self {
        report::install(&emit, engine.reached());
        let state = Rc::new(RefCell::new(State {
            engine,
            page: Page { emit, pictures: Vec::new() },
            visible: true,
            last_slice: now(),
            asked: false,
            stale: false,
            schedule: None,
        }));
        let of_slice = Rc::downgrade(&state);
        let schedule = Schedule::new(move || {
            if let Some(state) = of_slice.upgrade() {
                state.borrow_mut().slice();
            }
        });
        state.borrow_mut().schedule = Some(schedule);
        Self(state)
    }

    /// Carries out a command; what it answers is sent as an event.
    pub fn command(&self, command: JsValue) {
        let mut state = self.0.borrow_mut();
        if let Some(event) = state.carry_out(command) {
            state.page.tell(&event);
        }
        state.refresh();
    }

    /// Carries out a command; what it answers, or `null`, is returned to who asked.
    pub fn ask(&self, command: JsValue) -> JsValue {
        let mut state = self.0.borrow_mut();
        let answer = state.carry_out(command);
        state.refresh();
        answer.map_or(JsValue::NULL, |event| value_of(&event))
    }

    /// Draws a picture on a canvas from now on.
    pub fn canvas(
        &self,
        picture: JsValue,
        canvas: OffscreenCanvas,
        style: JsValue,
    ) -> Result<(), JsError> {
        let picture: E::Picture = serde_wasm_bindgen::from_value(picture)?;
        let style: E::Style = serde_wasm_bindgen::from_value(style)?;
        let mut state = self.0.borrow_mut();
        state.page.pictures.retain(|(other, ..)| *other != picture);
        state.page.pictures.push((picture, Canvas::new(canvas)?, style));
        state.refresh();
        Ok(())
    }

    /// Changes size and colours of a picture.
    pub fn style(&self, picture: JsValue, style: JsValue) -> Result<(), JsError> {
        let picture: E::Picture = serde_wasm_bindgen::from_value(picture)?;
        let style: E::Style = serde_wasm_bindgen::from_value(style)?;
        let mut state = self.0.borrow_mut();
        if let Some(drawn) = state.page.pictures.iter_mut().find(|(id, ..)| *id == picture) {
            drawn.2 = style;
        }
        state.refresh();
        Ok(())
    }

    /// Whether anyone can see the element: a hidden one stands still.
    pub fn visible(&self, visible: bool) {
        let mut state = self.0.borrow_mut();
        state.visible = visible;
        state.last_slice = now();
        state.refresh();
    }
}

impl<E: Engine> State<E> {
    fn carry_out(&mut self, command: JsValue) -> Option<E::Event> {
        match serde_wasm_bindgen::from_value(command) {
            Ok(command) => self.engine.command(command),
            Err(error) => Some(E::refused(error.to_string())),
        }
    }

    /// Has the page told of everything at the next slice, which comes soon.
    fn refresh(&mut self) {
        (self.stale, self.asked) = (true, true);
        self.engine.refresh();
        if let Some(schedule) = &self.schedule {
            schedule.soon();
        }
    }

    fn slice(&mut self) {
        let begun = now();
        let elapsed = begun - self.last_slice;
        self.last_slice = begun;
        // A command is answered before the run goes on.
        let until = if std::mem::take(&mut self.asked) { begun } else { begun + SLICE_MS };
        let next = if self.visible {
            let next = self.engine.slice(elapsed, || now() < until);
            self.stale |= next != Next::Idle;
            next
        } else {
            Next::Idle
        };
        report::reached(self.engine.reached());
        if self.stale {
            self.stale = !self.engine.show(&mut self.page, next == Next::Idle);
        }
        let Some(schedule) = &self.schedule else { return };
        match next {
            Next::Soon => schedule.soon(),
            Next::Later => schedule.later(WAIT_MS),
            Next::Idle => {}
        }
    }
}

/// Whether something that comes every so often is due at `now`, which then is when it last came.
pub(super) fn due(now: f64, last: &mut f64, every_ms: f64) -> bool {
    let due = now - *last >= every_ms;
    if due {
        *last = now;
    }
    due
}
