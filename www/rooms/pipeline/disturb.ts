// "Disturb the source": knobs that change the clickstream from now on, and the switch that coalesces
// results.

import { type TemplateResult, html } from "lit";

import type { Topic } from "../../lab";
import { unreachable } from "../../messages";
import { Part } from "../../parts/part";
import { type Choice, type Dial, type Incident, KNOBS, type Knob } from "./settings";

/** Of a choice: the schedule decides. */
const SCHEDULE = "";

export class Disturb extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "tick"];
  /** Where the dials stand. */
  readonly #values = new Map<Dial, number>();
  #mode = SCHEDULE;
  #generation = 0;
  #coalesced = false;

  protected override heard(topic: Topic): void {
    const { run, tick } = this.lab;
    if (run !== null && run.generation !== this.#generation) {
      this.#generation = run.generation;
      this.#values.clear();
      this.#mode = SCHEDULE;
    }
    if (topic === "tick" && tick?.coalesced === this.#coalesced) return;
    this.#coalesced = tick?.coalesced ?? false;
    super.heard(topic);
  }

  protected override render(): TemplateResult {
    const off = this.lab.run === null;
    return html`<section class=${`card disturb ${this.folding}`} aria-labelledby="disturb-title">
      <div class="card-head">
        <h2 id="disturb-title">Disturb the source</h2>
        <p class="small quiet">from this moment on; going back takes it along</p>
        ${this.fold("Disturb the source")}
      </div>
      <div class="knobs">${KNOBS.map((knob) => this.#knob(knob, off))}</div>
      <label class="switch">
        <input type="checkbox" role="switch" ?disabled=${off} .checked=${this.#coalesced} @change=${this.#coalesce} />
        <span>Coalesce results<small class="quiet">Send only the last value of each key every few virtual seconds, as ksqlDB’s record cache does, instead of every update.</small></span>
      </label>
    </section>`;
  }

  #knob(knob: Knob, off: boolean): TemplateResult {
    switch (knob.kind) {
      case "dial":
        return this.#dial(knob, off);
      case "choice":
        return this.#choice(knob, off);
      case "incident":
        return this.#incident(knob, off);
      default:
        return unreachable(knob);
    }
  }

  #dial(dial: Dial, off: boolean): TemplateResult {
    const value = this.#values.get(dial) ?? dial.initial;
    return html`<label class="knob">
      <span class="knob-head"><span>${dial.label}</span><output>${dial.show(value)}</output></span>
      <input
        type="range"
        aria-valuetext=${dial.show(value)}
        ?disabled=${off}
        .min=${String(dial.min)}
        .max=${String(dial.max)}
        .step=${String(dial.step)}
        .value=${String(value)}
        @input=${(event: Event) => this.#turn(dial, event)}
        @change=${() => this.lab.apply(dial.toSetting(this.#values.get(dial) ?? dial.initial))}
      />
      <small class="quiet">${dial.hint}</small>
    </label>`;
  }

  #choice(choice: Choice, off: boolean): TemplateResult {
    return html`<label class="knob knob-choice">
      <span class="knob-head"><span>${choice.label}</span></span>
      <select
        ?disabled=${off}
        .value=${this.#mode}
        @change=${(event: Event) => {
          this.#mode = (event.currentTarget as HTMLSelectElement).value;
          this.lab.apply(choice.toSetting(this.#mode === SCHEDULE ? null : this.#mode));
        }}
      >
        <option value=${SCHEDULE}>by schedule</option>
        ${this.lab.modes.map((mode) => html`<option value=${mode}>${mode}</option>`)}
      </select>
      <small class="quiet">${choice.hint}</small>
    </label>`;
  }

  #incident(incident: Incident, off: boolean): TemplateResult {
    return html`<div class="knob knob-button">
      <span class="knob-head"><span>${incident.label}</span></span>
      <button ?disabled=${off} @click=${() => this.lab.apply(incident.setting)}>${incident.act}</button>
      <small class="quiet">${incident.hint}</small>
    </div>`;
  }

  #turn(dial: Dial, event: Event): void {
    this.#values.set(dial, Number((event.currentTarget as HTMLInputElement).value));
    this.requestUpdate();
  }

  #coalesce = (event: Event): void => this.lab.send({ type: "coalesce", on: (event.currentTarget as HTMLInputElement).checked });
}
