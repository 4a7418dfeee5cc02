// The connection test: one step after the other, and a diagnosis of the first that fails. A browser says
// no more of a failed request than that it failed, so what is wrong is found out by other requests.

import type { Probe } from "#wasm/streamglass.js";

import type { ConnectSettings } from "../sink-protocol";
import * as guide from "./guide";
import { type Answer, type Ask, type Broken, ask, isAnswered, json } from "./http";
import type { CheckReport, CheckStep, Diagnosis, Server, Step } from "./protocol";

/** How long a question of the test may take, milliseconds. */
const PATIENCE = 15_000;
/** Names that browsers have had for the permission to reach the local network. */
const PERMISSIONS = ["local-network-access", "local-network", "loopback-network"];

export interface CheckOptions {
  readonly settings: ConnectSettings;
  readonly authorization: string | null;
  /** Makes a record for the topic at this place; `null` if none may be written. */
  readonly probe: ((cluster: string, topic: number) => Probe) | null;
  readonly tell: (report: CheckReport) => void;
  readonly signal: AbortSignal;
}

/** How something is asked for. */
interface Question {
  readonly accept?: string;
  readonly contentType?: string;
  readonly authorized?: boolean;
}

class Failed extends Error {
  constructor(
    readonly detail: string,
    readonly diagnosis: Diagnosis,
  ) {
    super(detail);
  }
}

/** Tests a connection; the report of a test that found nothing wrong has no diagnosis. */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const test = new Test(options);
  await test.run();
  return test.report;
}

class Test {
  readonly #options: CheckOptions;
  readonly #base: string;
  readonly #origin = self.origin;
  #steps: CheckStep[];
  #server: Server | null = null;
  #cluster = "";
  #diagnosis: Diagnosis | null = null;
  #done = false;

  constructor(options: CheckOptions) {
    this.#options = options;
    this.#base = options.settings.url.replace(/\/+$/u, "");
    const steps: Step[] = ["allowed", "reachable", "cors", "auth", "api", "topics", "write"];
    this.#steps = steps.map((step) => ({ step, verdict: "pending", detail: "" }));
  }

  get report(): CheckReport {
    return { steps: this.#steps, done: this.#done, server: this.#server, cluster: this.#cluster === "" ? null : this.#cluster, diagnosis: this.#diagnosis };
  }

  async run(): Promise<void> {
    const { settings, authorization, probe, signal } = this.#options;
    try {
      const seen = await this.#reach();
      const first = await this.#read(seen);
      this.#pass("auth", authorization === null ? "none is wanted" : "the server takes the credentials", authorization === null);
      const topics = await this.#api(first);
      await this.#topics(topics);
      if (probe === null) this.#pass("write", "not asked for", true);
      else await this.#write(probe);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Failed)) throw error;
      const at = this.#steps.findIndex(({ verdict }) => verdict === "running");
      this.#steps = this.#steps.map((step, i) => (i === at ? { ...step, verdict: "failed", detail: error.detail } : i > at ? { ...step, verdict: "skipped", detail: "" } : step));
      this.#diagnosis = error.diagnosis;
    }
    this.#done = true;
    if (settings.url !== "" && !signal.aborted) this.#options.tell(this.report);
  }

  /** Whether the page may send there, and whether anything answers. */
  async #reach(): Promise<Answer | Broken> {
    this.#begin("allowed");
    const { hostname, origin, protocol } = new URL(this.#base);
    if (this.#origin.startsWith("https:") && protocol === "http:" && !isLoopback(hostname)) throw new Failed("an https page may not reach http", guide.mixedContent(hostname));
    let forbidden = false;
    const violated = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
      forbidden ||= effectiveDirective === "connect-src" && blockedURI.startsWith(origin);
    };
    self.addEventListener("securitypolicyviolation", violated);
    const seen = await this.#get(this.#first, { accept: this.#accept });
    const answered = seen.status !== null || (await isAnswered(this.#first, PATIENCE, this.#options.signal));
    // A violation is reported as a task of its own.
    if (!answered) await new Promise((resolve) => setTimeout(resolve, 50));
    self.removeEventListener("securitypolicyviolation", violated);
    if (forbidden) throw new Failed("the page's policy forbids it", guide.policyForbids(origin));
    const local = isLoopback(hostname) || isPrivate(hostname);
    const permission = answered || !local ? null : await permissionState();
    if (permission === "denied") throw new Failed("the browser forbids it", guide.permissionDenied());
    this.#pass("allowed", "nothing in this page or browser forbids it");
    this.#begin("reachable");
    if (!answered) throw new Failed("nothing answers", guide.unreachable(this.#base, permission === "prompt"));
    this.#pass("reachable", "something answers");
    return seen;
  }

  /** Whether the answer can be read, and what it says of the credentials. */
  async #read(seen: Answer | Broken): Promise<Answer> {
    const { authorization } = this.#options;
    this.#begin("cors");
    if (seen.status === null) {
      // Not with everything: with less?
      if (authorization !== null && (await this.#get(this.#first, { accept: this.#accept, authorized: false })).status !== null) {
        this.#pass("cors", `pages from ${this.#origin} may read its answers`);
        this.#begin("auth");
        throw new Failed("it refuses the Authorization header", guide.authorizationRefused(this.#origin));
      }
      throw new Failed(seen.timedOut ? "no answer in time" : `pages from ${this.#origin} may not read its answers`, guide.corsRefused(this.#base, this.#origin));
    }
    // Sending needs this header. What is answered to it here does not matter, only that it may be sent. Of an
    // answer that is none of an API there is something else to tell.
    if (seen.status < 300 && json(seen.body) !== undefined) {
      const typed = await this.#get(this.#first, { accept: this.#accept, contentType: this.#accept });
      if (typed.status === null) throw new Failed("it refuses the Content-Type header", guide.preflightRefused(this.#origin));
    }
    this.#pass("cors", `pages from ${this.#origin} may read its answers`);
    this.#begin("auth");
    if (seen.status === 401) throw new Failed("HTTP 401", authorization === null ? guide.wantsCredentials() : guide.credentialsRefused());
    if (seen.status === 403) throw new Failed("HTTP 403", guide.forbidden());
    return seen;
  }

  /** Whether the answer is that of the API; the topics that v2 lists. */
  async #api({ status, body }: Answer): Promise<readonly string[]> {
    const { api, cluster } = this.#options.settings;
    this.#begin("api");
    if (status >= 300 && status < 400) throw new Failed("a redirect", guide.redirected());
    if (status >= 500) throw new Failed(`HTTP ${status}`, guide.serverError(status));
    const found = status < 300 ? json(body) : undefined;
    if (api === "v2") {
      if (!isTexts(found)) throw new Failed(`HTTP ${status}, and no list of topics`, guide.notThisApi(api));
      this.#server = await this.#recognise();
      this.#pass("api", `REST API v2, ${nameOf(this.#server)}`);
      return found;
    }
    const clusters = clusterIds(found);
    if (clusters === null) throw new Failed(`HTTP ${status}, and no list of clusters`, guide.notThisApi(api));
    const id = cluster ?? clusters[0];
    if (id === undefined) throw new Failed("no cluster", guide.noCluster());
    this.#cluster = id;
    this.#server = isCloud(this.#base) ? "confluentCloud" : "confluent";
    this.#pass("api", `REST API v3, ${nameOf(this.#server)}, cluster ${id}`);
    return [];
  }

  async #topics(listed: readonly string[]): Promise<void> {
    const { api, topics } = this.#options.settings;
    this.#begin("topics");
    const names = [...new Set(topics.map(({ to }) => to))];
    const missing: string[] = [];
    for (const name of names) {
      if (api === "v2" ? listed.includes(name) : await this.#isThere(name)) continue;
      missing.push(name);
    }
    if (missing.length > 0) throw new Failed(`${missing.join(", ")}: not there`, guide.noTopic(missing));
    this.#pass("topics", `${names.join(", ")}: there`);
  }

  async #isThere(topic: string): Promise<boolean> {
    const { status } = await this.#get(`${this.#base}/v3/clusters/${this.#cluster}/topics/${topic}`, { accept: this.#accept });
    if (status === 404) return false;
    if (status !== null && status < 300) return true;
    throw status === 403 ? new Failed("HTTP 403", guide.forbidden()) : new Failed(status === null ? "no answer" : `HTTP ${status}`, guide.serverError(status ?? 0));
  }

  async #write(probe: (cluster: string, topic: number) => Probe): Promise<void> {
    const { settings, authorization } = this.#options;
    this.#begin("write");
    for (const [place, { to }] of settings.topics.entries()) {
      const one = probe(this.#cluster, place);
      let answer: Promise<Answer | Broken> | null = null;
      one.send({
        post: (_id: number, url: string, contentType: string, accept: string, body: Uint8Array) => {
          const headers = { "Content-Type": contentType, Accept: accept, ...(authorization === null ? {} : { Authorization: authorization }) };
          answer = ask(url, { ...this.#limits, method: "POST", headers, body: new Uint8Array(body) });
        },
      });
      const given = await (answer as Promise<Answer | Broken> | null);
      const reason = given === null || given.status === null ? "no answer that this page may read" : one.judge(given.status, given.retryAfter, given.body, given.complete);
      one.free();
      if (reason !== undefined) throw new Failed(`${to}: ${reason}`, guide.notWritten(reason));
    }
    this.#pass("write", `one record to ${settings.topics.map(({ to }) => to).join(", ")}`);
  }

  /** Which proxy it is, by what only it says of itself. */
  async #recognise(): Promise<Server> {
    const root = await this.#get(`${this.#base}/`, { authorized: false });
    if (root.status === 200) {
      const said = json(root.body);
      if (typeof said === "object" && said !== null && "bridge_version" in said) return "strimzi";
    }
    const clusters = await this.#get(`${this.#base}/v3/clusters`);
    if (clusters.status !== null && clusterIds(json(clusters.body)) !== null) return isCloud(this.#base) ? "confluentCloud" : "confluent";
    // Karapace is the one whose answers to unknown paths cannot be read; its health can be asked for.
    const health = await this.#get(`${this.#base}/_health`, { authorized: false });
    const said = health.status === 200 ? json(health.body) : null;
    return typeof said === "object" && said !== null && "karapace_version" in said ? "karapace" : "other";
  }

  /**
   * Asks for `url`. Without a content type, as questions have none: Confluent's proxy refuses the one of
   * records here (HTTP 415). What is asked of any server is asked for in any media type.
   */
  #get(url: string, { accept = "*/*", contentType, authorized = true }: Question = {}): Promise<Answer | Broken> {
    const { authorization } = this.#options;
    const headers: Record<string, string> = { Accept: accept };
    if (contentType !== undefined) headers["Content-Type"] = contentType;
    if (authorized && authorization !== null) headers["Authorization"] = authorization;
    return ask(url, { ...this.#limits, headers });
  }

  get #limits(): Pick<Ask, "timeoutMs" | "signal"> {
    return { timeoutMs: PATIENCE, signal: this.#options.signal };
  }

  get #first(): string {
    return this.#options.settings.api === "v2" ? `${this.#base}/topics` : `${this.#base}/v3/clusters`;
  }

  get #accept(): string {
    return this.#options.settings.api === "v2" ? "application/vnd.kafka.v2+json" : "application/json";
  }

  #begin(step: Step): void {
    this.#set(step, "running", "");
  }

  #pass(step: Step, detail: string, skipped = false): void {
    this.#set(step, skipped ? "skipped" : "passed", detail);
  }

  #set(step: Step, verdict: CheckStep["verdict"], detail: string): void {
    if (this.#options.signal.aborted) throw new Failed("", guide.serverError(0));
    this.#steps = this.#steps.map((one) => (one.step === step ? { step, verdict, detail } : one));
    this.#options.tell(this.report);
  }
}

const NAMES: Record<Server, string> = { confluent: "Confluent REST Proxy", confluentCloud: "Confluent Cloud", strimzi: "Strimzi Kafka Bridge", karapace: "Karapace", other: "a proxy that does not say which" };

const nameOf = (server: Server): string => NAMES[server];

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");

function clusterIds(value: unknown): string[] | null {
  const data: unknown = typeof value === "object" && value !== null && "data" in value ? value.data : null;
  if (!Array.isArray(data)) return null;
  return data.flatMap((one: unknown) => (typeof one === "object" && one !== null && "cluster_id" in one && typeof one.cluster_id === "string" ? [one.cluster_id] : []));
}

const isCloud = (url: string): boolean => new URL(url).hostname.endsWith(".confluent.cloud");

/** Whether a host is this machine, as browsers see it. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/u.test(host);
}

/** Whether an address is one of a private network; of a name it is not known. */
function isPrivate(host: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cd]|\[fe80)/u.test(host) || host.endsWith(".local");
}

/** The worst that the browser says of reaching the local network; `null` where it has no such rule. */
async function permissionState(): Promise<PermissionState | null> {
  const states = await Promise.all(
    PERMISSIONS.map(async (name) => {
      try {
        return (await navigator.permissions.query({ name: name as PermissionName })).state;
      } catch {
        return null;
      }
    }),
  );
  return (["denied", "prompt"] as const).find((state) => states.includes(state)) ?? null;
}
