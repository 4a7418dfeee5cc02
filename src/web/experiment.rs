//! The worker's side of the Architectures room: which of its figures are sent, drawn and when. Not
//! here: what is played, which is `player`'s.

use wasm_bindgen::prelude::*;
use web_sys::OffscreenCanvas;

use crate::chart::panel::{PanelId, PanelStyle};
use crate::experiment::protocol::{ExperimentCommand, ExperimentEvent, KnobProblem};
use crate::lab::Next;
use crate::player::{Player, charts};
use crate::web::report::Reached;
use crate::web::stage::{Engine, Page, Stage, due};
use crate::web::worker::now;

/// How often clock and lanes are sent while the run moves, milliseconds.
const TICK_MS: f64 = 125.0;
/// How often charts are drawn and their numbers sent.
const SERIES_MS: f64 = 500.0;
/// How often the verdict is: words that change more often cannot be read.
const VERDICT_MS: f64 = 2_000.0;

/// The experiments of one element. Lives in a worker of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Experiments(Stage<Bench>);

#[wasm_bindgen]
impl Experiments {
    /// A worker that hands its events to `emit`. It holds no experiment until one is opened.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: js_sys::Function) -> Self {
        let bench = Bench {
            player: Player::default(),
            command: String::new(),
            last_tick: f64::MIN,
            last_series: f64::MIN,
            last_verdict: f64::MIN,
        };
        Self(Stage::new(bench, emit))
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
        self.0.canvas(panel, canvas, style)
    }

    /// Changes size and colours of a panel.
    ///
    /// # Errors
    /// When the panel or the style is none.
    pub fn style(&self, panel: JsValue, style: JsValue) -> Result<(), JsError> {
        self.0.style(panel, style)
    }

    /// Whether anyone can see the element: a hidden one stands still.
    pub fn visible(&self, visible: bool) {
        self.0.visible(visible);
    }
}

struct Bench {
    player: Player,
    /// The command that makes the run again.
    command: String,
    last_tick: f64,
    last_series: f64,
    last_verdict: f64,
}

impl Engine for Bench {
    type Command = ExperimentCommand;
    type Event = ExperimentEvent;
    type Picture = PanelId;
    type Style = PanelStyle;

    fn command(&mut self, command: ExperimentCommand) -> Option<ExperimentEvent> {
        let answer = self.player.command(command);
        self.command = self.player.replayed_by();
        answer
    }

    fn refused(message: String) -> ExperimentEvent {
        let problems = vec![KnobProblem { knob: String::new(), message }];
        ExperimentEvent::Refused { problems }
    }

    fn slice(&mut self, elapsed_ms: f64, more: impl Fn() -> bool) -> Next {
        self.player.slice(elapsed_ms, more)
    }

    fn reached(&self) -> Reached {
        Reached::Experiment(self.command.clone())
    }

    fn refresh(&mut self) {
        (self.last_tick, self.last_series, self.last_verdict) = (f64::MIN, f64::MIN, f64::MIN);
    }

    /// One thing at a time, so that no frame of the page has more to take.
    fn show(&mut self, page: &mut Page<Self>, at_rest: bool) -> bool {
        if !self.player.is_open() {
            return false;
        }
        let now = now();
        if at_rest || due(now, &mut self.last_tick, TICK_MS) {
            let (tick, scene) = (self.player.tick(), self.player.scene());
            tick.into_iter().for_each(|tick| page.tell(&ExperimentEvent::Tick(tick)));
            scene.into_iter().for_each(|scene| page.tell(&ExperimentEvent::Scene(scene)));
            if !at_rest {
                return false;
            }
        }
        if at_rest || due(now, &mut self.last_series, SERIES_MS) {
            self.draw(page);
            if !at_rest {
                return false;
            }
        }
        if (at_rest || due(now, &mut self.last_verdict, VERDICT_MS))
            && let Some(verdict) = self.player.verdict()
        {
            page.tell(&ExperimentEvent::Verdict(verdict));
        }
        at_rest
    }
}

impl Bench {
    fn draw(&mut self, page: &mut Page<Self>) {
        let Some(series) = self.player.series() else { return };
        let notes = self.player.notes();
        let until = self.player.horizon_ms();
        for (id, canvas, style) in &mut page.pictures {
            let panel = charts::panel(*id, &series, notes, until);
            if let Err(error) = canvas.draw_panel(&panel, style) {
                // A mistake of the page's, not of the person's: for whoever embeds it.
                web_sys::console::error_1(&JsValue::from_str(&error.to_string()));
            }
        }
        page.tell(&ExperimentEvent::Series(series));
        page.tell(&ExperimentEvent::Notes { notes: notes.to_vec() });
    }
}
