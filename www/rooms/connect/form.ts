// The form: where to send, what, how fast. It holds what a person typed and checks it at once; the two
// fields with credentials hold their texts themselves, and hand them out only to a command.

import { LitElement, type TemplateResult, html, nothing } from "lit";

import type { Lab } from "../../lab";
import * as icons from "../../parts/icons";
import type { Credentials, TopicMapping } from "../../sink-protocol";
import { type Draft, MIXED, type Meaning, type Place, type Trouble, meaning } from "./draft";
import { choice, secret, segments, text } from "./field";
import type { Sending } from "./sending";

const GENERATED = [["mixed", "all records, mixed"], ["orders", "orders"], ["shipments", "shipments"]] as const;
const USER = "connect-user";
const PASSWORD = "connect-password";

export class ConnectForm extends LitElement {
  static override properties = { sending: { attribute: false }, lab: { attribute: false }, locked: { attribute: false }, errors: { attribute: false } };

  declare sending: Sending;
  declare lab: Lab;
  /** Whether a run is there, whose settings stay as they are. */
  declare locked: boolean;
  /** What the engine says is wrong. */
  declare errors: readonly Trouble[];
  /** The places that a person was at: only there is anything wrong yet. */
  readonly #touched = new Set<Place>();
  #all = false;

  protected override createRenderRoot(): this {
    return this;
  }

  /** The settings, and where they cannot be read; what is wrong is shown from now on. */
  finish(): Meaning {
    this.#all = true;
    this.requestUpdate();
    return meaning(this.sending.draft);
  }

  /** What the fields hold at this moment. */
  credentials(): Credentials {
    const { auth } = this.sending.draft;
    return { user: auth === "basic" ? this.#field(USER) : "", password: auth === "none" ? "" : this.#field(PASSWORD) };
  }

  /** Empties the fields with credentials. */
  clear(): void {
    for (const id of [USER, PASSWORD]) {
      const input = this.querySelector<HTMLInputElement>(`#${id}`);
      if (input !== null) input.value = "";
    }
  }

  /** Goes to the first field that is wrong. */
  showTrouble(): void {
    void this.updateComplete.then(() => {
      const first = this.querySelector<HTMLElement>("[aria-invalid=true]");
      for (let at = first?.closest("details"); at !== null && at !== undefined; at = at.parentElement?.closest("details")) at.open = true;
      first?.focus();
    });
  }

  #field(id: string): string {
    return this.querySelector<HTMLInputElement>(`#${id}`)?.value ?? "";
  }

  protected override render(): TemplateResult {
    const { draft } = this.sending;
    const read = meaning(draft);
    const troubles: readonly Trouble[] = [...read.troubles, ...this.errors.filter(({ field }) => !read.troubles.some((one) => one.field === field))];
    const error = (field: Place, row: number | null = null): string | undefined =>
      this.#all || this.#touched.has(field) ? troubles.find((one) => one.field === field && one.row === row)?.message : undefined;
    const set = (field: Place, change: (value: string) => Partial<Draft>) => (value: string): void => this.#set(change(value), field);
    return html`<form autocomplete="off" @submit=${(event: Event) => event.preventDefault()}>
      <section class="card" aria-labelledby="connect-where">
        <div class="card-head"><h2 id="connect-where">Where to</h2><p class="small quiet">a Kafka REST proxy</p></div>
        <fieldset class="cfields" ?disabled=${this.locked}>
          ${text({ id: "connect-url", label: "Address", type: "url", value: draft.url, error: error("url"), placeholder: "http://localhost:8082", hint: "Credentials have fields of their own: none in the address.", take: set("url", (url) => ({ url })) })}
          ${segments({ id: "connect-api", label: "REST API", value: draft.api, options: [["v2", "v2"], ["v3", "v3"]], hint: draft.api === "v2" ? "Confluent REST Proxy, Strimzi Kafka Bridge, Karapace" : "Confluent REST Proxy and Server", take: (api) => this.#set({ api }) })}
          ${draft.api === "v3" ? text({ id: "connect-cluster", label: "Cluster id", value: draft.cluster, error: error("cluster"), placeholder: "asked of the server", take: set("cluster", (cluster) => ({ cluster })) }) : nothing}
        </fieldset>
        ${this.#credentials(error)}
      </section>
      <section class="card" aria-labelledby="connect-what">
        <div class="card-head"><h2 id="connect-what">What</h2></div>
        <fieldset class="cfields" ?disabled=${this.locked}>${this.#topics(error)} ${this.#times(error)}</fieldset>
      </section>
      <section class="card" aria-labelledby="connect-fast">
        <div class="card-head"><h2 id="connect-fast">How fast</h2></div>
        <fieldset class="cfields" ?disabled=${this.locked}>${this.#pace(error)}</fieldset>
        <details class="cfine">
          <summary>Encoding, batches and retries</summary>
          <fieldset class="cfields" ?disabled=${this.locked}>${this.#fine(error)}</fieldset>
        </details>
      </section>
    </form>`;
  }

  #credentials(error: (field: Place) => string | undefined): TemplateResult {
    const { auth } = this.sending.draft;
    const touch = (field: Place) => (): void => this.#set({}, field);
    return html`<fieldset class="cfields ccredentials">
      <legend class="hidden">Credentials</legend>
      ${choice({ id: "connect-auth", label: "Authentication", value: auth, disabled: this.locked, options: [["none", "none"], ["basic", "user and password, or API key and secret"], ["bearer", "bearer token"]], take: (auth) => this.#set({ auth }) })}
      ${auth === "basic" ? secret({ id: USER, label: "User or API key", type: "text", error: error("user"), take: touch("user") }) : nothing}
      ${auth === "none"
        ? nothing
        : html`${secret({ id: PASSWORD, label: auth === "basic" ? "Password or secret" : "Token", type: "password", error: error("password"), hint: "Kept in memory only, and gone when you leave this room.", take: touch("password") })}
            <div><button type="button" data-action="forget" @click=${this.#forget}>Clear credentials</button></div>`}
    </fieldset>`;
  }

  #topics(error: (field: Place, row?: number | null) => string | undefined): TemplateResult {
    const { draft } = this.sending;
    const { run } = this.lab;
    const written = run?.flow.nodes.filter(({ kind }) => kind === "topic").map(({ label }) => [label, label] as const) ?? [];
    const options: ReadonlyArray<readonly [string, string]> = draft.source === "generator" ? GENERATED : written;
    const free = options.find(([from]) => !draft.topics.some((one) => one.from === from));
    return html`${segments({
        id: "connect-source",
        label: "Records of",
        value: draft.source,
        options: [["generator", "the generator"], ["queries", "SQL queries"]],
        hint: draft.source === "generator"
          ? "The raw topic as it is: clicks, sessions and users, mixed."
          : run === null ? "Open the Pipeline room first: its queries are what runs here." : "The Pipeline room's queries run here anew, over the same generator: its script, and what you carried out since.",
        take: (source) => this.#source(source),
      })}
      <div class="ctopics" role="group" aria-label="Topics">
        ${draft.topics.map(
          (topic, row) => html`<div class="ctopic">
            ${choice({ id: `connect-from-${row}`, label: "Topic here", value: topic.from, options: options.some(([from]) => from === topic.from) ? options : [[topic.from, topic.from || "–"], ...options], take: (from) => this.#topic(row, { ...topic, from }) })}
            ${text({ id: `connect-to-${row}`, label: "Topic in Kafka", value: topic.to, error: error("topics", row), take: (to) => this.#topic(row, { ...topic, to }) })}
            ${draft.topics.length > 1 ? html`<button type="button" class="plain icon" aria-label=${`Do not send ${topic.from}`} @click=${() => this.#drop(row)}>${icons.cross}</button>` : nothing}
          </div>`,
        )}
        ${error("topics") === undefined ? nothing : html`<small class="late">${error("topics")}</small>`}
        ${free === undefined ? nothing : html`<button type="button" @click=${() => this.#set({ topics: [...draft.topics, { from: free[0], to: kafkaName(free[0]) }] })}>Another topic</button>`}
      </div>`;
  }

  #times(error: (field: Place) => string | undefined): TemplateResult {
    const { draft } = this.sending;
    return html`${choice({
        id: "connect-times",
        label: "Event times",
        value: draft.times,
        options: [["current", "now"], ["shifted", "as simulated, shifted"], ["simulated", "as simulated"]],
        hint: draft.times === "current" ? "Each record happens as it is sent." : "Kafka deletes what is older than a topic's retention.",
        take: (times) => this.#set({ times }),
      })}
      ${draft.times === "shifted" ? text({ id: "connect-shift", label: "Shifted by", value: draft.shift, error: error("shift"), hint: "such as -90d, +2h, -30m", take: (shift) => this.#set({ shift }, "shift") }) : nothing}
      <div class="cpair">
        ${text({ id: "connect-records", label: "Records", numeric: true, value: draft.records, error: error("records"), placeholder: "without end", take: (records) => this.#set({ records }, "records") })}
        ${text({ id: "connect-seed", label: "Seed", numeric: true, value: draft.seed, error: error("seed"), take: (seed) => this.#set({ seed }, "seed") })}
      </div>`;
  }

  #pace(error: (field: Place) => string | undefined): TemplateResult {
    const { draft } = this.sending;
    const hints: Record<Draft["pace"], string> = {
      constant: "The same rate all the time.",
      envelope: "A mean over the day, which follows the site's rhythm (UTC).",
      asFastAsPossible: "As many as the proxy takes.",
      replay: "Virtual seconds in a second: the run as it happened, slower or faster.",
    };
    return html`${choice({
        id: "connect-pace",
        label: "Rate",
        value: draft.pace,
        options: [["constant", "constant"], ["envelope", "with the site's rhythm of the day"], ["asFastAsPossible", "as fast as possible"], ["replay", "replay of virtual time"]],
        hint: hints[draft.pace],
        take: (pace) => this.#set({ pace }),
      })}
      ${draft.pace === "replay" ? text({ id: "connect-speed", label: "Speed", numeric: true, value: draft.speed, error: error("rate"), take: (speed) => this.#set({ speed }, "rate") }) : nothing}
      ${draft.pace === "constant" || draft.pace === "envelope"
        ? text({ id: "connect-rate", label: "Records a second", numeric: true, value: draft.perSecond, error: error("rate"), take: (perSecond) => this.#set({ perSecond }, "rate") })
        : nothing}`;
  }

  #fine(error: (field: Place) => string | undefined): TemplateResult {
    const { draft } = this.sending;
    const numeric = true;
    return html`${choice({ id: "connect-values", label: "Values", value: draft.values, options: [["bytes", "exactly as they are (Base64 on the way)"], ["json", "JSON that the proxy writes anew"]], take: (values) => this.#set({ values }) })}
      ${choice({ id: "connect-keys", label: "Keys", value: draft.keys, options: [["string", "bare text"], ["json", "JSON strings, in quotes"], ["none", "none (no order is kept)"]], take: (keys) => this.#set({ keys }) })}
      <div class="cpair">
        ${text({ id: "connect-connections", label: "Requests at once", numeric, value: draft.connections, error: error("connections"), hint: "1 to 16", take: (connections) => this.#set({ connections }, "connections") })}
        ${text({ id: "connect-timeout", label: "Time-out, s", numeric, value: draft.timeoutS, error: error("timeoutMs"), hint: "1 to 600", take: (timeoutS) => this.#set({ timeoutS }, "timeoutMs") })}
        ${text({ id: "connect-batch", label: "Records a request", numeric, value: draft.batchRecords, error: error("batchRecords"), hint: "1 to 500", take: (batchRecords) => this.#set({ batchRecords }, "batchRecords") })}
        ${text({ id: "connect-bytes", label: "KB a request", numeric, value: draft.batchKb, error: error("batchBytes"), hint: "1 to 900", take: (batchKb) => this.#set({ batchKb }, "batchBytes") })}
        ${text({ id: "connect-linger", label: "Linger, ms", numeric, value: draft.lingerMs, error: error("lingerMs"), hint: "how long a batch waits", take: (lingerMs) => this.#set({ lingerMs }, "lingerMs") })}
        ${text({ id: "connect-retries", label: "Tries again", numeric, value: draft.retries, error: error("retries"), hint: "before it is given up", take: (retries) => this.#set({ retries }, "retries") })}
      </div>
      ${choice({
        id: "connect-unknown",
        label: "After an outcome that is not known",
        value: draft.retryUnknown ? "again" : "once",
        options: [["again", "send again: at least once, perhaps twice"], ["once", "list it as unknown: at most once"]],
        take: (value) => this.#set({ retryUnknown: value === "again" }),
      })}`;
  }

  #source(source: Draft["source"]): void {
    const first = this.lab.run?.flow.nodes.filter(({ kind }) => kind === "topic").at(-1)?.label ?? "";
    this.#set({ source, topics: [source === "generator" ? MIXED : { from: first, to: kafkaName(first) }] });
  }

  #topic(row: number, topic: TopicMapping): void {
    this.#set({ topics: this.sending.draft.topics.map((one, at) => (at === row ? topic : one)) }, "topics");
  }

  #drop(row: number): void {
    this.#set({ topics: this.sending.draft.topics.filter((_, at) => at !== row) }, "topics");
  }

  #forget = (): void => {
    this.clear();
    this.sending.forget();
  };

  #set(change: Partial<Draft>, touched?: Place): void {
    Object.assign(this.sending.draft, change);
    if (touched !== undefined) this.#touched.add(touched);
    const { settings, troubles } = meaning(this.sending.draft);
    if (troubles.length === 0) this.sending.send({ type: "validate", settings });
    this.requestUpdate();
  }
}

/** A name that Kafka allows, after a topic of the run. */
const kafkaName = (from: string): string => (from === MIXED.from ? MIXED.to : from.toLowerCase().replaceAll("_", "-"));
