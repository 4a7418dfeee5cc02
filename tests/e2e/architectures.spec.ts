// The Architectures room: it opens, plays, answers what a person does, goes back, and finds the digest
// that the command line's engine finds.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Locator, Page } from "@playwright/test";

import type { ExperimentTick } from "../../www/experiment-protocol.ts";
import { expectNoFinding } from "./axe.ts";
import { element, expect, open, test } from "./lab.ts";

const MINUTE = 60_000;
const golden = JSON.parse(readFileSync(new URL("../golden/experiment.json", import.meta.url), "utf8")) as { experiment: string; seed: number; toMs: number; digest: string };

const top = fileURLToPath(new URL("../..", import.meta.url));

/** What the command line prints: the report's bytes. */
function printed(args: readonly string[]): string {
  const built = process.env["STREAMGLASS_PROGRAM"];
  const [program, before] = built === undefined ? ["cargo", ["run", "--quiet", "--bin", "streamglass", "--"]] : [built, []];
  return execFileSync(program, [...before, "simulate", ...args, "--format", "json"], { cwd: top, encoding: "utf8", maxBuffer: 1 << 26 });
}

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
    // It rests when the checkers are through: then there is a digest.
    const rested = await this.page.waitForFunction(() => (window.progress !== null && !window.progress.playing && window.progress.digest !== null ? window.progress : null));
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

/** The report as the room hands it out. */
async function report({ room, page }: Bench): Promise<string> {
  const download = page.waitForEvent("download");
  await room.getByRole("button", { name: "Report" }).click();
  return readFileSync(await (await download).path(), "utf8");
}

const MINUTES = [0.5, 1.7] as const;

for (const [experiment, link, args] of [
  ["crash", "for=2h&do=30m~late:3%25:6m:30m&do=70m~fix-reprocess:etl+batch+speed+stream", ["--do", "30m=late:3%:6m:30m", "--do", "70m=fix-reprocess:etl+batch+speed+stream"]],
  ["hand-off", "for=2h&question=session-length&hand-off=by-offset&period=20m", ["--set", "question=session-length", "--set", "hand-off=by-offset", "--set", "period=20m"]],
  ["distinct", "for=2h&period=30m", ["--set", "period=30m"]],
  ["idle-stream", "for=2h&at=50m&heartbeat=1m", ["--set", "at=50m", "--set", "heartbeat=1m"]],
  ["late-data", "for=2h&late-delay=log-normal&at=80m", ["--set", "late-delay=log-normal", "--set", "at=80m"]],
] as const) {
  test(`the report of ${experiment} is the command line's, byte for byte, at any speed and after going back`, async ({ page }) => {
    test.setTimeout(600_000);
    const native = printed([experiment, ...args, "--for", "2h"]);
    const bench = await Bench.open(page, `${experiment}?v=1&seed=7&${link}`);
    const end = 120 * MINUTE;
    await bench.goTo(end);
    expect(await report(bench)).toBe(native);
    // Played, not sought, at two speeds.
    await bench.goTo(0);
    await bench.room.getByRole("radio", { name: "3600×" }).check();
    await bench.room.locator("[data-action=play]").click();
    await page.waitForFunction((half) => (window.progress?.clockMs ?? 0) > half, end / 2);
    await bench.room.getByRole("radio", { name: "max" }).check();
    await bench.settled(({ clockMs }) => clockMs === end);
    expect(await report(bench)).toBe(native);
    for (const part of MINUTES) await bench.goTo(Math.round(part * 30 * MINUTE));
    await bench.goTo(end);
    expect(await report(bench)).toBe(native);
  });
}

test("a link brings the run back as it was", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const bench = await Bench.open(page, "crash");
  await bench.goTo(30 * MINUTE);
  await bench.room.locator("section[aria-labelledby=operations-title] summary").click();
  await bench.room.getByRole("button", { name: "Outage", exact: true }).click();
  const field = bench.room.getByLabel("Checkpoint interval", { exact: true });
  await field.fill("2m");
  await field.press("Enter");
  const there = await bench.goTo(45 * MINUTE);
  await bench.room.getByRole("button", { name: "Copy link" }).click();
  await expect(bench.room.locator(".taken")).toContainText("streamglass simulate crash --seed 7 --set checkpoint=2m --do 30m=outage:10m");
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(address).hash).toBe("#architectures/crash?v=1&seed=7&checkpoint=2m&do=30m~outage:10m&now=45m");
  await page.goto("about:blank");
  await open(page, address);
  const back = await bench.settled(({ clockMs }) => clockMs === 45 * MINUTE);
  expect(back.digest).toBe(there.digest);
  expect(back.log.filter(({ preset }) => !preset)).toHaveLength(1);
});

test("a link that is wrong says so, as text", async ({ page }) => {
  const bench = await Bench.open(page, "crash?do=1m~%3Cimg src=x onerror=alert(1)%3E");
  await expect(bench.room.locator(".late[role=alert]")).toContainText("<img src");
  await expect(bench.room.locator("img")).toHaveCount(0);
  expect((await bench.settled()).clockMs).toBe(0);
});

test("whoever comes back from another room finds the run as it was", async ({ page }) => {
  const bench = await Bench.open(page, "crash");
  await bench.goTo(30 * MINUTE);
  await bench.room.getByRole("button", { name: "Crash a worker", exact: true }).click();
  const there = await bench.goTo(50 * MINUTE);
  await page.getByRole("link", { name: "Pipeline" }).click();
  await expect(bench.room.locator("stream-glass-architectures")).toHaveCount(0);
  await page.evaluate(() => (window.progress = null));
  await page.getByRole("link", { name: "Architectures" }).click();
  await expect(bench.room.locator(".xclock")).toContainText("0:50:00");
  await expect(bench.room.locator(".panel-age .canvas-slot canvas")).toBeVisible();
  const back = await bench.goTo(51 * MINUTE);
  expect([back.log, back.latestMs]).toEqual([there.log, 51 * MINUTE]);
  expect((await bench.goTo(50 * MINUTE)).digest).toBe(there.digest);
});

test("what goes wrong comes before what mends it", async ({ page }) => {
  const { room } = await Bench.open(page, "crash");
  const labels = await room.locator("section[aria-labelledby=operations-title] > .operations button").allTextContents();
  expect(labels).toEqual(["Crash a worker", "Fix, reprocess"]);
});

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
      await expectNoFinding(page);
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
