// "Disturb the source": knobs that change the clickstream from now on, and the switch that coalesces
// results.

import { type TemplateResult, html } from "lit";

import { amount } from "../../format";
import type { Topic } from "../../lab";
import { Part } from "../../parts/part";
import { KNOBS, type Knob } from "./settings";

export class Disturb extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "tick"];
  #values: number[] = KNOBS.map((knob) => knob.initial);
  #generation = 0;

  protected override heard(topic: Topic): void {
    const { run, tick } = this.lab;
    if (topic === "run" && run !== null && run.generation !== this.#generation) {
      this.#generation = run.generation;
      this.#values = KNOBS.map((knob) => knob.initial);
    }
    if (topic === "tick" && tick?.coalesced === this.#coalesced) return;
    this.#coalesced = tick?.coalesced ?? false;
    super.heard(topic);
  }

  #coalesced = false;

  protected override render(): TemplateResult {
    const off = this.lab.run === null;
    return html`<section class="card disturb" aria-labelledby="disturb-title">
      <div class="card-head">
        <h2 id="disturb-title">Disturb the source</h2>
        <p class="small quiet">from now on</p>
      </div>
      <div class="knobs">${KNOBS.map((knob, i) => this.#knob(knob, i, off))}</div>
      <label class="switch">
        <input type="checkbox" role="switch" ?disabled=${off} .checked=${this.#coalesced} @change=${this.#coalesce} />
        <span>Coalesce results<small class="quiet">Send only the last value of each key every few virtual seconds, as ksqlDB’s record cache does, not every update.</small></span>
      </label>
    </section>`;
  }

  #knob(knob: Knob, i: number, off: boolean): TemplateResult {
    const value = this.#values[i] ?? knob.initial;
    return html`<label class="knob">
      <span class="knob-head"><span>${knob.label}</span><output>${amount(value)} ${knob.unit}</output></span>
      <input
        type="range"
        ?disabled=${off}
        .min=${String(knob.min)}
        .max=${String(knob.max)}
        .step=${String(knob.step)}
        .value=${String(value)}
        @input=${(event: Event) => this.#turn(i, event)}
        @change=${() => this.lab.apply(knob.toSetting(this.#values[i] ?? knob.initial))}
      />
      <small class="quiet">${knob.hint}</small>
    </label>`;
  }

  #turn(i: number, event: Event): void {
    this.#values[i] = Number((event.currentTarget as HTMLInputElement).value);
    this.requestUpdate();
  }

  #coalesce = (event: Event): void => this.lab.send({ type: "coalesce", on: (event.currentTarget as HTMLInputElement).checked });
}
