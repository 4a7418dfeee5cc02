// What the main thread and the worker say to each other: plain structured clones.

import type { ConnectCommand, ConnectEvent } from "./connect/protocol";
import type { DotPace, DotScene } from "./dots";
import type { ExperimentCommand, ExperimentEvent } from "./experiment-protocol";
import type { PanelId, PanelStyle } from "./panel-protocol";
import type { ChartId, ChartStyle, Command, Event } from "./protocol";

/** What a worker runs: a lab, experiments, or a sink. */
export type EngineKind = "lab" | "experiments" | "connect";

/** What an engine is told. */
export type AnyCommand = Command | ExperimentCommand | ConnectCommand;

/** What an engine says. */
export type AnyEvent = Event | ExperimentEvent | ConnectEvent;

/** What an engine draws; a sink draws its throughput alone. */
export type AnyChart = ChartId | PanelId | "throughput";

/** Where parts of the engine are: those that it needs from the beginning, and those that come when first called, by number. */
export interface PartUrls {
  readonly now: readonly string[];
  readonly later: readonly string[];
}

/** From the main thread to the worker. `init` comes first and once; `parts` are what an engine needs beside the module, `later` where more is. */
export type ToWorker =
  | { type: "init"; module: WebAssembly.Module; parts: readonly WebAssembly.Module[]; later: readonly string[]; engine: EngineKind }
  | { type: "command"; command: AnyCommand }
  | { type: "ask"; id: number; command: AnyCommand }
  | { type: "canvas"; chart: AnyChart; canvas: OffscreenCanvas; style: ChartStyle | PanelStyle }
  | { type: "style"; chart: AnyChart; style: ChartStyle | PanelStyle }
  | { type: "dots"; canvas: OffscreenCanvas | null; scene: DotScene }
  | { type: "pace"; pace: DotPace }
  | { type: "visible"; visible: boolean };

/** From the worker to the main thread. `ready` comes when the engine can take commands. */
export type FromWorker =
  | { type: "ready" }
  | { type: "event"; event: AnyEvent }
  | { type: "answer"; id: number; event: AnyEvent | null };

/** For the end of an exhaustive `switch` over a closed union. */
export function unreachable(value: never): never {
  throw new Error(`not a case that exists: ${JSON.stringify(value)}`);
}
