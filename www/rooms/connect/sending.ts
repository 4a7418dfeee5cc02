// A sink as the user interface sees it: what its worker last said, and how to tell it what to do. No DOM,
// and no credentials beyond the one message that carries them.

import { Bridge } from "../../bridge";
import type { CheckReport, ConnectCommand, ConnectEvent } from "../../connect/protocol";
import type { Status } from "../../lab";
import { type PartUrls, unreachable } from "../../messages";
import type { PanelStyle } from "../../panel-protocol";
import { save } from "../../save";
import type { FieldError, ListedFate, ListedRecord, LogLevel, SinkCounters, SinkState } from "../../sink-protocol";
import { Unsupported } from "../../support";
import { Parking } from "../parking";
import { type Draft, newDraft } from "./draft";

/** Lines of the activity log that are kept: the oldest go first. */
const MOST_LINES = 500;
/** Rows of a list that are shown at once. */
export const PAGE = 50;

/** The sinks of elements that show another room: theirs go on, without credentials. */
const parking = new Parking<Sending>();

/** A line of the activity log. */
export interface Entry {
  /** The time of day's clock, milliseconds since the epoch. */
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** A part of a list of records. */
export interface Listed {
  readonly total: number;
  readonly from: number;
  readonly records: readonly ListedRecord[];
}

export class Sending {
  status: Status = { kind: "loading" };
  readonly draft: Draft;
  /** What the engine says is wrong with the settings. */
  errors: readonly FieldError[] = [];
  report: CheckReport | null = null;
  state: SinkState = { type: "idle" };
  counters: SinkCounters | null = null;
  points: ReadonlyArray<readonly [number, number]> = [];
  /** Where the chart's axis of time ends. */
  untilMs = 1;
  log: readonly Entry[] = [];
  lists: ReadonlyMap<ListedFate, Listed> = new Map();
  /** Why the last start was refused; empty if it was not. */
  refused = "";
  /** A start looks whether everything is there. */
  starting = false;

  /** Who is told. */
  changed: () => void = () => undefined;
  readonly #closing = new AbortController();
  #bridge: Bridge<ConnectCommand, ConnectEvent, "throughput", PanelStyle> | null = null;
  /** When the run was started, on the time of day's clock. */
  #begun = 0;
  #testing = false;

  constructor(seed: number) {
    this.draft = newDraft(seed);
  }

  /** The sink that was kept for this life of an element, if there is one. */
  static back(life: AbortSignal): Sending | undefined {
    return parking.take(life);
  }

  /** Keeps it while another room is shown; its credentials are forgotten, and what needs them is paused. */
  park(life: AbortSignal): void {
    this.changed = () => undefined;
    if (life.aborted || this.status.kind !== "running") return this.close();
    this.forget();
    this.visible(false);
    parking.put(life, this);
  }

  async open(wasmUrl: string, partUrls: PartUrls): Promise<void> {
    try {
      this.#bridge = await Bridge.open<ConnectCommand, ConnectEvent, "throughput", PanelStyle>(wasmUrl, partUrls, "connect", (event) => this.#hear(event), this.#closing.signal);
      this.status = { kind: "running" };
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.status = error instanceof Unsupported
        ? { kind: "unsupported", obstacle: error.obstacle }
        : { kind: "failed", message: error instanceof Error ? error.message : String(error), saved: "" };
    }
    this.changed();
  }

  /** Ends the worker, and with it its requests and credentials. */
  close(): void {
    this.#closing.abort();
    this.#bridge = null;
  }

  send(command: ConnectCommand): void {
    if (command.type === "check") this.#testing = true;
    if (command.type === "start") {
      this.starting = true;
      this.refused = "";
    }
    this.#bridge?.command(command);
  }

  /** A start that comes to nothing, and why. */
  refuse(message: string): void {
    this.starting = false;
    this.state = { type: "idle" };
    this.refused = message;
    this.note("error", message);
    this.changed();
  }

  forget(): void {
    this.starting = false;
    this.#testing = false;
    if (this.report?.done === false) this.report = null;
    this.send({ type: "forget" });
    this.note("info", "Credentials cleared.");
    this.changed();
  }

  canvas(canvas: OffscreenCanvas, style: PanelStyle): void {
    this.#bridge?.canvas("throughput", canvas, style);
  }

  style(style: PanelStyle): void {
    this.#bridge?.style("throughput", style);
  }

  visible(visible: boolean): void {
    this.#bridge?.visible(visible);
  }

  /** Whether a run is there that has not ended. */
  get active(): boolean {
    return this.state.type !== "idle" && this.state.type !== "done";
  }

  /** How many records a list has. */
  size(fate: ListedFate): number {
    return this.counters?.[fate] ?? 0;
  }

  /** Asks for a part of a list. */
  look(fate: ListedFate, from: number): void {
    this.send({ type: "list", fate, from, count: PAGE });
  }

  note(level: LogLevel, text: string, at = Date.now()): void {
    this.log = [...this.log, { at, level, text }].slice(-MOST_LINES);
  }

  #hear(event: ConnectEvent): void {
    switch (event.type) {
      case "validated":
        this.errors = event.errors;
        if (event.errors.length > 0) this.starting = false;
        return this.changed();
      case "checked":
        this.#checked(event.report);
        return this.changed();
      case "started":
        this.starting = false;
        this.#begun = Date.now();
        this.counters = null;
        this.points = [];
        this.lists = new Map();
        this.state = { type: "running" };
        this.note("info", `Sends to ${this.draft.url}: ${this.draft.topics.map(({ from, to }) => `${from} to ${to}`).join(", ")}.`);
        return this.changed();
      case "refused":
        return this.refuse(event.message);
      case "progress":
        this.#progress(event.state, event.counters);
        return this.changed();
      case "throughput":
        this.points = event.points;
        this.untilMs = event.untilMs;
        return this.changed();
      case "log":
        for (const { atMs, level, text } of event.lines) this.note(level, text, this.#begun + atMs);
        return this.changed();
      case "listed":
        this.lists = new Map(this.lists).set(event.fate, event);
        return this.changed();
      case "download":
        return save(event.name, event.text, "application/x-ndjson");
      case "failed":
        this.status = { kind: "failed", message: event.message, saved: "" };
        return this.changed();
      default:
        return unreachable(event);
    }
  }

  #checked(report: CheckReport): void {
    this.report = report;
    if (!report.done) return;
    const failed = report.steps.find(({ verdict }) => verdict === "failed");
    if (report.diagnosis !== null) {
      this.starting = false;
      this.note("error", `Connection test: ${failed?.detail ?? ""}. ${report.diagnosis.problem}`);
    } else if (this.#testing) {
      this.note("info", "Connection test: everything is there.");
    }
    this.#testing = false;
  }

  /** A list that has changed is asked for anew. */
  #progress(state: SinkState, counters: SinkCounters): void {
    const before = this.counters;
    this.state = state;
    this.counters = counters;
    for (const fate of ["failed", "unknown", "reordered"] as const) {
      if (counters[fate] !== (before?.[fate] ?? 0)) this.look(fate, this.lists.get(fate)?.from ?? 0);
    }
  }
}
