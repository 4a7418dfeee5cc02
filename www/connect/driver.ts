// The Connect room's side in the worker: carries out commands, sends the engine's requests, and holds the
// credentials, which nothing else does and nobody can ask for.

import { Connect, Probe } from "#wasm/streamglass.js";

import { unreachable } from "../messages";
import type { PanelStyle } from "../panel-protocol";
import type { ConnectSettings, Credentials, FieldError, ListedFate } from "../sink-protocol";
import { ask } from "./http";
import type { CheckReport, ConnectCommand, ConnectEvent, Source } from "./protocol";

/** What is said when the test's own code does not come. */
const GONE = "A part of this page could not be loaded: is the server that it came from still there?";
/** Why a browser says nothing of a request. */
const SILENCE = "refused, reset, or an answer that this page may not read";

export class Driver {
  readonly #engine: Connect;
  readonly #emit: (event: ConnectEvent) => void;
  #authorization: string | null = null;
  /** Ends the requests of the run. */
  #run = new AbortController();
  #testing = new AbortController();
  /** The settings of the run. */
  #settings: ConnectSettings | null = null;
  #isActive = false;

  constructor(emit: (event: ConnectEvent) => void) {
    this.#emit = (event) => {
      if (event.type === "progress") this.#isActive = event.state.type !== "done";
      emit(event);
    };
    this.#engine = new Connect(this.#emit, { post: this.#post });
  }

  command(command: ConnectCommand): void {
    switch (command.type) {
      case "validate":
        return this.#emit({ type: "validated", errors: Connect.problems(command.settings, null) as FieldError[] });
      case "check":
        return void this.#check(command.settings, command.credentials, command.write);
      case "start":
        return void this.#start(command.settings, command.credentials, command.source);
      case "pause":
        return this.#engine.pause();
      case "resume":
        return this.#resume(command.credentials);
      case "stop":
        return this.#stop(command.drain);
      case "resend":
        return void this.#engine.resend(command.fate);
      case "list":
        return this.#engine.list(command.fate, command.from, command.count);
      case "download":
        return this.#download(command.fate);
      case "forget":
        return this.#forget();
      default:
        return unreachable(command);
    }
  }

  /** The room asks for nothing that is answered at once. */
  ask(command: ConnectCommand): null {
    this.command(command);
    return null;
  }

  canvas(_chart: string, canvas: OffscreenCanvas, style: PanelStyle): void {
    this.#engine.canvas(canvas, style);
  }

  style(_chart: string, style: PanelStyle): void {
    this.#engine.style(style);
  }

  visible(visible: boolean): void {
    this.#engine.visible(visible);
  }

  async #check(settings: ConnectSettings, credentials: Credentials, write: boolean): Promise<CheckReport | null> {
    this.#testing.abort();
    const errors = Connect.problems(settings, credentials) as FieldError[];
    this.#emit({ type: "validated", errors });
    if (errors.length > 0) return null;
    this.#testing = new AbortController();
    const { signal } = this.#testing;
    // A chunk of its own: the form is there before anyone tests or sends.
    const part = await import("./check").catch(() => null);
    if (part === null) {
      this.#emit({ type: "refused", message: GONE });
      return null;
    }
    const report = await part.check({
      settings,
      authorization: Connect.authorization(settings.auth, credentials) ?? null,
      probe: write ? (cluster, topic) => new Probe(settings, cluster, topic) : null,
      tell: (report) => this.#emit({ type: "checked", report }),
      signal,
    });
    return signal.aborted ? null : report;
  }

  async #start(settings: ConnectSettings, credentials: Credentials, source: Source): Promise<void> {
    if (this.#isActive) return;
    const report = await this.#check(settings, credentials, false);
    if (report === null || report.diagnosis !== null || this.#isActive) return;
    this.#run.abort();
    this.#run = new AbortController();
    this.#settings = settings;
    this.#authorization = Connect.authorization(settings.auth, credentials) ?? null;
    this.#isActive = true;
    this.#emit({ type: "started" });
    try {
      this.#engine.start(settings, report.cluster ?? "", source);
    } catch (error) {
      this.#isActive = false;
      this.#emit({ type: "refused", message: error instanceof Error ? error.message : String(error) });
    }
  }

  #resume(credentials: Credentials): void {
    if (this.#settings === null) return;
    const errors = Connect.problems(this.#settings, credentials) as FieldError[];
    this.#emit({ type: "validated", errors });
    if (errors.length > 0) return;
    this.#authorization = Connect.authorization(this.#settings.auth, credentials) ?? null;
    this.#engine.resume();
  }

  #stop(drain: boolean): void {
    this.#engine.stop(drain);
    // The engine has given them up: what comes of them is not asked for any more.
    if (!drain) this.#run.abort();
  }

  #download(fate: ListedFate): void {
    this.#emit({ type: "download", fate, name: `${fate}-records.ndjson`, text: this.#engine.ndjson(fate) });
  }

  #forget(): void {
    this.#testing.abort();
    if (this.#authorization !== null && this.#isActive) this.#engine.pause();
    this.#authorization = null;
  }

  /** Sends a request of the engine's. */
  #post = (id: number, url: string, contentType: string, accept: string, body: Uint8Array, timeoutMs: number): void => {
    const headers: Record<string, string> = { "Content-Type": contentType, Accept: accept };
    if (this.#authorization !== null) headers["Authorization"] = this.#authorization;
    const { signal } = this.#run;
    // A copy: the view is valid during this call only.
    const request = ask(url, { method: "POST", headers, body: new Uint8Array(body), timeoutMs, signal });
    void request.then((given) => {
      if (signal.aborted) return;
      if (given.status === null) this.#engine.broken(id, given.timedOut, SILENCE);
      else this.#engine.answer(id, given.status, given.retryAfter, given.body, given.complete);
    });
  };
}
