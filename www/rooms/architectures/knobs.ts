// The knobs of an experiment: each says what it is, what it is set to, and what is wrong with it.

import { type TemplateResult, html, nothing } from "lit";

import type { KnobInfo } from "../../experiment-protocol";
import { unreachable } from "../../messages";
import type { Bench } from "./bench";
import { milliseconds, steps, text } from "./duration";

export function knobs(bench: Bench, primary: boolean): TemplateResult {
  const all = bench.info?.knobs.filter((knob) => knob.primary === primary) ?? [];
  return html`${all.map((knob) => one(bench, knob))}`;
}

/** What has to be said of the knobs that are not shown. */
export function troubleIn(bench: Bench, primary: boolean): boolean {
  const names = new Set(bench.info?.knobs.filter((knob) => knob.primary === primary).map(({ name }) => name));
  return bench.problems.some(({ knob }) => names.has(knob));
}

function one(bench: Bench, knob: KnobInfo): TemplateResult {
  const now = bench.opened?.settings.find(([name]) => name === knob.name)?.[1] ?? knob.default;
  const value = bench.refused?.name === knob.name ? bench.refused.value : now;
  const problems = bench.problems.filter((problem) => problem.knob === knob.name);
  const notices = bench.opened?.notices.filter((notice) => notice.knob === knob.name) ?? [];
  const id = `knob-${knob.name}`;
  const said = [...problems, ...notices].length > 0 ? `${id}-help ${id}-said` : `${id}-help`;
  return html`<div class=${problems.length > 0 ? "xknob wrong" : "xknob"}>
    <div class="xknob-head">
      <label for=${id}>${knob.label}</label>
      ${now === knob.default ? nothing : html`<button class="plain xreset" title=${`Back to ${knob.default}`} aria-label=${`${knob.label}: back to ${knob.default}`} @click=${() => bench.set(knob.name, knob.default)}>↺</button>`}
      ${field(bench, knob, id, value, said, problems.length > 0)}
    </div>
    ${slider(bench, knob, value)}
    <p class="small quiet xknob-help" id=${`${id}-help`}>${knob.help}</p>
    <div id=${`${id}-said`} aria-live="polite">
      ${problems.map(({ message }) => html`<p class="small late">${message}</p>`)}
      ${notices.map(({ message }) => html`<p class="small notice">${message}</p>`)}
    </div>
  </div>`;
}

function field(bench: Bench, knob: KnobInfo, id: string, value: string, said: string, wrong: boolean): TemplateResult {
  const { kind, name } = knob;
  const set = (event: Event): void => bench.set(name, (event.currentTarget as HTMLInputElement).value.trim());
  switch (kind.type) {
    case "choice":
      return html`<select id=${id} aria-describedby=${said} @change=${set}>
        ${kind.choices.map((choice) => html`<option value=${choice.name} .selected=${choice.name === value}>${choice.label}</option>`)}
      </select>`;
    case "switch":
      return html`<input id=${id} type="checkbox" role="switch" aria-describedby=${said} .checked=${value === "on"}
        @change=${(event: Event) => bench.set(name, (event.currentTarget as HTMLInputElement).checked ? "on" : "off")} />`;
    case "duration":
    case "share":
    case "number":
      return html`<span class="xvalue"><input id=${id} type="text" autocomplete="off" spellcheck="false" aria-describedby=${said} aria-invalid=${wrong ? "true" : "false"}
          .value=${value} @change=${set} />${kind.type === "number" ? html`<span class="small quiet">${kind.unit}</span>` : nothing}</span>`;
    default:
      return unreachable(kind);
  }
}

/** A slider over round values; the field beside it takes any. */
function slider(bench: Bench, knob: KnobInfo, value: string): TemplateResult | typeof nothing {
  const { kind, name, label } = knob;
  const stops = stopsOf(kind);
  if (stops === null) return nothing;
  const now = kind.type === "duration" ? milliseconds(value) : Number.parseFloat(value);
  const at = stops.reduce((best, stop, i) => (Math.abs(stop - (now ?? 0)) < Math.abs((stops[best] ?? 0) - (now ?? 0)) ? i : best), 0);
  const written = (index: string): string => {
    const stop = stops[Number(index)] ?? 0;
    if (kind.type === "duration") return text(stop);
    return kind.type === "share" ? `${stop}%` : String(stop);
  };
  return html`<input type="range" aria-label=${`${label}, slider`} aria-valuetext=${value} min="0" .max=${String(stops.length - 1)} step="1" .value=${String(at)}
    @change=${(event: Event) => bench.set(name, written((event.currentTarget as HTMLInputElement).value))} />`;
}

function stopsOf(kind: KnobInfo["kind"]): number[] | null {
  switch (kind.type) {
    case "duration":
      return steps(kind.minMs, kind.maxMs);
    case "share":
      return [0, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100].filter((percent) => percent <= kind.max * 100);
    case "number": {
      if (kind.whole && kind.max - kind.min <= 40) return Array.from({ length: kind.max - kind.min + 1 }, (_, i) => kind.min + i);
      const powers = Array.from({ length: 13 }, (_, i) => 10 ** (i - 2)).flatMap((ten) => [1, 2, 5].map((digit) => Number((digit * ten).toPrecision(1))));
      return [...(kind.min <= 0 ? [0] : []), ...powers.filter((n) => n >= kind.min && n <= kind.max && (!kind.whole || Number.isInteger(n)))];
    }
    case "choice":
    case "switch":
      return null;
    default:
      return unreachable(kind);
  }
}
