// A chart: the worker draws the picture on a canvas that is handed to it; title, legend, cross-hair,
// values and the table behind the picture are DOM.

import { type PropertyValues, type TemplateResult, html, nothing } from "lit";

import { amount, minute, time } from "../format";
import { unreachable } from "../messages";
import type { Topic } from "../lab";
import type { Axis, ChartData, ChartId, ChartStyle, Plot } from "../protocol";
import { chartColors } from "../theme";
import * as icons from "./icons";
import { Part } from "./part";
import { keyTarget, nearest } from "./reading";

export class Chart extends Part {
  static override properties = {
    ...Part.properties,
    chart: { attribute: false },
    heading: { attribute: false },
    note: { attribute: false },
    empty: { attribute: false },
    theme: { attribute: false },
  };

  declare chart: ChartId;
  declare heading: string;
  /** One line on what the picture shows. */
  declare note: string;
  /** What to say while there is no data. */
  declare empty: string;
  /** Changes when the colours do. */
  declare theme: string;

  protected override readonly topics: readonly Topic[] = ["status", "run", "chart"];
  protected override readonly sleeps = true;
  #canvas: HTMLCanvasElement | null = null;
  #handedOver = false;
  #size: Pick<ChartStyle, "width" | "height" | "scale"> | null = null;
  #data: ChartData | undefined;
  /** The position under the cross-hair. */
  #at: number | null = null;
  #asTable = false;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.#resized(entry);
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#forgetCanvas();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  protected override labChanged(): void {
    this.#forgetCanvas();
    this.#data = undefined;
  }

  protected override heard(topic: Topic): void {
    const data = this.lab.charts.get(this.chart);
    // Other charts' data comes under the same topic.
    if (topic === "chart" && data === this.#data) return;
    this.#data = data;
    super.heard(topic);
  }

  protected override render(): TemplateResult {
    const data = this.#data;
    const filled = data !== undefined && length(data.x) > 0;
    const title = `chart-${this.chart}`;
    return html`<figure class="card chart" aria-labelledby=${title}>
      <div class="card-head">
        <h2 id=${title}>${this.heading}</h2>
        <p class="small quiet">${this.note}</p>
        <button class="plain small" aria-pressed=${this.#asTable ? "true" : "false"} @click=${this.#flip}>
          ${this.#asTable ? icons.picture : icons.table}<span>${this.#asTable ? "Picture" : "Table"}</span>
        </button>
      </div>
      <div class="chart-body" ?hidden=${this.#asTable}>
        ${data?.x.type === "time" || this.chart === "clicks-by-state" ? this.#legend(data) : nothing}
        <div
          class="plot"
          tabindex=${filled ? "0" : "-1"}
          role="group"
          aria-roledescription="chart"
          aria-label=${`${this.heading}. ${filled ? "Arrow keys read the values." : this.empty}`}
          @pointermove=${this.#point}
          @pointerdown=${this.#point}
          @pointerleave=${this.#leave}
          @keydown=${this.#key}
          @blur=${this.#leave}
        >
          <div class="canvas-slot"></div>
          ${filled ? nothing : html`<p class="empty quiet">${this.empty}</p>`} ${filled ? this.#cross(data) : nothing}
        </div>
      </div>
      ${this.#asTable ? this.#table(data) : nothing}
      <p class="hidden" aria-live="polite">${this.#at !== null && filled ? this.#spoken(data, this.#at) : ""}</p>
    </figure>`;
  }

  protected override updated(changed: PropertyValues): void {
    this.#ensureCanvas();
    if (changed.has("theme")) this.#restyle();
  }

  #legend(data: ChartData | undefined): TemplateResult {
    const last = data === undefined ? 0 : lastClosed(data);
    const at = this.#at ?? last;
    return html`<div class="legend">
      <p class="legend-at small quiet">${data === undefined ? "\u00a0" : this.#label(data.x, at)}</p>
      <ul>
        ${(data?.series ?? []).map(
          (series, i) => html`<li>
            <i class=${`swatch swatch-${(i % 7) + 1}`}></i><span>${series.name}</span>
            <b><span class="alone">${value(series.values[at])}</span></b>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #label(axis: Axis, at: number): string {
    switch (axis.type) {
      case "time": {
        const ms = axis.atMs[at];
        return ms === undefined ? "\u00a0" : `${this.#at === null ? "last closed minute, " : ""}${minute(ms)} UTC`;
      }
      case "category":
        return axis.names[at] ?? "\u00a0";
      default:
        return unreachable(axis);
    }
  }

  #cross(data: ChartData): TemplateResult | typeof nothing {
    const { plot } = data;
    if (plot === null || this.#at === null) return nothing;
    const n = length(data.x);
    const box = data.x.type === "time"
      ? { left: xOf(data.x.atMs, this.#at, plot), top: plot.top, width: 1, height: plot.height }
      : { left: 0, top: plot.top + (plot.height / n) * this.#at, width: plot.left + plot.width, height: plot.height / n };
    return html`<div
      class=${data.x.type === "time" ? "cross" : "cross-row"}
      .style=${`transform:translate(${box.left}px,${box.top}px);width:${box.width}px;height:${box.height}px`}
    ></div>`;
  }

  #table(data: ChartData | undefined): TemplateResult {
    if (data === undefined || length(data.x) === 0) return html`<p class="empty-table quiet">${this.empty}</p>`;
    const rows = Array.from({ length: length(data.x) }, (_, i) => i);
    if (data.x.type === "time") rows.reverse();
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${`${this.heading}, table`}>
      <table>
        <caption class="hidden">${this.heading}, ${data.unit}</caption>
        <thead>
          <tr>
            <th scope="col">${data.x.type === "time" ? "Window start (UTC)" : "Name"}</th>
            ${data.series.map((series) => html`<th scope="col" class="number">${series.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (i) => html`<tr>
              <th scope="row">${data.x.type === "time" ? time(data.x.atMs[i] ?? 0) : data.x.names[i]}</th>
              ${data.series.map(
                (series) => html`<td class=${i >= series.values.length - series.open ? "number open" : "number"}>${value(series.values[i])}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #spoken(data: ChartData, at: number): string {
    const where = data.x.type === "time" ? time(data.x.atMs[at] ?? 0) : (data.x.names[at] ?? "");
    return `${where}: ${data.series.map((series) => `${series.name} ${value(series.values[at])}`).join(", ")}`;
  }

  #flip = (): void => {
    this.#asTable = !this.#asTable;
    this.requestUpdate();
  };

  #point = (event: PointerEvent): void => {
    const plot = this.#data?.plot;
    if (this.#data === undefined || plot === undefined || plot === null) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#read(positionAt(this.#data.x, plot, event.clientX - box.left, event.clientY - box.top));
  };

  #leave = (): void => this.#read(null);

  #key = (event: KeyboardEvent): void => {
    if (this.#data === undefined) return;
    const n = length(this.#data.x);
    const at = this.#at ?? lastClosed(this.#data);
    const to = keyTarget(event.key, at, n);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#read(to === -1 ? null : to);
  };

  #read(at: number | null): void {
    if (at === this.#at) return;
    this.#at = at;
    this.requestUpdate();
  }

  #ensureCanvas(): void {
    if (!this.isConnected || this.#canvas !== null || this.lab.status.kind !== "running") return;
    const slot = this.querySelector(".canvas-slot");
    if (slot === null) return;
    // Made by hand: a canvas can be handed over only once, so a new worker needs a new one.
    this.#canvas = document.createElement("canvas");
    this.#canvas.setAttribute("aria-hidden", "true");
    slot.replaceChildren(this.#canvas);
    try {
      this.#resize.observe(this.#canvas, { box: "device-pixel-content-box" });
    } catch {
      this.#resize.observe(this.#canvas);
    }
  }

  #forgetCanvas(): void {
    this.#resize.disconnect();
    this.#canvas?.remove();
    this.#canvas = null;
    this.#handedOver = false;
    this.#size = null;
  }

  #resized(entry: ResizeObserverEntry): void {
    const scale = devicePixelRatio;
    // Whole device pixels where the browser tells them: else the picture would be resampled.
    const device = entry.devicePixelContentBoxSize?.[0];
    const css = entry.contentRect;
    let { width, height } = css;
    // Emulated screens tell another screen's pixels: a difference of more than rounding is one.
    if (device !== undefined && Math.abs(device.inlineSize / scale - width) < 1 && Math.abs(device.blockSize / scale - height) < 1) {
      width = device.inlineSize / scale;
      height = device.blockSize / scale;
    }
    // Hidden behind its table it has no size: the last picture stays.
    if (width === 0 || height === 0) return;
    this.#size = { width, height, scale };
    this.#restyle();
  }

  #restyle(): void {
    if (this.#canvas === null || this.#size === null) return;
    const style: ChartStyle = { ...this.#size, ...chartColors(this) };
    if (this.#handedOver) {
      this.lab.style(this.chart, style);
      return;
    }
    this.#handedOver = true;
    this.lab.canvas(this.chart, this.#canvas.transferControlToOffscreen(), style);
  }
}

const value = (v: number | null | undefined): string => (v === null || v === undefined ? "–" : amount(v));

const length = (axis: Axis): number => (axis.type === "time" ? axis.atMs.length : axis.names.length);

/** The last position whose values cannot change any more. */
function lastClosed(data: ChartData): number {
  const open = Math.max(0, ...data.series.map((series) => series.open));
  return Math.max(0, length(data.x) - 1 - open);
}

function xOf(atMs: readonly number[], i: number, plot: Plot): number {
  const first = atMs[0] ?? 0;
  const last = atMs[atMs.length - 1] ?? first;
  return plot.left + (((atMs[i] ?? first) - first) / Math.max(1, last - first)) * plot.width;
}

function positionAt(axis: Axis, plot: Plot, x: number, y: number): number | null {
  if (axis.type === "category") {
    const n = axis.names.length;
    const row = Math.floor(((y - plot.top) / plot.height) * n);
    return row >= 0 && row < n ? row : null;
  }
  const { atMs } = axis;
  const first = atMs[0] ?? 0;
  const last = atMs[atMs.length - 1] ?? first;
  return nearest(atMs, first + ((x - plot.left) / plot.width) * (last - first));
}
