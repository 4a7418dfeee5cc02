// What a run shows: the price of each architecture in plain words, what was expected beside what was
// measured, and what must hold in every run.

import { type TemplateResult, html, nothing } from "lit";

import type { Verdict } from "../../experiment-protocol";
import { plural } from "../../format";
import * as icons from "../../parts/icons";
import { figure, titleOf } from "./words";

export function scoreCard(verdict: Verdict | null): TemplateResult {
  return html`<section class="card" aria-labelledby="score-title">
    <div class="card-head"><h2 id="score-title">Score card</h2><p class="small quiet">computed from this run</p></div>
    ${verdict === null ? html`<p class="quiet">It is written while the run goes on.</p>` : nothing}
    <dl class="score">
      ${verdict?.scoreCard.map(({ lane, text }) => html`<div class=${`score-line lane-${lane}`}><dt>${titleOf(lane)}</dt><dd>${text}</dd></div>`)}
    </dl>
  </section>`;
}

export function proof(verdict: Verdict | null): TemplateResult {
  const expected = verdict?.expected ?? [];
  const checkers = verdict?.checkers ?? [];
  return html`<section class="card proof" aria-labelledby="proof-title">
    <div class="card-head"><h2 id="proof-title">Expected and measured</h2><p class="small quiet">formulas beside the run, so far</p></div>
    ${expected.length === 0
      ? html`<p class="quiet">${verdict === null ? "Nothing was measured yet." : "The run has not come to what the formulas are about, or something was done that they do not know."}</p>`
      : html`<div class="table-scroll" tabindex="0" role="region" aria-label="Expected and measured, table"><table>
          <thead><tr><th scope="col">What</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Measured</th><th scope="col">Held</th></tr></thead>
          <tbody>
            ${expected.map(
              (line) => html`<tr>
                <th scope="row" class="wrap">${line.name}</th>
                <td class="number">${line.expected === null ? "never" : figure(line.expected)}${line.tolerance > 0 ? html`<span class="quiet"> ±${figure(line.tolerance)}</span>` : nothing}</td>
                <td class="number">${line.measured === null ? "not yet" : figure(line.measured)}</td>
                <td>${held(line.held)}</td>
              </tr>`,
            )}
          </tbody>
        </table></div>`}
    ${checkers.length === 0
      ? nothing
      : html`<details class="checkers"><summary>${summary(checkers)}</summary>
          <ul>${checkers.map(({ name, held: ok, detail }) => html`<li>${held(ok)}<span>${name}<small class="quiet">${detail}</small></span></li>`)}</ul>
        </details>`}
  </section>`;
}

function summary(checkers: Verdict["checkers"]): string {
  const broken = checkers.filter(({ held: ok }) => !ok).length;
  return broken === 0 ? `All ${plural(checkers.length, "checker")} held` : `${plural(broken, "checker")} of ${checkers.length} did not hold`;
}

function held(ok: boolean): TemplateResult {
  return ok ? html`<span class="held">${icons.tick}<span class="hidden">held</span></span>` : html`<span class="held not">${icons.cross}<span class="hidden">not held</span></span>`;
}
