// SQL in the Pipeline room: what a person writes, runs and reads. The manners of the page (no error on
// the console, no violation of its policy, no other origin) hold in every test.
import { readFileSync, readdirSync } from "node:fs";

import type { Locator, Page } from "@playwright/test";

import type { Answer } from "../../www/protocol.ts";
import { expectNoFinding } from "./axe.ts";
import { expect, test } from "./lab.ts";
import { Run } from "./run.ts";

const MINUTE = 60_000;
const scripts = new URL("../../www/scripts/", import.meta.url);
const ready = readdirSync(scripts)
  .filter((name) => name.endsWith(".sql"))
  .map((name) => ({ id: name.replace(/\.sql$/u, ""), text: readFileSync(new URL(name, scripts), "utf8") }));

/** The SQL card of a lab that is paused a while into its run. */
class Desk {
  private constructor(
    readonly run: Run,
    readonly card: Locator,
  ) {}

  static async open(page: Page, ms = 10 * MINUTE): Promise<Desk> {
    const run = await Run.openPaused(page);
    await run.goTo(ms);
    const card = run.element.locator("section.sql");
    await card.getByRole("button", { name: "Open the editor" }).click();
    await expect(card.locator(".cm-content")).toBeFocused();
    return new Desk(run, card);
  }

  get text(): Locator {
    return this.card.locator(".cm-content");
  }

  button(name: string): Locator {
    return this.card.getByRole("button", { name, exact: true });
  }

  async choose(id: string): Promise<void> {
    await this.card.getByLabel("Script").selectOption(id);
  }

  /** Writes a text in the place of the one that is there. */
  async write(text: string): Promise<void> {
    await this.text.click();
    await this.run.page.keyboard.press("Control+a");
    await this.run.page.keyboard.insertText(text);
  }

  /** The newest run's answers. */
  get newest(): Locator {
    return this.card.locator(".run").first();
  }

  /** Runs with a click, and waits for the answers. */
  async runAll(): Promise<Locator> {
    const before = await this.card.locator(".run").count();
    await this.button("Run all").click();
    await expect(this.card.locator(".run")).toHaveCount(Math.min(before + 1, 12));
    return this.newest;
  }
}

test("a statement is written, run, and has rows", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("01-look-around");
  await desk.write("SELECT state, clicks FROM clicks_by_state LIMIT 5;\nSHOW TOPICS;");
  const answers = await desk.runAll();
  await expect(answers.locator(".answer")).toHaveCount(2);
  await expect(answers.getByRole("region", { name: "Rows" }).locator("tbody tr")).toHaveCount(5);
  await expect(answers.getByRole("region", { name: "Topics" })).toContainText("dead-letters");
  // One of them, at the cursor.
  await desk.text.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Control+Enter");
  await expect(desk.newest.locator(".answer")).toHaveCount(1);
  await expect(desk.newest.locator(".statement")).toContainText("SHOW TOPICS");
});

test("wrong SQL is underlined where it is wrong, with its code and help", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("01-look-around");
  await desk.write("-- ä, 😀: places are not bytes\nSELECT contenId FROM clicks;");
  const squiggle = desk.card.locator(".cm-lintRange-error");
  await expect(squiggle).toHaveText("contenId");
  await expect(desk.card.locator("[data-problems]")).toHaveText(/^Line 2, column 8: SG-0202 /u);
  await squiggle.hover();
  await expect(desk.card.locator(".cm-diagnostic")).toContainText("SG-0202");
  await expect(desk.card.locator(".cm-diagnostic")).toContainText("CONTENTID");
  // Run all the same: the answer says it too, and leads there.
  await page.mouse.move(0, 0);
  const answers = await desk.runAll();
  await expect(answers.locator(".findings")).toContainText("SG-0202");
  await answers.getByRole("button", { name: "line 2, column 8" }).click();
  await page.keyboard.insertText("contentId,");
  await expect(desk.text).toContainText("SELECT contentId,contenId");
  await desk.write("SELECT contentId FROM clicks;");
  await expect(squiggle).toHaveCount(0);
  await expect(desk.card.locator("[data-problems]")).toHaveText("Nothing is wrong with it.");
});

test("names, functions and keywords are completed", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("01-look-around");
  await desk.write("");
  await page.keyboard.type("SELECT u.country_code, sub");
  await page.keyboard.type("string(u.uid, 1) FROM use");
  const options = desk.card.locator(".cm-tooltip-autocomplete li");
  await expect(options.first()).toContainText("USERS");
  // An offer that has only just come takes no keys, so that none is taken by mistake.
  await page.waitForTimeout(150);
  await page.keyboard.press("Enter");
  await page.keyboard.type(" u WHERE u.pla");
  await expect(options.first()).toContainText("PLACE_NAME");
  await page.waitForTimeout(150);
  await page.keyboard.press("Tab");
  await expect(desk.text).toContainText("FROM USERS u WHERE u.PLACE_NAME");
});

test("what is laid out keeps its comments", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("01-look-around");
  await desk.write("-- first\nselect   state from clicks  emit changes;\n\n-- last");
  await desk.button("Format").click();
  await expect(desk.text.locator(".cm-line")).toHaveText(["-- first", "SELECT state", "FROM clicks", "EMIT CHANGES;", "", "-- last", ""]);
  await page.keyboard.press("Control+z");
});

test("a query is followed live, held and stopped", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("04-filter-by-country");
  const answers = await desk.runAll();
  await expect(answers).toContainText("Rows appear as they come.");
  await desk.run.play();
  const live = answers.locator("[data-live]");
  await expect(live).toContainText(/live\s+\d+ rows/u);
  await expect(answers.getByRole("region", { name: /Rows as they come/u }).locator("tbody tr").first()).toBeVisible();
  await answers.getByRole("button", { name: "Hold" }).click();
  await expect(live).toContainText("held");
  await answers.getByRole("button", { name: "Go on" }).click();
  await answers.getByRole("button", { name: "Stop" }).click();
  await expect(live).toContainText("ended");
});

test("a new query is in the flow and its topic in the inspector, and both go with a seek back", async ({ page }) => {
  // Three seeks over twenty minutes of fourteen queries.
  test.setTimeout(90_000);
  const desk = await Desk.open(page);
  await desk.choose("10-conversion-by-channel");
  await desk.runAll();
  await desk.run.goTo(20 * MINUTE);
  const topic = desk.run.node("conversion");
  await topic.click();
  const inspector = desk.run.element.locator("stream-glass-inspector");
  await expect(inspector.getByRole("heading", { name: "conversion" })).toBeVisible();
  await expect(inspector.getByRole("region", { name: "Value" })).toContainText("SESSIONS");
  const there = await desk.run.goTo(20 * MINUTE);
  // Before the statement it is not there; ahead it is, the same.
  await desk.run.goTo(5 * MINUTE);
  await expect(topic).toHaveCount(0);
  expect((await desk.run.goTo(20 * MINUTE)).digest).toBe(there.digest);
  await expect(topic).toBeVisible();
  await desk.card.getByText("Running queries: 14").click();
  await desk.card.getByRole("button", { name: "Terminate CTAS_CONVERSION_14" }).click();
  await expect(desk.card.getByText("Running queries: 13")).toBeVisible();
});

test("a plan is shown as a tree", async ({ page }) => {
  const desk = await Desk.open(page);
  await desk.choose("08-enrich-clicks");
  await desk.text.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await desk.button("Explain").click();
  const plan = desk.newest.locator(".plan");
  await expect(plan).toContainText("left join");
  await expect(plan).toContainText("table over topic users");
  expect(await plan.locator("ul ul").count()).toBeGreaterThan(0);
});

test("the pipeline is changed, and reset", async ({ page }) => {
  const desk = await Desk.open(page, MINUTE);
  const { digest } = await desk.run.goTo(2 * MINUTE);
  await desk.text.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("\nCREATE STREAM us AS SELECT * FROM clicks WHERE country_code = 'US';");
  await expect(desk.card.locator("[data-problems]")).toHaveText("Nothing is wrong with it.");
  await desk.button("Start anew with it").click();
  await expect(desk.run.node("US")).toBeVisible();
  await desk.run.goTo(2 * MINUTE);
  await expect(desk.text).toContainText("The built-in pipeline");
  await desk.button("Reset").click();
  await expect(desk.run.node("US")).toHaveCount(0);
  expect((await desk.run.goTo(2 * MINUTE)).digest).toBe(digest);
  await expect(desk.button("Reset")).toBeDisabled();
  // One that is wrong is refused, and the run goes on.
  await desk.write("CREATE STREAM a AS SELECT * FROM nothing;");
  await desk.button("Start anew with it").click();
  await expect(desk.card.locator(".findings")).toContainText("SG-0201");
  expect((await desk.run.goTo(2 * MINUTE)).digest).toBe(digest);
});

test("the keyboard can leave the editor", async ({ page }) => {
  const desk = await Desk.open(page);
  await page.keyboard.press("Tab");
  await expect(desk.text).toBeFocused();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(desk.text).not.toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(desk.text).toBeFocused();
  // Keys that the lab would take are letters here.
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("-- .,<>+? ");
  await expect(desk.text).toContainText("-- .,<>+? ");
  expect((await desk.run.tick()).playing).toBe(false);
});

test("the element runs SQL for a page", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.goTo(5 * MINUTE);
  const ask = (sql: string): Promise<Answer[]> =>
    run.element.evaluate((element, sql) => (element as HTMLElement & { run(sql: string): Promise<Answer[]> }).run(sql), sql);
  const [rows] = await ask("SELECT state FROM clicks LIMIT 3;");
  expect(rows?.outcome).toMatchObject({ type: "rows", columns: [{ name: "STATE", dataType: "VARCHAR" }] });
  const [refused] = await ask("SELECT state FROM clocks;");
  expect(refused?.outcome).toMatchObject({ type: "refused", diagnostics: [{ code: 201 }] });
  const heard = run.element.evaluate((element) => new Promise((resolve) => {
    element.addEventListener("rows", (event) => resolve((event as CustomEvent<{ rows: string[][] }>).detail.rows.length), { once: true });
  }));
  await ask("SELECT state FROM clicks EMIT CHANGES;");
  await run.play();
  expect(await heard).toBeGreaterThan(0);
});

test("each ready script runs", async ({ page }) => {
  test.setTimeout(120_000);
  const desk = await Desk.open(page);
  expect(ready.length).toBeGreaterThanOrEqual(10);
  for (const { id, text } of ready) {
    await desk.choose(id);
    await expect(desk.text).toContainText(text.split("\n", 1)[0] ?? "");
    await expect(desk.card.locator("[data-problems]"), id).toHaveText("Nothing is wrong with it.");
    const answers = await desk.runAll();
    await expect(answers.locator(".findings"), id).toHaveCount(0);
    await expect(answers.locator(".answer").last(), id).toBeVisible();
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 768, 1440]) {
    test(`the open editor has no finding at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      const desk = await Desk.open(page);
      await desk.choose("01-look-around");
      await desk.runAll();
      await desk.write("SELECT contenId FROM clicks WHERE uid = '1' AND 1 < 2;");
      await expect(desk.card.locator("[data-problems='1']")).toBeVisible();
      await page.keyboard.press("Escape");
      await expectNoFinding(page);
      const scroll = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(scroll).toBeLessThanOrEqual(width);
    });
  }
}
