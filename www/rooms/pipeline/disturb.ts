// "Disturb the source": knobs that change the clickstream from now on, and the switch that coalesces
// results.

import { type TemplateResult, html, nothing } from "lit";

import type { Topic } from "../../lab";
import { unreachable } from "../../messages";
import type { Command, Setting } from "../../protocol";
import { Part } from "../../parts/part";
import { type Choice, type Dial, type Incident, KNOBS, type Knob } from "./settings";

/** Of a choice: the schedule decides. */
const SCHEDULE = "";

/** What can be refused: a knob, or the switch. */
type Control = Knob | "coalesce";

export class Disturb extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "tick"];
  protected override readonly sleeps = true;
  /** The settings that hold where the run is, as the engine says: dials follow when time goes back. */
  #held: readonly Setting[] = [];
  #coalesced = false;
  /** Where a hand has put dials, until the engine has said that it holds. */
  readonly #turned = new Map<Dial, number>();
  /** What was refused last, and why. */
  #refused: { readonly control: Control; readonly why: string } | null = null;

  protected override heard(topic: Topic): void {
    const { tick } = this.lab;
    if (topic === "run") this.#refused = null;
    const held = tick?.settings ?? [];
    const same = tick?.coalesced === this.#coalesced && JSON.stringify(held) === JSON.stringify(this.#held);
    if (topic === "tick" && same) return;
    this.#held = held;
    this.#turned.clear();
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
      ${this.#complaint("coalesce")}
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
    const value = this.#turned.get(dial) ?? holding(this.#held, dial.fromSetting) ?? dial.initial;
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
        @change=${(event: Event) => void this.#release(dial, reading(event))}
      />
      <small class="quiet">${dial.hint}</small>${this.#complaint(dial)}
    </label>`;
  }

  #choice(choice: Choice, off: boolean): TemplateResult {
    return html`<label class="knob knob-choice">
      <span class="knob-head"><span>${choice.label}</span></span>
      <select
        ?disabled=${off}
        .value=${holding(this.#held, choice.fromSetting) ?? SCHEDULE}
        @change=${(event: Event) => {
          const mode = (event.currentTarget as HTMLSelectElement).value;
          void this.#apply(choice, choice.toSetting(mode === SCHEDULE ? null : mode));
        }}
      >
        <option value=${SCHEDULE}>by schedule</option>
        ${this.lab.modes.map((mode) => html`<option value=${mode}>${mode}</option>`)}
      </select>
      <small class="quiet">${choice.hint}</small>${this.#complaint(choice)}
    </label>`;
  }

  #incident(incident: Incident, off: boolean): TemplateResult {
    return html`<div class="knob knob-button">
      <span class="knob-head"><span>${incident.label}</span></span>
      <button ?disabled=${off} @click=${() => void this.#apply(incident, incident.setting)}>${incident.act}</button>
      <small class="quiet">${incident.hint}</small>${this.#complaint(incident)}
    </div>`;
  }

  #turn(dial: Dial, event: Event): void {
    this.#turned.set(dial, reading(event));
    this.requestUpdate();
  }

  /** Lets a dial go where it is: what the engine says holds from then on. */
  async #release(dial: Dial, value: number): Promise<void> {
    await this.#apply(dial, dial.toSetting(value));
    // If it was taken, it stays where it is until the next tick tells so.
    const now = holding(this.#held, dial.fromSetting) ?? dial.initial;
    if (this.#refused?.control === dial || now === value) this.#turned.delete(dial);
    this.requestUpdate();
  }

  #apply(control: Control, setting: Setting): Promise<void> {
    return this.#ask(control, { type: "apply", setting });
  }

  /** Makes a change, and says at its control why it was refused if it was. */
  async #ask(control: Control, command: Command): Promise<void> {
    const answer = await this.lab.ask(command).catch(() => null);
    if (answer?.type === "refused") this.#refused = { control, why: answer.problems.map(({ message }) => message).join("; ") };
    else if (this.#refused?.control === control) this.#refused = null;
    this.requestUpdate();
  }

  #complaint(control: Control): TemplateResult | typeof nothing {
    const refused = this.#refused;
    if (refused?.control !== control) return nothing;
    return html`<small class="late" role="alert">Refused: ${refused.why}. Nothing has changed.</small>`;
  }

  #coalesce = (event: Event): void => void this.#ask("coalesce", { type: "coalesce", on: (event.currentTarget as HTMLInputElement).checked });
}

const reading = (event: Event): number => Number((event.currentTarget as HTMLInputElement).value);

/** What the settings that hold say, if one of them does. */
function holding<T>(settings: readonly Setting[], read: (setting: Setting) => T | null): T | null {
  for (const setting of settings) {
    const value = read(setting);
    if (value !== null) return value;
  }
  return null;
}
