// The fault matrix in a browser: each fault, by each proxy, ends in the outcome that is stated here, every
// record is accounted for, and the activity log names the cause. And a broker that goes away in mid-run.
// `cargo xtask kafka page --long` starts broker and proxies; `tests/kafka` has the same for the command line.
import { execFileSync } from "node:child_process";

import type { Page } from "@playwright/test";

import { Room } from "./connect.ts";
import { type Manners, expect, test } from "./lab.ts";
import { type Api, type Proxy, PROXIES, addressOf, control, isThere, truth, verify } from "./fixture.ts";

const { KAFKA_LONG = "", KAFKA_NAME = "", XTASK = "" } = process.env;
const RECORDS = 60;
/** What the page says of a request that it knows nothing of. */
const SILENCE = "refused, reset, or an answer that this page may not read";

test.skip(KAFKA_LONG === "", "minutes: cargo xtask kafka page --long");
test.use({ trace: "off" });

/**
 * How a run ends. In all of them sent = acknowledged + failed + unknown, what is acknowledged is there, and
 * what failed is not.
 */
type Ends =
  /** Every record is acknowledged. */
  | "written"
  /** The same, and none is there twice. */
  | "once"
  /** Every record was sent, and none is there: they failed. */
  | "failed"
  /** Some failed, the others are acknowledged. */
  | "someFailed"
  /** Of some it is not known whether they are there, the others are acknowledged. */
  | "unknown"
  /** The run stops and says why; nothing is there. */
  | "halted"
  /** The run stops and says why; what was tried may be there. */
  | "haltedUnknown";

interface Outcome {
  readonly ends: Ends;
  /** Is in what the room says. */
  readonly words?: string;
}

interface Case extends Outcome {
  readonly fault: Record<string, unknown>;
  /** What differs by one proxy. */
  readonly but?: Outcome & { readonly by: Proxy };
  /** The browser may have sent a request again by itself, which nobody can count. */
  readonly repeats?: boolean;
}

/** An answer of Karapace's that a page may not read: it may mean anything. */
const opaque = (ends: Ends): Outcome & { readonly by: Proxy } => ({ by: "karapace", ends, words: SILENCE });
const status = (code: number): Record<string, unknown> => ({ kind: "status", code });
const CASES: readonly Case[] = [
  // Connections. A browser does not tell what was refused from what broke.
  { fault: { kind: "refuse", ms: 700, after: 1, count: 1 }, ends: "written", words: SILENCE, repeats: true },
  { fault: { kind: "refuse", ms: 5_000, after: 1, count: 1 }, ends: "unknown", words: SILENCE, repeats: true },
  { fault: { kind: "reset-request", count: 1 }, ends: "written", repeats: true },
  { fault: { kind: "reset-request" }, ends: "unknown", words: SILENCE, repeats: true },
  { fault: { kind: "reset-answer", count: 1 }, ends: "written", repeats: true },
  { fault: { kind: "reset-answer" }, ends: "unknown", repeats: true },
  { fault: { kind: "cut-answer", count: 1 }, ends: "written", words: "cut short" },
  { fault: { kind: "cut-answer" }, ends: "unknown", words: "cut short" },
  { fault: { kind: "no-answer", count: 1 }, ends: "written", words: "no answer within 1000 ms" },
  { fault: { kind: "no-answer" }, ends: "unknown", words: "no answer within 1000 ms" },
  { fault: { kind: "write-then-no-answer", count: 1 }, ends: "written", words: "no answer within 1000 ms" },
  { fault: { kind: "write-then-no-answer" }, ends: "unknown", words: "no answer within 1000 ms" },
  { fault: { kind: "slow", ms: 300 }, ends: "once" },
  { fault: { kind: "slow", ms: 1_600, count: 1 }, ends: "written", words: "no answer within 1000 ms" },
  // The whole request.
  { fault: { ...status(400), count: 1 }, ends: "once", words: "HTTP 400", but: opaque("written") },
  { fault: status(400), ends: "halted", words: "HTTP 400", but: opaque("unknown") },
  { fault: status(401), ends: "halted", words: "credentials" },
  { fault: status(403), ends: "halted", words: "may not write there" },
  { fault: status(404), ends: "halted", words: "the topic or the API is not there" },
  { fault: { ...status(413), count: 1 }, ends: "once", words: "HTTP 413", but: opaque("written") },
  { fault: status(413), ends: "halted", words: "HTTP 413", but: opaque("unknown") },
  { fault: status(415), ends: "halted", words: "does not speak this version", but: opaque("unknown") },
  { fault: { ...status(422), count: 1 }, ends: "once", words: "HTTP 422" },
  { fault: status(422), ends: "halted", words: "HTTP 422" },
  { fault: { ...status(429), retry_after: 1, count: 1 }, ends: "once", words: "HTTP 429" },
  { fault: { ...status(429), empty: true, count: 2 }, ends: "once", words: "HTTP 429" },
  { fault: { ...status(429), empty: true }, ends: "failed", words: "HTTP 429" },
  { fault: { ...status(500), count: 1 }, ends: "written", words: "HTTP 500" },
  { fault: status(500), ends: "unknown", words: "HTTP 500" },
  { fault: { ...status(503), count: 1 }, ends: "once", words: "HTTP 503" },
  { fault: status(503), ends: "failed", words: "HTTP 503" },
  { fault: status(302), ends: "halted", words: "sends elsewhere" },
  // Single records. Strimzi's 500 does not say that another try is of no use.
  { fault: { kind: "partial", every: 3, retriable: true, count: 1 }, ends: "once" },
  { fault: { kind: "partial", every: 3, count: 1 }, ends: "someFailed", but: { by: "strimzi", ends: "once" } },
  { fault: { kind: "partial", every: 3 }, ends: "someFailed", but: { by: "strimzi", ends: "unknown" } },
  // Answers that are not as they should be.
  { fault: { kind: "html" }, ends: "haltedUnknown", words: "not the answer of a Kafka REST proxy" },
  { fault: { kind: "content-type", value: "text/plain" }, ends: "once" },
  { fault: { kind: "no-cors", count: 1 }, ends: "written", words: SILENCE },
  { fault: { kind: "no-cors" }, ends: "unknown", words: SILENCE },
  { fault: { kind: "fewer", by: 2, count: 1 }, ends: "written", words: "entries for" },
  { fault: { kind: "fewer", by: 2 }, ends: "unknown", words: "entries for" },
  { fault: { kind: "more", by: 2 }, ends: "once", words: "entries for" },
  { fault: { kind: "no-offsets" }, ends: "once" },
];

/** What the connection test says of a fault that is there before anything is sent. */
const BEFORE: ReadonlyArray<{ readonly fault: Record<string, unknown>; readonly words: string }> = [
  { fault: { ...status(401), on: "other" }, words: "wants credentials (HTTP 401)" },
  { fault: { ...status(403), on: "other" }, words: "may not see the topics (HTTP 403)" },
  { fault: { ...status(500), on: "other" }, words: "answers with HTTP 500" },
  { fault: { kind: "html", on: "other" }, words: "What answers" },
  { fault: { kind: "no-cors", on: "any" }, words: "does not let a page from" },
  { fault: { kind: "no-answer", on: "other" }, words: "Nothing answers" },
];

/** The room before a proxy, with a form that every case starts from. */
async function roomBefore(page: Page, manners: Manners, by: Proxy, fields: Readonly<Record<string, string>>): Promise<Room> {
  manners.allowOrigin(addressOf(by));
  manners.expectErrors(/Failed to load resource/u, /blocked by CORS policy/u);
  const room = await Room.open(page, addressOf(by), { "Records a request": "20", ...fields });
  await room.at.getByRole("radio", { name: apiOf(by) }).check();
  await room.at.getByLabel("Event times").selectOption("simulated");
  return room;
}

const apiOf = (by: Proxy): Api => (by === "confluent-v3" ? "v3" : "v2");

/** What of the account does not hold after a run; nothing if all does. */
function wrong(ends: Ends, state: string, figures: Readonly<Record<string, number>>, written: number, repeats: boolean): string[] {
  const { sent = 0, acknowledged = 0, failed = 0, unknown = 0, possibleDuplicates = 0 } = figures;
  const all = acknowledged === RECORDS;
  const outcomes: Record<Ends, boolean> = {
    written: all,
    once: all && written === RECORDS,
    failed: failed === RECORDS && written === 0,
    someFailed: failed > 0 && unknown === 0 && failed + acknowledged === RECORDS,
    unknown: unknown > 0 && failed === 0 && unknown + acknowledged === RECORDS,
    halted: failed > 0 && acknowledged + unknown === 0 && written === 0,
    haltedUnknown: unknown > 0 && acknowledged + failed === 0,
  };
  const holds: ReadonlyArray<readonly [string, boolean]> = [
    [ends, outcomes[ends]],
    ["it stops by itself", (state === "Halted") === ends.startsWith("halted")],
    ["sent = acknowledged + failed + unknown", sent === acknowledged + failed + unknown],
    ["what is acknowledged is there", acknowledged <= written],
    ["no more is there than may be", repeats || written <= sent - failed + possibleDuplicates * 5],
  ];
  return holds.filter(([, hold]) => !hold).map(([what]) => what);
}

for (const by of PROXIES) {
  test(`every fault by ${by} ends as stated`, { tag: "@kafka" }, async ({ page, manners }) => {
    test.setTimeout(600_000);
    const room = await roomBefore(page, manners, by, { Records: String(RECORDS), "Topic in Kafka": "page-faults", "Time-out, s": "1" });
    await room.at.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
    const failures: string[] = [];
    for (const { fault, but, repeats = false, ...usual } of CASES) {
      const { ends, words = "" } = but?.by === by ? but : usual;
      await room.at.getByLabel("Tries again").fill("count" in fault ? "4" : "1");
      const before = (await control.counters(by)).written;
      await control.inject(by, fault);
      const state = await room.run();
      if (state === "Halted") await room.do("abort");
      await room.is("Done");
      await control.clear(by);
      await expect.poll(() => isThere(by), { timeout: 15_000 }).toBe(true);
      const figures = await room.figures();
      const { written } = await control.counters(by);
      const said = await room.lines();
      const not = wrong(ends, state, figures, written - before, repeats);
      if (!said.includes(words)) not.push(`says “${words}”`);
      if (not.length > 0) failures.push(`${JSON.stringify(fault)}: not so: ${not.join("; ")}; ${state}, ${written - before} written, ${JSON.stringify(figures)}\n${said}`);
    }
    for (const { fault, words } of BEFORE) {
      await control.inject(by, fault);
      await room.do("test");
      await expect(room.at.locator("[data-action=test]")).toHaveText("Test again", { timeout: 60_000 });
      const said = await room.diagnosis.innerText();
      if (!said.includes(words)) failures.push(`${JSON.stringify(fault)}: does not say “${words}”: ${said}`);
      await control.clear(by);
    }
    expect(failures, failures.join("\n\n")).toEqual([]);
  });

  test(`nothing is lost by ${by} when the broker goes away and comes back`, { tag: "@kafka" }, async ({ page, manners }) => {
    test.setTimeout(240_000);
    const count = 8_000;
    const { file } = truth(count);
    const topic = `page-away-${by}`;
    const room = await roomBefore(page, manners, by, { Records: String(count), "Records a second": "1500", "Topic in Kafka": topic });
    await room.do("start");
    await expect.poll(() => room.counter("acknowledged"), { timeout: 30_000 }).toBeGreaterThan(1_500);
    const broker = (command: string): void => void execFileSync(XTASK, ["kafka", command, "--name", KAFKA_NAME, "--broker-only"]);
    broker("down");
    const held = await room.counter("acknowledged");
    await page.waitForTimeout(2_000);
    broker("up");
    await room.is("Done", 150_000);
    expect(held, "the broker went away in the midst").toBeLessThan(count);
    const { acknowledged, possibleDuplicates = 0 } = await room.figures();
    expect(acknowledged).toBe(count);
    console.log(`${by}: ${held} acknowledged before the broker went; ${verify(topic, file, possibleDuplicates, by).trimEnd()}`);
  });
}
