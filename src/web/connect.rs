//! The worker's side of the Connect room: the generator before a sink, in slices. Requests are handed to
//! the worker's own code, which has `fetch`, and their outcomes come back from it.
//!
//! Not here: requests, time-outs and credentials (`www/connect`), what an answer means (`sink`), and
//! how much is made when (`feed`).

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::OffscreenCanvas;

use crate::chart::panel::{Look, Panel, PanelStyle, Track, Unit};
use crate::clickstream::{Config, Generator, Sent};
use crate::feed::origin::{Origin, Queried, Raw};
use crate::feed::{Feed, Plan, STREAMS};
use crate::lab::run::Run as LabRun;
use crate::rng::Seed;
use crate::sink::protocol::{
    AuthKind, ConnectSettings, Credentials, ListedFate, RateSetting, SinkEvent, SinkState,
    Timestamps,
};
use crate::sink::settings::credential_errors;
use crate::sink::{Action, Fate, Outcome, Request, Sender, Target};
use crate::time::Micros;
use crate::web::canvas::Canvas;
use crate::web::report::{self, Reached};
use crate::web::schedule::Schedule;
use crate::web::worker::{SLICE_MS, WAIT_MS, now, send, value_of};

/// How often figures are sent while it runs, milliseconds.
const TOLD_MS: f64 = 250.0;
/// How often the chart is drawn and its numbers sent, milliseconds.
const DRAWN_MS: f64 = 1_000.0;
/// The most points of the chart: from then on it keeps every other one.
const MOST_POINTS: usize = 240;
/// The shortest time axis, milliseconds; a longer one has twice the length, or four times, and so on.
const AXIS_MS: i64 = 60_000;
/// Places in the palette of the chart's style.
const RATE: usize = 0;
const TARGET: usize = 1;

#[wasm_bindgen]
extern "C" {
    /// What sends requests.
    pub type Poster;

    /// Sends a request by POST. It returns at once; what becomes of it comes back by
    /// [`Connect::answer`] or [`Connect::broken`]. The body is a view that is valid during the call.
    #[wasm_bindgen(method, structural)]
    fn post(
        this: &Poster,
        id: f64,
        url: &str,
        content_type: &str,
        accept: &str,
        body: &[u8],
        timeout_ms: u32,
    );
}

/// The sink of one element. Lives in a worker of its own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Connect {
    state: Rc<RefCell<State>>,
}

struct State {
    run: Option<Run>,
    emit: js_sys::Function,
    poster: Poster,
    chart: Option<(Canvas, PanelStyle)>,
    visible: bool,
    schedule: Option<Schedule>,
}

/// What is sent, from its start to its end.
struct Run {
    sender: Sender,
    feed: Feed<'static>,
    begun: f64,
    rate: RateSetting,
    /// Times since the start, and the records acknowledged until then.
    history: Vec<(f64, u64)>,
    /// The least time between two points.
    gap: f64,
    told: f64,
    drawn: f64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("visible", &self.visible).finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl Connect {
    /// A worker that hands its events to `emit` and its requests to `poster`. It sends nothing until
    /// it is started.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(emit: js_sys::Function, poster: Poster) -> Self {
        report::install(&emit, Reached::Lab(None));
        let state = State { run: None, emit, poster, chart: None, visible: true, schedule: None };
        let state = Rc::new(RefCell::new(state));
        let of_slice = Rc::downgrade(&state);
        let schedule = Schedule::new(move || {
            if let Some(state) = of_slice.upgrade() {
                state.borrow_mut().slice();
            }
        });
        state.borrow_mut().schedule = Some(schedule);
        Self { state }
    }

    /// All that is wrong with settings, as an array of `FieldError`; with credentials also what is
    /// wrong with those.
    ///
    /// # Errors
    /// When they are no settings at all.
    pub fn problems(settings: JsValue, credentials: JsValue) -> Result<JsValue, JsError> {
        let settings: ConnectSettings = read(settings)?;
        let credentials: Option<Credentials> = read(credentials)?;
        let mut errors = Target::new(&settings).err().unwrap_or_default();
        if credentials.is_some() {
            errors.extend(credential_errors(settings.auth, credentials.as_ref()));
        }
        Ok(value_of(&errors))
    }

    /// The value of the `Authorization` header, if there is one.
    ///
    /// # Errors
    /// When these are no credentials.
    pub fn authorization(kind: JsValue, credentials: JsValue) -> Result<Option<String>, JsError> {
        let kind: AuthKind = read(kind)?;
        let credentials: Option<Credentials> = read(credentials)?;
        Ok(credentials.and_then(|credentials| credentials.authorization(kind)))
    }

    /// Starts sending. `cluster` is the cluster's id for v3, and `source` says what is sent.
    ///
    /// # Errors
    /// When settings, configuration or script are invalid, or a topic is not there.
    pub fn start(&self, settings: JsValue, cluster: &str, source: JsValue) -> Result<(), JsError> {
        let target = target(settings)?;
        let source: Source = read(source)?;
        let settings = &target.settings;
        let utc = utc();
        let config = Arc::new(source.config(settings.timestamps, utc)?);
        let plan = Plan {
            rate: settings.rate,
            // Queries have their times from their run, which begins accordingly.
            timestamps: match source.script {
                Some(_) => Timestamps::Simulated,
                None => settings.timestamps,
            },
            end: Micros(i64::MAX),
            most: source.records.map_or(u64::MAX, |records| records as u64),
        };
        let (seed, now) = (Seed(source.seed as u64), now());
        let feed = Feed::new(source.origin(settings, &config)?, &config, plan);
        let mut state = self.state.borrow_mut();
        state.run = Some(Run {
            rate: settings.rate,
            sender: Sender::new(target, cluster, seed, now),
            feed,
            begun: now,
            history: vec![(0.0, 0)],
            gap: DRAWN_MS,
            told: f64::MIN,
            drawn: f64::MIN,
        });
        state.soon();
        Ok(())
    }

    /// Sends nothing new; what is in flight is still waited for.
    pub fn pause(&self) {
        self.tell_sender(Sender::pause);
    }

    /// Goes on after a pause or a halt.
    pub fn resume(&self) {
        self.tell_sender(Sender::resume);
    }

    /// Takes no more records. With `drain` all that was taken is sent first; otherwise what is in
    /// flight is given up, and the caller ends those requests.
    pub fn stop(&self, drain: bool) {
        self.tell_sender(if drain { Sender::drain } else { Sender::abort });
    }

    /// Sends listed records again, and says how many.
    ///
    /// # Errors
    /// When that is no list.
    pub fn resend(&self, fate: JsValue) -> Result<u32, JsError> {
        let fate = match read(fate)? {
            ListedFate::Failed => Fate::Failed,
            ListedFate::Unknown => Fate::Unknown,
            ListedFate::Reordered => return Ok(0),
        };
        let mut count = 0;
        self.tell_sender(|sender, now| count = sender.resend(fate, now) as u32);
        Ok(count)
    }

    /// Sends a part of a list as an event.
    ///
    /// # Errors
    /// When that is no list.
    pub fn list(&self, fate: JsValue, from: u32, count: u32) -> Result<(), JsError> {
        let (fate, state) = (read(fate)?, self.state.borrow());
        let Some(run) = &state.run else { return Ok(()) };
        let (total, records) = run.sender.list(fate, from as usize, count.min(500) as usize);
        state.send(&SinkEvent::Listed { fate, total: total as u32, from, records });
        Ok(())
    }

    /// All of a list as NDJSON.
    ///
    /// # Errors
    /// When that is no list.
    pub fn ndjson(&self, fate: JsValue) -> Result<String, JsError> {
        let fate = read(fate)?;
        let state = self.state.borrow();
        Ok(state.run.as_ref().map(|run| run.sender.ndjson(fate)).unwrap_or_default())
    }

    /// Takes the answer to a request; `complete` is false if it broke off.
    pub fn answer(
        &self,
        id: f64,
        status: u16,
        retry_after: Option<String>,
        body: Vec<u8>,
        complete: bool,
    ) {
        self.settle(id, Outcome::Answer { status, retry_after, body, complete });
    }

    /// A request ended without an answer: in time, or for a reason.
    pub fn broken(&self, id: f64, timed_out: bool, reason: String) {
        self.settle(id, if timed_out { Outcome::TimedOut } else { Outcome::Broken(reason) });
    }

    /// Draws the throughput on a canvas from now on.
    ///
    /// # Errors
    /// When the style is none, or the canvas has no context.
    pub fn canvas(&self, canvas: OffscreenCanvas, style: JsValue) -> Result<(), JsError> {
        let mut state = self.state.borrow_mut();
        state.chart = Some((Canvas::new(canvas)?, read(style)?));
        state.draw();
        Ok(())
    }

    /// Changes size and colours of the chart.
    ///
    /// # Errors
    /// When the style is none.
    pub fn style(&self, style: JsValue) -> Result<(), JsError> {
        let mut state = self.state.borrow_mut();
        let style = read(style)?;
        if let Some(chart) = &mut state.chart {
            chart.1 = style;
        }
        state.draw();
        Ok(())
    }

    /// Whether anyone can see the element. What is sent goes on; pictures wait.
    pub fn visible(&self, visible: bool) {
        let mut state = self.state.borrow_mut();
        state.visible = visible;
        state.draw();
    }
}

impl Connect {
    fn tell_sender(&self, tell: impl FnOnce(&mut Sender, f64)) {
        let mut state = self.state.borrow_mut();
        if let Some(run) = &mut state.run {
            let now = now();
            run.sample(now);
            tell(&mut run.sender, now);
            run.told = f64::MIN;
            state.soon();
        }
    }

    fn settle(&self, id: f64, outcome: Outcome) {
        let mut state = self.state.borrow_mut();
        if let Some(run) = &mut state.run {
            run.sender.answer(id as u64, outcome, now());
            state.soon();
        }
    }
}

impl State {
    fn soon(&self) {
        if let Some(schedule) = &self.schedule {
            schedule.soon();
        }
    }

    fn slice(&mut self) {
        let Some(run) = &mut self.run else { return };
        let until = now() + SLICE_MS;
        let (made, wake) = loop {
            let now = now();
            let made = run.fill(now);
            let wake = loop {
                match run.sender.poll(now) {
                    Action::Send(request) => hand_over(&self.poster, &request),
                    Action::Wait(at) => break at,
                    Action::Done => break None,
                }
            };
            if !made || now >= until {
                break (made, wake);
            }
        };
        let (now, at_rest) = (now(), !run.moves());
        if at_rest || now - run.told >= TOLD_MS {
            run.told = now;
            self.tell(now);
        }
        let Some(run) = &mut self.run else { return };
        if at_rest || now - run.drawn >= DRAWN_MS {
            run.drawn = now;
            run.sample(now);
            self.draw();
        }
        let (Some(run), Some(schedule)) = (&self.run, &self.schedule) else { return };
        if made {
            schedule.soon();
        } else if !at_rest {
            let paced = run.rate != RateSetting::AsFastAsPossible
                && *run.sender.state() == SinkState::Running;
            let longest = if paced { f64::from(WAIT_MS) } else { TOLD_MS };
            let wait = wake.map_or(longest, |at| (at - now).clamp(1.0, longest));
            schedule.later(libm::ceil(wait) as u32);
        }
    }

    /// Sends figures and lines of the log.
    fn tell(&mut self, now: f64) {
        let Some(run) = &mut self.run else { return };
        let mut counters = run.sender.counters(now);
        (counters.lag, counters.lag_ms) = run.feed.lag();
        let (state, lines) = (run.sender.state().clone(), run.sender.take_log());
        if !lines.is_empty() {
            self.send(&SinkEvent::Log { lines });
        }
        self.send(&SinkEvent::Progress { state, counters });
    }

    fn draw(&mut self) {
        let Some(run) = self.run.as_ref().filter(|_| self.visible) else { return };
        let points = run.points();
        let panel = run.panel(&points);
        let until_ms = panel.until_ms;
        if let Some((canvas, style)) = &mut self.chart
            && let Err(error) = canvas.draw_panel(&panel, style)
        {
            // A mistake of the page's, not of the person's: for whoever embeds it.
            web_sys::console::error_1(&JsValue::from_str(&error.to_string()));
        }
        self.send(&SinkEvent::Throughput { until_ms, points });
    }

    fn send(&self, event: &impl Serialize) {
        send(&self.emit, event);
    }
}

impl Run {
    /// Makes records as far as there is room and they are due; says whether any were.
    fn fill(&mut self, now: f64) -> bool {
        if *self.sender.state() != SinkState::Running {
            self.feed.hold();
            return false;
        }
        let utc = utc();
        self.feed.advance(now, utc);
        let made = self.feed.fill(&mut self.sender, now, utc);
        if self.feed.is_done() {
            self.sender.drain(now);
        }
        made
    }

    /// Whether anything will change without a command.
    fn moves(&self) -> bool {
        matches!(self.sender.state(), SinkState::Running | SinkState::Draining)
    }

    /// Notes how much is acknowledged by now.
    fn sample(&mut self, now: f64) {
        let at = now - self.begun;
        let acknowledged = self.sender.counters(now).acknowledged;
        match self.history.as_slice() {
            // The last point moves until it is far enough from the one before.
            [.., before, last] if last.0 - before.0 < 0.9 * self.gap => {
                let end = self.history.len() - 1;
                self.history[end] = (at, acknowledged);
            }
            _ => self.history.push((at, acknowledged)),
        }
        if self.history.len() > MOST_POINTS {
            let mut place = 0;
            self.history.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.gap *= 2.0;
        }
    }

    /// Times since the start, and records acknowledged a second in the time before.
    fn points(&self) -> Vec<(f64, f64)> {
        let rate = |pair: &[(f64, u64)]| {
            let ((from, before), (to, after)) = (pair[0], pair[1]);
            (to, (after - before) as f64 * 1e3 / (to - from).max(1.0))
        };
        self.history.windows(2).map(rate).collect()
    }

    fn panel(&self, points: &[(f64, f64)]) -> Panel {
        let end = points.last().map_or(0, |(at, _)| *at as i64);
        let mut until_ms = AXIS_MS;
        while until_ms < end {
            until_ms *= 2;
        }
        let mut tracks = Vec::with_capacity(2);
        if let RateSetting::Constant { per_second } = self.rate {
            let points = vec![(0, Some(per_second)), (end, Some(per_second))];
            tracks.push(Track { color: TARGET, look: Look::Dashed, points });
        }
        let points = points.iter().map(|(at, rate)| (*at as i64, Some(*rate))).collect();
        tracks.push(Track { color: RATE, look: Look::Broad, points });
        Panel { unit: Unit::Number, until_ms, tracks, marks: Vec::new() }
    }
}

/// What is sent.
#[derive(Deserialize)]
struct Source {
    /// The generator's seed.
    seed: f64,
    /// How many records at most.
    records: Option<f64>,
    /// The tree of the site's configuration; nothing is the built-in one.
    configuration: Option<serde_json::Value>,
    /// The queries whose topics are sent; without them the generator's own are.
    script: Option<String>,
}

impl Source {
    /// The configuration; with queries its virtual time begins at the time that records shall have.
    fn config(&self, timestamps: Timestamps, utc: Micros) -> Result<Config, JsError> {
        let mut config = match &self.configuration {
            None => Config::default(),
            Some(tree) => Config::from_tree(tree)?.0,
        };
        let start = match timestamps {
            _ if self.script.is_none() => None,
            Timestamps::Simulated => None,
            Timestamps::Shifted { by_ms } => Some(config.start().plus(by_ms.saturating_mul(1_000))),
            Timestamps::Current => Some(utc),
        };
        if let Some(start) = start {
            let mut tree = config.tree().clone();
            tree["Streamglass"]["start"] = start.timestamp().0.into();
            config = Config::from_tree(&tree)?.0;
        }
        Ok(config)
    }

    fn origin(
        &self,
        settings: &ConnectSettings,
        config: &Arc<Config>,
    ) -> Result<Box<dyn Origin>, JsError> {
        let (seed, topics) = (Seed(self.seed as u64), &settings.topics);
        if let Some(script) = &self.script {
            let run = LabRun::new(config, seed, script)?;
            let names = topics.iter().map(|topic| &*topic.from);
            let queried = Queried::new(run, names);
            return Ok(Box::new(queried.map_err(|missing| JsError::new(&missing.join("\n")))?));
        }
        let stream = |from: &str| STREAMS.iter().find(|(name, _)| *name == from).map(|(_, of)| *of);
        let streams = topics.iter().map(|topic| stream(&topic.from)).collect::<Option<_>>();
        Ok(Box::new(Raw {
            generator: Generator::new(Arc::clone(config), seed),
            streams: streams.ok_or_else(|| JsError::new("the generator has no such topic"))?,
            wants: &|_: &Sent<'_>| true,
        }))
    }
}

/// The time of day's clock.
fn utc() -> Micros {
    Micros((js_sys::Date::now() * 1e3) as i64)
}

/// One record for a connection test, by the sink's own ways.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Probe {
    sender: Sender,
    request: Request,
}

#[wasm_bindgen]
impl Probe {
    /// A record for the topic at this place of the settings.
    ///
    /// # Errors
    /// When the settings are invalid, or have no such topic.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: JsValue, cluster: &str, topic: usize) -> Result<Self, JsError> {
        let Target { mut settings, .. } = target(settings)?;
        if topic >= settings.topics.len() {
            return Err(JsError::new("no such topic"));
        }
        settings.topics = vec![settings.topics.swap_remove(topic)];
        (settings.retries, settings.retry_unknown) = (0, false);
        let target = Target::new(&settings).map_err(|_| JsError::new("invalid settings"))?;
        let mut sender = Sender::new(target, cluster, Seed(0), 0.0);
        sender.offer(0, Some(b"streamglass"), Some(br#"{"streamglass":"connection test"}"#), 0.0);
        sender.drain(0.0);
        match sender.poll(0.0) {
            Action::Send(request) => Ok(Self { sender, request }),
            Action::Wait(_) | Action::Done => Err(JsError::new("there is nothing to send")),
        }
    }

    /// Hands its request to a poster.
    pub fn send(&self, poster: &Poster) {
        hand_over(poster, &self.request);
    }

    /// Why the record is not written as far as the answer says; nothing if it is.
    pub fn judge(
        &mut self,
        status: u16,
        retry_after: Option<String>,
        body: Vec<u8>,
        complete: bool,
    ) -> Option<String> {
        let outcome = Outcome::Answer { status, retry_after, body, complete };
        self.sender.answer(self.request.id, outcome, 0.0);
        if let SinkState::Halted { reason } = self.sender.state() {
            return Some(reason.clone());
        }
        let counters = self.sender.counters(0.0);
        if counters.acknowledged == 1 {
            return None;
        }
        Some(counters.reasons.into_iter().next().map(|it| it.reason).unwrap_or_default())
    }
}

fn hand_over(poster: &Poster, request: &Request) {
    let Request { id, url, content_type, accept, body, timeout_ms } = request;
    poster.post(*id as f64, url, content_type, accept, body, *timeout_ms);
}

fn target(settings: JsValue) -> Result<Target, JsError> {
    let settings: ConnectSettings = read(settings)?;
    let first = |errors: Vec<crate::sink::protocol::FieldError>| {
        JsError::new(errors.first().map_or("", |error| &error.message))
    };
    Target::new(&settings).map_err(first)
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, JsError> {
    Ok(serde_wasm_bindgen::from_value(value)?)
}
