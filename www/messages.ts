// What the main thread and the worker say to each other: plain structured clones.

import type { ChartId, ChartStyle, Command, Event } from "./protocol";

/** From the main thread to the worker. `init` comes first and once. */
export type ToWorker =
  | { type: "init"; module: WebAssembly.Module }
  | { type: "command"; command: Command }
  | { type: "ask"; id: number; command: Command }
  | { type: "canvas"; chart: ChartId; canvas: OffscreenCanvas; style: ChartStyle }
  | { type: "style"; chart: ChartId; style: ChartStyle }
  | { type: "visible"; visible: boolean };

/** From the worker to the main thread. `ready` comes when the engine can take commands. */
export type FromWorker =
  | { type: "ready" }
  | { type: "event"; event: Event }
  | { type: "answer"; id: number; event: Event | null };

/** For the end of an exhaustive `switch` over a closed union. */
export function unreachable(value: never): never {
  throw new Error(`not a case that exists: ${JSON.stringify(value)}`);
}
