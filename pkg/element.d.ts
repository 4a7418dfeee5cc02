// Types of the element `<stream-glass>`.
import type { ExperimentTick, Opened } from "./dist/experiment-protocol.js";
import type { Answer, PushRows, Tick } from "./dist/protocol.js";

export type { Answer, ExperimentTick, Opened, PushRows, Tick };

/** The rooms that there are. */
export type Room = "pipeline" | "architectures" | "connect";

/** What the element dispatches; none of them bubbles. */
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

/** A room of the lab. */
export declare class StreamGlass extends HTMLElement {
  /** The room that is shown. */
  room: Room;
  /** The experiment that the room shows, as `late-data`; empty for the room's first. */
  experiment: string;
  /** The seed of the run: a whole number from 0 to 2^53 - 1. Setting it starts a new run. */
  seed: number;
  /** Virtual seconds in a second; `null` (attribute: `max`) is as fast as possible. */
  speed: number | null;
  /** How much of the room is shown. */
  controls: "full" | "minimal" | "none";
  theme: "auto" | "light" | "dark";
  /** Whether it plays as soon as it can, unless the person prefers reduced motion. */
  autoplay: boolean;
  /** Where the engine is, if it is not beside the module. */
  wasmUrl: string | null;
  /** Whether shortcuts work on the whole page, or (`auto`) only after a click into the element. */
  keys: "auto" | "page";
  play(): void;
  pause(): void;
  /** Pauses and goes on by `ms` of virtual time (default 1000). */
  step(ms?: number): void;
  /** Goes to a point of virtual time, in milliseconds since the epoch; of an experiment since its start. */
  seek(toMs: number): void;
  /** Sets the speed, also where the person has chosen another one since `speed` was set. */
  setSpeed(factor: number | null): void;
  /**
   * Carries out statements of ksqlDB's SQL between two turns of the run; one answer a statement, up to
   * the first that was refused. If anything in the script is wrong, nothing is done and the one answer
   * says what. Rejects while there is no run.
   */
  run(sql: string): Promise<Answer[]>;
  /** Ends a push query. */
  endPush(id: number): void;
  /** Opens the sheet of keyboard shortcuts. */
  showHelp(): void;

  addEventListener<K extends keyof StreamGlassEventMap>(
    type: K,
    listener: (this: StreamGlass, event: StreamGlassEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "stream-glass": StreamGlass;
  }
}
