//! The worker's side of the Architectures room: commands in, events out, panels drawn, slices of work
//! in between. Not here: what is played, which is `player`'s.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::OffscreenCanvas;

use crate::chart::panel::{PanelId, PanelStyle};
use crate::experiment::protocol::{ExperimentEvent, KnobProblem};
use crate::lab::Next;
use crate::player::{Player, charts};
use crate::web::canvas::Canvas;
use crate::web::report::{self, Reached};
use crate::web::schedule::Schedule;
use crate::web::worker::{SLICE_MS, WAIT_MS, now, read, send, value_of};

/// How often clock and lanes are sent while the run moves, milliseconds.
const TICK_MS: f64 = 125.0;
/// How often charts are drawn and their numbers sent.
const SERIES_MS: f64 = 500.0;
/// How often the verdict is: words that change more often cannot be read.
const VERDICT_MS: f64 = 2_000.0;

/// The experiments of one element. Lives in a worker of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Experiments {
    state: Rc<RefCell<State>>,
}

struct State {
    player: Player,
    emit: js_sys::Function,
    panels: Vec<(PanelId, Canvas, PanelStyle)>,
    visible: bool,
    last_slice: f64,
    last_tick: f64,
    last_series: f64,
    last_verdict: f64,
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
impl Experiments {
    /// A worker that hands its events to `emit`. It holds no experiment until one is opened.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: js_sys::Function) -> Self {
        report::install(&emit, Reached::Experiment(String::new()));
        let state = Rc::new(RefCell::new(State {
            player: Player::default(),
            emit,
            panels: Vec::new(),
            visible: true,
            last_slice: now(),
            last_tick: f64::MIN,
            last_series: f64::MIN,
            last_verdict: f64::MIN,
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
            send(&state.emit, &event);
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

    /// Draws a panel on a canvas from now on.
    ///
    /// # Errors
    /// When the panel or the style is none, or the canvas has no context.
    pub fn canvas(
        &self,
        panel: JsValue,
        canvas: OffscreenCanvas,
        style: JsValue,
    ) -> Result<(), JsError> {
        let panel: PanelId = read(&panel)?;
        let style: PanelStyle = read(&style)?;
        let mut state = self.state.borrow_mut();
        state.panels.retain(|(id, ..)| *id != panel);
        state.panels.push((panel, Canvas::new(canvas)?, style));
        state.refresh();
        Ok(())
    }

    /// Changes size and colours of a panel.
    ///
    /// # Errors
    /// When the panel or the style is none.
    pub fn style(&self, panel: JsValue, style: JsValue) -> Result<(), JsError> {
        let panel: PanelId = read(&panel)?;
        let style: PanelStyle = read(&style)?;
        let mut state = self.state.borrow_mut();
        if let Some(drawn) = state.panels.iter_mut().find(|(id, ..)| *id == panel) {
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
    fn carry_out(&mut self, command: JsValue) -> Option<ExperimentEvent> {
        match read(&command) {
            Ok(command) => {
                let answer = self.player.command(command);
                report::reached(Reached::Experiment(self.player.replayed_by()));
                answer
            }
            Err(error) => {
                let problem = KnobProblem { knob: String::new(), message: error.to_string() };
                Some(ExperimentEvent::Refused { problems: vec![problem] })
            }
        }
    }

    /// Has the page told of everything at the next slice, which comes soon.
    fn refresh(&mut self) {
        self.stale = true;
        self.last_tick = f64::MIN;
        self.last_series = f64::MIN;
        self.last_verdict = f64::MIN;
        if let Some(schedule) = &self.schedule {
            schedule.soon();
        }
    }

    fn slice(&mut self) {
        let begun = now();
        let elapsed = begun - self.last_slice;
        self.last_slice = begun;
        let next = if self.visible {
            let until = begun + SLICE_MS;
            let next = self.player.slice(elapsed, || now() < until);
            self.stale |= next != Next::Idle;
            next
        } else {
            Next::Idle
        };
        self.show(next == Next::Idle);
        let Some(schedule) = &self.schedule else { return };
        match next {
            Next::Soon => schedule.soon(),
            Next::Later => schedule.later(WAIT_MS),
            Next::Idle => {}
        }
    }

    /// Sends what is due, one at a time, so that no frame of the page has more to take. When the run
    /// comes to rest, all of it.
    fn show(&mut self, at_rest: bool) {
        if !self.stale || !self.player.is_open() {
            return;
        }
        if at_rest {
            self.stale = false;
        }
        let now = now();
        let due = |last: &mut f64, every: f64| {
            let due = at_rest || now - *last >= every;
            if due {
                *last = now;
            }
            due
        };
        if due(&mut self.last_tick, TICK_MS) {
            let (tick, scene) = (self.player.tick(), self.player.scene());
            self.tell(tick.map(ExperimentEvent::Tick));
            self.tell(scene.map(ExperimentEvent::Scene));
            if !at_rest {
                return;
            }
        }
        if due(&mut self.last_series, SERIES_MS) {
            self.draw();
            if !at_rest {
                return;
            }
        }
        if due(&mut self.last_verdict, VERDICT_MS) {
            let verdict = self.player.verdict();
            self.tell(verdict.map(ExperimentEvent::Verdict));
        }
    }

    fn draw(&mut self) {
        let Some(series) = self.player.series() else { return };
        let notes = self.player.notes();
        let until = self.player.horizon_ms();
        for (id, canvas, style) in &mut self.panels {
            let panel = charts::panel(*id, &series, notes, until);
            if let Err(error) = canvas.draw_panel(&panel, style) {
                // A mistake of the page's, not of the person's: for whoever embeds it.
                web_sys::console::error_1(&JsValue::from_str(&error.to_string()));
            }
        }
        let notes = notes.to_vec();
        self.tell(Some(ExperimentEvent::Series(series)));
        self.tell(Some(ExperimentEvent::Notes { notes }));
    }

    fn tell(&self, event: Option<impl Serialize>) {
        if let Some(event) = event {
            send(&self.emit, &event);
        }
    }
}
