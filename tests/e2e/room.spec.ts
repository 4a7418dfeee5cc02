// What a person does in the Pipeline room: disturb the source, pause queries, look inside.
import { expect, test } from "./lab.ts";
import { Run, essence } from "./run.ts";

const MINUTE = 60_000;

test("a knob changes the run from then on, and going back takes it along", async ({ page }) => {
  const run = await Run.openPaused(page);
  const before = await run.goTo(2 * MINUTE);
  const calm = await run.goTo(4 * MINUTE);
  await run.goTo(2 * MINUTE);
  await run.turn("Malformed", 0.05);
  await page.waitForTimeout(200);
  const disturbed = await run.goTo(4 * MINUTE);
  expect(disturbed.digest).not.toBe(calm.digest);
  const broken = disturbed.faults.filter(({ name }) => ["cut short", "wrong type", "unknown record type"].includes(name));
  expect(broken.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(10);
  expect((await run.goTo(2 * MINUTE)).digest).toBe(before.digest);
  expect(essence(await run.goTo(4 * MINUTE))).toEqual(essence(disturbed));
});

test("coalescing changes how often results are sent", async ({ page }) => {
  const run = await Run.openPaused(page);
  const place = await run.placeOf("clicks-by-state");
  const results = async (): Promise<number> => (await run.goTo(3 * MINUTE)).nodes[place]?.recordsIn ?? 0;
  const coalesced = await results();
  await run.goTo(0);
  await run.element.getByRole("switch", { name: /Coalesce/ }).uncheck();
  await run.tick((tick) => !tick.coalesced);
  expect(await results()).toBeGreaterThan(3 * coalesced);
});

test("a paused query falls behind, and catches up", async ({ page }) => {
  const run = await Run.open(page);
  const place = await run.placeOf("count by state");
  await run.node("count by state").click();
  await run.element.getByRole("button", { name: "Pause the query" }).click();
  const lag = async (least: number): Promise<number> => {
    const tick = await run.tick(({ nodes }) => (nodes[place]?.lag ?? 0) > least);
    return tick.nodes[place]?.lag ?? 0;
  };
  await lag((await lag(100)) + 100);
  await expect(run.node("count by state")).toContainText("lag");
  await expect(run.node("count by state")).toContainText("paused");
  await run.element.getByRole("button", { name: "Resume the query" }).click();
  await run.tick(({ nodes }) => nodes[place]?.lag === 0 && nodes[place]?.paused === false);
  await expect(run.node("count by state")).not.toContainText("lag");
});

test("a topic shows its partitions and its last records as JSON", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.goTo(5 * MINUTE);
  await run.node("clicks").click();
  const inspector = run.element.locator("stream-glass-inspector");
  await expect(inspector.getByRole("heading", { name: "clicks" })).toBeVisible();
  const value = inspector.getByRole("region", { name: "Value" });
  await expect(value).toContainText('"recordType": "click"');
  expect(JSON.parse(await value.innerText())).toMatchObject({ recordType: "click" });
  // Another record by a click on its row.
  const row = inspector.locator(".records tbody tr").nth(1);
  const offset = /· ([\d,]+)/.exec(await row.innerText())?.[1] ?? "none";
  await row.click();
  await expect(inspector.getByRole("heading", { name: /Chosen/ })).toContainText(`offset ${offset}`);
  // Results have windows.
  await run.node("clicks-by-state").click();
  await expect(inspector).toContainText(/Window\s*\d\d:\d\d:00 – \d\d:\d\d:00, 60 s/);
});

test("a dead letter says why it is there", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.turn("Malformed", 0.1);
  await page.waitForTimeout(200);
  await run.goTo(2 * MINUTE);
  await run.node("dead-letters").click();
  const record = run.element.locator("stream-glass-inspector .record");
  await expect(record).toContainText("REASON");
  await expect(record).toContainText(/no JSON|recordType /);
});

test("values are read from a chart by the keyboard", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.goTo(10 * MINUTE);
  const figure = run.element.locator("figure.chart").first();
  await figure.getByRole("group", { name: /Clicks by state/ }).focus();
  await page.keyboard.press("Home");
  await expect(figure.locator("[aria-live]")).toHaveText(/08:00:00: .*home \d+/);
  await page.keyboard.press("ArrowRight");
  await expect(figure.locator("[aria-live]")).toHaveText(/08:01:00: /);
  await expect(figure.locator(".cross")).toBeVisible();
});

test("the picture of a chart has ink in the colours of its legend", async ({ page, context }) => {
  const run = await Run.openPaused(page);
  await run.goTo(10 * MINUTE);
  const figure = run.element.locator("figure.chart").first();
  const legend = await figure.locator(".swatch").evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor));
  expect(legend.length).toBeGreaterThan(3);
  // A page without a policy, for one with the demo's may not read data: URLs.
  const reader = await context.newPage();
  const colors = async (): Promise<string[]> => {
    const png = await figure.locator(".plot").screenshot();
    return reader.evaluate(async (base64) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      if (context === null) throw new Error("no context");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const colors = new Set<string>();
      for (let i = 0; i < data.length; i += 4) colors.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
      return [...colors];
    }, png.toString("base64"));
  };
  await expect.poll(colors).toEqual(expect.arrayContaining(legend.slice(0, 3)));
});

test("the lab is driven from the keyboard", async ({ page }) => {
  const run = await Run.openPaused(page);
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  const begin = await run.rest();
  await page.keyboard.press(".");
  const one = await run.tick((tick) => tick.clockMs !== begin.clockMs && tick.digest !== null);
  expect(one.clockMs - begin.clockMs).toBe(1000);
  await page.keyboard.press(">");
  await run.tick((tick) => tick.clockMs - begin.clockMs === 61_000 && tick.digest !== null);
  await page.keyboard.press(",");
  await run.tick((tick) => tick.clockMs - begin.clockMs === 1000 && tick.digest !== null);
  await page.keyboard.press("Space");
  await run.tick((tick) => tick.playing);
  await page.keyboard.press("+");
  await run.tick((tick) => tick.speed === 3600);
  await page.keyboard.press("-");
  await run.tick((tick) => tick.speed === 600);
  await page.keyboard.press("Space");
  await run.rest();
  await page.keyboard.press("?");
  await expect(run.element.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(run.element.getByRole("dialog")).toBeHidden();
  // The time line by its arrow keys.
  await run.goTo(5 * MINUTE);
  await run.element.getByRole("slider", { name: "Time line" }).focus();
  await page.keyboard.press("ArrowLeft");
  await run.tick((tick) => tick.clockMs - begin.clockMs === 4 * MINUTE);
  await page.keyboard.press("Home");
  await run.tick((tick) => tick.clockMs === begin.clockMs);
});

test("with reduced motion it starts paused, and nothing moves by itself", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const run = await Run.open(page);
  const tick = await run.rest();
  expect(tick.sent).toBe(0);
  await run.play();
  await run.tick(({ sent }) => sent > 500);
  expect(await moving(run)).toBe(0);
  expect(await edges(run)).toEqual(await edges(run));
});

test("with motion, dots run along the edges while the run plays", async ({ page }) => {
  const run = await Run.open(page);
  await run.tick(({ sent }) => sent > 2000);
  const first = await edges(run);
  await expect.poll(async () => (await edges(run)).equals(first)).toBe(false);
  await run.pause();
  await expect.poll(async () => (await edges(run)).equals(await edges(run))).toBe(true);
});

test("what is out of sight is seldom renewed while the run plays, and at once when it comes into sight", async ({ page }) => {
  const run = await Run.open(page);
  const inspector = run.element.locator("stream-glass-inspector");
  const offset = inspector.locator(".records td").first();
  await inspector.scrollIntoViewIfNeeded();
  const changes = (): Promise<number> =>
    offset.evaluate(async (cell) => {
      let [last, count] = [cell.textContent, 0];
      const until = performance.now() + 8000;
      while (performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (cell.textContent !== last) [last, count] = [cell.textContent, count + 1];
      }
      return count;
    });
  const seen = await changes();
  expect(seen).toBeGreaterThan(3);
  // The element itself stays in sight, else nothing would run.
  await run.element.locator(".room").evaluate((room) => (room as HTMLElement).style.setProperty("padding-bottom", "3000px"));
  await page.mouse.wheel(0, 20_000);
  await expect(inspector).not.toBeInViewport();
  const unseen = await changes();
  expect(unseen).toBeGreaterThan(0);
  expect(unseen).toBeLessThan(seen);
  const kept = await offset.innerText();
  await inspector.scrollIntoViewIfNeeded();
  await expect(offset).not.toHaveText(kept, { timeout: 1500 });
});

/** A picture of edges that leave the generator, without any step. */
async function edges(run: Run): Promise<Buffer> {
  const node = run.node("generator");
  await node.scrollIntoViewIfNeeded();
  const box = await node.boundingBox();
  if (box === null) throw new Error("the generator is not shown");
  return run.page.screenshot({ clip: { x: box.x + box.width + 2, y: box.y, width: 22, height: box.height } });
}

/** How many animations run inside the element. */
function moving(run: Run): Promise<number> {
  return run.element.evaluate(({ shadowRoot }) => shadowRoot?.getAnimations().filter(({ playState }) => playState === "running").length ?? -1);
}
