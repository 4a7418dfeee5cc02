// The page left running at full load: memory stays flat, the main thread stays free, commands are
// answered. `cargo xtask soak` runs it for ten minutes; SOAK_MINUTES says how long.
import { mkdirSync, writeFileSync } from "node:fs";

import type { Browser, Page } from "@playwright/test";

import { expect, open, test } from "./lab.ts";
import { quantile, resident, workPerFrame } from "./trace.ts";

const minutes = Number(process.env["SOAK_MINUTES"] ?? "1");
/** Events a second of wall time. */
const target = 100_000;
/** Of the main thread, milliseconds in a frame. */
const budget = 4;
/** Milliseconds until a command is answered. */
const patience = 50;

// Playwright's own trace takes snapshots of the page, on the thread that is measured.
test.use({ trace: "off" });

interface Lab extends HTMLElement {
  setSpeed(factor: number | null): void;
  play(): void;
  run(sql: string): Promise<unknown>;
}

test("memory is flat and the main thread free", { tag: "@soak" }, async ({ page, browser }) => {
  test.setTimeout((minutes + 3) * 60_000);
  await page.addInitScript(() => {
    // The element's `tick` does not bubble; the latest count of sent records is all that is kept.
    const heard = (event: Event) => Object.assign(window, { sent: (event as CustomEvent<{ sent: number }>).detail.sent });
    document.addEventListener("tick", heard, { capture: true });
  });
  await open(page);
  await page.evaluate(() => document.querySelector<Lab>("stream-glass")?.play());
  const load = new Load(page);
  for (let attempt = 0; attempt < 4; attempt++) await load.adjust(3000);

  const samples: { seconds: number; rate: number; heap: number; resident: number | null }[] = [];
  const asked = await ask(page);
  const start = Date.now();
  while (Date.now() - start < minutes * 60_000) {
    const rate = await load.adjust(Math.min(5000, minutes * 3000));
    samples.push({ seconds: (Date.now() - start) / 1000, rate, ...(await memory(browser, page)) });
  }
  const answers = await asked();
  const sustained = samples.reduce((sum, { rate }) => sum + rate, 0) / samples.length;
  const work = await workPerFrame(browser, page, 10_000);

  const quantiles = (values: number[]) => ({ p50: quantile(values, 0.5), p95: quantile(values, 0.95), p99: quantile(values, 0.99) });
  const thread = { cpu: quantiles(work.cpu), wall: quantiles(work.wall) };
  const waits = { asked: answers.length, p50: quantile(answers, 0.5), p95: quantile(answers, 0.95), longest: answers.at(-1) ?? NaN };
  mkdirSync(".cache", { recursive: true });
  writeFileSync(".cache/soak.json", JSON.stringify({ minutes, sustained, thread, waits, samples }, null, 2));
  const text = ({ p50, p95, p99 }: typeof thread.cpu) => `${p50.toFixed(2)} / ${p95.toFixed(2)} / ${p99.toFixed(2)}`;
  console.log(`${Math.round(sustained)} events/s at the mean`);
  console.log(`main thread, ms a frame, p50 / p95 / p99: ${text(thread.cpu)} of the processor, ${text(thread.wall)} by the wall clock`);
  console.log(`${waits.asked} commands answered, ms p50 / p95 / longest: ${waits.p50.toFixed(1)} / ${waits.p95.toFixed(1)} / ${waits.longest.toFixed(1)}`);
  const megabytes = samples.map(({ heap, resident }) => `${(heap / 1e6).toFixed(1)}/${resident === null ? "-" : (resident / 1e6).toFixed(0)}`);
  console.log(`heap/resident MB: ${megabytes.join(" ")}`);

  expect(sustained, "events/s").toBeGreaterThan(target * 0.9);
  expect(thread.cpu.p95, "ms of main thread in a frame, p95").toBeLessThan(budget);
  expect(waits.p95, "ms until a command is answered, p95").toBeLessThan(patience);
  expectFlat(samples.map(({ heap }) => heap), 4e6);
  expectFlat(samples.flatMap(({ resident }) => (resident === null ? [] : [resident])), 16e6);
});

/**
 * Asks the worker something a few times a second. What it gives ends that: with the milliseconds that
 * the answers took, shortest first.
 */
async function ask(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const lab = document.querySelector<Lab>("stream-glass");
    const waits: number[] = [];
    const timer = setInterval(() => {
      const at = performance.now();
      void lab?.run("SHOW QUERIES;").then(() => waits.push(performance.now() - at));
    }, 210);
    const end = (): number[] => {
      clearInterval(timer);
      return waits.sort((a, b) => a - b);
    };
    Object.assign(window, { endAsking: end });
  });
  return () => page.evaluate(() => (window as unknown as { endAsking: () => number[] }).endAsking());
}

/**
 * Holds the load. How many events a virtual second has depends on the hour of the day, so the speed
 * has to follow it.
 */
class Load {
  #speed = 60;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Events a second of wall time in the next `ms`; then the speed that would have met the target. */
  async adjust(ms: number): Promise<number> {
    const before = await this.#now();
    await this.#page.waitForTimeout(ms);
    const after = await this.#now();
    const rate = ((after.sent - before.sent) / (after.at - before.at)) * 1000;
    this.#speed = Math.min((this.#speed * target * 1.05) / Math.max(rate, 1), 86_400);
    await this.#page.evaluate((factor) => document.querySelector<Lab>("stream-glass")?.setSpeed(factor), this.#speed);
    return rate;
  }

  #now(): Promise<{ sent: number; at: number }> {
    return this.#page.evaluate(() => ({ sent: (window as unknown as { sent?: number }).sent ?? 0, at: performance.now() }));
  }
}

/** Bytes of the main thread's heap after a collection, and of the page's process (Linux). */
async function memory(browser: Browser, page: Page): Promise<{ heap: number; resident: number | null }> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  await session.detach();
  const heap = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? 0;
  return { heap, resident: await resident(browser, "VmRSS") };
}

/** The last third does not stand above the middle one; the first may grow until retention begins. */
function expectFlat(values: readonly number[], slack: number): void {
  const third = Math.floor(values.length / 3);
  const median = (part: readonly number[]) => quantile([...part].sort((a, b) => a - b), 0.5);
  const middle = median(values.slice(third, 2 * third));
  const last = median(values.slice(2 * third));
  expect(third, "enough samples").toBeGreaterThan(0);
  expect(last, "bytes, last third against the middle one").toBeLessThan(middle * 1.05 + slack);
}
