// The throughput chart: the worker draws it; cross-hair, values and the table behind it are DOM.

import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from "lit";

import { count } from "../../format";
import * as icons from "../../parts/icons";
import { keyTarget, nearest } from "../../parts/reading";
import { throughputColors } from "../../theme";
import type { Sending } from "./sending";

const LEFT = 54;
const RIGHT = 12;
/** Rows of the table: more are thinned evenly. */
const MOST_ROWS = 60;

export class Throughput extends LitElement {
  static override properties = { sending: { attribute: false }, points: { attribute: false }, untilMs: { attribute: false }, theme: { attribute: false }, ready: { attribute: false } };

  declare sending: Sending;
  declare points: Sending["points"];
  /** Where the axis of time ends. */
  declare untilMs: number;
  declare theme: string;
  /** Whether there is a worker to draw. */
  declare ready: boolean;
  #canvas: HTMLCanvasElement | null = null;
  #handed = false;
  #size = { width: 0, height: 0 };
  #table = false;
  /** The time under the cross-hair: points go as the run gets longer. */
  #at: number | null = null;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.#resized(entry.contentRect);
  });

  protected override createRenderRoot(): this {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  protected override render(): TemplateResult {
    const { points } = this;
    const most = points.reduce((most, [, rate]) => Math.max(most, rate), 0);
    const last = points.at(-1)?.[1] ?? 0;
    const at = this.#at === null ? undefined : points[this.#near(this.#at) ?? 0];
    const summary = points.length === 0 ? "Nothing was sent yet." : `${count(last)} records/s now, at most ${count(most)}.`;
    return html`<figure class="card cthroughput" aria-labelledby="connect-throughput">
      <figcaption class="card-head">
        <h2 id="connect-throughput">Throughput</h2><p class="small quiet">${at === undefined ? "acknowledged records a second; dashed: asked for" : spoken(at)}</p>
        <button class="plain icon" aria-pressed=${this.#table ? "true" : "false"} aria-label=${this.#table ? "Throughput: picture" : "Throughput: table"} @click=${this.#flip}>${this.#table ? icons.picture : icons.table}</button>
      </figcaption>
      <div
        class="cplot"
        tabindex=${points.length === 0 ? "-1" : "0"}
        role="group"
        aria-roledescription="chart"
        aria-label=${`Throughput. ${summary}${points.length === 0 ? "" : " Arrow keys read the values."}`}
        ?hidden=${this.#table}
        @pointermove=${this.#point}
        @pointerdown=${this.#point}
        @pointerleave=${this.#leave}
        @keydown=${this.#key}
        @blur=${this.#leave}
      >
        <div class="canvas-slot"></div>
        ${at === undefined ? nothing : html`<div class="cross" .style=${`left:${LEFT + (at[0] / this.untilMs) * this.#width}px`}></div>`}
        ${points.length === 0 ? html`<p class="empty quiet">The line appears with the first acknowledged records.</p>` : nothing}
      </div>
      ${this.#table ? this.#rows() : nothing}
      <p class="hidden" aria-live="polite">${at === undefined ? "" : spoken(at)}</p>
    </figure>`;
  }

  #rows(): TemplateResult {
    const step = Math.max(1, Math.ceil(this.points.length / MOST_ROWS));
    const rows = this.points.filter((_, i) => (this.points.length - 1 - i) % step === 0);
    return html`<div class="table-scroll ctable" tabindex="0" role="region" aria-label="Throughput, table"><table>
      <thead><tr><th scope="col">Seconds</th><th scope="col" class="number">Records/s</th></tr></thead>
      <tbody>${rows.map(([at, rate]) => html`<tr><th scope="row">${(at / 1000).toFixed(1)}</th><td class="number">${count(rate)}</td></tr>`)}</tbody>
    </table></div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#canvas === null && this.ready) {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      this.querySelector(".canvas-slot")?.replaceChildren(canvas);
      this.#canvas = canvas;
      this.#resize.observe(canvas);
    } else if (changed.has("theme")) {
      this.#restyle();
    }
  }

  #resized({ width, height }: DOMRectReadOnly): void {
    // Behind its table it has no size: the last picture stays.
    if (width === 0 || height === 0) return;
    const pixels = (css: number): number => Math.round(css * devicePixelRatio) / devicePixelRatio;
    this.#size = { width: pixels(width), height: pixels(height) };
    this.#restyle();
  }

  #restyle(): void {
    if (this.#canvas === null || this.#size.width === 0) return;
    const style = { chart: { ...this.#size, scale: devicePixelRatio, ...throughputColors(this) }, left: LEFT, right: RIGHT, times: true };
    if (this.#handed) return this.sending.style(style);
    this.#handed = true;
    this.sending.canvas(this.#canvas.transferControlToOffscreen(), style);
  }

  #flip = (): void => {
    this.#table = !this.#table;
    this.requestUpdate();
  };

  /** Of the plot area, CSS pixels. */
  get #width(): number {
    return Math.max(1, this.#size.width - LEFT - RIGHT);
  }

  #point = (event: PointerEvent): void => {
    const { left } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#read(this.#near(((event.clientX - left - LEFT) / this.#width) * this.untilMs));
  };

  #leave = (): void => this.#read(null);

  #key = (event: KeyboardEvent): void => {
    const n = this.points.length;
    const at = this.#at === null ? null : this.#near(this.#at);
    const to = keyTarget(event.key, at ?? n - 1, n);
    if (to === null || n === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#read(to === -1 ? null : to);
  };

  /** The place of the point that is nearest to a time. */
  #near(ms: number): number | null {
    return nearest(this.points.map(([at]) => at), ms);
  }

  #read(place: number | null): void {
    const at = place === null ? null : (this.points[place]?.[0] ?? null);
    if (at === this.#at) return;
    this.#at = at;
    this.requestUpdate();
  }
}

const spoken = ([at, rate]: readonly [number, number]): string => `${(at / 1000).toFixed(1)} s: ${count(rate)} records/s`;
