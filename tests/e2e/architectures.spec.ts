// The Architectures room: it opens, plays, answers what a person does, goes back, and finds the digest
// that the command line's engine finds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Locator, Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

import type { ExperimentTick } from "../../www/experiment-protocol.ts";
import { element, expect, open, test } from "./lab.ts";

const MINUTE = 60_000;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const golden = JSON.parse(readFileSync(new URL("../golden/experiment.json", import.meta.url), "utf8")) as { experiment: string; seed: number; toMs: number; digest: string };

declare global {
  interface Window {
    progress: ExperimentTick | null;
  }
}

/** The room with an experiment, paused at its start. */
class Bench {
  readonly room: Locator;
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
    this.room = element(page);
  }

  static async open(page: Page, experiment: string): Promise<Bench> {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.addInitScript(() => {
      window.progress = null;
      document.addEventListener("experiment-tick", (event) => (window.progress = (event as CustomEvent<ExperimentTick>).detail), { capture: true });
    });
    await open(page, `./#architectures/${experiment}`);
    return new Bench(page);
  }

  async settled(wanted: (tick: ExperimentTick) => boolean = () => true): Promise<ExperimentTick> {
    const rested = await this.page.waitForFunction(() => (window.progress !== null && !window.progress.playing && !window.progress.seeking ? window.progress : null));
    const tick = (await rested.jsonValue()) as ExperimentTick;
    if (wanted(tick)) return tick;
    await this.page.waitForTimeout(50);
    return this.settled(wanted);
  }

  /** Goes to a time by the element's own method. */
  async goTo(toMs: number): Promise<ExperimentTick> {
    await this.page.evaluate((toMs) => document.querySelector("stream-glass")?.seek(toMs), toMs);
    return this.settled(({ clockMs }) => clockMs === toMs);
  }
}

test("opens, plays, and its numbers move", async ({ page }) => {
  const { room } = await Bench.open(page, "batch-staleness");
  await expect(room.getByRole("heading", { level: 1 })).toHaveText(/./);
  const age = room.locator(".lane-kappa .lane-age");
  await room.getByRole("radio", { name: "3600×" }).check();
  const before = await room.locator(".xclock").textContent();
  await room.locator("[data-action=play]").click();
  await expect(age).not.toHaveText("–old");
  await expect(room.locator(".station")).not.toHaveCount(0);
  await expect(room.locator(".xclock")).not.toHaveText(before ?? "");
  await expect(room.locator(".panel-age .canvas-slot canvas")).toBeVisible();
  await expect(room.locator(".score-line")).toHaveCount(3);
});

test("each of its buttons leaves a note", async ({ page }) => {
  const bench = await Bench.open(page, "crash");
  await bench.goTo(30 * MINUTE);
  for (const [button, note] of [["Crash a worker", "The stream jobs crash."], ["Fix, reprocess", "The right logic is deployed"]] as const) {
    await bench.room.getByRole("button", { name: button, exact: true }).click();
    await expect(bench.room.locator(".note.all").filter({ hasText: note })).toHaveCount(1);
  }
  const tick = await bench.settled(({ log }) => log.length >= 2);
  expect(tick.log.filter(({ preset }) => !preset).map(({ atMs, operation }) => [atMs, operation.type])).toEqual([[30 * MINUTE, "crash"], [30 * MINUTE, "fix"]]);
  await bench.goTo(60 * MINUTE);
  await bench.room.locator(".note", { hasText: "The stream jobs crash." }).getByRole("button").click();
  expect((await bench.settled(({ clockMs }) => clockMs === 30 * MINUTE)).latestMs).toBe(60 * MINUTE);
});

test("going back gives the same digest, and it is the command line's", async ({ page }) => {
  const bench = await Bench.open(page, golden.experiment);
  const there = await bench.goTo(golden.toMs);
  expect(there.digest).toBe(golden.digest);
  await bench.goTo(golden.toMs + 30 * MINUTE);
  expect((await bench.goTo(golden.toMs)).digest).toBe(golden.digest);
});

test("the time line is dragged back", async ({ page }) => {
  const bench = await Bench.open(page, "speed-layer");
  const { endMs } = await bench.settled();
  await bench.goTo(Math.round(endMs / 2));
  const panel = bench.room.locator(".panel-age");
  await panel.scrollIntoViewIfNeeded();
  const box = await panel.boundingBox();
  if (box === null) throw new Error("the panel is not there");
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.4, box.y + 40, { steps: 4 });
  await page.mouse.up();
  const tick = await bench.settled(({ clockMs }) => clockMs < endMs / 2);
  expect(tick.clockMs).toBeGreaterThan(0);
});

test("a problem is shown at its knob, and changes nothing", async ({ page }) => {
  const bench = await Bench.open(page, "batch-staleness");
  const before = await bench.goTo(60 * MINUTE);
  const field = bench.room.getByLabel("Batch period", { exact: true });
  await field.fill("0s");
  await field.press("Enter");
  const knob = bench.room.locator(".xknob.wrong");
  await expect(knob).toContainText("Batch period");
  await expect(knob.locator(".late")).toHaveText(/./);
  expect((await bench.settled()).digest).toBe(before.digest);
  await field.fill("20m");
  await field.press("Enter");
  await expect(knob).toHaveCount(0);
  expect((await bench.settled(({ digest }) => digest !== before.digest)).clockMs).toBe(60 * MINUTE);
});

test("the address follows the experiment, and the keyboard moves time", async ({ page }) => {
  const bench = await Bench.open(page, "crash");
  await bench.room.getByRole("button", { name: /All experiments/ }).press("Enter");
  await bench.room.locator(`.experiment:has(.experiment-number:text-is("4"))`).press("Enter");
  await expect(page).toHaveURL(/#architectures\/missing-batch$/);
  await page.locator("body").press(">");
  await bench.settled(({ clockMs }) => clockMs === MINUTE);
  const panel = bench.room.locator(".panel-age");
  await panel.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await bench.settled(({ clockMs }) => clockMs === 0);
});

test("the table behind a chart has its numbers", async ({ page }) => {
  const bench = await Bench.open(page, "crash");
  await bench.goTo(60 * MINUTE);
  await bench.room.getByRole("button", { name: "Work: table" }).click();
  const rows = bench.room.locator("figure", { hasText: "Work" }).locator("tbody tr");
  expect(await rows.count()).toBeGreaterThan(20);
  await expect(rows.first().locator("th")).toHaveText("1:00:00");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no finding of axe at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const bench = await Bench.open(page, "crash");
      await bench.goTo(130 * MINUTE);
      await bench.room.getByRole("button", { name: /All experiments/ }).click();
      for (const summary of await bench.room.locator("summary").all()) await summary.click();
      await page.evaluate(axe);
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const results: AxeResults = await page.evaluate(
        (tags) => (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ runOnly: { type: "tag", values: tags } }),
        tags,
      );
      expect(results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    });
  }
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 768, 1440]) {
    test(`the room at ${width} px, ${colorScheme}`, { tag: "@screenshots" }, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      for (const [experiment, minutes] of [["crash", 150], ["switch-over", 130]] as const) {
        await page.emulateMedia({ colorScheme });
        const bench = await Bench.open(page, experiment);
        await bench.goTo(minutes * MINUTE);
        await page.waitForTimeout(600);
        await page.screenshot({ path: `.cache/screenshots/architectures-${experiment}-${width}-${colorScheme}.png`, fullPage: true });
        await page.goto("about:blank");
      }
    });
  }
}
