// What the source knows: the truth that results can be held against, and every drop by its name.

import { type TemplateResult, html } from "lit";

import { count } from "../../format";
import type { Topic } from "../../lab";
import { Part } from "../../parts/part";
import type { Count, NodeState } from "../../protocol";

export class Truth extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "tick"];
  protected override readonly sleeps = true;
  protected override readonly calm = 490;

  protected override render(): TemplateResult {
    const { tick, run, meter } = this.lab;
    const drops = droppedByName(tick?.nodes ?? []);
    const engine = meter.perSecond.reduce((sum, rate) => sum + rate, 0);
    return html`<section class=${`card truth ${this.folding}`} aria-labelledby="truth-title">
      <div class="card-head"><h2 id="truth-title">What really happened</h2>${this.fold("What really happened")}</div>
      <dl class="facts totals">
        <dt>Records sent</dt>
        <dd data-count="sent"><span class="alone">${count(tick?.sent ?? 0)}</span></dd>
        <dt>Open sessions</dt>
        <dd><span class="alone">${count(tick?.openSessions ?? 0)}</span></dd>
        <dt>Engine’s work</dt>
        <dd><span class="alone">${tick?.playing === true ? `${count(engine)} records/s` : "at rest"}</span></dd>
      </dl>
      ${list("At the source", tick?.faults ?? [], "No faults: every record was sent once and in one piece.", false)}
      ${list("Dropped on the way", drops, "Nothing was dropped.", true)}
      <p class="small quiet digest">
        ${run === null || tick === null ? " " : html`Digest <code><span class="alone">${tick.digest ?? "when paused"}</span></code>`}
      </p>
      <p class="small quiet">Equal seeds and commands give equal digests, at every speed.</p>
    </section>`;
  }
}

function list(title: string, counts: readonly Count[], none: string, late: boolean): TemplateResult {
  return html`<h3>${title}</h3>
    ${counts.length === 0
      ? html`<p class="small quiet">${none}</p>`
      : html`<dl class=${late ? "facts totals late" : "facts totals"}>${counts.map(({ name, count: n }) => html`<dt>${name}</dt><dd><span class="alone">${count(n)}</span></dd>`)}</dl>`}`;
}

/** The drops of all steps, summed by reason, in the order in which reasons come up. */
function droppedByName(nodes: readonly NodeState[]): Count[] {
  const sums = new Map<string, number>();
  for (const { dropped } of nodes) {
    for (const { name, count: n } of dropped) sums.set(name, (sums.get(name) ?? 0) + n);
  }
  return Array.from(sums, ([name, n]) => ({ name, count: n }));
}

