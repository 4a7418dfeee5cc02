// The worker's glue: hands messages to the engine and its events back. The loop lives in Rust.

import init, { Experiments, Worker as Lab, onMissing } from "#wasm/streamglass.js";

import { Dots } from "./dots";
import { type AnyEvent, type EngineKind, type FromWorker, type ToWorker, unreachable } from "./messages";

/** They take the same calls; what is in them differs. */
interface Engine {
  command(command: unknown): void;
  ask(command: unknown): unknown;
  canvas(chart: unknown, canvas: OffscreenCanvas, style: unknown): void;
  style(chart: unknown, style: unknown): void;
  visible(visible: boolean): void;
}

const post = (message: FromWorker): void => self.postMessage(message);

/** Settled by `init`; every later message waits for it, so order is kept. */
let engine: Promise<Engine> | null = null;
let failed = false;
/** Of the flow; no engine knows of them. */
const dots = new Dots();

function stop(): void {
  failed = true;
  dots.pace({ perSecond: [], moving: false, busy: false });
}

function fail(reason: unknown): void {
  // After a panic the engine's memory is not to be trusted: one report, then silence.
  if (failed) return;
  stop();
  const message = reason instanceof Error ? reason.message : String(reason);
  post({ type: "event", event: { type: "failed", message, saved: "" } });
}

async function start({ module, parts, later, engine }: Extract<ToWorker, { type: "init" }>): Promise<Engine> {
  const first = { ...await init({ module_or_path: module }) };
  // A part puts its functions and constants into the table and the memory of the first module.
  for (const part of parts) await WebAssembly.instantiate(part, { first });
  onMissing((part: number) => {
    new WebAssembly.Instance(fetchNow(later[part] ?? ""), { first });
  });
  const emit = (event: AnyEvent): void => {
    // What comes after a panic is an echo of it.
    if (failed) return;
    if (event.type === "failed") stop();
    post({ type: "event", event });
  };
  const started = await make(engine, emit);
  post({ type: "ready" });
  return started;
}

/** The module at `url`. The engine is in the middle of a call and cannot go on without it. */
function fetchNow(url: string): WebAssembly.Module {
  const request = new XMLHttpRequest();
  request.open("GET", url, false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`${url}: the server answered ${request.status}`);
  return new WebAssembly.Module(request.response as ArrayBuffer);
}

async function make(engine: EngineKind, emit: (event: AnyEvent) => void): Promise<Engine> {
  switch (engine) {
    case "lab":
      return new Lab(emit);
    case "experiments":
      return new Experiments(emit);
    case "connect":
      // A chunk of its own: few who open a page send anything from it.
      return new (await import("./connect/driver")).Driver(emit) as Engine;
    default:
      return unreachable(engine);
  }
}

function handle(to: Engine, message: Exclude<ToWorker, { type: "init" }>): void {
  switch (message.type) {
    case "command":
      return to.command(message.command);
    case "ask":
      return post({ type: "answer", id: message.id, event: to.ask(message.command) as AnyEvent | null });
    case "canvas":
      return to.canvas(message.chart, message.canvas, message.style);
    case "style":
      return to.style(message.chart, message.style);
    case "dots":
      return dots.show(message.canvas, message.scene);
    case "pace":
      return dots.pace(message.pace);
    case "visible":
      return to.visible(message.visible);
    default:
      return unreachable(message);
  }
}

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "init") {
    engine ??= start(data);
    engine.catch(fail);
    return;
  }
  engine?.then((to) => {
    if (!failed) handle(to, data);
  }).catch(fail);
});
self.addEventListener("error", (event) => fail(event.message));
self.addEventListener("unhandledrejection", (event) => fail(event.reason));
