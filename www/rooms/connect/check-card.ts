// The connection test: its steps, what the first failure means, and configuration to copy.

import { type TemplateResult, html, nothing } from "lit";

import type { CheckReport, CheckStep, Diagnosis, Step } from "../../connect/protocol";
import * as icons from "../../parts/icons";
import { copy } from "../../parts/panel";

const TITLES: Record<Step, string> = {
  allowed: "Allowed by page and browser",
  reachable: "Something answers",
  cors: "Readable from this page (CORS)",
  auth: "Credentials",
  api: "REST API",
  topics: "Topics",
  write: "A record is written",
};
const VERDICTS: Record<CheckStep["verdict"], string> = { pending: "to come", running: "being tested", passed: "passed", failed: "failed", skipped: "left out" };

export interface CheckCard {
  readonly report: CheckReport | null;
  readonly disabled: boolean;
  readonly test: (write: boolean) => void;
}

export function checkCard({ report, disabled, test }: CheckCard): TemplateResult {
  const busy = report?.done === false;
  const start = (event: Event): void => {
    const box = (event.currentTarget as Element).closest("section")?.querySelector<HTMLInputElement>("#connect-write");
    test(box?.checked === true);
  };
  return html`<section class="card ctest" aria-labelledby="connect-test">
    <div class="card-head">
      <h2 id="connect-test">Connection</h2>
      <button data-action="test" ?disabled=${disabled || busy} @click=${start}>${busy ? "Testing …" : report === null ? "Test the connection" : "Test again"}</button>
    </div>
    <label class="ccheck small"><input type="checkbox" id="connect-write" ?disabled=${disabled || busy} /><span>also write one record to each topic</span></label>
    ${report === null ? html`<p class="small quiet">Says step by step what stands between this page and the topic, and how to mend it. Sending begins with it, too.</p>` : steps(report)}
    <div role="status" class="cverdict">${report === null ? nothing : verdict(report)}</div>
  </section>`;
}

function verdict({ diagnosis, done }: CheckReport): TemplateResult | typeof nothing {
  if (diagnosis !== null) return advice(diagnosis);
  return done ? html`<p class="small cgood">${icons.tick} Everything is there: it can be sent.</p>` : nothing;
}

function steps({ steps: all }: CheckReport): TemplateResult {
  return html`<ol class="csteps">
    ${all.map(
      ({ step, verdict: came, detail }) => html`<li class=${`is-${came}`}>
        <i aria-hidden="true">${came === "passed" ? icons.tick : came === "failed" ? icons.cross : nothing}</i>
        <span>${TITLES[step]}<span class="hidden">: ${VERDICTS[came]}</span></span><small>${detail}</small>
      </li>`,
    )}
  </ol>`;
}

function advice({ problem, advice: lines, configuration }: Diagnosis): TemplateResult {
  return html`<div class="cadvice">
    <p>${problem}</p>
    ${lines.length === 0 ? nothing : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}
    ${configuration.map(
      ({ server, file, lines: text, note }, i) => html`<details ?open=${i === 0}>
        <summary>${server}${file === "" ? nothing : html` <span class="quiet">${file}</span>`}</summary>
        ${text === "" ? nothing : html`<div class="snippet"><pre tabindex="0" aria-label=${`${server}: configuration`}>${text}</pre><button @click=${(event: Event) => copy(text, event)}>Copy</button></div>`}
        ${note === "" ? nothing : html`<p class="small quiet">${note}</p>`}
      </details>`,
    )}
  </div>`;
}
