// What statements answered, as a person reads it: lists, rows, live tables, plans, diagnostics. All of
// it is text nodes: nothing from a record or a statement becomes markup.

import { type TemplateResult, html, nothing } from "lit";

import { count, plural, time } from "../format";
import { unreachable } from "../messages";
import * as icons from "../parts/icons";
import type { Diagnostic, List, Outcome, PlanNode, ResultColumn } from "../protocol";
import { codeOf } from "./editor";
import { type Answered, type Live, MOST_LIVE, type RunOf } from "./session";

/** The most rows that are drawn; a pull query may have more. */
const DRAWN = 200;
/** Columns of ksqlDB that hold a time. */
const TIMES = /^(?:WINDOWSTART|WINDOWEND|ROWTIME)$/u;

export interface Acts {
  readonly goTo: (run: RunOf, byte: number) => void;
  readonly hold: (live: Live) => void;
  readonly stop: (live: Live) => void;
}

/** The answers of a run, in the order of its statements. */
export function answers(run: RunOf, acts: Acts): TemplateResult {
  return html`<li class="run" data-run=${run.number}>
    ${run.answers.map((answered) => html`<div class="answer">${head(answered)}${body(run, answered, acts)}</div>`)}
  </li>`;
}

function head({ answer: { outcome }, statement }: Answered): TemplateResult {
  const mark = outcome.type === "refused" ? html`<span class="late">${icons.warning}</span>` : html`<span class="done">${icons.tick}</span>`;
  return html`<p class="statement" title=${statement}>${mark}<code>${statement.replace(/\s+/gu, " ").slice(0, 160)}</code></p>`;
}

function body(run: RunOf, { answer: { outcome }, live }: Answered, acts: Acts): TemplateResult {
  switch (outcome.type) {
    case "done":
      return html`<p class="small quiet">${outcome.message}</p>`;
    case "started":
      return html`<p class="small quiet">Runs as <code>${outcome.query}</code>, and is in the flow.</p>`;
    case "lists":
      return html`${outcome.lists.map(listed)}`;
    case "rows":
      return rows(outcome);
    case "push":
      return live === null ? html`` : followed(outcome.columns, live, acts);
    case "plan":
      return plan(outcome.nodes);
    case "refused":
      return html`<ul class="findings">${outcome.diagnostics.map((found) => html`<li>${finding(found, run, acts)}</li>`)}</ul>`;
    default:
      return unreachable(outcome);
  }
}

function finding({ code, message, help, span, severity }: Diagnostic, run: RunOf, acts: Acts): TemplateResult {
  const { line, column } = run.offsets.place(span.start);
  return html`<p class=${severity === "error" ? "late" : ""}><code>${codeOf(code)}</code> ${message}</p>
    ${help === null ? nothing : html`<p class="small quiet">${help}</p>`}
    <button class="link small" @click=${() => acts.goTo(run, span.start)}>line ${line}, column ${column}</button>`;
}

function listed({ title, columns, rows: list }: List): TemplateResult {
  return html`<div class="rows" tabindex="0" role="region" aria-label=${title}>
    <table>
      <caption class="small quiet">${title}</caption>
      ${columns.some((name) => name !== "") ? html`<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>` : nothing}
      <tbody>${list.map((row) => html`<tr>${row.map((text) => html`<td>${text}</td>`)}</tr>`)}</tbody>
    </table>
    ${list.length === 0 ? html`<p class="small quiet">none</p>` : nothing}
  </div>`;
}

function rows({ columns, rows: all, notes }: Extract<Outcome, { type: "rows" }>): TemplateResult {
  return html`<p class="small quiet">${plural(all.length, "row")}${all.length > DRAWN ? `, the first ${DRAWN} are shown` : ""}</p>
    ${notes.map((note) => html`<p class="small late">${note}</p>`)}
    ${all.length === 0 ? nothing : table(columns, all.slice(0, DRAWN), "Rows")}`;
}

function followed(columns: readonly ResultColumn[], live: Live, acts: Acts): TemplateResult {
  return html`<div class="live-head">
      <p class="small quiet" data-live=${live.id}>
        <span class=${live.ended ? "" : live.held ? "late" : "on"}>${live.ended ? "ended" : live.held ? "held" : "live"}</span>
        ${plural(live.total, "row")}${live.total > MOST_LIVE ? `, the last ${MOST_LIVE} are kept` : ""}
        ${live.dropped > 0 ? html`<span class="late">${count(live.dropped)} came too fast to be shown</span>` : nothing}
      </p>
      ${live.ended
        ? nothing
        : html`<button class="plain small" aria-pressed=${live.held ? "true" : "false"} @click=${() => acts.hold(live)}>${live.held ? icons.play : icons.pause}<span>${live.held ? "Go on" : "Hold"}</span></button>
            <button class="plain small" @click=${() => acts.stop(live)}>${icons.cross}<span>Stop</span></button>`}
    </div>
    ${live.failure === null ? nothing : html`<p class="small late">${live.failure}</p>`}
    ${live.rows.length === 0
      ? live.ended
        ? nothing
        : html`<p class="small quiet">Rows appear as they come. Time must run for that.</p>`
      : table(columns, [...live.rows].reverse(), "Rows as they come, newest first")}`;
}

function table(columns: readonly ResultColumn[], list: readonly string[][], label: string): TemplateResult {
  const numeric = columns.map(({ dataType, name }) => /^(?:INTEGER|INT|BIGINT|DOUBLE)$/u.test(dataType) && !TIMES.test(name));
  return html`<div class="rows" tabindex="0" role="region" aria-label=${label}>
    <table>
      <thead><tr>${columns.map(({ name, dataType }, i) => html`<th scope="col" title=${dataType} class=${numeric[i] === true ? "number" : ""}>${name}</th>`)}</tr></thead>
      <tbody>${list.map((row) => html`<tr>${row.map((json, i) => html`<td class=${numeric[i] === true ? "number" : ""}>${cell(json, columns[i])}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}

/** A cell is JSON: texts lose their quotes, times are read as such, long fractions are cut. */
function cell(json: string, column: ResultColumn | undefined): string | TemplateResult {
  if (json === "null") return html`<span class="quiet">null</span>`;
  if (column !== undefined && TIMES.test(column.name)) return html`<span title=${json}>${time(Number(json))}</span>`;
  if (column?.dataType === "DOUBLE") return html`<span title=${json}>${rounded(Number(json))}</span>`;
  if (!json.startsWith('"')) return json;
  try {
    return String(JSON.parse(json));
  } catch {
    return json;
  }
}

/** At most six digits: more are in the cell's title. */
const rounded = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "NaN");

/** A plan as a tree, its result first. */
function plan(nodes: readonly PlanNode[]): TemplateResult {
  const inputs = new Set(nodes.flatMap((node) => node.inputs));
  const results = nodes.map((_, i) => i).filter((i) => !inputs.has(i));
  return html`<ul class="plan" aria-label="The plan, its result first">${results.map((i) => branch(nodes, i))}</ul>`;
}

function branch(nodes: readonly PlanNode[], i: number): TemplateResult {
  const node = nodes[i];
  if (node === undefined) return html``;
  return html`<li>
    <div class="plan-node"><b>${node.operation}</b> ${node.details.map((line) => html`<span class="small quiet">${line}</span>`)}</div>
    ${node.inputs.length === 0 ? nothing : html`<ul>${node.inputs.map((input) => branch(nodes, input))}</ul>`}
  </li>`;
}
