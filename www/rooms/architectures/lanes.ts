// The three architectures as diagrams: stations as boxes, and between them what moves.

import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from "lit";

import type { LaneScene, Scene, Station } from "../../experiment-protocol";
import { count, short } from "../../format";
import { unreachable } from "../../messages";
import { Motion } from "./motion";
import { LANES, age, signed } from "./words";

export class Lanes extends LitElement {
  static override properties = { scene: { attribute: false }, unit: { attribute: false }, moving: { type: Boolean }, theme: { attribute: false } };

  declare scene: Scene | null;
  /** What the answer counts. */
  declare unit: string;
  /** Whether events move: else each scene is a still. */
  declare moving: boolean;
  declare theme: string;
  readonly #motions = LANES.map(() => new Motion());
  readonly #resize = new ResizeObserver(() => this.#place());

  constructor() {
    super();
    this.scene = null;
    this.unit = "";
    this.moving = false;
    this.theme = "";
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    for (const motion of this.#motions) motion.stop();
  }

  protected override render(): TemplateResult {
    return html`<section class="card lanes" aria-label="The three architectures">
      ${LANES.map(({ lane, title, about }, i) => {
        const scene = this.scene?.lanes.find((one) => one.lane === lane);
        return html`<article class=${`lane lane-${lane}`} aria-labelledby=${`lane-${lane}`}>
          <div class="lane-name">
            <h2 id=${`lane-${lane}`}>${title}</h2>
            <p class="small quiet">${about}</p>
          </div>
          <div class="lane-figures">
            <p class="lane-age">${age(scene?.ageMs)}<small>old</small></p>
            <p class=${scene?.error ? "lane-error late" : "lane-error"}>${signed(scene?.error)}<small>${scene?.error === 0 ? "" : this.unit}</small></p>
            <p class="small quiet lane-remark">${scene?.remark || "\u00a0"}</p>
          </div>
          <div class="diagram" data-lane=${i}>
            <canvas aria-hidden="true"></canvas>
            ${scene === undefined ? html`<div class="diagram-skeleton skeleton"></div>` : this.#stations(scene)}
          </div>
        </article>`;
      })}
      <p class="small quiet lanes-key" aria-hidden="true"><i class="dot"></i>an event just made<i class="dot old"></i>an old one<i class="dot late-dot"></i>late</p>
    </section>`;
  }

  #stations(scene: LaneScene): TemplateResult {
    return html`<ul class=${`stations rows-${1 + Math.max(...scene.stations.map(({ row }) => row))} columns-${1 + Math.max(...scene.stations.map(({ column }) => column))}`}>
      ${scene.stations.map((station) => this.#station(station, scene))}
    </ul>`;
  }

  #station(station: Station, scene: LaneScene): TemplateResult {
    const rows = scene.stations.filter(({ column }) => column === station.column).length;
    // Events reach lambda's speed layer below its master dataset, not through it.
    const tall = rows === 1 && station.kind !== "master";
    const state = stateOf(station);
    return html`<li
      class=${`station is-${station.state} ${station.buggy ? "buggy" : ""} ${tall ? "tall" : ""}`}
      data-id=${station.id}
      data-column=${Math.min(3, station.column)}
      data-row=${tall ? "all" : station.row}
    >
      <span class="station-label">${station.label}${station.buggy ? html`<b class="bug">bug</b>` : nothing}</span>
      <span class="station-detail">${station.detail}</span>
      ${state === "" ? nothing : html`<span class="station-state">${state}</span>`}
      ${station.queued > 0
        ? html`<span class="queue" title=${`${count(station.queued)} events wait`}><i data-full=${Math.min(8, Math.ceil(Math.log2(station.queued + 1) / 2))}></i><span>${short(station.queued)}<span class="queue-word"> waiting</span></span></span>`
        : nothing}
      ${station.progress === null
        ? nothing
        : html`<progress max="1" .value=${station.progress} aria-label=${`${station.label}: progress`}></progress>`}
    </li>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("scene") || changed.has("theme")) this.#place();
    for (const motion of this.#motions) motion.run(this.moving);
  }

  /** Tells each picture where its stations are now. */
  #place(): void {
    this.querySelectorAll<HTMLElement>(".diagram").forEach((diagram, i) => {
      const scene = this.scene?.lanes[i];
      const canvas = diagram.querySelector("canvas");
      if (scene !== undefined && canvas !== null) this.#motions[i]?.show(canvas, diagram, scene);
    });
  }
}

function stateOf({ state, read, kind }: Station): string {
  switch (state) {
    case "idle":
      return kind === "batchJob" ? "waits" : "";
    case "starting":
      return "starts up";
    case "running":
      return !read && kind === "table" ? "not read yet" : "";
    case "catchingUp":
      return "catches up";
    case "down":
      return "down";
    case "retired":
      return "kept for a revert";
    default:
      return unreachable(state);
  }
}
