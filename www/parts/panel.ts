// A panel that says what went wrong, why, and what to do.

import { type TemplateResult, html, nothing } from "lit";

import { save } from "../save";
import type { Advice } from "../support";

/** `again` is called by the button under the panel's text. */
export function panel({ title, text, steps, snippet, file }: Advice, again: () => void, label: string): TemplateResult {
  return html`<section class="card panel" role="alert" aria-labelledby="panel-title">
    <h2 id="panel-title">${title}</h2>
    <p>${text}</p>
    <ol>
      ${steps.map((line) => html`<li>${line}</li>`)}
    </ol>
    ${snippet === null ? nothing : html`<div class="snippet"><pre tabindex="0">${snippet}</pre><button @click=${(event: Event) => copy(snippet, event)}>Copy</button></div>`}
    <div class="actions">
      <button class="primary" @click=${again}>${label}</button>
      ${file ? html`<button @click=${() => save(file.name, file.text)}>Save ${file.name}</button>` : nothing}
    </div>
  </section>`;
}

/** Copies a text, and says on the button that was clicked whether it could. */
export function copy(text: string, event: Event): void {
  const button = event.currentTarget as HTMLButtonElement;
  const done = (said: string) => (): void => {
    button.textContent = said;
  };
  // Pages that are not served over HTTPS have no clipboard.
  if (navigator.clipboard === undefined) done("Select and copy by hand")();
  else navigator.clipboard.writeText(text).then(done("Copied"), done("Select and copy by hand"));
}
