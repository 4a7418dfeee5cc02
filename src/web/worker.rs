//! The worker's side of the page: commands in, events out, slices of work in between.
//!
//! A slice is short, so that a command that arrives meanwhile is answered soon at any load; frames
//! are sent at their own pace, so that the page draws no more than eyes can follow.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, OffscreenCanvas};

use crate::chart::model::{ChartId, ChartStyle};
use crate::lab::protocol::{Command, Event, Problem};
use crate::lab::{Lab, Next};
use crate::rng::Seed;
use crate::web::canvas::Canvas;
use crate::web::report::{self, Reached};
use crate::web::schedule::Schedule;

/// The longest slice, milliseconds.
pub(super) const SLICE_MS: f64 = 8.0;
/// How often the state of the run is sent while it moves, milliseconds.
const TICK_MS: f64 = 125.0;
/// How often charts are drawn.
const PICTURE_MS: f64 = 330.0;
/// How often the inspected topic is sent: a list that changes more often cannot be read.
const INSPECTION_MS: f64 = 500.0;
/// The least time between two of these, so that no frame of the page has more than one to take.
const APART_MS: f64 = 30.0;
/// How long to wait when the clock has to move on first.
pub(super) const WAIT_MS: u32 = 16;

/// The engine of one element. Lives in a worker of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Worker {
    state: Rc<RefCell<State>>,
}

struct State {
    lab: Lab,
    emit: js_sys::Function,
    charts: Vec<(ChartId, Canvas, ChartStyle)>,
    visible: bool,
    last_slice: f64,
    last_tick: f64,
    last_picture: f64,
    last_inspection: f64,
    /// When one of these was last sent.
    last_sent: f64,
    /// Whether something changed that the page has not been told.
    stale: bool,
    schedule: Option<Schedule>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("visible", &self.visible).finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl Worker {
    /// A worker that hands its events to `emit`. Until a [`Command::Load`] it holds the built-in
    /// news site and says nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: js_sys::Function) -> Self {
        report::install(&emit, Reached::Lab(None));
        let now = now();
        let state = Rc::new(RefCell::new(State {
            lab: Lab::new(Seed(1)),
            emit,
            charts: Vec::new(),
            visible: true,
            last_slice: now,
            last_tick: f64::MIN,
            last_picture: f64::MIN,
            last_inspection: f64::MIN,
            last_sent: f64::MIN,
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
        Self { state }
    }

    /// Carries out a command; what it answers is sent as an event.
    pub fn command(&self, command: JsValue) {
        let mut state = self.state.borrow_mut();
        if let Some(event) = state.carry_out(command) {
            state.send(&event);
        }
        state.refresh();
    }

    /// Carries out a command; what it answers, or `null`, is returned to who asked.
    #[must_use]
    pub fn ask(&self, command: JsValue) -> JsValue {
        let mut state = self.state.borrow_mut();
        let answer = state.carry_out(command);
        state.refresh();
        answer.map_or(JsValue::NULL, |event| value_of(&event))
    }

    /// Draws a chart on a canvas from now on.
    ///
    /// # Errors
    /// When the chart or the style is none, or the canvas has no context.
    pub fn canvas(
        &self,
        chart: JsValue,
        canvas: OffscreenCanvas,
        style: JsValue,
    ) -> Result<(), JsError> {
        let chart: ChartId = read(&chart)?;
        let style: ChartStyle = read(&style)?;
        let mut state = self.state.borrow_mut();
        state.charts.retain(|(id, ..)| *id != chart);
        state.charts.push((chart, Canvas::new(canvas)?, style));
        state.refresh();
        Ok(())
    }

    /// Changes size and colours of a chart.
    ///
    /// # Errors
    /// When the chart or the style is none.
    pub fn style(&self, chart: JsValue, style: JsValue) -> Result<(), JsError> {
        let chart: ChartId = read(&chart)?;
        let style: ChartStyle = read(&style)?;
        let mut state = self.state.borrow_mut();
        if let Some(drawn) = state.charts.iter_mut().find(|(id, ..)| *id == chart) {
            drawn.2 = style;
        }
        state.refresh();
        Ok(())
    }

    /// Whether anyone can see the element: a hidden one stands still.
    pub fn visible(&self, visible: bool) {
        let mut state = self.state.borrow_mut();
        state.visible = visible;
        state.last_slice = now();
        state.refresh();
    }
}

impl State {
    fn carry_out(&mut self, command: JsValue) -> Option<Event> {
        match read::<Command>(&command) {
            Ok(command) => self.lab.command(command),
            Err(error) => {
                let problem = Problem { path: String::new(), message: error.to_string() };
                Some(Event::Refused { problems: vec![problem] })
            }
        }
    }

    /// Has the page told of everything at the next slice, which comes soon.
    fn refresh(&mut self) {
        self.stale = true;
        self.last_tick = f64::MIN;
        self.last_picture = f64::MIN;
        self.last_inspection = f64::MIN;
        self.last_sent = f64::MIN;
        if let Some(schedule) = &self.schedule {
            schedule.soon();
        }
    }

    fn slice(&mut self) {
        let begun = now();
        let elapsed = begun - self.last_slice;
        self.last_slice = begun;
        let next = if self.visible {
            // A command is answered before the run goes on.
            let is_asked = self.last_sent == f64::MIN;
            let until = if is_asked { begun } else { begun + SLICE_MS };
            let next = self.lab.slice(elapsed, || now() < until);
            self.stale |= next != Next::Idle;
            next
        } else {
            Next::Idle
        };
        report::reached(Reached::Lab(Some(self.lab.save())));
        self.show(next == Next::Idle);
        let Some(schedule) = &self.schedule else { return };
        match next {
            Next::Soon => schedule.soon(),
            Next::Later => schedule.later(WAIT_MS),
            Next::Idle => {}
        }
    }

    /// Sends what is due, one at a time. When the run comes to rest, all of it.
    fn show(&mut self, at_rest: bool) {
        if !self.stale {
            return;
        }
        let now = now();
        if at_rest {
            self.stale = false;
        } else if now - self.last_sent < APART_MS {
            return;
        }
        let due = |last: &mut f64, every: f64| {
            let due = now - *last >= every;
            if due {
                *last = now;
            }
            due
        };
        if at_rest || due(&mut self.last_tick, TICK_MS) {
            self.last_sent = now;
            // The dataflow first: the figures of a tick are those of its nodes.
            for event in self.lab.news() {
                self.send(&event);
            }
            let tick = self.lab.tick();
            self.send(&Event::Tick(tick));
            if !at_rest {
                return;
            }
        }
        if at_rest || due(&mut self.last_picture, PICTURE_MS) {
            self.last_sent = now;
            self.draw();
            if !at_rest {
                return;
            }
        }
        if at_rest || due(&mut self.last_inspection, INSPECTION_MS) {
            self.last_sent = now;
            if let Some(inspection) = self.lab.inspection() {
                self.send(&Event::Inspection(inspection));
            }
        }
    }

    fn draw(&mut self) {
        let mut drawn = Vec::with_capacity(self.charts.len());
        for (chart, canvas, style) in &mut self.charts {
            let mut data = self.lab.chart(*chart);
            data.plot = match canvas.draw(&data, style) {
                Ok(plot) => Some(plot),
                Err(error) => {
                    // A mistake of the page's, not of the person's: for whoever embeds it.
                    web_sys::console::error_1(&JsValue::from_str(&error.to_string()));
                    None
                }
            };
            drawn.push(data);
        }
        for data in drawn {
            self.send(&Event::Chart(data));
        }
    }

    fn send(&self, event: &Event) {
        send(&self.emit, event);
    }
}

/// Hands an event to the page's function.
pub fn send(emit: &js_sys::Function, event: &impl Serialize) {
    emit.call1(&JsValue::NULL, &value_of(event)).expect("the page's function only posts a message");
}

/// What the page hands over, read as JSON: small and rare, so that the code of a second format to
/// read is not worth its download.
///
/// # Errors
/// It is no JSON, or no `T`.
pub(super) fn read<T: DeserializeOwned>(value: &JsValue) -> serde_json::Result<T> {
    let text = js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string());
    serde_json::from_str(text.as_deref().unwrap_or_default())
}

pub(super) fn value_of(event: &impl Serialize) -> JsValue {
    // `null`, not `undefined`: the generated types say so.
    let serializer = Serializer::new().serialize_missing_as_null(true);
    event.serialize(&serializer).expect("events have safe numbers and text keys")
}

/// Milliseconds on the worker's clock.
pub(super) fn now() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or(0.0, |performance| performance.now())
}
