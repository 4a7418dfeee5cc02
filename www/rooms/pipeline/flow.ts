// The dataflow as a graph: left to right where there is room, else top to bottom; and as a table.

import { type TemplateResult, html, nothing, svg } from "lit";

import { bytes, count, plural, short } from "../../format";
import type { Topic } from "../../lab";
import * as icons from "../../parts/icons";
import { Part } from "../../parts/part";
import type { Flow as Graph, FlowNode, NodeState } from "../../protocol";
import { kindOf } from "./kinds";
import { type Layout, layered, layeredWidth, rails } from "./layout";
import { Motion } from "./motion";

/** From this width on the flow runs from left to right. */
const WIDE = 860;
/** The summary for screen readers is renewed this often at most. */
const SUMMARY_MS = 5000;

export class Flow extends Part {
  static override properties = { ...Part.properties, theme: { attribute: false } };

  /** Changes when the colours do. */
  declare theme: string;

  protected override readonly topics: readonly Topic[] = ["flow", "tick", "selection"];
  protected override readonly sleeps = true;
  protected override readonly calm = 990;
  #asTable = false;
  #width = 0;
  #layout: Layout | null = null;
  #laidOut: Graph | null = null;
  #layoutWidth = 0;
  #summary = "";
  #summaryAt = -Infinity;
  readonly #motion = new Motion();
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry === undefined || Math.round(entry.contentRect.width) === this.#width) return;
    this.#width = Math.round(entry.contentRect.width);
    this.requestUpdate();
  });

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  protected override labChanged(): void {
    this.#motion.forget();
  }

  protected override render(): TemplateResult {
    const { run } = this.lab;
    return html`<section class="card flow" aria-labelledby="flow-title" aria-describedby="flow-summary">
      <div class="card-head">
        <h2 id="flow-title">The flow</h2>
        <p class="small quiet">records a minute of virtual time${this.lab.inspects ? "; choose a step to look inside" : ""}</p>
        <button class="plain small" aria-pressed=${this.#asTable ? "true" : "false"} @click=${this.#flip}>
          ${this.#asTable ? icons.graph : icons.table}<span>${this.#asTable ? "Graph" : "Table"}</span>
        </button>
      </div>
      <p class="hidden" id="flow-summary">${run === null ? "" : this.#summarise(run.flow)}</p>
      <div class="flow-body">
        ${run === null ? html`<div class="skeleton flow-skeleton"></div>` : this.#asTable ? this.#table(run.flow) : this.#graph(run.flow)}
      </div>
    </section>`;
  }

  protected override updated(): void {
    this.#move();
  }

  protected override sightChanged(): void {
    this.#move();
  }

  #move(): void {
    const { tick, run, meter } = this.lab;
    const box = this.#asTable ? null : this.querySelector<HTMLElement>(".dots");
    const perSecond = run?.flow.edges.map(([, to]) => meter.perSecond[to] ?? 0) ?? [];
    const moving = this.inSight && tick?.playing === true && !tick.seeking;
    const busy = tick !== null && (tick.speed === null || tick.behind);
    this.#motion.set(this.lab, box, this.#layout?.paths ?? [], this.theme, { perSecond, moving, busy });
  }

  #graph(flow: Graph): TemplateResult {
    const inner = this.#width - 2 * 20;
    const wide = inner >= WIDE - 40 && inner >= layeredWidth(flow);
    const width = wide ? inner : 0;
    if (this.#layout === null || this.#laidOut !== flow || this.#layoutWidth !== width) {
      this.#layout = wide ? layered(flow, inner) : rails(flow);
      [this.#laidOut, this.#layoutWidth] = [flow, width];
    }
    const layout = this.#layout;
    return html`<div class=${wide ? "graph layers" : "graph rails"} .style=${`height:${layout.height}px`}>
      <svg class="edges" aria-hidden="true" focusable="false">
        ${layout.paths.map((path) => svg`<path class="edge" d=${path}></path>`)}
        ${layout.dots.map(([x, y], i) => svg`<circle class=${`stop stop-${flow.nodes[i]?.kind ?? ""}`} cx=${x} cy=${y} r="5.5"></circle>`)}
      </svg>
      <div class="dots" aria-hidden="true"></div>
      <ul>
        ${layout.order.map((i) => {
          const [node, box] = [flow.nodes[i], layout.boxes[i]];
          if (node === undefined || box === undefined) return nothing;
          const width = wide ? `width:${box.width}px;` : "right:0;";
          return html`<li .style=${`left:${box.left}px;top:${box.top}px;height:${box.height}px;${width}`}>${this.#node(node, i)}</li>`;
        })}
      </ul>
    </div>`;
  }

  #node(node: FlowNode, i: number): TemplateResult {
    const state = this.lab.tick?.nodes[i];
    const kind = kindOf(node.kind);
    const rate = this.lab.meter.perVirtualMinute[i];
    const dropped = droppedBy(state);
    const inner = html`<span class="node-label">${kind.icon}<span>${breakable(node.label)}</span><span class="hidden">, ${kind.name}</span></span>
      <span class="node-rate">${state?.paused === true ? html`<span class="late">paused</span>` : rate === undefined ? "–" : html`${short(Math.round(rate))}<small>/min</small>`}</span>
      <span class="node-trouble">
        ${state !== undefined && state.lag > 0 ? html`<span class="late">lag ${short(state.lag)}</span>` : nothing}
        ${dropped > 0 ? html`<span class="late">${short(dropped)} dropped</span>` : nothing}
      </span>`;
    const names = `node node-${node.kind}`;
    if (!this.lab.inspects) return html`<div class=${names} data-node=${node.label} title=${node.detail}>${inner}</div>`;
    return html`<button
      class=${names}
      aria-pressed=${this.lab.selection === i ? "true" : "false"}
      data-node=${node.label}
      title=${node.detail}
      @click=${() => this.#choose(i)}
    >${inner}</button>`;
  }

  #table(flow: Graph): TemplateResult {
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label="The flow, table">
      <table>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Kind</th>
            <th scope="col" class="number">A minute</th>
            <th scope="col" class="number">In</th>
            <th scope="col" class="number">Out</th>
            <th scope="col" class="number">Lag</th>
            <th scope="col" class="number">Held</th>
            <th scope="col" class="number">Dropped</th>
          </tr>
        </thead>
        <tbody>
          ${flow.nodes.map((node, i) => {
            const state = this.lab.tick?.nodes[i];
            const rate = this.lab.meter.perVirtualMinute[i];
            const dropped = droppedBy(state);
            return html`<tr>
              <th scope="row">${this.lab.inspects ? html`<button class="link" @click=${() => this.#choose(i)}>${node.label}</button>` : node.label}</th>
              <td class="quiet">${kindOf(node.kind).name}</td>
              <td class="number">${rate === undefined ? "–" : count(rate)}</td>
              <td class="number">${count(state?.recordsIn ?? 0)}</td>
              <td class="number">${count(state?.recordsOut ?? 0)}</td>
              <td class=${state !== undefined && state.lag > 0 ? "number late" : "number"}>${count(state?.lag ?? 0)}</td>
              <td class="number">${bytes(state?.bytes ?? 0)}</td>
              <td class=${dropped > 0 ? "number late" : "number"}>${count(dropped)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  #summarise(flow: Graph): string {
    const now = performance.now();
    const { tick, meter } = this.lab;
    if (tick === null || now - this.#summaryAt < SUMMARY_MS) return this.#summary;
    this.#summaryAt = now;
    const busiest = flow.nodes
      .map((node, i) => ({ label: node.label, rate: meter.perVirtualMinute[i] ?? 0 }))
      .sort((a, b) => b.rate - a.rate)
      .slice(0, 3)
      .map(({ label, rate }) => `${label} ${count(rate)}`);
    const dropped = tick.nodes.reduce((sum, state) => sum + droppedBy(state), 0);
    const waiting = tick.nodes.reduce((sum, state) => sum + state.lag, 0);
    this.#summary =
      `${plural(flow.nodes.length, "step")}, from ${flow.nodes[0]?.label ?? ""} to ${flow.nodes[flow.nodes.length - 1]?.label ?? ""}. ` +
      `${plural(tick.sent, "record")} sent. Busiest, in records a minute: ${busiest.join(", ")}. ` +
      `${plural(waiting, "record")} waiting, ${count(dropped)} dropped.`;
    return this.#summary;
  }

  #choose(i: number): void {
    this.lab.select(i);
    this.dispatchEvent(new CustomEvent("look", { bubbles: true }));
  }

  #flip = (): void => {
    this.#asTable = !this.#asTable;
    this.requestUpdate();
  };
}

function droppedBy(state: NodeState | undefined): number {
  return state?.dropped.reduce((sum, reason) => sum + reason.count, 0) ?? 0;
}

/** A name that may go on in the next line behind an underscore, where no browser breaks it by itself. */
function breakable(name: string): TemplateResult[] {
  return name.split(/(?<=_)/).map((part) => html`${part}<wbr>`);
}
