// "SQL": the pipeline's script to read, and the way into the editor, which is loaded on first use.

import { type TemplateResult, html, nothing } from "lit";

import type { Topic } from "../lab";
import { Part } from "../parts/part";

export class SqlCard extends Part {
  protected override readonly topics: readonly Topic[] = ["run"];
  #state: "closed" | "loading" | "open" = "closed";
  #trouble = "";

  protected override render(): TemplateResult {
    const open = this.#state === "open";
    return html`<section class="card sql" aria-labelledby="sql-title">
      <div class="card-head">
        <h2 id="sql-title">SQL</h2>
        <p class="small quiet">ksqlDB’s language, run on these topics</p>
        ${open ? nothing : html`<button class="primary" ?disabled=${this.#state === "loading"} @click=${this.open}>${this.#state === "loading" ? "Opening…" : "Open the editor"}</button>`}
      </div>
      ${this.#trouble === "" ? nothing : html`<p class="late small" role="alert">The editor could not be loaded: ${this.#trouble}</p>`}
      ${open
        ? html`<stream-glass-workbench .lab=${this.lab}></stream-glass-workbench>`
        : html`<pre class="script" tabindex="0" role="region" aria-label="The pipeline's script">${this.lab.run?.script ?? ""}</pre>`}
    </section>`;
  }

  /** Loads the editor, unless it is there, and gives it the focus. */
  open = async (): Promise<void> => {
    if (this.#state === "closed") {
      this.#state = "loading";
      this.#trouble = "";
      this.requestUpdate();
      try {
        await import("./workbench");
        this.#state = "open";
      } catch (error) {
        this.#state = "closed";
        this.#trouble = error instanceof Error ? error.message : String(error);
      }
      this.requestUpdate();
      await this.updateComplete;
    }
    const workbench = this.querySelector("stream-glass-workbench");
    if (workbench !== null && "begin" in workbench) await (workbench as HTMLElement & { begin(): Promise<void> }).begin();
  };
}
