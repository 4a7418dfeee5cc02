// The time line: panels one below the other on one axis of virtual time. The worker draws them; the
// cross-hair, values, time line and tables are DOM.

import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from "lit";

import type { LaneSample, Note, Sample, Series } from "../../experiment-protocol";
import { amount, short } from "../../format";
import { unreachable } from "../../messages";
import type { PanelId, PanelStyle } from "../../panel-protocol";
import * as icons from "../../parts/icons";
import { panelColors } from "../../theme";
import type { Bench } from "./bench";
import { LANES, age, elapsed, signed, titleOf } from "./words";

const LEFT = 54;
const RIGHT = 12;
/** Rows of a table behind a chart: more are thinned evenly. */
const MOST_ROWS = 120;

const PANELS: ReadonlyArray<{ id: PanelId; title: string; note: string }> = [
  { id: "answer", title: "Answer", note: "of each window, as each says it now" },
  { id: "error", title: "Error", note: "answer minus what happened" },
  { id: "age", title: "Age", note: "of the newest event in the answer" },
  { id: "work", title: "Work", note: "events processed so far" },
];

export class Panels extends LitElement {
  static override properties = { bench: { attribute: false }, series: { attribute: false }, notes: { attribute: false }, clock: { attribute: false }, latest: { attribute: false }, end: { attribute: false }, theme: { attribute: false }, drawn: { attribute: false } };

  declare bench: Bench;
  declare series: Series | null;
  declare notes: readonly Note[];
  declare clock: number;
  declare latest: number;
  declare end: number;
  declare theme: string;
  /** Counts the workers: a canvas can be handed over only once. */
  declare drawn: number;

  readonly #canvases = new Map<PanelId, { canvas: HTMLCanvasElement; handed: boolean; width: number; height: number }>();
  readonly #tables = new Set<PanelId>();
  /** The time under the cross-hair. */
  #at: number | null = null;
  /** Where the clock is dragged to. */
  #held: number | null = null;
  readonly #resize = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) this.#resized(target, contentRect);
  });

  constructor() {
    super();
    this.series = null;
    this.notes = [];
    this.clock = 0;
    this.latest = 0;
    this.end = 1;
    this.theme = "";
    this.drawn = 0;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#canvases.clear();
  }

  /** Where the time axis ends: the engine draws the panels by the same rule. */
  get #until(): number {
    const end = Math.max(1, this.end);
    return [8, 4, 2].map((part) => Math.floor(end / part)).find((at) => at > this.latest) ?? end;
  }

  protected override render(): TemplateResult {
    const at = this.#held ?? this.#at;
    const shown = at ?? this.clock;
    return html`<section class="card panels" aria-labelledby="panels-title">
      <div class="card-head">
        <h2 id="panels-title">Over time</h2>
        <p class="small quiet panels-at">${at === null ? "now, " : ""}${elapsed(shown)} into the run</p>
        <ul class="panels-legend small" aria-hidden="true">
          <li><i class="line truth"></i>happened</li>
          <li><i class="line delivered"></i>delivered</li>
          ${LANES.map(({ lane, title }) => html`<li><i class=${`line lane-${lane}`}></i>${title}</li>`)}
        </ul>
      </div>
      ${PANELS.map((panel) => this.#panel(panel, shown, at))}
      ${this.#timeLine()}
      <p class="hidden" aria-live="polite">${this.#at === null ? "" : this.#spoken(this.#at)}</p>
    </section>`;
  }

  #panel({ id, title, note }: (typeof PANELS)[number], shown: number, at: number | null): TemplateResult {
    const open = this.#tables.has(id);
    return html`<figure class="panel-row" aria-labelledby=${`panel-${id}`}>
      <figcaption>
        <h3 id=${`panel-${id}`}>${title}</h3><span class="small quiet panel-note">${note}</span>
        <span class="panel-values small">${this.#values(id, shown)}</span>
        <button class="plain icon small" aria-pressed=${open ? "true" : "false"} aria-label=${`${title}: ${open ? "picture" : "table"}`} title=${open ? "Picture" : "Table"} @click=${() => this.#flip(id)}>${open ? icons.picture : icons.table}</button>
      </figcaption>
      <div
        class=${`panel-plot panel-${id}`}
        ?hidden=${open}
        tabindex="0"
        role="group"
        aria-roledescription="chart"
        aria-label=${`${title}, ${note}. Arrow keys read the values, Enter goes there.`}
        @pointerdown=${this.#down}
        @pointermove=${this.#move}
        @pointerup=${this.#up}
        @pointercancel=${this.#leave}
        @pointerleave=${this.#leave}
        @keydown=${this.#key}
        @blur=${this.#leave}
      >
        <div class="canvas-slot" data-panel=${id}></div>
        ${this.#cross(this.clock, "cross-now")} ${at === null ? nothing : this.#cross(at, "cross-at")}
      </div>
      ${open ? this.#table(id, title) : nothing}
    </figure>`;
  }

  #cross(at: number, kind: string): TemplateResult {
    const part = Math.min(1, Math.max(0, at / this.#until));
    return html`<i class=${kind} .style=${`left:calc(${LEFT}px + (100% - ${LEFT + RIGHT}px) * ${part})`}></i>`;
  }

  #timeLine(): TemplateResult {
    const until = this.#until;
    const at = this.#held ?? this.clock;
    return html`<div class="panels-line">
      <input type="range" aria-label="Time line" aria-valuetext=${`${elapsed(at)} into the run`} min="0" .max=${String(until)} step="1000" .value=${String(at)}
        @input=${(event: Event) => this.#hold(Number((event.currentTarget as HTMLInputElement).value))}
        @change=${() => this.#release()} />
    </div>`;
  }

  #values(id: PanelId, at: number): TemplateResult | typeof nothing {
    if (id === "answer") {
      const window = last(this.series?.windows ?? [], ({ startMs }) => startMs <= at);
      if (window === undefined) return nothing;
      const one = (name: string, kind: string, value: number | null): TemplateResult => html`<span class=${`value ${kind}`}><span class="hidden">${name} </span>${value === null ? "–" : short2(value)}</span>`;
      return html`${one("happened", "truth", window.happened)}${LANES.map(({ lane, title }) => one(title, `lane-${lane}`, window[lane]))}`;
    }
    const sample = this.#sample(at);
    if (sample === undefined) return nothing;
    return html`${LANES.map(({ lane, title, key }) => html`<span class=${`value lane-${lane}`}><span class="hidden">${title} </span>${value(id, sample, sample[key])}</span>`)}`;
  }

  #sample(at: number): Sample | undefined {
    return last(this.series?.samples ?? [], ({ t }) => t <= at);
  }

  #spoken(at: number): string {
    const sample = this.#sample(at);
    if (sample === undefined) return "";
    const note = last(this.notes, ({ atMs }) => Math.abs(atMs - at) < this.#until / 200);
    const lanes = LANES.map(({ title, key }) => `${title}: ${answer(sample[key].answer)}, error ${value("error", sample, sample[key])}, age ${value("age", sample, sample[key])}`);
    return `${elapsed(at)}: happened ${answer(sample.truth.happened)}; ${lanes.join("; ")}${note === undefined ? "" : `. ${note.text}`}`;
  }

  #table(id: PanelId, title: string): TemplateResult {
    const head = html`<thead><tr><th scope="col">${id === "answer" ? "Window start" : "Time"}</th>
      ${id === "answer" || id === "error" ? html`<th scope="col" class="number">Happened</th><th scope="col" class="number">Delivered</th>` : nothing}
      ${LANES.map((lane) => html`<th scope="col" class="number">${lane.title}</th>`)}</tr></thead>`;
    const rows = id === "answer"
      ? thin(this.series?.windows ?? []).map((w) => row(w.startMs, [w.happened, w.delivered, w.batchEtl, w.lambda, w.kappa].map(answer)))
      : thin(this.series?.samples ?? []).map((sample) => row(sample.t, [...(id === "error" ? [sample.truth.happened, sample.truth.delivered].map(answer) : []), ...LANES.map(({ key }) => value(id, sample, sample[key]))]));
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${`${title}, table`}><table>${head}<tbody>${rows}</tbody></table></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("drawn")) this.#forget();
    this.#ensure();
    if (changed.has("theme")) for (const id of this.#canvases.keys()) this.#restyle(id);
  }

  #ensure(): void {
    if (this.bench.status.kind !== "running") return;
    for (const slot of this.querySelectorAll<HTMLElement>(".canvas-slot")) {
      const id = slot.dataset["panel"] as PanelId;
      if (this.#canvases.has(id)) continue;
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      canvas.dataset["panel"] = id;
      slot.replaceChildren(canvas);
      this.#canvases.set(id, { canvas, handed: false, width: 0, height: 0 });
      this.#resize.observe(canvas);
    }
  }

  #forget(): void {
    this.#resize.disconnect();
    for (const { canvas } of this.#canvases.values()) canvas.remove();
    this.#canvases.clear();
  }

  #resized(target: Element, { width, height }: DOMRectReadOnly): void {
    const id = (target as HTMLElement).dataset["panel"] as PanelId;
    const drawn = this.#canvases.get(id);
    // Behind its table a panel has no size: the last picture stays.
    if (drawn === undefined || width === 0 || height === 0) return;
    const pixels = (css: number): number => Math.round(css * devicePixelRatio) / devicePixelRatio;
    Object.assign(drawn, { width: pixels(width), height: pixels(height) });
    this.#restyle(id);
  }

  #restyle(id: PanelId): void {
    const drawn = this.#canvases.get(id);
    if (drawn === undefined || drawn.width === 0) return;
    const { width, height } = drawn;
    const style: PanelStyle = { chart: { width, height, scale: devicePixelRatio, ...panelColors(this) }, left: LEFT, right: RIGHT, times: id === "work" };
    if (drawn.handed) return this.bench.style(id, style);
    drawn.handed = true;
    this.bench.canvas(id, drawn.canvas.transferControlToOffscreen(), style);
  }

  #flip(id: PanelId): void {
    if (!this.#tables.delete(id)) this.#tables.add(id);
    this.requestUpdate();
  }

  #timeOf(event: PointerEvent): number {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const part = (event.clientX - box.left - LEFT) / Math.max(1, box.width - LEFT - RIGHT);
    return Math.round(Math.min(1, Math.max(0, part)) * this.#until);
  }

  #down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#hold(this.#timeOf(event));
  };

  #move = (event: PointerEvent): void => {
    this.#at = this.#timeOf(event);
    if (this.#held !== null) this.#held = this.#at;
    this.requestUpdate();
  };

  #up = (): void => {
    if (this.#held !== null) this.#release();
  };

  #leave = (): void => {
    this.#at = null;
    this.#held = null;
    this.requestUpdate();
  };

  #key = (event: KeyboardEvent): void => {
    const to = this.#keyTarget(event.key);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") this.bench.send({ type: "seek", toMs: to });
    this.#at = event.key === "Escape" ? null : to;
    this.requestUpdate();
  };

  /** Where a key leads on the axis. */
  #keyTarget(key: string): number | null {
    const at = this.#at ?? this.clock;
    const step = this.#until / 100;
    switch (key) {
      case "ArrowLeft":
      case "ArrowDown":
        return Math.max(0, at - step);
      case "ArrowRight":
      case "ArrowUp":
        return Math.min(this.latest, at + step);
      case "Home":
        return 0;
      case "End":
        return this.latest;
      case "Enter":
        return Math.round(at);
      case "Escape":
        return at;
      default:
        return null;
    }
  }

  #hold(at: number): void {
    this.#held = at;
    this.requestUpdate();
  }

  #release(): void {
    const toMs = this.#held;
    this.#held = null;
    if (toMs === null) return;
    this.clock = toMs;
    this.bench.send({ type: "seek", toMs: Math.round(toMs) });
  }
}

/** The notes of a run, the newest first, each of them a way back. */
export function happened(bench: Bench): TemplateResult {
  const notes = bench.notes.slice(-200).reverse();
  return html`<section class="card happened" aria-labelledby="happened-title">
    <div class="card-head"><h2 id="happened-title">What happened here</h2><p class="small quiet">a time goes back to it</p></div>
    ${notes.length === 0
      ? html`<p class="quiet">Nothing yet. Batches that land, faults, fixes and switches are told here.</p>`
      : html`<ol class="notes" tabindex="0" aria-label="Notes, the newest first">
          ${notes.map(
            ({ atMs, lane, label, text }) => html`<li class=${lane === null ? "note all" : `note lane-${lane}`}>
              <button class="link small" @click=${() => bench.send({ type: "seek", toMs: atMs })}>${elapsed(atMs)}</button>
              <p><b>${label}</b>${lane === null ? nothing : html`<span class="hidden"> ${titleOf(lane)}</span>`} <span class="quiet">${text}</span></p>
            </li>`,
          )}
        </ol>`}
  </section>`;
}

const answer = (value: number | null): string => (value === null ? "–" : short2(value));

const short2 = (value: number): string => (Math.abs(value) < 1 && value !== 0 ? value.toPrecision(3) : amount(value));

function value(id: PanelId, sample: Sample, lane: LaneSample): string {
  switch (id) {
    case "answer":
      return answer(lane.answer);
    case "error":
      return lane.answer === null || sample.truth.happened === null ? "–" : signed(lane.answer - sample.truth.happened);
    case "age":
      return age(lane.age_ms);
    case "work":
      return short(lane.events_processed);
    default:
      return unreachable(id);
  }
}

function row(at: number, cells: readonly string[]): TemplateResult {
  return html`<tr><th scope="row">${elapsed(at)}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}</tr>`;
}

function thin<T>(all: readonly T[]): T[] {
  const every = Math.ceil(all.length / MOST_ROWS);
  return all.filter((_, i) => (all.length - 1 - i) % Math.max(1, every) === 0).reverse();
}

function last<T>(all: readonly T[], wanted: (one: T) => boolean): T | undefined {
  for (let i = all.length - 1; i >= 0; i -= 1) {
    const one = all[i];
    if (one !== undefined && wanted(one)) return one;
  }
  return undefined;
}
