// The fixture proxies before a real broker, as `cargo xtask kafka page` starts them: where they are, their
// faults and counters, and what the broker has.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const { KAFKA_BROKER = "", KAFKA_PROXIES = "", KAFKA_TOOL = "", STREAMGLASS_PROGRAM = "" } = process.env;

export type Api = "v2" | "v3";

export const SEED = "7";
/** In the order of their ports. */
export const PROXIES = ["confluent-v2", "confluent-v3", "strimzi", "karapace"] as const;
export type Proxy = (typeof PROXIES)[number];

const port = (place: number): string => `http://127.0.0.1:${Number(KAFKA_PROXIES) + place}`;
export const addressOf = (proxy: Proxy): string => port(PROXIES.indexOf(proxy));

interface Counters {
  readonly requests: number;
  readonly written: number;
}

/** Faults and counters. */
export const control = {
  async inject(proxy: Proxy, fault: unknown): Promise<void> {
    await asked(proxy, "faults", { method: "POST", body: JSON.stringify(fault) });
  },
  async clear(proxy: Proxy): Promise<void> {
    await asked(proxy, "faults", { method: "DELETE" });
  },
  async counters(proxy: Proxy): Promise<Counters> {
    return (await (await asked(proxy, "counters")).json()) as Counters;
  },
};

async function asked(proxy: Proxy, what: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${port(PROXIES.length)}/${proxy}/${what}`, options);
  if (!response.ok) throw new Error(`the control port says ${response.status}: ${await response.text()}`);
  return response;
}

/** Whether a proxy takes connections. */
export async function isThere(proxy: Proxy): Promise<boolean> {
  return fetch(`${addressOf(proxy)}/topics`).then(({ ok }) => ok, () => false);
}

/** `key|json`, a line each, of the first records of the run. */
export function truth(count: number): { readonly file: string; readonly lines: string[] } {
  const text = execFileSync(STREAMGLASS_PROGRAM, ["generate", "--seed", SEED, "--events", String(count), "--with-key"], { encoding: "utf8", maxBuffer: 1 << 30 });
  mkdirSync(".cache/kafka-page", { recursive: true });
  const file = `.cache/kafka-page/truth-${count}.txt`;
  writeFileSync(file, text);
  return { file, lines: text.trimEnd().split("\n") };
}

/** Reads a topic back and compares it with a file of truth; throws when it is not whole. */
export function verify(topic: string, file: string, repeats: number, proxy: Proxy): string {
  const partitioner = proxy === "karapace" ? ["--partitioner", "crc32"] : [];
  return execFileSync(KAFKA_TOOL, ["verify", "--kafka", KAFKA_BROKER, "--topic", topic, "--truth", file, "--repeats", String(repeats), ...partitioner], { encoding: "utf8" });
}
