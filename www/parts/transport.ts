// The virtual clock and what moves it: play, step, speed, the time line, the seed.

import { type TemplateResult, html, nothing } from "lit";

import { date, span, speed, time } from "../format";
import type { Topic } from "../lab";
import * as icons from "./icons";
import { Part } from "./part";

/** The speeds to choose from; `null` is as fast as possible. */
export const SPEEDS: ReadonlyArray<number | null> = [1, 10, 60, 600, 3600, null];

const MINUTE = 60_000;
/** Arrow keys seek after this long without another one. */
const SETTLE_MS = 180;

export class Transport extends Part {
  static override properties = { ...Part.properties, full: { type: Boolean } };

  /** Whether step, time line and seed are shown. */
  declare full: boolean;
  protected override readonly topics: readonly Topic[] = ["status", "run", "tick"];
  protected override readonly calm = 240;
  /** Where the time line's thumb is held, before the seek. */
  #preview: number | null = null;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.full = true;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#settling);
    this.#preview = null;
  }

  protected override render(): TemplateResult {
    const { tick, run } = this.lab;
    const ready = run !== null;
    const playing = tick?.playing ?? false;
    const clock = this.#preview ?? tick?.clockMs ?? run?.startMs ?? null;
    return html`<div class="transport" role="group" aria-label="Time">
      <div class="clock"><p class="clock-box">
        <span class="clock-date">${clock === null ? "\u00a0" : date(clock)}</span>
        <span class="clock-time"><span class="hidden">Virtual time </span>${clock === null ? "––:––:––" : time(clock)}<small> UTC</small></span>
      </p></div>
      <div class="buttons">
        <button class="primary play" ?disabled=${!ready} @click=${this.#toggle} data-action="play">
          ${playing ? icons.pause : icons.play}<span>${playing ? "Pause" : "Play"}</span>
        </button>
        ${this.full
          ? html`<button class="step" ?disabled=${!ready} @click=${this.#step} data-action="step" title="One second on; with Shift one minute">
              ${icons.step}<span>Step</span>
            </button>`
          : nothing}
      </div>
      ${this.#speeds(ready, tick?.speed)} ${this.full ? this.#timeLine(ready) : nothing} ${this.full ? this.#seed(ready) : nothing}
    </div>`;
  }

  #speeds(ready: boolean, current: number | null | undefined): TemplateResult {
    return html`<fieldset class="speeds" ?disabled=${!ready}>
      <legend class="hidden">Speed: virtual seconds in a second</legend>
      ${SPEEDS.map(
        (factor) => html`<label>
          <input type="radio" name="speed" .checked=${current === factor} @change=${() => this.lab.send({ type: "speed", factor })} />
          <span>${speed(factor)}</span>
        </label>`,
      )}
    </fieldset>`;
  }

  #timeLine(ready: boolean): TemplateResult {
    const { tick, run } = this.lab;
    const start = run?.startMs ?? 0;
    const latest = Math.max(start + 1, tick?.latestMs ?? start);
    const at = this.#preview ?? tick?.clockMs ?? start;
    const part = Math.min(1, Math.max(0, (at - start) / (latest - start)));
    return html`<div class="timeline"><div class="timeline-box">
      <input
        type="range"
        aria-label="Time line"
        aria-valuetext=${`${date(at)} ${time(at)} UTC`}
        ?disabled=${!ready || latest - start < 1000}
        .min=${String(start)}
        .max=${String(latest)}
        step="1000"
        .value=${String(at)}
        @input=${this.#hold}
        @change=${this.#release}
        @keydown=${this.#key}
      />
      <p class="timeline-text small quiet" aria-hidden="true">
        <span>${ready ? `${time(start)} start` : "\u00a0"}</span>
        <span class=${tick?.behind === true ? "late" : ""}>${this.#hint(at, latest, part)}</span>
        <span>${ready ? (at < latest ? `${time(latest)} latest` : "latest") : "\u00a0"}</span>
      </p>
    </div></div>`;
  }

  #hint(at: number, latest: number, part: number): string {
    const { tick, meter } = this.lab;
    if (tick === null) return "";
    if (this.#preview !== null) return part >= 1 ? "to the latest" : `back to ${time(at)}, ${span(latest - at)} before the latest`;
    if (tick.seeking) return "replaying from the nearest checkpoint …";
    if (tick.speed === null && tick.playing) return `running at ${speed(Math.round(meter.factor))}`;
    if (tick.behind) return `cannot hold ${speed(tick.speed)}: running at ${speed(Math.round(meter.factor))}`;
    return "";
  }

  #seed(ready: boolean): TemplateResult {
    return html`<div class="seed">
      <label for="seed" class="small quiet">Seed</label>
      <input
        id="seed"
        type="text"
        inputmode="numeric"
        autocomplete="off"
        pattern="[0-9]*"
        maxlength="16"
        ?disabled=${!ready}
        .value=${this.lab.run === null ? "" : String(this.lab.run.seed)}
        @change=${this.#reseed}
      />
      <button class="icon" ?disabled=${!ready} @click=${this.#roll} aria-label="Another seed" title="Another seed: a new run">${icons.dice}</button>
    </div>`;
  }

  #toggle = (): void => this.lab.send({ type: this.lab.tick?.playing === true ? "pause" : "play" });

  #step = (event: MouseEvent): void => this.lab.send({ type: "step", ms: event.shiftKey ? MINUTE : 1000 });

  #hold = (event: InputEvent): void => {
    this.#preview = valueOf(event);
    this.requestUpdate();
  };

  #release = (event: Event): void => {
    const toMs = valueOf(event);
    clearTimeout(this.#settling);
    // The preview stays until the clock is there, so that the thumb does not jump back.
    this.#preview = null;
    if (this.lab.tick !== null) this.lab.tick = { ...this.lab.tick, clockMs: toMs };
    this.lab.send({ type: "seek", toMs });
    this.requestUpdate();
  };

  #key = (event: KeyboardEvent): void => {
    const { tick, run } = this.lab;
    if (tick === null || run === null) return;
    const at = this.#preview ?? tick.clockMs;
    const to = target(event.key, at, run.startMs, tick.latestMs);
    if (to === null) return;
    event.preventDefault();
    this.#preview = Math.min(tick.latestMs, Math.max(run.startMs, to));
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const toMs = this.#preview;
      this.#preview = null;
      if (toMs !== null) this.lab.send({ type: "seek", toMs });
    }, SETTLE_MS);
    this.requestUpdate();
  };

  #reseed = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const seed = Number(input.value);
    if (input.value.trim() !== "" && Number.isSafeInteger(seed) && seed >= 0) this.lab.load(seed);
    else input.value = String(this.lab.run?.seed ?? "");
  };

  #roll = (): void => this.lab.load(crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000);
}

function valueOf(event: Event): number {
  return Number((event.currentTarget as HTMLInputElement).value);
}

/** Where a key on the time line leads: a minute, ten minutes, an end. */
function target(key: string, at: number, start: number, latest: number): number | null {
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return at - MINUTE;
    case "ArrowRight":
    case "ArrowUp":
      return at + MINUTE;
    case "PageDown":
      return at - 10 * MINUTE;
    case "PageUp":
      return at + 10 * MINUTE;
    case "Home":
      return start;
    case "End":
      return latest;
    default:
      return null;
  }
}
