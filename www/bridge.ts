// One worker and the way to talk to it.

import workerUrl from "./worker?worker&url";

import type { DotPace, DotScene } from "./dots";
import { type AnyChart, type AnyCommand, type AnyEvent, type EngineKind, type FromWorker, type PartUrls, type ToWorker, unreachable } from "./messages";
import { engineModule } from "./module";
import type { PanelStyle } from "./panel-protocol";
import type { ChartId, ChartStyle, Command, Event } from "./protocol";
import { Unsupported } from "./support";

interface Asked<Heard> {
  readonly resolve: (event: Heard | null) => void;
  readonly reject: (error: Error) => void;
}

/** A worker with a running engine: what it is told, what it says, and what it draws in which style. */
export class Bridge<
  Told extends AnyCommand = Command,
  Heard extends AnyEvent = Event,
  Drawn extends AnyChart = ChartId,
  Style extends ChartStyle | PanelStyle = ChartStyle,
> {
  readonly #worker: Worker;
  /** Who waits for an answer. */
  readonly #asked: Map<number, Asked<Heard>>;
  #questions = 0;

  private constructor(worker: Worker, asked: Map<number, Asked<Heard>>) {
    this.#worker = worker;
    this.#asked = asked;
  }

  /**
   * Starts a worker with the engine at `wasmUrl`, whose parts are at `partUrls`. Rejects with `Unsupported`; after `signal` is
   * aborted the worker is gone, whether or not it was ready.
   */
  static async open<
    Told extends AnyCommand = Command,
    Heard extends AnyEvent = Event,
    Drawn extends AnyChart = ChartId,
    Style extends ChartStyle | PanelStyle = ChartStyle,
  >(wasmUrl: string, partUrls: PartUrls, engine: EngineKind, onEvent: (event: Heard) => void, signal: AbortSignal): Promise<Bridge<Told, Heard, Drawn, Style>> {
    const [module, parts] = await Promise.all([engineModule(wasmUrl), Promise.all(partUrls.now.map(engineModule))]);
    if (signal.aborted) throw new Error("closed while the engine was on its way");
    const asked = new Map<number, Asked<Heard>>();
    const abandon = (message: string): void => {
      for (const { reject } of asked.values()) reject(new Error(message));
      asked.clear();
    };
    const hear = (message: Exclude<FromWorker, { type: "ready" }>): void => {
      if (message.type === "answer") {
        asked.get(message.id)?.resolve(message.event as Heard | null);
        asked.delete(message.id);
        return;
      }
      // After a bug nobody answers any more.
      if (message.event.type === "failed") abandon(message.event.message);
      // What an engine says follows from which it is.
      onEvent(message.event as Heard);
    };
    signal.addEventListener("abort", () => abandon("the lab was closed"), { once: true });
    const worker = await spawn(new URL(workerUrl, import.meta.url), { type: "init", module, parts, later: partUrls.later, engine }, hear, signal);
    return new Bridge(worker, asked);
  }

  command(command: Told): void {
    this.#post({ type: "command", command });
  }

  /** Carries out a command and resolves with what it answers, if anything. */
  ask(command: Told): Promise<Heard | null> {
    return new Promise((resolve, reject) => {
      this.#questions += 1;
      this.#asked.set(this.#questions, { resolve, reject });
      this.#post({ type: "ask", id: this.#questions, command });
    });
  }

  /** Hands a canvas over for good. */
  canvas(chart: Drawn, canvas: OffscreenCanvas, style: Style): void {
    this.#worker.postMessage({ type: "canvas", chart, canvas, style } satisfies ToWorker, [canvas]);
  }

  style(chart: Drawn, style: Style): void {
    this.#post({ type: "style", chart, style });
  }

  /** What dots run on; a new canvas is handed over for good. */
  dots(canvas: OffscreenCanvas | null, scene: DotScene): void {
    this.#worker.postMessage({ type: "dots", canvas, scene } satisfies ToWorker, canvas === null ? [] : [canvas]);
  }

  pace(pace: DotPace): void {
    this.#post({ type: "pace", pace });
  }

  visible(visible: boolean): void {
    this.#post({ type: "visible", visible });
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

function spawn(
  url: URL,
  init: Extract<ToWorker, { type: "init" }>,
  hear: (message: Exclude<FromWorker, { type: "ready" }>) => void,
  signal: AbortSignal,
): Promise<Worker> {
  const origin = url.origin === location.origin ? null : url.origin;
  return new Promise((resolve, reject) => {
    const refused = (): void => reject(new Unsupported({ kind: "policyForbidsWorker", origin }));
    // Only the document hears that a policy was the reason; the worker itself just errs.
    const violated = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective === "worker-src" || blockedURI === "blob" || blockedURI === url.href) refused();
    };
    document.addEventListener("securitypolicyviolation", violated, { signal });
    let worker: Worker;
    let modular = false;
    const options: WorkerOptions = {
      name: "streamglass",
      // A browser that does not know module workers never asks.
      get type(): WorkerType {
        modular = true;
        return "module";
      },
    };
    try {
      worker = origin === null ? new Worker(url, options) : bootstrapped(url, options);
    } catch {
      refused();
      return;
    }
    if (!modular) {
      worker.terminate();
      reject(new Unsupported({ kind: "noModuleWorkers" }));
      return;
    }
    signal.addEventListener("abort", () => worker.terminate(), { once: true });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      switch (data.type) {
        case "ready":
          document.removeEventListener("securitypolicyviolation", violated);
          return resolve(worker);
        case "event":
        case "answer":
          return hear(data);
        default:
          return unreachable(data);
      }
    });
    worker.addEventListener("error", () => {
      // A violation is reported as a task of its own, which may come after this one.
      setTimeout(() => reject(new Unsupported({ kind: "workerFailed", url: url.href, origin })), 50);
    });
    worker.postMessage(init);
  });
}

/** A worker may only be made from a URL of the page's origin; what it imports may come from others. */
function bootstrapped(url: URL, options: WorkerOptions): Worker {
  const source = `import ${JSON.stringify(url.href)};`;
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(blob, options);
  setTimeout(() => URL.revokeObjectURL(blob), 10_000);
  return worker;
}
