// What is inside a step of the flow: of a topic its partitions and last records, of a query's
// operator its totals and the switch that pauses it.

import { type TemplateResult, html, nothing } from "lit";

import { bytes, count, date, plural, time, timeMs } from "../../format";
import type { Topic } from "../../lab";
import * as icons from "../../parts/icons";
import { json } from "../../parts/json";
import { Part } from "../../parts/part";
import type { FlowNode, InspectedRecord, Inspection, NodeState } from "../../protocol";
import { kindOf } from "./kinds";

/** As many records as can be seen; the others come when somebody reads the list. */
const FOLLOWED = 8;

export class Inspector extends Part {
  protected override readonly topics: readonly Topic[] = ["flow", "tick", "selection", "inspection"];
  protected override readonly sleeps = true;
  /** What is shown: held while a pointer or the focus is in the list, so that rows do not run away. */
  #shown: Inspection | null = null;
  #held = false;
  #pinned: InspectedRecord | null = null;

  protected override heard(topic: Topic): void {
    const { inspection } = this.lab;
    if (inspection === null || inspection.topic !== this.#shown?.topic) {
      this.#pinned = null;
      this.#held = false;
      this.#shown = inspection;
    } else if (!this.#held) {
      this.#shown = inspection;
    }
    const node = this.#node();
    // A topic's numbers come with its inspection: once a second is enough for a list.
    if (topic === "tick" && node !== null && kindOf(node.kind).topic) return;
    super.heard(topic);
  }

  #node(): FlowNode | null {
    const { run, selection } = this.lab;
    return selection === null ? null : (run?.flow.nodes[selection] ?? null);
  }

  protected override render(): TemplateResult {
    const node = this.#node();
    return html`<section class=${`card inspector ${this.folding}`} aria-labelledby="inspector-title">
      <div class="card-head">
        <h2 id="inspector-title">
          ${node === null ? "Look inside" : html`<span class="kind">${kindOf(node.kind).icon}</span>${node.label}`}
        </h2>
        ${node === null ? nothing : html`<p class="small quiet">${kindOf(node.kind).name}</p>`}
        ${this.fold("Look inside")}
      </div>
      ${node === null
        ? html`<div class="empty-panel"><p>Nothing is chosen.</p><p class="quiet small">Choose a topic in the flow to read its last records, or an operator to see what it holds.</p></div>`
        : kindOf(node.kind).topic
          ? this.#topic(node)
          : this.#step(node)}
    </section>`;
  }

  #topic(node: FlowNode): TemplateResult {
    const shown = this.#shown;
    if (shown === null) {
      return html`<p class="detail small quiet">${node.detail}</p><div class="skeleton inspector-skeleton"></div>`;
    }
    const record = this.#pinned ?? shown.records[0] ?? null;
    return html`<p class="detail small quiet">${node.detail}</p>
      ${partitions(shown)}
      ${shown.records.length === 0
        ? html`<div class="empty-panel"><p>No records yet.</p><p class="quiet small">${node.kind === "deadLetters" ? "Every record could be read so far. Send some that cannot: “Malformed” below." : "They appear here as soon as the first one is written."}</p></div>`
        : html`<div class="records-head">
              <h3>Last records</h3>
              <p class="small quiet">${this.#state(shown)}</p>
            </div>
            <div
              class="records"
              tabindex="0"
              role="region"
              aria-label="Last records, newest first"
              @pointerenter=${this.#hold}
              @pointerleave=${this.#release}
              @focusin=${this.#hold}
              @focusout=${this.#release}
            >
              <table>
                <thead>
                  <tr>
                    <th scope="col">Partition · offset</th>
                    <th scope="col">Timestamp</th>
                    <th scope="col">Key</th>
                  </tr>
                </thead>
                <tbody>
                  ${(this.#held ? shown.records : shown.records.slice(0, FOLLOWED)).map((row) => this.#row(row, record))}
                </tbody>
              </table>
            </div>
            ${record === null ? nothing : this.#record(record, node)}`}`;
  }

  #state(shown: Inspection): string {
    if (!this.#held) return "newest first";
    const newer = this.lab.inspection === null ? 0 : end(this.lab.inspection) - end(shown);
    return newer > 0 ? `held, ${count(newer)} newer` : "held while you read";
  }

  #row(row: InspectedRecord, current: InspectedRecord | null): TemplateResult {
    const chosen = current !== null && same(row, current);
    return html`<tr class=${chosen ? "chosen" : ""} @click=${() => this.#pin(row)}>
      <td>
        <button class="link" aria-pressed=${chosen ? "true" : "false"}>${row.partition} · ${count(row.offset)}</button>
      </td>
      <td>${time(row.timestampMs)}</td>
      <td class="key">${row.key ?? html`<span class="quiet">null</span>`}</td>
    </tr>`;
  }

  #record(record: InspectedRecord, node: FlowNode): TemplateResult {
    return html`<div class="record">
      <div class="records-head">
        <h3>${this.#pinned === null ? "Newest" : "Chosen"}: partition ${record.partition}, offset ${count(record.offset)}</h3>
        ${this.#pinned === null ? nothing : html`<button class="plain small" @click=${this.#unpin}>${icons.cross}<span>Follow the newest</span></button>`}
      </div>
      <dl class="facts">
        <dt>Timestamp</dt>
        <dd>${date(record.timestampMs)} ${timeMs(record.timestampMs)} UTC</dd>
        <dt>Key</dt>
        <dd>${record.key ?? "null"}</dd>
        ${record.window === null ? nothing : html`<dt>Window</dt><dd>${time(record.window[0])} – ${time(record.window[1])}, ${count((record.window[1] - record.window[0]) / 1000)} s</dd>`}
        ${record.headers.map(([name, text]) => html`<dt>${name}</dt><dd class=${node.kind === "deadLetters" && /reason|error/iu.test(name) ? "late" : ""}>${text}</dd>`)}
      </dl>
      <pre tabindex="0" role="region" aria-label="Value">${record.value === null ? html`<span class="quiet">null: a tombstone</span>` : json(record.value)}</pre>
    </div>`;
  }

  #step(node: FlowNode): TemplateResult {
    const state = this.lab.selection === null ? undefined : this.lab.tick?.nodes[this.lab.selection];
    const { query } = node;
    return html`<p class="detail small quiet">${node.detail}</p>
      ${query === null
        ? nothing
        : html`<div class="query">
            <p class="small"><span class="quiet">Query</span> <code>${query}</code>${state?.paused === true ? html` <span class="late">paused: what it reads piles up as lag</span>` : nothing}</p>
            <button @click=${() => this.lab.send({ type: state?.paused === true ? "resumeQuery" : "pauseQuery", query })}>
              ${state?.paused === true ? icons.play : icons.pause}<span>${state?.paused === true ? "Resume the query" : "Pause the query"}</span>
            </button>
          </div>`}
      ${totals(state)}`;
  }

  #hold = (): void => {
    this.#held = true;
    this.requestUpdate();
  };

  #release = (event: Event): void => {
    const box = event.currentTarget as HTMLElement;
    if (event.type === "focusout" ? box.matches(":hover") : box.matches(":focus-within")) return;
    this.#held = false;
    this.#shown = this.lab.inspection;
    this.requestUpdate();
  };

  #pin(record: InspectedRecord): void {
    this.#pinned = record;
    this.requestUpdate();
  }

  #unpin = (): void => {
    this.#pinned = null;
    this.requestUpdate();
  };
}

const same = (a: InspectedRecord, b: InspectedRecord): boolean => a.partition === b.partition && a.offset === b.offset;

const end = (inspection: Inspection): number => inspection.partitions.reduce((sum, partition) => sum + partition.logEnd, 0);

function partitions({ partitions: list, retention }: Inspection): TemplateResult {
  return html`<div class="partitions">
    <table>
      <caption class="small quiet">${plural(list.length, "partition")}, retention ${retention}</caption>
      <thead>
        <tr>
          <th scope="col"><span class="hidden">Partition</span></th>
          <th scope="col" class="number">Log start</th>
          <th scope="col" class="number">Log end</th>
          <th scope="col" class="number">Held</th>
        </tr>
      </thead>
      <tbody>
        ${list.map(
          (partition, i) => html`<tr>
            <th scope="row">${i}</th>
            <td class="number">${count(partition.logStart)}</td>
            <td class="number">${count(partition.logEnd)}</td>
            <td class="number">${bytes(partition.bytes)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function totals(state: NodeState | undefined): TemplateResult {
  return html`<dl class="facts totals">
    <dt>Records in</dt>
    <dd>${count(state?.recordsIn ?? 0)}</dd>
    <dt>Records out</dt>
    <dd>${count(state?.recordsOut ?? 0)}</dd>
    <dt>Lag</dt>
    <dd class=${state !== undefined && state.lag > 0 ? "late" : ""}>${plural(state?.lag ?? 0, "record")}</dd>
    <dt>State</dt>
    <dd>${bytes(state?.bytes ?? 0)}</dd>
    ${state === undefined || state.dropped.length === 0
      ? html`<dt>Dropped</dt><dd>nothing</dd>`
      : state.dropped.map((reason) => html`<dt class="late">Dropped, ${reason.name}</dt><dd class="late">${count(reason.count)}</dd>`)}
  </dl>`;
}
