// The activity log. Its lines hold no header, no body and no credential: the engine writes none into them.

import { type TemplateResult, html } from "lit";

import { save } from "../../save";
import type { Entry } from "./sending";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function activityCard(log: readonly Entry[]): TemplateResult {
  const text = (): string => log.map(({ at, level, text }) => `${new Date(at).toISOString()} ${level} ${text}\n`).join("");
  return html`<section class="card cactivity" aria-labelledby="connect-activity">
    <div class="card-head"><h2 id="connect-activity">Activity</h2>
      <button data-action="save-log" ?disabled=${log.length === 0} @click=${() => save("streamglass-activity.txt", text(), "text/plain")}>Save</button>
    </div>
    ${log.length === 0
      ? html`<p class="small quiet">What happens is written here. No header, no body, no credential.</p>`
      : html`<div class="clog" tabindex="0" role="region" aria-label="Activity log, newest first"><ol>
          ${log.toReversed().slice(0, 200).map(({ at, level, text: line }) => html`<li class=${`is-${level}`}><time>${clock.format(at)}</time><span>${level === "info" ? "" : html`<b>${level === "error" ? "Error" : "Warning"}</b> `}${line}</span></li>`)}
        </ol></div>`}
  </section>`;
}
