// What the main thread and the worker say to each other: plain structured clones.

import type { ExperimentCommand, ExperimentEvent } from "./experiment-protocol";
import type { PanelId, PanelStyle } from "./panel-protocol";
import type { ChartId, ChartStyle, Command, Event } from "./protocol";

/** What a worker runs: a lab, or experiments. */
export type EngineKind = "lab" | "experiments";

/** From the main thread to the worker. `init` comes first and once; `part` is what an engine needs beside the module. */
export type ToWorker =
  | { type: "init"; module: WebAssembly.Module; part: WebAssembly.Module | null; engine: EngineKind }
  | { type: "command"; command: Command | ExperimentCommand }
  | { type: "ask"; id: number; command: Command | ExperimentCommand }
  | { type: "canvas"; chart: ChartId | PanelId; canvas: OffscreenCanvas; style: ChartStyle | PanelStyle }
  | { type: "style"; chart: ChartId | PanelId; style: ChartStyle | PanelStyle }
  | { type: "visible"; visible: boolean };

/** From the worker to the main thread. `ready` comes when the engine can take commands. */
export type FromWorker =
  | { type: "ready" }
  | { type: "event"; event: Event | ExperimentEvent }
  | { type: "answer"; id: number; event: Event | ExperimentEvent | null };

/** For the end of an exhaustive `switch` over a closed union. */
export function unreachable(value: never): never {
  throw new Error(`not a case that exists: ${JSON.stringify(value)}`);
}
