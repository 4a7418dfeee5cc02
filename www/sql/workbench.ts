// The editor at work: documents, buttons, what is wrong as it is typed, answers and running queries.
// A chunk of its own, with CodeMirror in it.

import { type TemplateResult, html, nothing, unsafeCSS } from "lit";

import type { Topic } from "../lab";
import * as icons from "../parts/icons";
import { Part, define } from "../parts/part";
import type { CatalogNames, Diagnostic, Event, Span } from "../protocol";
import { adopt } from "../styles/adopt";
import css from "../styles/sql.css?inline";
import { answers } from "./answers";
import { Editor, codeOf } from "./editor";
import { Offsets } from "./offsets";
import { SCRIPTS } from "./scripts";
import { type Live, type RunOf, Session } from "./session";

const styles = [unsafeCSS(css)];
/** The document that is the run's own pipeline. */
const PIPELINE = "pipeline";
/** How long a person pauses before the text is checked, milliseconds. */
const PAUSE_MS = 250;
/** How often live tables are drawn, milliseconds. */
const CALM_MS = 300;

interface Checked {
  readonly text: string;
  readonly statements: readonly Span[];
  readonly diagnostics: readonly Diagnostic[];
}

export class Workbench extends Part {
  protected override readonly topics: readonly Topic[] = ["run", "flow", "pushed", "load"];
  #session: Session | null = null;
  #editor: Editor | null = null;
  #catalog: CatalogNames = { sources: [], queries: [] };
  #checked: Checked | null = null;
  #checking: ReturnType<typeof setTimeout> | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #busy = false;
  /** What a person is told below the editor. */
  #said = "";
  #pipeline: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    adopt(this.getRootNode(), styles);
    if (this.hasUpdated) this.#mounted = this.#mount();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#checking);
    clearTimeout(this.#drawing);
    this.#editor?.destroy();
    this.#editor = null;
  }

  /** Gives the editor the focus as soon as it is there. */
  async begin(): Promise<void> {
    await this.updateComplete;
    await this.#mounted;
    this.#editor?.focus();
  }

  #mounted: Promise<void> = Promise.resolve();

  protected override firstUpdated(): void {
    this.#mounted = this.#mount();
  }

  protected override labChanged(): void {
    this.#session = Session.of(this.lab);
    this.#checked = null;
    if (this.#editor !== null) this.#open(this.#session.document || PIPELINE);
  }

  protected override heard(topic: Topic): void {
    if (topic === "pushed") {
      this.#drawing ??= setTimeout(() => {
        this.#drawing = undefined;
        this.requestUpdate();
      }, CALM_MS);
      return;
    }
    if (topic === "run") this.#said = "";
    if (topic === "run" || topic === "flow") {
      this.#refresh();
      // A pipeline that nobody has changed here follows the run's.
      const { script } = this.lab.run ?? {};
      if (script !== undefined && script !== this.#pipeline) {
        this.#pipeline = script;
        this.#session?.drafts.delete(PIPELINE);
        if (this.#session?.document === PIPELINE) this.#open(PIPELINE);
      }
    }
    this.requestUpdate();
  }

  /** The editor needs the language's words, which the engine has. */
  async #mount(): Promise<void> {
    const host = this.querySelector<HTMLElement>(".editor-host");
    const words = await this.lab.ask({ type: "vocabulary" }).catch(() => null);
    if (host === null || words?.type !== "vocabulary" || !this.isConnected) return;
    const root = this.getRootNode();
    const hooks = {
      changed: () => this.#changed(),
      runStatement: () => void this.#runStatement(),
      runAll: () => void this.#runAll(),
      catalog: () => this.#catalog,
    };
    this.#editor = new Editor(host, root instanceof ShadowRoot ? root : document, words, hooks, "sql-keys");
    this.#pipeline = this.lab.run?.script ?? null;
    this.#open(this.#session?.document || PIPELINE);
    this.#refresh();
  }

  protected override render(): TemplateResult {
    const session = this.#session;
    if (session === null) return html``;
    const open = session.document || PIPELINE;
    const isPipeline = open === PIPELINE;
    const { problems } = this.lab;
    return html`<div class="workbench">
      <div class="desk">
        <div class="tools">
          <select aria-label="Script" .value=${open} @change=${this.#choose}>
            <option value=${PIPELINE} ?selected=${isPipeline}>The pipeline</option>
            <optgroup label="Ready scripts">${SCRIPTS.map(({ id, title }) => html`<option value=${id} ?selected=${id === open}>${title}</option>`)}</optgroup>
          </select>
          ${isPipeline
            ? html`<button class="primary" ?disabled=${this.#busy} title="A new run with this pipeline from the beginning" @click=${this.#beginAnew}>${icons.play}<span>Start anew with it</span></button>`
            : html`<button class="primary" ?disabled=${this.#busy} title="Ctrl Shift Enter" @click=${this.#runAll}>${icons.play}<span>Run all</span></button>`}
          <button ?disabled=${this.#busy} title="Ctrl Enter" @click=${this.#runStatement}>Run statement</button>
          <button ?disabled=${this.#busy} title="The plan of the statement at the cursor" @click=${this.#explain}>Explain</button>
          <button ?disabled=${this.#busy} @click=${this.#format}>Format</button>
          <button ?disabled=${!this.#isChanged} @click=${this.#reset}>Reset</button>
        </div>
        <p class="small quiet sentence">${isPipeline ? "All that runs on the site’s topics. Change it, and start the run anew with it." : (SCRIPTS.find(({ id }) => id === open)?.sentence ?? "")}</p>
        <div class="editor-host"></div>
        <div class="desk-foot">
          <p class=${this.#errors > 0 ? "small late" : "small quiet"} data-problems=${this.#errors}>${this.#state()}</p>
          <p class="small quiet" id="sql-keys">Ctrl Enter runs the statement. Esc, then Tab leaves the editor.</p>
        </div>
      </div>
      <div class="answers" tabindex="0" role="region" aria-label="Answers">
        ${this.#queries()}
        ${problems.length > 0 ? html`<ul class="findings">${problems.map(({ path, message }) => html`<li><p class="late">${path === "" ? "" : html`<code>${path}</code> `}${message}</p></li>`)}</ul>` : nothing}
        <p class="hidden" role="status">${this.#said}</p>
        ${session.runs.length === 0
          ? html`<div class="empty-panel"><p>Nothing was run yet.</p><p class="quiet small">Choose a ready script and run it: rows, lists, plans and what is wrong come here.</p></div>`
          : html`<ol class="runs">${session.runs.map((run) => answers(run, this.#acts))}</ol>`}
      </div>
    </div>`;
  }

  readonly #acts = {
    goTo: (run: RunOf, byte: number): void => {
      if (this.#session?.document !== run.document) this.#open(run.document);
      this.#editor?.goTo(run.from + run.offsets.unit(byte));
    },
    hold: (live: Live): void => {
      live.held = !live.held;
      this.requestUpdate();
    },
    stop: (live: Live): void => {
      this.#session?.end(live);
      this.requestUpdate();
    },
  };

  /** The persistent queries, each with the button that ends it. */
  #queries(): TemplateResult | typeof nothing {
    const { queries } = this.#catalog;
    if (queries.length === 0) return nothing;
    return html`<details class="queries">
      <summary class="small">Running queries: ${queries.length}</summary>
      <ul>${queries.map((id) => html`<li><code>${id}</code><button class="plain small" @click=${() => void this.#run(`TERMINATE ${id};`, 0)}>${icons.cross}<span>Terminate<span class="hidden"> ${id}</span></span></button></li>`)}</ul>
    </details>`;
  }

  get #errors(): number {
    return this.#checked?.diagnostics.filter(({ severity }) => severity === "error").length ?? 0;
  }

  #state(): string {
    const [first] = this.#checked?.diagnostics ?? [];
    if (this.#checked === null) return " ";
    if (first === undefined) return "Nothing is wrong with it.";
    const { line, column } = new Offsets(this.#checked.text).place(first.span.start);
    const more = this.#checked.diagnostics.length - 1;
    return `Line ${line}, column ${column}: ${codeOf(first.code)} ${first.message}${more > 0 ? ` (and ${more} more)` : ""}`;
  }

  /** A document's text as it came. */
  #original(id: string): string {
    return id === PIPELINE ? (this.lab.run?.script ?? "") : (SCRIPTS.find((script) => script.id === id)?.text ?? "");
  }

  /** Whether there is something to go back to: of the pipeline, the built-in one. */
  get #isChanged(): boolean {
    const open = this.#session?.document || PIPELINE;
    return this.#session?.drafts.has(open) === true || (open === PIPELINE && this.lab.run?.builtIn === false);
  }

  #open(id: string): void {
    const session = this.#session;
    if (session === null || this.#editor === null) return;
    session.document = id;
    this.#editor.open(session.drafts.get(id) ?? this.#original(id));
    this.#checked = null;
    this.#check();
    this.requestUpdate();
  }

  #choose = (event: globalThis.Event): void => {
    this.#open((event.currentTarget as HTMLSelectElement).value);
  };

  #changed(): void {
    const session = this.#session;
    const text = this.#editor?.text;
    if (session === null || text === undefined) return;
    if (text === this.#original(session.document)) session.drafts.delete(session.document);
    else session.drafts.set(session.document, text);
    clearTimeout(this.#checking);
    this.#checking = setTimeout(() => this.#check(), PAUSE_MS);
    this.requestUpdate();
  }

  /** Tells what is wrong with the text, unless it has changed by then. */
  async #checkNow(): Promise<Checked | null> {
    const text = this.#editor?.text;
    const document = this.#session?.document;
    if (text === undefined) return null;
    if (this.#checked?.text === text) return this.#checked;
    const event = await this.lab.ask({ type: "check", script: text, anew: document === PIPELINE }).catch(() => null);
    if (event?.type !== "checked" || this.#editor?.text !== text || this.#session?.document !== document) return null;
    this.#checked = { text, statements: event.statements, diagnostics: event.diagnostics };
    this.#editor.underline(event.diagnostics, new Offsets(text));
    this.requestUpdate();
    return this.#checked;
  }

  #check(): void {
    clearTimeout(this.#checking);
    void this.#checkNow();
  }

  /** What there is has changed: so have completions, and maybe what is wrong. */
  #refresh(): void {
    void this.lab.ask({ type: "catalog" }).then((event) => {
      if (event?.type !== "catalog") return;
      this.#catalog = event;
      this.#checked = null;
      this.#check();
      this.requestUpdate();
    }, () => undefined);
  }

  #runAll = async (): Promise<void> => {
    if (this.#session?.document === PIPELINE) this.#beginAnew();
    else if (this.#editor !== null) await this.#run(this.#editor.text, 0);
  };

  #runStatement = async (): Promise<void> => {
    const found = await this.#statement();
    if (found !== null) await this.#run(found.text, found.from);
  };

  #explain = async (): Promise<void> => {
    const found = await this.#statement();
    if (found === null) return;
    const explained = /^\s*EXPLAIN\b/iu.test(found.text) ? "" : "EXPLAIN ";
    await this.#run(explained + found.text, found.from - explained.length);
  };

  /** The statement at the cursor, or the last before it. */
  async #statement(): Promise<{ text: string; from: number } | null> {
    const editor = this.#editor;
    const checked = await this.#checkNow();
    if (editor === null || checked === null) return null;
    const offsets = new Offsets(checked.text);
    const places = checked.statements.map(({ start, end }) => ({ from: offsets.unit(start), to: offsets.unit(end) }));
    const before = places.filter(({ from }) => from <= editor.cursor);
    const found = before[before.length - 1] ?? places[0];
    if (found === undefined) {
      this.#said = this.#errors > 0 ? this.#state() : "There is no statement.";
      this.requestUpdate();
      return null;
    }
    return { text: `${checked.text.slice(found.from, found.to)};`, from: found.from };
  }

  async #run(script: string, from: number): Promise<void> {
    const session = this.#session;
    if (session === null || this.#busy) return;
    this.#busy = true;
    this.requestUpdate();
    try {
      const { answers: all } = await session.run(script, session.document, from);
      const refused = all.filter(({ answer }) => answer.outcome.type === "refused").length;
      this.#said = refused > 0 ? "It was refused: the answers say why." : `${all.length} ${all.length === 1 ? "statement" : "statements"} done.`;
    } catch (error) {
      this.#said = error instanceof Error ? error.message : String(error);
    }
    this.#busy = false;
    this.#refresh();
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector(".answers")?.scrollTo({ top: 0 });
  }

  #beginAnew = (): void => {
    const text = this.#editor?.text;
    if (text === undefined) return;
    const { run } = this.lab;
    this.lab.begin(run?.builtIn === true && run.script === text ? null : text);
  };

  #format = async (): Promise<void> => {
    const text = this.#editor?.text;
    if (text === undefined) return;
    const event: Event | null = await this.lab.ask({ type: "format", script: text }).catch(() => null);
    if (event?.type === "formatted" && this.#editor?.text === text) this.#editor.replace(event.script);
  };

  /** The text as it came; of the pipeline, the built-in one in a new run. */
  #reset = (): void => {
    const open = this.#session?.document || PIPELINE;
    if (this.#session?.drafts.has(open) === true) this.#editor?.replace(this.#original(open));
    if (open === PIPELINE && this.lab.run?.builtIn === false) this.lab.begin(null);
  };
}

define("stream-glass-workbench", Workbench);
