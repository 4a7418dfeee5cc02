// The experiments as the user interface sees them: what the engine last said, and how to ask it for
// more. One worker of its own. No DOM: the room subscribes and renders itself.

import { Bridge } from "../../bridge";
import type { ExperimentCommand, ExperimentEvent, ExperimentInfo, ExperimentTick, ExperimentTitle, KnobProblem, Note, Opened, Scene, Series, Verdict } from "../../experiment-protocol";
import type { Status } from "../../lab";
import { type PartUrls, unreachable } from "../../messages";
import type { PanelId, PanelStyle } from "../../panel-protocol";
import { Unsupported } from "../../support";
import { Parking } from "../parking";

/** The benches of elements that show another room: theirs goes on when the person comes back. */
const parking = new Parking<Bench>();

/** What can change. */
export type Change = "status" | "opened" | "explained" | "refused" | "tick" | "scene" | "series" | "notes" | "verdict";

/** How a bench begins. */
export interface Start {
  readonly wasmUrl: string;
  /** Where the parts of the engine are that this room needs and the lab does not. */
  readonly partUrls: PartUrls;
  readonly experiment: string;
  readonly seed: number;
  readonly speed: number | null;
  readonly autoplay: boolean;
}

export class Bench {
  status: Status = { kind: "loading" };
  catalogue: readonly ExperimentTitle[] = [];
  opened: Opened | null = null;
  tick: ExperimentTick | null = null;
  scene: Scene | null = null;
  series: Series | null = null;
  notes: readonly Note[] = [];
  verdict: Verdict | null = null;
  /** Why the last command was refused; empty if it was not. */
  problems: readonly KnobProblem[] = [];
  /** The value of a knob that was refused: it stays in its field beside the problem. */
  refused: { readonly name: string; readonly value: string } | null = null;

  /** Who is told. */
  changed: (change: Change) => void = () => undefined;
  readonly #closing = new AbortController();
  #bridge: Bridge<ExperimentCommand, ExperimentEvent, PanelId, PanelStyle> | null = null;
  #asked: { readonly name: string; readonly value: string } | null = null;
  /** Why what was asked for first could not be opened. */
  #unopened: readonly KnobProblem[] = [];

  /** The bench that was kept for this life of an element, if there is one. */
  static back(life: AbortSignal): Bench | undefined {
    return parking.take(life);
  }

  /** Keeps it, standing still, while another room is shown; with the element it ends. */
  park(life: AbortSignal): void {
    this.changed = () => undefined;
    if (life.aborted || this.status.kind !== "running") return this.close();
    this.visible(false);
    parking.put(life, this);
  }

  /** Starts the worker and opens an experiment. */
  async start({ wasmUrl, partUrls, experiment, seed, speed, autoplay }: Start): Promise<void> {
    try {
      this.#bridge = await Bridge.open<ExperimentCommand, ExperimentEvent, PanelId, PanelStyle>(wasmUrl, partUrls, "experiments", (event) => this.#hear(event), this.#closing.signal);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.status = error instanceof Unsupported
        ? { kind: "unsupported", obstacle: error.obstacle }
        : { kind: "failed", message: error instanceof Error ? error.message : String(error), saved: "" };
      this.changed("status");
      return;
    }
    this.send({ type: "list" });
    this.send({ type: "speed", factor: speed });
    this.open(experiment, seed, autoplay);
  }

  /** Ends the worker. Nothing is told any more. */
  close(): void {
    this.#closing.abort();
    this.#bridge = null;
  }

  send(command: ExperimentCommand): void {
    this.#bridge?.command(command);
  }

  /** Begins an experiment by its name, or the run of a link. */
  open(experiment: string, seed: number, play: boolean): void {
    this.#asked = null;
    // A link comes from anyone: the engine judges it.
    const isLink = experiment.includes("?");
    this.send(isLink ? { type: "openLink", link: experiment } : { type: "open", experiment, seed, settings: [], forMs: null, log: [], play });
  }

  /** A link to the run as it is, and the command that makes the same. */
  async share(): Promise<{ readonly link: string; readonly command: string } | null> {
    const answer = await this.#bridge?.ask({ type: "share" });
    return answer?.type === "shared" ? answer : null;
  }

  /** The report as of now, as the command line prints it. */
  async report(): Promise<string | null> {
    const answer = await this.#bridge?.ask({ type: "report" });
    return answer?.type === "reported" ? answer.json : null;
  }

  /** Turns a knob. */
  set(name: string, value: string): void {
    this.#asked = { name, value };
    this.send({ type: "set", name, value });
  }

  /** Has what the engine says of knobs and operations that are not shown at first. */
  explain(): void {
    if (this.info?.knobs.some(({ help }) => help === "") === true) this.send({ type: "explain" });
  }

  canvas(panel: PanelId, canvas: OffscreenCanvas, style: PanelStyle): void {
    this.#bridge?.canvas(panel, canvas, style);
  }

  style(panel: PanelId, style: PanelStyle): void {
    this.#bridge?.style(panel, style);
  }

  visible(visible: boolean): void {
    this.#bridge?.visible(visible);
  }

  /** The experiment that is open. */
  get title(): ExperimentTitle | undefined {
    return this.catalogue.find(({ name }) => name === this.opened?.experiment);
  }

  /** What there is to it. */
  get info(): ExperimentInfo | undefined {
    return this.opened?.info;
  }

  #hear(event: ExperimentEvent): void {
    switch (event.type) {
      case "catalogue":
        this.catalogue = event.experiments;
        return this.changed("opened");
      case "opened":
        if (event.experiment !== this.opened?.experiment) {
          this.scene = null;
          this.series = null;
          this.notes = [];
          this.verdict = null;
        }
        this.opened = event;
        this.status = { kind: "running" };
        this.problems = this.#unopened;
        this.#unopened = [];
        this.refused = null;
        this.changed("status");
        this.changed("opened");
        return;
      case "explained":
        if (this.opened !== null) this.opened = { ...this.opened, info: event.info };
        return this.changed("explained");
      case "refused":
        this.problems = event.problems;
        this.refused = this.#asked;
        // What cannot be opened leaves the room empty: the first one is there instead, and says why.
        if (this.opened === null && this.catalogue[0] !== undefined) {
          this.#unopened = event.problems;
          this.open(this.catalogue[0].name, 7, false);
          return;
        }
        return this.changed("refused");
      case "tick":
        this.tick = event;
        return this.changed("tick");
      case "scene":
        this.scene = event;
        return this.changed("scene");
      case "series":
        this.series = event;
        return this.changed("series");
      case "notes":
        this.notes = event.notes;
        return this.changed("notes");
      case "verdict":
        this.verdict = event;
        return this.changed("verdict");
      case "shared":
      case "reported":
        // Answers: whoever asked has them.
        return;
      case "failed":
        this.status = { kind: "failed", message: event.message, saved: "" };
        return this.changed("status");
      default:
        return unreachable(event);
    }
  }
}
