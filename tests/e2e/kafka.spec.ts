// The page sends to a real Kafka through fixture proxies, and a native consumer reads everything back and
// compares it with what the generator says: `cargo xtask kafka page` starts broker and proxies.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

import type { Browser, Page } from "@playwright/test";

import { Room } from "./connect.ts";
import { expect, test } from "./lab.ts";
import { quantile, workPerFrame } from "./trace.ts";

const { KAFKA_BROKER = "", KAFKA_PROXIES = "", KAFKA_TOOL = "", KAFKA_LONG = "", KAFKA_RECORDS = "5000", STREAMGLASS_PROGRAM = "" } = process.env;
const SEED = "7";
const CONNECTIONS = 4;
const BATCH = 500;
const records = Number(KAFKA_RECORDS);
/** The proxies' ports by the versions of the interface. */
const address = (api: "v2" | "v3"): string => `http://127.0.0.1:${Number(KAFKA_PROXIES) + (api === "v2" ? 0 : 1)}`;

/** `key|json`, a line each, of the first records of the run. */
function truth(count: number): { readonly file: string; readonly lines: string[] } {
  const text = execFileSync(STREAMGLASS_PROGRAM, ["generate", "--seed", SEED, "--events", String(count), "--with-key"], { encoding: "utf8", maxBuffer: 1 << 30 });
  mkdirSync(".cache/kafka-page", { recursive: true });
  const file = `.cache/kafka-page/truth-${count}.txt`;
  writeFileSync(file, text);
  return { file, lines: text.trimEnd().split("\n") };
}

test.skip(KAFKA_BROKER === "", "there is no broker: cargo xtask kafka page starts one");

// Playwright's own trace takes snapshots of the page, on the thread that is measured.
test.use({ trace: "off" });

/**
 * Sends the run's first records as fast as possible; seconds from the start to the last acknowledgement. A
 * browser is asked meanwhile how busy the main thread is.
 */
async function send(page: Page, api: "v2" | "v3", browser: Browser | null): Promise<{ room: Room; seconds: number }> {
  const room = await Room.open(page, address(api), { Records: String(records), Seed: SEED, "Requests at once": String(CONNECTIONS), "Records a request": String(BATCH), "Topic in Kafka": `page-${api}` });
  await room.at.getByRole("radio", { name: api }).check();
  await room.at.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
  await room.at.getByLabel("Event times").selectOption("simulated");
  const start = performance.now();
  await room.do("start");
  if (browser !== null) {
    await room.is("Sending");
    const { cpu } = await workPerFrame(browser, page, 2_000);
    console.log(`main thread, ms a frame, p50 / p95 / p99: ${[0.5, 0.95, 0.99].map((q) => quantile(cpu, q).toFixed(2)).join(" / ")}`);
    expect(quantile(cpu, 0.95), "ms of main thread in a frame, p95").toBeLessThan(4);
  }
  await room.is("Done", 240_000);
  return { room, seconds: (performance.now() - start) / 1000 };
}

/** Records a second of a loop that does nothing but fetch: bodies as ours, and as many requests at once. */
async function plain(page: Page, lines: readonly string[]): Promise<number> {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const bodies = Array.from({ length: 20 }, (_, i) => {
    const batch = lines.slice(i * BATCH, (i + 1) * BATCH).map((line) => {
      const bar = line.indexOf("|");
      const key = line.slice(0, bar);
      return { ...(key === "" ? {} : { key: base64(key) }), value: base64(line.slice(bar + 1)) };
    });
    return JSON.stringify({ records: batch });
  });
  const seconds = await page.evaluate(async ({ url, bodies, requests, connections }) => {
    const encoded = bodies.map((body) => new TextEncoder().encode(body));
    let next = 0;
    const loop = async (): Promise<void> => {
      while (next < requests) {
        const body = encoded[next % encoded.length];
        next += 1;
        const response = await fetch(url, { method: "POST", body: body ?? null, credentials: "omit", headers: { "Content-Type": "application/vnd.kafka.binary.v2+json", Accept: "application/vnd.kafka.v2+json" } });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        await response.arrayBuffer();
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: connections }, loop));
    return (performance.now() - start) / 1000;
  }, { url: `${address("v2")}/topics/page-plain`, bodies, requests: Math.ceil(records / BATCH), connections: CONNECTIONS });
  return (Math.ceil(records / BATCH) * BATCH) / seconds;
}

for (const api of ["v2", "v3"] as const) {
  test(`${records} records by ${api} to Kafka and back`, { tag: "@kafka" }, async ({ page, browser, manners }) => {
    test.setTimeout(400_000);
    manners.allowOrigin(address(api));
    // Which proxy it is, is asked for where it may be unknown.
    manners.expectErrors(/Failed to load resource/u, /blocked by CORS policy/u);
    const { file, lines } = truth(records);
    const { room, seconds } = await send(page, api, KAFKA_LONG !== "" && api === "v3" ? browser : null);
    const { sent, acknowledged } = await room.sums();
    expect([sent, acknowledged]).toEqual([records, records]);
    const repeats = await room.counter("possibleDuplicates");
    const said = execFileSync(KAFKA_TOOL, ["verify", "--kafka", KAFKA_BROKER, "--topic", `page-${api}`, "--truth", file, "--repeats", String(repeats)], { encoding: "utf8" });
    expect(said).toContain("the topic has what was sent");
    console.log(`${api}: ${Math.round(records / seconds)} records/s acknowledged, page to Kafka\n${said.trimEnd()}`);
    if (KAFKA_LONG === "" || api === "v3") return;
    const loop = await plain(page, lines);
    console.log(`a plain loop of fetch, the same batches and connections: ${Math.round(loop)} records/s; ours is ${(records / seconds / loop).toFixed(2)} of it`);
  });
}
