// The records that did not arrive as they should: which, why, to save, to send again.

import { LitElement, type TemplateResult, html, nothing } from "lit";

import { count, plural } from "../../format";
import type { ListedFate, ListedRecord, SinkCounters } from "../../sink-protocol";
import { PAGE, type Sending } from "./sending";

const LISTS: ReadonlyArray<{ fate: ListedFate; title: string; empty: string }> = [
  { fate: "failed", title: "Failed", empty: "No record has failed." },
  { fate: "unknown", title: "Unknown", empty: "The outcome of every record is known." },
  { fate: "reordered", title: "Overtaken", empty: "No record was overtaken by a later one of its key." },
];

export class Records extends LitElement {
  static override properties = { sending: { attribute: false }, counters: { attribute: false }, lists: { attribute: false } };

  declare sending: Sending;
  declare counters: SinkCounters | null;
  declare lists: Sending["lists"];
  #shown: ListedFate = "failed";

  protected override createRenderRoot(): this {
    return this;
  }

  protected override render(): TemplateResult {
    const { sending } = this;
    const fate = this.#shown;
    const size = sending.size(fate);
    const { title, empty } = LISTS.find((one) => one.fate === fate) ?? LISTS[0]!;
    return html`<section class="card crecords" aria-labelledby="connect-records-title">
      <div class="card-head"><h2 id="connect-records-title">Undelivered and overtaken</h2></div>
      <fieldset class="speeds csegments">
        <legend class="hidden">Which records</legend>
        ${LISTS.map((one) => html`<label><input type="radio" name="connect-list" .checked=${one.fate === fate} @change=${() => this.#show(one.fate)} /><span>${one.title} ${count(sending.size(one.fate))}</span></label>`)}
      </fieldset>
      ${size === 0 ? html`<p class="small quiet cempty">${empty}</p>` : html`
        <div class="cbuttons">
          <button data-action="download" @click=${() => sending.send({ type: "download", fate })}>Save as NDJSON</button>
          ${fate === "reordered" ? nothing : html`<button data-action="resend" @click=${() => sending.send({ type: "resend", fate })}>Send again</button>`}
        </div>
        ${fate === "unknown" ? html`<p class="small quiet">They may have been written: sent again, some may be there twice.</p>` : nothing}
        ${fate === "failed" ? reasons(this.counters) : nothing}
        ${this.#table(title)}`}
    </section>`;
  }

  #table(title: string): TemplateResult | typeof nothing {
    const listed = this.lists.get(this.#shown);
    if (listed === undefined || listed.records.length === 0) return nothing;
    const { total, from, records } = listed;
    const to = from + records.length;
    return html`<div class="table-scroll ctable" tabindex="0" role="region" aria-label=${`${title}, table`}><table>
        <thead><tr><th scope="col" class="number">No.</th><th scope="col">Key</th><th scope="col">Reason</th><th scope="col">Topic</th><th scope="col">Value</th></tr></thead>
        <tbody>${records.map(row)}</tbody>
      </table></div>
      ${total <= PAGE ? nothing : html`<div class="cpages">
        <button ?disabled=${from === 0} @click=${() => this.#look(Math.max(0, from - PAGE))}>Before</button>
        <span class="small quiet">${count(from + 1)} to ${count(to)} of ${plural(total, "record")}</span>
        <button ?disabled=${to >= total} @click=${() => this.#look(to)}>After</button>
      </div>`}`;
  }

  #look(from: number): void {
    this.sending.look(this.#shown, from);
  }

  #show(fate: ListedFate): void {
    this.#shown = fate;
    this.#look(0);
    this.requestUpdate();
  }
}

const row = ({ sequence, key, reason, topic, value, attempts }: ListedRecord): TemplateResult => html`<tr title=${`sent ${plural(attempts, "time")}`}>
  <td class="number">${count(sequence)}</td><td class="mono">${key ?? "–"}</td><td>${reason}</td><td>${topic}</td><td class="mono cvalue">${value}</td>
</tr>`;

function reasons(counters: SinkCounters | null): TemplateResult | typeof nothing {
  if (counters === null || counters.reasons.length === 0) return nothing;
  return html`<ul class="creasons small">${counters.reasons.map(({ reason, count: times }) => html`<li><b>${count(times)}</b> ${reason}</li>`)}</ul>`;
}
