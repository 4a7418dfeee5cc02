// The run: what it does, its buttons and its figures, which add up at every moment.

import { type TemplateResult, html, nothing } from "lit";

import { bytes, count, span } from "../../format";
import * as icons from "../../parts/icons";
import type { SinkCounters, SinkState } from "../../sink-protocol";
import type { Sending } from "./sending";

export interface Buttons {
  readonly start: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: (drain: boolean) => void;
}

const NAMES: Record<SinkState["type"], string> = { idle: "Ready", running: "Sending", paused: "Paused", halted: "Halted", draining: "Sending the rest", done: "Done" };

/** Parts of what was sent, in the order in which the bar has them. */
const PARTS = [
  { name: "acknowledged", label: "Acknowledged", note: "the proxy says that they are written" },
  { name: "inFlight", label: "In flight", note: "in requests that are not answered yet" },
  { name: "waiting", label: "Waiting", note: "to be sent again" },
  { name: "failed", label: "Failed", note: "certainly not written, and given up" },
  { name: "unknown", label: "Unknown", note: "written or not, nobody said" },
] as const satisfies ReadonlyArray<{ name: keyof SinkCounters; label: string; note: string }>;

export function runCard(sending: Sending, ready: boolean, { start, pause, resume, stop }: Buttons): TemplateResult {
  const { state, counters, active, starting, refused } = sending;
  const is = (...types: Array<SinkState["type"]>): boolean => types.includes(state.type);
  return html`<section class="card crun" aria-labelledby="connect-run">
    <div class="card-head">
      <h2 id="connect-run">Sending</h2>
      <p class=${`cstate is-${state.type}`} role="status">${starting ? "Looking whether everything is there …" : NAMES[state.type]}</p>
    </div>
    <div class="cbuttons">
      ${active ? nothing : html`<button class="primary" data-action="start" ?disabled=${!ready || starting} @click=${start}>${icons.play}<span>${state.type === "done" ? "Send anew" : "Start sending"}</span></button>`}
      ${is("running", "draining") ? html`<button class="primary" data-action="pause" @click=${pause}>${icons.pause}<span>Pause</span></button>` : nothing}
      ${is("paused", "halted") ? html`<button class="primary" data-action="resume" @click=${resume}>${icons.play}<span>Go on</span></button>` : nothing}
      ${is("running", "paused") ? html`<button data-action="stop" title="Takes no more records, and sends those that it has" @click=${() => stop(true)}>Stop</button>` : nothing}
      ${active ? html`<button class="plain" data-action="abort" title="Waits for no answer: what is in flight is listed as unknown" @click=${() => stop(false)}>Give up now</button>` : nothing}
    </div>
    ${state.type === "halted" ? html`<p class="cadvice" role="alert">${state.reason}</p>` : nothing}
    ${refused === "" ? nothing : html`<p class="cadvice" role="alert">${refused}</p>`}
    ${figures(counters)}
  </section>`;
}

function figures(counters: SinkCounters | null): TemplateResult {
  const sent = counters?.sent ?? 0;
  const tile = (name: string, label: string, value: string, title: string, late = false): TemplateResult =>
    html`<div class=${late ? "ctile late" : "ctile"} title=${title}><dt>${label}</dt><dd data-counter=${name}>${value}</dd></div>`;
  const n = (name: keyof Omit<SinkCounters, "reasons">): number => counters?.[name] ?? 0;
  return html`<div class="cbar" aria-hidden="true">
      ${PARTS.map(({ name }) => html`<i class=${`part-${name}`} .style=${`flex-grow:${sent === 0 ? 0 : n(name) / sent}`}></i>`)}
    </div>
    <dl class="ctiles">
      ${tile("sent", "Sent", count(sent), "at least once; the sum of the next five")}
      ${PARTS.map(({ name, label, note }) => html`<div class=${(name === "failed" || name === "unknown") && n(name) > 0 ? "ctile late" : "ctile"} title=${note}>
        <dt><i class=${`part-${name}`}></i>${label}</dt><dd data-counter=${name}>${count(n(name))}</dd>
      </div>`)}
    </dl>
    <dl class="ctiles csmall">
      ${tile("rate", "Records/s", count(n("rate")), "acknowledged, over the last seconds")}
      ${tile("lag", "Lag", lag(n("lag"), n("lagMs")), "how far it is behind the rate that was asked for", n("lagMs") >= 1_000)}
      ${tile("latencyMs", "Answer after", counters === null || n("requests") === 0 ? "–" : `${count(n("latencyMs"))} ms`, "over the last requests")}
      ${tile("buffered", "Buffered", count(n("buffered")), "taken, and not sent yet")}
      ${tile("retried", "Sent again", count(n("retried")), "tries again of a record")}
      ${tile("possibleDuplicates", "Perhaps twice", count(n("possibleDuplicates")), "sent again although they may have been written", n("possibleDuplicates") > 0)}
      ${tile("reordered", "Overtaken", count(n("reordered")), "failed or written after a later record of their key", n("reordered") > 0)}
      ${tile("withdrawn", "Withdrawn", count(n("withdrawn")), "taken, and given back unsent when you gave up")}
      ${tile("requests", "Requests", count(n("requests")), "by POST")}
      ${tile("bytes", "Bodies", bytes(n("bytes")), "bytes sent")}
    </dl>`;
}

const lag = (records: number, ms: number): string => (ms < 1_000 ? "none" : records === 0 ? span(ms) : `${count(records)} (${span(ms)})`);
