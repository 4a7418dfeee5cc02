// <stream-glass>: a room of the lab as one element. It owns the lab of its life in the document: a
// worker from connection to disconnection, none before or after.

import architecturesLaterUrl from "#wasm/streamglass-architectures-later.wasm?url";
import architecturesUrl from "#wasm/streamglass-architectures.wasm?url";
import connectLaterUrl from "#wasm/streamglass-connect-later.wasm?url";
import connectUrl from "#wasm/streamglass-connect.wasm?url";
import laterUrl from "#wasm/streamglass-later.wasm?url";
import wasmUrl from "#wasm/streamglass_bg.wasm?url";
import { LitElement, type PropertyValues, type TemplateResult, html } from "lit";

import { actionOf, type Action, SHORTCUTS } from "./keyboard";
import { Lab } from "./lab";
import { type PartUrls, unreachable } from "./messages";
import * as icons from "./parts/icons";
import { define } from "./parts/part";
import { SPEEDS } from "./parts/transport";
import type { ExperimentTick, Opened } from "./experiment-protocol";
import type { Answer, PushRows, Tick } from "./protocol";
import { panel } from "./parts/panel";
import { type Controls, DEFAULT_ROOM, type Hands, ROOMS, type Room, type Timing, isRoom, loadRoom, roomView } from "./rooms/registry";
import { adopt } from "./styles/adopt";
import { sheets } from "./styles/sheets";
import { explain } from "./support";
import { type Theme, isTheme } from "./theme";

export type { Answer, Controls, ExperimentTick, Opened, PushRows, Room, Theme, Tick };

/** What `<stream-glass>` dispatches; none bubbles. */
export interface StreamGlassEventMap {
  /** A run is there and takes commands. */
  ready: CustomEvent<{ seed: number; startMs: number }>;
  /** The state of the run, some times a second. */
  tick: CustomEvent<Tick>;
  /** An experiment was opened, by a person or a property: the rooms with experiments only. */
  experiment: CustomEvent<Opened>;
  /** The state of an experiment's run, some times a second. */
  "experiment-tick": CustomEvent<ExperimentTick>;
  /** Rows of a push query that `run` or a person has started. */
  rows: CustomEvent<{ id: number } & PushRows>;
  /** The lab cannot start, or the engine met a bug; a panel says so too. */
  error: CustomEvent<{ message: string }>;
}

/** What rooms need of the engine besides the first module, by name: files beside it. */
const PARTS: Readonly<Partial<Record<Room, Readonly<Record<string, string>>>>> = {
  architectures: { architectures: architecturesUrl },
  connect: { connect: connectUrl },
};
/** What comes when the engine first calls it, in the order of its numbers (`LATER` in `xtask/src/wasm.rs`). */
const LATER: Readonly<Record<string, string>> = { later: laterUrl, "architectures-later": architecturesLaterUrl, "connect-later": connectLaterUrl };
const DEFAULT_SPEED = 60;
const DEFAULT_SEED = 7;

const speedAttribute = {
  fromAttribute(text: string | null): number | null {
    if (text === "max") return null;
    const factor = Number(text);
    return text !== null && Number.isFinite(factor) && factor > 0 ? factor : DEFAULT_SPEED;
  },
  toAttribute: (factor: number | null): string => (factor === null ? "max" : String(factor)),
};

const seedAttribute = {
  fromAttribute(text: string | null): number {
    const seed = Number(text);
    return text !== null && Number.isSafeInteger(seed) && seed >= 0 ? seed : DEFAULT_SEED;
  },
};

export class StreamGlass extends LitElement {
  static override styles = sheets;
  static override properties = {
    room: { reflect: true },
    experiment: {},
    seed: { converter: seedAttribute },
    speed: { converter: speedAttribute },
    controls: {},
    theme: {},
    autoplay: { type: Boolean },
    wasmUrl: { attribute: "wasm-url" },
    keys: {},
  };

  /** The room that is shown. */
  declare room: Room;
  /**
   * The experiment that the room shows, as `late-data`; empty for the room's first. A shared run, as
   * `late-data?v=1&grace=30s`, is opened as it was. Rooms without experiments ignore it.
   */
  declare experiment: string;
  /** The seed of the run: a whole number from 0 to 2^53 − 1. Setting it starts a new run. */
  declare seed: number;
  /** Virtual seconds in a second; `null` (attribute: `max`) is as fast as possible. */
  declare speed: number | null;
  /** How much of the room is shown. */
  declare controls: Controls;
  declare theme: Theme;
  /** Whether it plays as soon as it can, unless the person prefers reduced motion. */
  declare autoplay: boolean;
  /** Where the engine is, if it is not beside this module. */
  declare wasmUrl: string | null;
  /** Whether shortcuts work from the beginning (`page`) or after a click into the element (`auto`). */
  declare keys: "auto" | "page";

  #lab: Lab = new Lab();
  #leaving: AbortController | null = null;
  #intersecting = true;
  #active = false;
  #shortcuts = true;
  #announced = 0;
  /** Whether there is a lab: a room that does not show it needs none. */
  #started = false;
  /** The room whose chunk could not be loaded, and why. */
  #absent: { room: Room; reason: string } | null = null;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #reduced = matchMedia("(prefers-reduced-motion: reduce)");

  constructor() {
    super();
    this.room = DEFAULT_ROOM;
    this.experiment = "";
    this.seed = DEFAULT_SEED;
    this.speed = DEFAULT_SPEED;
    this.controls = "full";
    this.theme = "auto";
    this.autoplay = false;
    this.wasmUrl = null;
    this.keys = "auto";
  }

  play(): void {
    this.#send({ type: "play" });
  }

  pause(): void {
    this.#send({ type: "pause" });
  }

  /** Pauses and goes on by `ms` of virtual time. */
  step(ms = 1000): void {
    this.#send({ type: "step", ms });
  }

  /** Goes to a point of virtual time, in milliseconds since the epoch; of an experiment since its start. */
  seek(toMs: number): void {
    this.#send({ type: "seek", toMs });
  }

  /** Virtual seconds in a second; `null` is as fast as possible. */
  setSpeed(factor: number | null): void {
    this.speed = factor;
    // The person may have chosen another one since: then the property does not change here.
    this.#send({ type: "speed", factor });
  }

  /** To whoever moves time in the room that is shown. */
  #send(command: Timing): void {
    (this.#hands() ?? this.#lab).send(command);
  }

  #hands(): (Element & Hands) | null {
    const shown = this.renderRoot.querySelector(".frame")?.firstElementChild;
    return !ROOMS[this.room].lab && shown instanceof Element && "send" in shown ? (shown as Element & Hands) : null;
  }

  /**
   * Carries out statements of ksqlDB's SQL between two turns of the run; one answer a statement, up to
   * the first that was refused. If anything in the script is wrong, nothing is done and the one answer
   * says what. Rejects while there is no run.
   */
  run(sql: string): Promise<Answer[]> {
    return this.#lab.execute(sql);
  }

  /** Ends a push query. */
  endPush(id: number): void {
    this.#lab.send({ type: "endPush", id });
  }

  /** Opens the sheet of shortcuts. */
  showHelp(): void {
    this.renderRoot.querySelector("dialog")?.showModal();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const leaving = new AbortController();
    const { signal } = leaving;
    this.#leaving = leaving;
    this.#active = false;
    const intersections = new IntersectionObserver((entries) => {
      this.#intersecting = entries[entries.length - 1]?.isIntersecting ?? true;
      this.#showOrHide();
    });
    intersections.observe(this);
    signal.addEventListener("abort", () => intersections.disconnect());
    document.addEventListener("visibilitychange", () => this.#showOrHide(), { signal });
    document.addEventListener("pointerdown", (event) => (this.#active = event.composedPath().includes(this)), { signal });
    document.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.#dark.addEventListener("change", () => this.requestUpdate(), { signal });
    this.addEventListener("focusin", () => (this.#active = true), { signal });
    this.renderRoot.addEventListener("restart", () => this.#restart(), { signal });
    this.renderRoot.addEventListener("room-ready", () => this.#roomReady(), { signal });
    this.renderRoot.addEventListener("bench-opened", (event) => this.#opened((event as CustomEvent<Opened>).detail), { signal });
    this.renderRoot.addEventListener("bench-tick", (event) => this.#emit("experiment-tick", (event as CustomEvent<ExperimentTick>).detail), { signal });
    this.renderRoot.addEventListener("bench-failed", (event) => this.#emit("error", { message: (event as CustomEvent<string>).detail }), { signal });
    this.#started = false;
    this.#announced = 0;
    if (ROOMS[this.room].lab) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leaving?.abort();
    this.#leaving = null;
    this.#lab.close();
    this.#started = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!isTheme(this.theme)) this.theme = "auto";
    if (!isRoom(this.room)) this.room = DEFAULT_ROOM;
    if (changed.has("room")) {
      this.#enter();
      this.#showOrHide();
      if (this.isConnected && ROOMS[this.room].lab && !this.#started) this.#start();
    }
    if (changed.has("theme")) {
      if (this.theme === "auto") this.removeAttribute("data-theme");
      else this.setAttribute("data-theme", this.theme);
    }
    if (changed.has("controls")) {
      this.#lab.inspects = this.controls === "full";
      if (!this.#lab.inspects) this.#lab.select(null);
    }
    if (!this.hasUpdated) return;
    if (changed.has("seed") && this.#lab.run !== null && this.#lab.run.seed !== this.seed) this.#lab.load(this.seed);
    if (changed.has("speed")) this.#lab.send({ type: "speed", factor: this.speed });
    if (changed.has("wasmUrl") && this.#started) this.#start();
  }

  protected override render(): TemplateResult {
    const scheme = this.theme === "auto" ? (this.#dark.matches ? "dark" : "light") : this.theme;
    return html`<div class="frame">${this.#shown(scheme)}</div>
      <dialog aria-labelledby="help-title">
        <div class="card-head">
          <h2 id="help-title">Keyboard</h2>
          <form method="dialog"><button class="plain icon" aria-label="Close">${icons.cross}</button></form>
        </div>
        <dl class="keys">
          ${SHORTCUTS.map(({ keys, text }) => html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${text}</dd>`)}
        </dl>
        <label class="switch">
          <input type="checkbox" role="switch" .checked=${this.#shortcuts} @change=${this.#switchShortcuts} />
          <span>Single-key shortcuts<small class="quiet">They work ${this.keys === "page" ? "on the whole page" : "after a click into the lab"}.</small></span>
        </label>
      </dialog>`;
  }

  #shown(theme: string): TemplateResult {
    const { room } = this;
    if (this.#absent?.room === room) {
      return panel(
        {
          title: `The room “${ROOMS[room].title}” could not be loaded`,
          text: this.#absent.reason,
          steps: ["Check the connection to the server that this page came from, and try again."],
          snippet: null,
          file: null,
        },
        () => this.#enter(),
        "Try again",
      );
    }
    const { controls, experiment, seed, speed, autoplay } = this;
    const life = this.#leaving?.signal ?? AbortSignal.abort();
    return roomView(room)?.view({ lab: this.#lab, controls, theme, wasmUrl: this.#engineUrl, partUrls: this.#partUrls(room), experiment, seed, speed, autoplay, shown: this.#visible, life }) ?? html``;
  }

  /** Fetches the room's chunk unless it is there, and its style sheets. */
  #enter(): void {
    const { room } = this;
    this.#absent = null;
    const arrived = (): void => {
      if (room !== this.room) return;
      adopt(this.renderRoot, roomView(room)?.styles ?? []);
      this.requestUpdate();
    };
    if (roomView(room) !== undefined) return arrived();
    loadRoom(room).then(arrived, (error: unknown) => {
      this.#absent = { room, reason: error instanceof Error ? error.message : String(error) };
      this.requestUpdate();
    });
  }

  /** A new lab with a worker of its own; the last one's ends. */
  #start(): void {
    this.#lab.close();
    this.#started = true;
    const lab = new Lab();
    lab.inspects = this.controls === "full";
    this.#lab = lab;
    this.#announced = 0;
    lab.on("run", () => this.#loaded(lab));
    lab.on("tick", () => {
      if (lab.tick !== null) this.dispatchEvent(new CustomEvent("tick", { detail: lab.tick }));
    });
    lab.on("pushed", () => {
      if (lab.pushed !== null) this.dispatchEvent(new CustomEvent("rows", { detail: { id: lab.pushed.id, ...lab.pushed.pushed } }));
    });
    lab.on("status", () => this.#trouble(lab));
    void lab.open(this.#engineUrl, this.#partUrls(this.room), this.seed, this.speed, this.autoplay && !this.#reduced.matches);
    this.requestUpdate();
  }

  get #engineUrl(): string {
    return new URL(this.wasmUrl ?? wasmUrl, this.wasmUrl === null ? import.meta.url : document.baseURI).href;
  }

  /** Beside the engine, also where that was put elsewhere. */
  #partUrls(room: Room): PartUrls {
    const urls = (parts: Readonly<Record<string, string>>): string[] =>
      Object.entries(parts).map(([name, url]) =>
        this.wasmUrl === null ? new URL(url, import.meta.url).href : new URL(`streamglass-${name}.wasm`, this.#engineUrl).href);
    return { now: urls(PARTS[room] ?? {}), later: urls(LATER) };
  }

  get #visible(): boolean {
    return this.#intersecting && !document.hidden;
  }

  #emit<K extends keyof StreamGlassEventMap>(type: K, detail: StreamGlassEventMap[K]["detail"]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** A room with an engine of its own takes commands. */
  #roomReady(): void {
    if (this.#announced === 0) this.#emit("ready", { seed: this.seed, startMs: 0 });
    this.#announced += 1;
  }

  /** A room with an engine of its own has begun an experiment. */
  #opened(opened: Opened): void {
    this.experiment = opened.experiment;
    this.seed = opened.seed;
    this.#roomReady();
    this.#emit("experiment", opened);
  }

  /** Begins anew as the person left it. */
  #restart(): void {
    const { tick } = this.#lab;
    if (tick !== null) this.speed = tick.speed;
    this.#start();
  }

  #loaded(lab: Lab): void {
    if (lab.run === null) return;
    this.seed = lab.run.seed;
    this.#showOrHide();
    if (this.#announced === 0) this.dispatchEvent(new CustomEvent("ready", { detail: { seed: lab.run.seed, startMs: lab.run.startMs } }));
    this.#announced += 1;
  }

  #trouble({ status }: Lab): void {
    switch (status.kind) {
      case "loading":
      case "running":
        return;
      case "failed":
        this.dispatchEvent(new CustomEvent("error", { detail: { message: status.message } }));
        return;
      case "unsupported":
        this.dispatchEvent(new CustomEvent("error", { detail: { message: explain(status.obstacle).title } }));
        return;
      default:
        return unreachable(status);
    }
  }

  /** Out of sight nothing runs; that is no command and leaves no trace in the run. */
  #showOrHide(): void {
    this.#lab.visible(this.#visible && ROOMS[this.room].lab);
    if (!ROOMS[this.room].lab) this.requestUpdate();
  }

  #key(event: KeyboardEvent): void {
    if (!this.#shortcuts || !(this.#active || this.keys === "page")) return;
    const action = actionOf(event);
    if (action === null) return;
    event.preventDefault();
    this.#act(action);
  }

  #act(action: Action): void {
    const hands = this.#hands();
    const tick = hands === null ? this.#lab.tick : hands.now;
    const startMs = hands === null ? this.#lab.run?.startMs : 0;
    switch (action.kind) {
      case "toggle":
        return tick?.playing === true ? this.pause() : this.play();
      case "step":
        return this.step(action.ms);
      case "back":
        if (tick !== null && startMs !== undefined) this.seek(Math.max(startMs, tick.clockMs - action.ms));
        return;
      case "faster":
      case "slower": {
        const at = SPEEDS.indexOf(tick?.speed ?? null);
        const to = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + (action.kind === "faster" ? 1 : -1)))];
        if (to !== undefined) this.#send({ type: "speed", factor: to });
        return;
      }
      case "help":
        return this.showHelp();
      default:
        return unreachable(action);
    }
  }

  #switchShortcuts = (event: Event): void => {
    this.#shortcuts = (event.currentTarget as HTMLInputElement).checked;
  };
}

// The methods' overloads for this element's own events.
export interface StreamGlass {
  addEventListener<K extends keyof StreamGlassEventMap>(
    type: K,
    listener: (this: StreamGlass, event: StreamGlassEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "stream-glass": StreamGlass;
  }
}

define("stream-glass", StreamGlass);
