// The Connect room: the clickstream into a real Kafka, through a REST proxy that the person names.

import { LitElement, type PropertyValues, type TemplateResult, html, nothing, unsafeCSS } from "lit";

import type { Lab } from "../../lab";
import type { PartUrls } from "../../messages";
import { panel } from "../../parts/panel";
import { define } from "../../parts/part";
import type { Credentials } from "../../sink-protocol";
import { explain } from "../../support";
import type { Controls, RoomView } from "../registry";
import { activityCard } from "./activity";
import { checkCard } from "./check-card";
import text from "./connect.css?inline";
import type { Meaning, Trouble } from "./draft";
import { ConnectForm } from "./form";
import { runCard } from "./live";
import { Records } from "./records";
import { Sending } from "./sending";
import { Throughput } from "./throughput";

export class ConnectRoom extends LitElement {
  static override properties = {
    lab: { attribute: false },
    wasmUrl: { attribute: false },
    partUrls: { attribute: false },
    seed: { attribute: false },
    controls: { attribute: false },
    theme: { attribute: false },
    shown: { attribute: false },
    life: { attribute: false },
  };

  declare lab: Lab;
  declare wasmUrl: string;
  declare partUrls: PartUrls;
  declare seed: number;
  declare controls: Controls;
  declare theme: string;
  /** Whether anyone can see it. */
  declare shown: boolean;
  /** The life of the element in the document. */
  declare life: AbortSignal;

  #sending: Sending | null = null;
  #announced = false;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("pagehide", this.#leave);
    if (this.hasUpdated) this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("pagehide", this.#leave);
    this.#form?.clear();
    this.#sending?.park(this.life);
    this.#sending = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.hasUpdated) this.#open();
    else if (changed.has("wasmUrl")) this.#restart();
    if (changed.has("shown")) this.#sending?.visible(this.shown);
  }

  /** Goes on with what was left, or begins. */
  #open(): void {
    const kept = Sending.back(this.life);
    const sending = kept ?? new Sending(this.seed);
    sending.changed = () => this.#changed(sending);
    this.#sending = sending;
    if (kept === undefined) void sending.open(this.wasmUrl, this.partUrls);
    else sending.visible(this.shown);
    this.requestUpdate();
  }

  #restart(): void {
    this.#sending?.close();
    this.#sending = null;
    this.#open();
  }

  #changed(sending: Sending): void {
    if (sending !== this.#sending) return;
    this.requestUpdate();
    const { status } = sending;
    const tell = (name: string, detail: unknown): boolean => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    if (status.kind === "running" && !this.#announced) {
      this.#announced = true;
      tell("room-ready", null);
    }
    if (status.kind === "failed") tell("bench-failed", status.message);
    if (status.kind === "unsupported") tell("bench-failed", explain(status.obstacle).title);
  }

  protected override render(): TemplateResult {
    const sending = this.#sending;
    if (sending === null) return html``;
    const { status, report, active, starting, points, untilMs, counters, lists, log } = sending;
    if (status.kind === "unsupported") return html`<div class="room">${panel(explain(status.obstacle), () => this.#restart(), "Try again")}</div>`;
    const ready = status.kind === "running";
    return html`<div class="croom">
      ${this.controls === "full"
        ? html`<header class="question">
            <h1>Into a real Kafka</h1>
            <p class="lede">The same clickstream, sent from this tab through a Kafka REST proxy to a topic of yours: at a rate, in order of each key, with every record accounted for. Your credentials stay in this tab's memory.</p>
          </header>`
        : nothing}
      ${status.kind === "failed" ? this.#failed(status.message) : nothing}
      <stream-glass-connect-form class="cform" .sending=${sending} .lab=${this.lab} .locked=${active || starting} .errors=${sending.errors as readonly Trouble[]}></stream-glass-connect-form>
      <div class="clive">
        ${checkCard({ report, disabled: !ready || starting || active, test: this.#test })}
        ${runCard(sending, ready, { start: this.#start, pause: () => sending.send({ type: "pause" }), resume: this.#resume, stop: (drain) => sending.send({ type: "stop", drain }) })}
        <stream-glass-connect-throughput .sending=${sending} .points=${points} .untilMs=${untilMs} .theme=${this.theme} .ready=${ready}></stream-glass-connect-throughput>
        <stream-glass-connect-records .sending=${sending} .counters=${counters} .lists=${lists}></stream-glass-connect-records>
        ${activityCard(log)}
      </div>
    </div>`;
  }

  #failed(message: string): TemplateResult {
    return panel(
      { title: "The engine met a bug and stopped", text: message, steps: ["What you see below is how far it came. Records that were in flight then may have been written."], snippet: null, file: null },
      () => this.#restart(),
      "Start again",
    );
  }

  get #form(): ConnectForm | null {
    const form = this.querySelector("stream-glass-connect-form");
    return form instanceof ConnectForm ? form : null;
  }

  /** What the form says if it can be read; else it shows what is wrong. */
  #filled(): { readonly meaning: Meaning; readonly credentials: Credentials } | null {
    const form = this.#form;
    if (form === null) return null;
    const meaning = form.finish();
    if (meaning.troubles.length === 0) return { meaning, credentials: form.credentials() };
    form.showTrouble();
    return null;
  }

  #test = (write: boolean): void => {
    const filled = this.#filled();
    if (filled !== null) this.#ask({ type: "check", settings: filled.meaning.settings, credentials: filled.credentials, write });
  };

  #start = async (): Promise<void> => {
    const sending = this.#sending;
    if (sending === null) return;
    let script: string | null = null;
    try {
      if (sending.draft.source === "queries") script = await this.lab.sql();
    } catch (error) {
      return sending.refuse(`The Pipeline room's queries cannot be had: ${error instanceof Error ? error.message : String(error)}`);
    }
    // Only now the form: whoever left the room meanwhile took the credentials away.
    const filled = this.#filled();
    if (filled === null || sending.starting) return;
    const { settings, seed, records } = filled.meaning;
    const source = { seed, records, configuration: this.lab.configuration.tree, script };
    this.#ask({ type: "start", settings, credentials: filled.credentials, source });
  };

  #resume = (): void => {
    const form = this.#form;
    form?.finish();
    if (form !== null) this.#ask({ type: "resume", credentials: form.credentials() });
  };

  /** Sends a command that the engine answers with what is wrong, if anything. */
  #ask(command: Parameters<Sending["send"]>[0]): void {
    const sending = this.#sending;
    if (sending === null) return;
    sending.errors = [];
    sending.send(command);
    this.requestUpdate();
    // The answer comes with the next events: the focus goes to the first field that is wrong.
    setTimeout(() => {
      if (sending.errors.length > 0) this.#form?.showTrouble();
    }, 150);
  }

  /** The page is left, or kept for a way back: no credential stays in it. */
  #leave = (): void => {
    this.#form?.clear();
    this.#sending?.forget();
  };
}

define("stream-glass-connect-form", ConnectForm);
define("stream-glass-connect-throughput", Throughput);
define("stream-glass-connect-records", Records);
define("stream-glass-connect", ConnectRoom);

export const room: RoomView = {
  view: ({ lab, controls, theme, wasmUrl, partUrls, seed, shown, life }) =>
    html`<stream-glass-connect .lab=${lab} .controls=${controls} .theme=${theme} .wasmUrl=${wasmUrl} .partUrls=${partUrls} .seed=${seed} .shown=${shown} .life=${life}></stream-glass-connect>`,
  styles: [unsafeCSS(text)],
};
