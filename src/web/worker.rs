//! The worker's side of the page: what of a lab is sent, drawn and when. Frames are sent at their own
//! pace, so that the page draws no more than eyes can follow.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, OffscreenCanvas};

use crate::chart::model::{ChartId, ChartStyle};
use crate::lab::protocol::{Command, Event, Problem};
use crate::lab::{Lab, Next};
use crate::rng::Seed;
use crate::web::report::Reached;
use crate::web::stage::{Engine, Page, Stage, due};

/// The longest slice, milliseconds.
pub(super) const SLICE_MS: f64 = 8.0;
/// How often the state of the run is sent while it moves, milliseconds.
const TICK_MS: f64 = 125.0;
/// How often charts are drawn.
const PICTURE_MS: f64 = 330.0;
/// How often the inspected topic is sent: a list that changes more often cannot be read.
const INSPECTION_MS: f64 = 1000.0;
/// The least time between two of these, so that no frame of the page has more than one to take.
const APART_MS: f64 = 30.0;
/// How long to wait when the clock has to move on first.
pub(super) const WAIT_MS: u32 = 16;

/// The engine of one element. Lives in a worker of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Worker(Stage<Desk>);

#[wasm_bindgen]
impl Worker {
    /// A worker that hands its events to `emit`. Until a [`Command::Load`] it holds the built-in
    /// news site and says nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: js_sys::Function) -> Self {
        let desk = Desk {
            lab: Lab::new(Seed(1)),
            begun: false,
            last_tick: f64::MIN,
            last_picture: f64::MIN,
            last_inspection: f64::MIN,
            last_sent: f64::MIN,
        };
        Self(Stage::new(desk, emit))
    }

    /// Carries out a command; what it answers is sent as an event.
    pub fn command(&self, command: JsValue) {
        self.0.command(command);
    }

    /// Carries out a command; what it answers, or `null`, is returned to who asked.
    #[must_use]
    pub fn ask(&self, command: JsValue) -> JsValue {
        self.0.ask(command)
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
        self.0.canvas(chart, canvas, style)
    }

    /// Changes size and colours of a chart.
    ///
    /// # Errors
    /// When the chart or the style is none.
    pub fn style(&self, chart: JsValue, style: JsValue) -> Result<(), JsError> {
        self.0.style(chart, style)
    }

    /// Whether anyone can see the element: a hidden one stands still.
    pub fn visible(&self, visible: bool) {
        self.0.visible(visible);
    }
}

struct Desk {
    lab: Lab,
    /// Whether there was a slice: before the first there is nothing to save.
    begun: bool,
    last_tick: f64,
    last_picture: f64,
    last_inspection: f64,
    /// When one of these was last sent.
    last_sent: f64,
}

impl Engine for Desk {
    type Command = Command;
    type Event = Event;
    type Picture = ChartId;
    type Style = ChartStyle;

    fn command(&mut self, command: Command) -> Option<Event> {
        self.lab.command(command)
    }

    fn refused(message: String) -> Event {
        Event::Refused { problems: vec![Problem { path: String::new(), message }] }
    }

    fn slice(&mut self, elapsed_ms: f64, more: impl Fn() -> bool) -> Next {
        self.begun = true;
        self.lab.slice(elapsed_ms, more)
    }

    fn reached(&self) -> Reached {
        Reached::Lab(self.begun.then(|| self.lab.save()))
    }

    fn refresh(&mut self) {
        self.last_tick = f64::MIN;
        self.last_picture = f64::MIN;
        self.last_inspection = f64::MIN;
        self.last_sent = f64::MIN;
    }

    /// One thing at a time.
    fn show(&mut self, page: &mut Page<Self>, at_rest: bool) -> bool {
        let now = now();
        if !at_rest && now - self.last_sent < APART_MS {
            return false;
        }
        if at_rest || due(now, &mut self.last_tick, TICK_MS) {
            self.last_sent = now;
            // The dataflow first: the figures of a tick are those of its nodes.
            for event in self.lab.news() {
                page.tell(&event);
            }
            page.tell(&Event::Tick(self.lab.tick()));
            if !at_rest {
                return false;
            }
        }
        if at_rest || due(now, &mut self.last_picture, PICTURE_MS) {
            self.last_sent = now;
            self.draw(page);
            if !at_rest {
                return false;
            }
        }
        if at_rest || due(now, &mut self.last_inspection, INSPECTION_MS) {
            self.last_sent = now;
            if let Some(inspection) = self.lab.inspection() {
                page.tell(&Event::Inspection(inspection));
            }
        }
        at_rest
    }
}

impl Desk {
    fn draw(&mut self, page: &mut Page<Self>) {
        let mut drawn = Vec::with_capacity(page.pictures.len());
        for (chart, canvas, style) in &mut page.pictures {
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
        drawn.into_iter().for_each(|data| page.tell(&Event::Chart(data)));
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
