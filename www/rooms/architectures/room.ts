// The Architectures room: one question, three architectures, the same events, beside the truth.

import { LitElement, type PropertyValues, type TemplateResult, html, nothing, unsafeCSS } from "lit";

import type { ExperimentCommand, ExperimentTitle } from "../../experiment-protocol";
import type { PartUrls } from "../../messages";
import { speed } from "../../format";
import * as icons from "../../parts/icons";
import { panel } from "../../parts/panel";
import { define } from "../../parts/part";
import { SPEEDS } from "../../parts/transport";
import { save } from "../../save";
import { explain } from "../../support";
import type { Controls, Hands, RoomView } from "../registry";
import text from "./architectures.css?inline";
import { Bench, type Change } from "./bench";
import { knobs, troubleIn } from "./knobs";
import { Lanes } from "./lanes";
import { Panels, happened } from "./panels";
import { proof, scoreCard } from "./verdict";
import { elapsed } from "./words";

const MINUTE = 60_000;
/** What is shown when no experiment is named. */
const FIRST = "speed-layer";

export class Architectures extends LitElement implements Hands {
  static override properties = {
    wasmUrl: { attribute: false },
    partUrls: { attribute: false },
    experiment: { attribute: false },
    seed: { attribute: false },
    speed: { attribute: false },
    autoplay: { attribute: false },
    controls: { attribute: false },
    theme: { attribute: false },
    shown: { attribute: false },
    life: { attribute: false },
  };

  declare wasmUrl: string;
  declare partUrls: PartUrls;
  declare experiment: string;
  declare seed: number;
  declare speed: number | null;
  declare autoplay: boolean;
  declare controls: Controls;
  declare theme: string;
  /** Whether anyone can see it. */
  declare shown: boolean;
  /** The life of the element in the document. */
  declare life: AbortSignal;

  #bench = new Bench();
  #choosing = false;
  /** What came of the last link or report. */
  #told: TemplateResult | typeof nothing = nothing;
  /** Counts the workers. */
  #workers = 0;
  readonly #reduced = matchMedia("(prefers-reduced-motion: reduce)");

  protected override createRenderRoot(): this {
    return this;
  }

  /** Time moves by the same commands as the lab's. */
  send(command: ExperimentCommand): void {
    this.#bench.send(command);
  }

  get now(): { readonly clockMs: number; readonly playing: boolean; readonly speed: number | null } | null {
    return this.#bench.tick;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#bench.park(this.life);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { opened } = this.#bench;
    if (!this.hasUpdated || changed.has("wasmUrl")) this.#start();
    else if ((changed.has("experiment") && this.experiment !== "" && this.experiment !== opened?.experiment) || (changed.has("seed") && this.seed !== opened?.seed)) this.#open(this.experiment || FIRST);
    else if (changed.has("speed")) this.send({ type: "speed", factor: this.speed });
    if (changed.has("shown")) this.#bench.visible(this.shown);
  }

  /** Goes on with the run that was left, or begins one. */
  #start(): void {
    this.#bench.close();
    const kept = Bench.back(this.life);
    const bench = kept ?? new Bench();
    bench.changed = (change) => this.#changed(bench, change);
    this.#bench = bench;
    this.#workers += 1;
    const { wasmUrl, partUrls, seed, speed: factor } = this;
    const experiment = this.experiment || FIRST;
    if (kept === undefined) {
      const autoplay = this.autoplay && !this.#reduced.matches;
      void bench.start({ wasmUrl, partUrls, experiment, seed, speed: factor, autoplay });
    } else if (this.experiment !== "" && this.experiment !== kept.opened?.experiment) {
      this.#open(experiment);
    } else {
      this.#changed(bench, "opened");
    }
    this.requestUpdate();
  }

  #open(name: string): void {
    this.#bench.open(name, this.seed, this.autoplay && !this.#reduced.matches);
  }

  #changed(bench: Bench, change: Change): void {
    if (bench !== this.#bench) return;
    const tell = (name: string, detail: unknown): boolean => this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    if (change === "opened") this.#told = nothing;
    if (change === "opened" && bench.opened !== null) {
      const { experiment, seed } = bench.opened;
      this.experiment = experiment;
      this.seed = seed;
      bench.visible(this.shown);
      tell("bench-opened", bench.opened);
    }
    if (change === "tick") tell("bench-tick", bench.tick);
    if (change === "status" && bench.status.kind === "failed") tell("bench-failed", bench.status.message);
    if (change === "status" && bench.status.kind === "unsupported") tell("bench-failed", explain(bench.status.obstacle).title);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const bench = this.#bench;
    const { status, tick, info, title } = bench;
    const full = this.controls === "full";
    if (status.kind === "unsupported") return html`<div class="room">${panel(explain(status.obstacle), () => this.#start(), "Try again")}</div>`;
    const moving = tick?.playing === true && this.shown && !this.#reduced.matches;
    return html`<div class=${full ? "xroom full" : "xroom"}>
      ${status.kind === "failed" ? this.#failed(status.message) : nothing}
      <header class="question">
        ${full ? this.#chooser(title) : nothing}
        <h1>${title?.title ?? "\u00a0"}</h1>
        <p class="lede">${title?.question ?? "\u00a0"}</p>
        ${bench.opened?.notices.filter(({ knob }) => knob === "").map(({ message }) => html`<p class="small notice">${message}</p>`)}
      </header>
      ${this.controls === "none" ? nothing : this.#transport(full)}
      <div class="xmain">
        <stream-glass-lanes .scene=${bench.scene} .unit=${bench.opened?.answerUnit ?? ""} .theme=${this.theme} ?moving=${moving}></stream-glass-lanes>
        <stream-glass-panels .bench=${bench} .series=${bench.series} .notes=${bench.notes} .clock=${tick?.clockMs ?? 0} .latest=${tick?.latestMs ?? 0}
          .end=${tick?.endMs ?? bench.opened?.forMs ?? 1} .theme=${this.theme} .drawn=${this.#workers}></stream-glass-panels>
        ${happened(bench)}
      </div>
      ${full
        ? html`<div class="xside">
            ${this.#operations(bench)} ${this.#knobs(bench)} ${scoreCard(bench.verdict)}
          </div>`
        : nothing}
      <div class="xend">
        ${full ? nothing : scoreCard(bench.verdict)} ${proof(bench.verdict)}
        ${full && info !== undefined
          ? html`<section class="card about" aria-labelledby="about-title"><div class="card-head"><h2 id="about-title">Why it comes out so</h2></div><p>${info.text}</p>
              <details><summary>The question as SQL</summary><pre tabindex="0">${bench.opened?.sql ?? ""}</pre></details></section>`
          : nothing}
      </div>
      <p class="hidden" role="status">${tick?.playing === false ? this.#summary() : ""}</p>
    </div>`;
  }

  /** What a screen reader says when the run stands still. */
  #summary(): string {
    const { verdict, tick } = this.#bench;
    return verdict === null || tick === null ? "" : `At ${elapsed(tick.clockMs)}. ${verdict.scoreCard.map(({ lane, text: line }) => `${lane === "batchEtl" ? "Batch ETL" : lane}: ${line}`).join(" ")}`;
  }

  #failed(message: string): TemplateResult {
    return panel(
      { title: "The engine met a bug and stopped", text: message, steps: ["What you see below is how far the run came. The command in the message makes it again."], snippet: null, file: null },
      () => this.#start(),
      "Start again",
    );
  }

  #chooser(now: ExperimentTitle | undefined): TemplateResult {
    const all = this.#bench.catalogue;
    const at = now === undefined ? -1 : all.indexOf(now);
    const beside = (step: number): ExperimentTitle | undefined => all[at + step];
    const button = (to: ExperimentTitle | undefined, label: string, turned: string): TemplateResult => html`<button class=${`plain icon ${turned}`} ?disabled=${to === undefined}
      aria-label=${to === undefined ? label : `${label}: ${to.title}`} @click=${() => to !== undefined && this.#choose(to.name)}>${icons.chevron}</button>`;
    return html`<div class="chooser">
      <div class="chooser-bar">
        <button class="plain chooser-open" aria-expanded=${this.#choosing ? "true" : "false"} aria-controls="experiments" @click=${this.#flip}>
          <span class="quiet">Experiment ${now?.number ?? ""}</span><span>All experiments</span>${icons.chevron}
        </button>
        ${button(beside(-1), "Previous experiment", "turn-left")} ${button(beside(1), "Next experiment", "turn-right")}
      </div>
      <ol class="experiments" id="experiments" ?hidden=${!this.#choosing}>
        ${all.map(
          (one) => html`<li>
            <button class="experiment" aria-current=${one === now ? "true" : "false"} @click=${() => this.#choose(one.name)}>
              <span class="experiment-number">${one.number}</span><span class="experiment-title">${one.title}</span><span class="small quiet">${one.question}</span>
            </button>
          </li>`,
        )}
      </ol>
    </div>`;
  }

  #transport(full: boolean): TemplateResult {
    const { tick, opened } = this.#bench;
    const ready = opened !== null;
    const playing = tick?.playing ?? false;
    const over = tick !== null && tick.clockMs >= tick.endMs;
    return html`<div class="xbar"><div class="xtransport" role="group" aria-label="Time">
      <p class="xclock"><span class="hidden">Virtual time </span>${elapsed(tick?.clockMs ?? 0)}<small class=${tick?.behind === true ? "late" : "quiet"}>${this.#hint()}</small></p>
      <div class="buttons">
        <button class="primary play" data-action="play" ?disabled=${!ready} @click=${() => this.send({ type: playing ? "pause" : "play" })}>
          ${playing ? icons.pause : icons.play}<span>${playing ? "Pause" : over ? "Again" : "Play"}</span>
        </button>
        <button class="step" data-action="step" ?disabled=${!ready} title="One minute on; with Shift ten minutes" @click=${(event: MouseEvent) => this.send({ type: "step", ms: event.shiftKey ? 10 * MINUTE : MINUTE })}>
          ${icons.step}<span>Step</span>
        </button>
      </div>
      <fieldset class="speeds" ?disabled=${!ready}>
        <legend class="hidden">Speed: virtual seconds in a second</legend>
        ${SPEEDS.map(
          (factor) => html`<label><input type="radio" name="xspeed" .checked=${tick !== null && tick.speed === factor} @change=${() => this.send({ type: "speed", factor })} /><span>${speed(factor)}</span></label>`,
        )}
      </fieldset>
      ${full
        ? html`<div class="seed">
            <label for="xseed" class="small quiet">Seed</label>
            <input id="xseed" type="text" inputmode="numeric" autocomplete="off" maxlength="16" ?disabled=${!ready} .value=${String(opened?.seed ?? this.seed)} @change=${this.#reseed} />
            <button class="icon" ?disabled=${!ready} @click=${this.#roll} aria-label="Another seed" title="Another seed: a new run">${icons.dice}</button>
          </div>
          <div class="take">
            <button ?disabled=${!ready} @click=${this.#share} title="A link to this run as it is: experiment, seed, knobs, what was done, and the time">${icons.link}<span>Copy link</span></button>
            <button ?disabled=${!ready} @click=${this.#download} title="The report as of now, as JSON: what the command line prints">${icons.file}<span>Report</span></button>
          </div>`
        : nothing}
      <p class="small quiet taken" role="status">${this.#told}</p>
    </div></div>`;
  }

  #hint(): string {
    const { tick } = this.#bench;
    if (tick === null) return "";
    if (tick.seeking) return "on its way …";
    if (tick.behind) return `cannot hold ${speed(tick.speed)}`;
    return `of ${elapsed(tick.endMs)}`;
  }

  #operations(bench: Bench): TemplateResult {
    const all = bench.info?.operations.map((operation, i) => ({ operation, why: bench.tick?.unavailable[i] ?? null })) ?? [];
    const buttons = (primary: boolean): TemplateResult => html`<ul class="operations">
      ${all
        .filter(({ operation }) => operation.primary === primary)
        .map(
          ({ operation, why }) => html`<li><button data-operation=${operation.operation.type} aria-disabled=${why === null ? "false" : "true"} title=${why ?? operation.detail} @click=${() => why === null && this.send({ type: "operate", operation: operation.operation })}>${operation.label}</button>
            ${primary ? html`<small class="quiet">${why ?? operation.detail}</small>` : nothing}</li>`,
        )}
    </ul>`;
    const problems = bench.problems.filter(({ knob }) => knob === "");
    const none = bench.info !== undefined && !all.some(({ operation }) => operation.primary);
    return html`<section class="card" aria-labelledby="operations-title">
      <div class="card-head"><h2 id="operations-title">A bad day</h2><p class="small quiet">happens now, at ${elapsed(bench.tick?.clockMs ?? 0)}</p></div>
      ${none ? nothing : buttons(true)}
      ${problems.map(({ message }) => html`<p class="small late" role="alert">${message}</p>`)}
      <details ?open=${none} @toggle=${this.#explain}><summary>${none ? "Everything that can happen" : "More"}</summary>${buttons(false)}</details>
    </section>`;
  }

  #knobs(bench: Bench): TemplateResult {
    return html`<section class="card" aria-labelledby="knobs-title">
      <div class="card-head"><h2 id="knobs-title">This experiment</h2><p class="small quiet">a knob begins the run anew</p></div>
      ${knobs(bench, true)}
      <details ?open=${troubleIn(bench, false)} @toggle=${this.#explain}><summary>More knobs and the cost model</summary>${knobs(bench, false)}</details>
    </section>`;
  }

  #explain = (event: Event): void => {
    if ((event.currentTarget as HTMLDetailsElement).open) this.#bench.explain();
  };

  #flip = (): void => {
    this.#choosing = !this.#choosing;
    this.requestUpdate();
  };

  #choose(name: string): void {
    this.#choosing = false;
    this.experiment = name;
    this.requestUpdate();
  }

  #reseed = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const seed = Number(input.value);
    if (input.value.trim() !== "" && Number.isSafeInteger(seed) && seed >= 0) this.seed = seed;
    else input.value = String(this.seed);
  };

  #share = async (): Promise<void> => {
    const shared = await this.#bench.share();
    if (shared === null) return;
    const address = new URL(`#architectures/${shared.link}`, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      this.#tell(html`The link is copied. <span class="mono">${shared.command}</span> makes the same run.`);
    } catch {
      // No permission, or no secure context: then it is shown, to be copied by hand.
      this.#tell(html`<a class="mono" href=${address}>${address}</a>`);
    }
  };

  #download = async (): Promise<void> => {
    const json = await this.#bench.report();
    const { opened } = this.#bench;
    if (json === null || opened === null) return;
    const name = `${opened.experiment}-${opened.seed}.json`;
    save(name, json);
    this.#tell(html`The report is saved as ${name}.`);
  };

  #tell(told: TemplateResult | typeof nothing): void {
    this.#told = told;
    this.requestUpdate();
  }

  #roll = (): void => {
    this.seed = crypto.getRandomValues(new Uint32Array(1))[0]! % 1_000_000;
  };
}

define("stream-glass-lanes", Lanes);
define("stream-glass-panels", Panels);
define("stream-glass-architectures", Architectures);

export const room: RoomView = {
  styles: [unsafeCSS(text)],
  view: ({ wasmUrl, partUrls, experiment, seed, speed: factor, autoplay, controls, theme, shown, life }) =>
    html`<stream-glass-architectures
      .wasmUrl=${wasmUrl} .partUrls=${partUrls} .experiment=${experiment} .seed=${seed} .speed=${factor} .autoplay=${autoplay} .controls=${controls} .theme=${theme} .shown=${shown} .life=${life}
    ></stream-glass-architectures>`,
};
