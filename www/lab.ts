// One running lab as the user interface sees it: what the engine last said, and how to ask it for
// more. No DOM: parts subscribe to topics and render themselves.

import { Bridge } from "./bridge";
import type { DotPace, DotScene } from "./dots";
import { type PartUrls, unreachable } from "./messages";
import { Meter } from "./meter";
import type { Answer, ChartData, ChartId, ChartStyle, Command, Event, Flow, Inspection, Problem, PushRows, Tick } from "./protocol";
import { type Obstacle, Unsupported } from "./support";

/** What a part can wait for. */
export type Topic = "status" | "run" | "flow" | "tick" | "chart" | "inspection" | "selection" | "load" | "pushed";

/** Whether there is an engine. */
export type Status =
  | { kind: "loading" }
  | { kind: "running" }
  | { kind: "unsupported"; obstacle: Obstacle }
  | { kind: "failed"; message: string; saved: string };

/** A run: what does not change until the next `load`, but for the flow when queries come or go. */
export interface Run {
  readonly seed: number;
  readonly startMs: number;
  readonly flow: Flow;
  readonly notices: readonly string[];
  /** The SQL of its pipeline, and whether that is the built-in one. */
  readonly script: string;
  readonly builtIn: boolean;
  /** The configuration's file; `null` for the built-in news site. */
  readonly file: string | null;
  /** Counts the runs of this lab. */
  readonly generation: number;
}

/** A configuration to run. */
export interface Configuration {
  readonly tree: unknown;
  readonly file: string | null;
}

const BUILT_IN_MODES = ["default", "special"];
const BUILT_IN: Configuration = { tree: null, file: null };

export class Lab {
  status: Status = { kind: "loading" };
  run: Run | null = null;
  tick: Tick | null = null;
  inspection: Inspection | null = null;
  /** The node of the flow that a person looks at. */
  selection: number | null = null;
  /** Whether there is a place to look into steps. Without one no records are asked for. */
  inspects = true;
  /** Why the last `load` or command was refused; empty if it was not. */
  problems: readonly Problem[] = [];
  /** The file whose configuration was refused. */
  refusedFile: string | null = null;
  /** The rows of a push query that came last. */
  pushed: { readonly id: number; readonly pushed: PushRows } | null = null;
  readonly charts = new Map<ChartId, ChartData>();
  readonly meter = new Meter();

  readonly #listeners = new Map<Topic, Set<() => void>>();
  readonly #closing = new AbortController();
  readonly #now: () => number;
  #bridge: Bridge | null = null;
  #configuration = BUILT_IN;
  /** The pipeline's script if it is not the built-in one. */
  #script: string | null = null;
  #pending: { readonly configuration: Configuration; readonly script: string | null } | null = null;
  #playAfterLoad = false;

  /** `now` is a clock in milliseconds, for the rates. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Calls `listener` when something under `topic` changes, until the result is called. */
  on(topic: Topic, listener: () => void): () => void {
    const set = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** The configuration that runs. */
  get configuration(): Configuration {
    return this.#configuration;
  }

  /** The modes of the configuration that runs. */
  get modes(): readonly string[] {
    const { tree } = this.#configuration;
    const modes: unknown = typeof tree === "object" && tree !== null && "ModeConfig" in tree ? tree.ModeConfig : null;
    return typeof modes === "object" && modes !== null ? Object.keys(modes) : BUILT_IN_MODES;
  }

  /** Starts the worker and loads the built-in configuration. */
  async open(wasmUrl: string, partUrls: PartUrls, seed: number, speed: number | null, autoplay: boolean): Promise<void> {
    try {
      this.#bridge = await Bridge.open(wasmUrl, partUrls, "lab", (event) => this.#hear(event), this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.status = error instanceof Unsupported
        ? { kind: "unsupported", obstacle: error.obstacle }
        : { kind: "failed", message: error instanceof Error ? error.message : String(error), saved: "" };
      this.#tell("status");
      return;
    }
    this.#bridge.command({ type: "speed", factor: speed });
    this.load(seed, BUILT_IN, autoplay);
  }

  /** Ends the worker. Nothing is told any more. */
  close(): void {
    this.#closing.abort();
    this.#listeners.clear();
    this.#bridge = null;
  }

  send(command: Command): void {
    this.#bridge?.command(command);
  }

  /**
   * Starts a new run; `play` lets it run at once. Without a configuration or a script (`null` is the
   * built-in one) the current one stays.
   */
  load(seed: number, configuration: Configuration = this.#configuration, play = this.tick?.playing ?? false, script = this.#script): void {
    this.#pending = { configuration, script };
    this.#playAfterLoad = play;
    this.send({ type: "load", config: configuration.tree, seed, script });
  }

  /** Starts the run anew with another pipeline; `null` is the built-in one. */
  begin(script: string | null): void {
    if (this.run !== null) this.load(this.run.seed, this.#configuration, this.tick?.playing ?? false, script);
  }

  /** Carries out a command and resolves with what it answers. */
  ask(command: Command): Promise<Event | null> {
    return this.#bridge?.ask(command) ?? Promise.reject(new Error("the lab is not ready yet"));
  }

  /** Carries out a script of SQL; one answer a statement, up to the first that was refused. */
  async execute(script: string): Promise<Answer[]> {
    const event = await this.ask({ type: "execute", script });
    if (event?.type === "answers") return event.answers;
    throw new Error(event?.type === "refused" ? event.problems.map(({ message }) => message).join("; ") : "there was no answer");
  }

  /** The SQL that the run's queries come from: its pipeline's script, and the statements carried out since. */
  async sql(): Promise<string> {
    const event = await this.ask({ type: "sql" });
    if (event?.type === "sql") return event.script;
    throw new Error("there was no answer");
  }

  /** Shows problems that were found before the engine was asked, and changes nothing. */
  refuse(file: string, problems: readonly Problem[]): void {
    this.problems = problems;
    this.refusedFile = file;
    this.#tell("load");
  }

  forgive(): void {
    this.problems = [];
    this.refusedFile = null;
    this.#tell("load");
  }

  /** Looks at a node of the flow: of a topic, its last records come. */
  select(node: number | null): void {
    this.selection = node;
    const chosen = node === null ? undefined : this.run?.flow.nodes[node];
    const topic = chosen?.kind === "topic" || chosen?.kind === "deadLetters" ? chosen.label : null;
    if (this.inspection?.topic !== topic) this.inspection = null;
    this.send({ type: "inspect", topic });
    this.#tell("selection");
  }

  canvas(chart: ChartId, canvas: OffscreenCanvas, style: ChartStyle): void {
    this.#bridge?.canvas(chart, canvas, style);
  }

  style(chart: ChartId, style: ChartStyle): void {
    this.#bridge?.style(chart, style);
  }

  dots(canvas: OffscreenCanvas | null, scene: DotScene): void {
    this.#bridge?.dots(canvas, scene);
  }

  pace(pace: DotPace): void {
    this.#bridge?.pace(pace);
  }

  visible(visible: boolean): void {
    this.#bridge?.visible(visible);
  }

  #tell(topic: Topic): void {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  #hear(event: Event): void {
    switch (event.type) {
      case "loaded":
        return this.#loaded(event);
      case "refused":
        this.problems = event.problems;
        this.refusedFile = this.#pending?.configuration.file ?? null;
        this.#pending = null;
        return this.#tell("load");
      case "flowChanged":
        return this.#flowChanged(event.flow);
      case "pushed":
        this.pushed = event;
        return this.#tell("pushed");
      case "answers":
      case "checked":
      case "formatted":
      case "sql":
      case "vocabulary":
      case "catalog":
        // Who asks for these gets them as answers.
        return;
      case "tick":
        this.tick = event;
        this.meter.take(event, this.#now());
        return this.#tell("tick");
      case "inspection":
        this.inspection = event;
        return this.#tell("inspection");
      case "chart":
        this.charts.set(event.chart, event);
        return this.#tell("chart");
      case "failed":
        this.status = { kind: "failed", message: event.message, saved: event.saved };
        return this.#tell("status");
      default:
        return unreachable(event);
    }
  }

  /** Queries came or went: what a person looks at stays in view if it is still there. */
  #flowChanged(flow: Flow): void {
    if (this.run === null) return;
    const label = this.#selectedLabel();
    this.run = { ...this.run, flow };
    // Figures are in the order of the nodes: those of the old flow mean nothing in the new one.
    this.meter.clear();
    this.tick = this.tick === null ? null : { ...this.tick, nodes: [] };
    this.#tell("flow");
    const node = flow.nodes.findIndex((candidate) => candidate.label === label);
    if (this.inspects) this.select(node >= 0 ? node : null);
  }

  /** The label of the node that a person looks at. */
  #selectedLabel(): string | null {
    return this.selection === null ? null : (this.run?.flow.nodes[this.selection]?.label ?? null);
  }

  #loaded({ seed, startMs, flow, notices, script, builtIn }: Extract<Event, { type: "loaded" }>): void {
    this.#configuration = this.#pending?.configuration ?? this.#configuration;
    this.#script = builtIn ? null : script;
    this.#pending = null;
    const label = this.#selectedLabel();
    const generation = (this.run?.generation ?? 0) + 1;
    this.run = { seed, startMs, flow, notices, script, builtIn, file: this.#configuration.file, generation };
    this.status = { kind: "running" };
    this.problems = [];
    this.refusedFile = null;
    this.inspection = null;
    this.charts.clear();
    this.meter.clear();
    // What a person looked at stays in view; at first it is the topic that everything goes through.
    const same = flow.nodes.findIndex((node) => node.label === label);
    const node = same >= 0 ? same : flow.nodes.findIndex((candidate) => candidate.kind === "topic");
    for (const topic of ["status", "run", "flow", "load", "chart", "inspection"] as const) this.#tell(topic);
    if (this.inspects) this.select(node >= 0 ? node : null);
    if (this.#playAfterLoad) this.send({ type: "play" });
  }
}
