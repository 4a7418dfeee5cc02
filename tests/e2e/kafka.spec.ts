// The page sends to a real Kafka through fixture proxies, and a native consumer reads everything back and
// compares it with what the generator says: `cargo xtask kafka page` starts broker and proxies.
import type { Page } from "@playwright/test";

import { Room } from "./connect.ts";
import { type Api, SEED, addressOf, truth, verify } from "./fixture.ts";
import { type Manners, expect, test } from "./lab.ts";
import { quantile, workPerFrame } from "./trace.ts";

const { KAFKA_BROKER = "", KAFKA_LONG = "", KAFKA_RECORDS = "5000" } = process.env;
const CONNECTIONS = 4;
const BATCH = 500;
const records = Number(KAFKA_RECORDS);
const proxyOf = (api: Api): "confluent-v2" | "confluent-v3" => `confluent-${api}`;

test.skip(KAFKA_BROKER === "", "there is no broker: cargo xtask kafka page starts one");

// Playwright's own trace takes snapshots of the page, on the thread that is measured.
test.use({ trace: "off" });

/** The room before a proxy, filled in to send the run's first records as fast as possible. */
async function filled(page: Page, manners: Manners, api: Api, topic: string): Promise<Room> {
  manners.allowOrigin(addressOf(proxyOf(api)));
  // Which proxy it is, is asked for where it may be unknown.
  manners.expectErrors(/Failed to load resource/u, /blocked by CORS policy/u);
  const room = await Room.open(page, addressOf(proxyOf(api)), { Records: String(records), Seed: SEED, "Requests at once": String(CONNECTIONS), "Records a request": String(BATCH), "Topic in Kafka": topic });
  await room.at.getByRole("radio", { name: api }).check();
  await room.at.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
  await room.at.getByLabel("Event times").selectOption("simulated");
  return room;
}

/** A body as the sink writes it: keys bare, values as bytes. */
function bodyOf(api: Api, lines: readonly string[]): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const all = lines.map((line) => {
    const bar = line.indexOf("|");
    const [key, data] = [line.slice(0, bar), base64(line.slice(bar + 1))];
    if (api === "v2") return JSON.stringify({ ...(key === "" ? {} : { key: base64(key) }), value: data });
    return JSON.stringify({ ...(key === "" ? {} : { key: { type: "STRING", data: key } }), value: { type: "BINARY", data } });
  });
  return api === "v2" ? `{"records":[${all.join(",")}]}` : all.join("\n");
}

/** Records a second of a loop that does nothing but fetch: bodies as ours, and as many requests at once. */
async function plain(page: Page, api: Api, lines: readonly string[], requests: number): Promise<number> {
  const bodies = Array.from({ length: 20 }, (_, i) => bodyOf(api, lines.slice(i * BATCH, (i + 1) * BATCH)));
  const base = addressOf(proxyOf(api));
  const seconds = await page.evaluate(async ({ api, base, bodies, requests, connections }) => {
    const cluster = async (): Promise<string> => ((await (await fetch(`${base}/v3/clusters`)).json()) as { data: Array<{ cluster_id: string }> }).data[0]?.cluster_id ?? "";
    const url = api === "v2" ? `${base}/topics/page-plain` : `${base}/v3/clusters/${await cluster()}/topics/page-plain/records`;
    const headers = api === "v2"
      ? { "Content-Type": "application/vnd.kafka.binary.v2+json", Accept: "application/vnd.kafka.v2+json" }
      : { "Content-Type": "application/json", Accept: "application/json" };
    const encoded = bodies.map((body) => new TextEncoder().encode(body));
    let next = 0;
    const loop = async (): Promise<void> => {
      while (next < requests) {
        const body = encoded[next % encoded.length];
        next += 1;
        const response = await fetch(url, { method: "POST", body: body ?? null, credentials: "omit", headers });
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        await response.arrayBuffer();
      }
    };
    const start = performance.now();
    await Promise.all(Array.from({ length: connections }, loop));
    return (performance.now() - start) / 1000;
  }, { api, base, bodies, requests, connections: CONNECTIONS });
  return (requests * BATCH) / seconds;
}

for (const api of ["v2", "v3"] as const) {
  test(`${records} records by ${api} to Kafka and back`, { tag: "@kafka" }, async ({ page, manners }) => {
    test.setTimeout(400_000);
    const { file, lines } = truth(records);
    const room = await filled(page, manners, api, `page-${api}`);
    // Half of the loop before and half after, so that what else the machine does meets both.
    const half = Math.ceil(records / BATCH / 2);
    const before = KAFKA_LONG === "" ? 0 : await plain(page, api, lines, half);
    const start = performance.now();
    expect(await room.run()).toBe("Done");
    const rate = records / ((performance.now() - start) / 1000);
    const { sent, acknowledged } = await room.sums();
    expect([sent, acknowledged]).toEqual([records, records]);
    const said = verify(`page-${api}`, file, await room.counter("possibleDuplicates"), proxyOf(api));
    expect(said).toContain("the topic has what was sent");
    console.log(`${api}: ${Math.round(rate)} records/s acknowledged, page to Kafka\n${said.trimEnd()}`);
    if (KAFKA_LONG === "") return;
    const after = await plain(page, api, lines, half);
    const loop = 2 / (1 / before + 1 / after);
    console.log(`${api}: a plain loop of fetch, the same batches and connections: ${Math.round(loop)} records/s (${Math.round(before)} before, ${Math.round(after)} after); ours is ${(rate / loop).toFixed(2)} of it`);
    expect(rate / loop, "of a plain loop's throughput").toBeGreaterThan(0.9);
  });

  test(`the page is idle while its worker sends by ${api}`, { tag: "@kafka" }, async ({ page, browser, manners }) => {
    test.skip(KAFKA_LONG === "", "measures: takes the machine for itself");
    test.setTimeout(120_000);
    const room = await filled(page, manners, api, "page-busy");
    await room.do("start");
    await room.is("Sending");
    const { cpu } = await workPerFrame(browser, page, 4_000);
    console.log(`${api}: main thread, ms a frame, p50 / p95 / p99: ${[0.5, 0.95, 0.99].map((q) => quantile(cpu, q).toFixed(2)).join(" / ")}`);
    await room.is("Sending");
    expect(quantile(cpu, 0.95), "ms of main thread in a frame, p95").toBeLessThan(4);
    await room.do("stop");
    await room.sums(30_000);
  });
}
