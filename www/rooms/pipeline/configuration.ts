// The configuration: which one runs, another by file, what was refused and what was ignored.

import { type TemplateResult, html, nothing } from "lit";

import { plural } from "../../format";
import type { Topic } from "../../lab";
import * as icons from "../../parts/icons";
import { Part } from "../../parts/part";
import { readConfiguration } from "./yaml";

export class Configuration extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "load"];
  #reading: string | null = null;

  /** Reads a file and starts a run with it, if it is right. */
  async take(file: File): Promise<void> {
    const { lab } = this;
    this.#reading = file.name;
    this.unfold();
    try {
      const parsed = await readConfiguration(file);
      if (parsed.ok) lab.load(lab.run?.seed ?? 0, { tree: parsed.tree, file: file.name });
      else lab.refuse(file.name, parsed.problems);
    } catch (error) {
      lab.refuse(file.name, [{ path: "", message: `The file could not be read: ${error instanceof Error ? error.message : String(error)}` }]);
    }
    this.#reading = null;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { run, problems } = this.lab;
    const name = run?.file ?? null;
    return html`<section class=${`card configuration ${this.folding}`} aria-labelledby="configuration-title">
      <div class="card-head"><h2 id="configuration-title">The site</h2>${this.fold("The site")}</div>
      <p class="current">${icons.file}<span><b>${name ?? "The built-in news site"}</b><small class="quiet">${name === null ? "seven states, one state machine" : "your file; it stays in this tab"}</small></span></p>
      <p class="small quiet">Drop a YAML file of the imply-news generator anywhere on this room, or choose one. A run begins anew with it.</p>
      <div class="choices">
        <label class=${run === null ? "button disabled" : "button"}>
          <input type="file" class="hidden" accept=".yml,.yaml,.json,text/yaml,application/yaml" ?disabled=${run === null} @change=${this.#chosen} />
          <span>${this.#reading === null ? "Choose a file …" : `Reading ${this.#reading} …`}</span>
        </label>
        ${name === null ? nothing : html`<button @click=${this.#builtIn}>Built-in site</button>`}
      </div>
      <div aria-live="polite">
        ${problems.length > 0 ? this.#problems() : nothing}
        ${run !== null && run.notices.length > 0
          ? html`<details class="notices"><summary>${plural(run.notices.length, "notice")}</summary><ul>${run.notices.map((notice) => html`<li class="small">${notice}</li>`)}</ul></details>`
          : nothing}
      </div>
    </section>`;
  }

  #problems(): TemplateResult {
    const { problems, refusedFile } = this.lab;
    return html`<div class="problems" role="group" aria-label="What is wrong">
      <div class="problems-head">
        <p><b>${icons.warning} ${refusedFile ?? "This"} was refused: ${plural(problems.length, "problem")}</b></p>
        <button class="plain icon" aria-label="Dismiss" @click=${() => this.lab.forgive()}>${icons.cross}</button>
      </div>
      <p class="small">Nothing has changed: the run that was there goes on.</p>
      <ol>
        ${problems.map(({ path, message }) => html`<li>${path === "" ? nothing : html`<code>${path}</code>`}<span>${message}</span></li>`)}
      </ol>
    </div>`;
  }

  #chosen = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    // Else the same file, mended, could not be chosen again.
    input.value = "";
    if (file !== undefined) void this.take(file);
  };

  #builtIn = (): void => this.lab.load(this.lab.run?.seed ?? 0, { tree: null, file: null });
}
