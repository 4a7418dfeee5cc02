// A configuration dropped onto the page: run when it is right, refused with every reason when not,
// and never anything but text.
import { readFileSync } from "node:fs";

import { expect, test } from "./lab.ts";
import { Run } from "./run.ts";

const MINUTE = 60_000;
const site = readFileSync(new URL("site.yml", import.meta.url), "utf8");

test("a right one starts a new run", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.goTo(MINUTE);
  await run.drop("site.yml", site);
  await expect(run.node("little-site")).toBeVisible();
  await expect(run.element.locator("stream-glass-configuration")).toContainText("site.yml");
  await run.speed(600);
  await run.play();
  await run.tick(({ sent }) => sent > 200);
  await run.pause();
  const [states] = await run.tables();
  expect(states).toContain("story");
  expect(states).not.toContain("clickbait");
  // And back.
  await run.element.getByRole("button", { name: "Built-in site" }).click();
  await expect(run.node("imply-news")).toBeVisible();
});

test("a wrong one is refused with path and reason, and changes nothing", async ({ page }) => {
  const run = await Run.openPaused(page);
  const before = await run.goTo(MINUTE);
  const wrong = site.replace("maxSessions: 2000", "maxSessions: many").replace("'leave': 0.4", "'leave': 0.9");
  await run.drop("wrong.yml", wrong);
  const problems = run.element.getByRole("group", { name: "What is wrong" });
  await expect(problems).toContainText("wrong.yml was refused");
  await expect(problems.locator("code")).toContainText(["General.maxSessions", "StateMachine.StateTransitionMatrix.default.story"]);
  await expect(run.node("imply-news")).toBeVisible();
  expect(await run.tick()).toMatchObject({ clockMs: before.clockMs, digest: before.digest, sent: before.sent });
  await problems.getByRole("button", { name: "Dismiss" }).click();
  await expect(problems).toBeHidden();
});

test("what is no YAML is refused with its line", async ({ page }) => {
  const run = await Run.openPaused(page);
  await run.drop("broken.yml", "General:\n  a: [1, 2\nb: }");
  await expect(run.element.getByRole("group", { name: "What is wrong" })).toContainText(/line \d+, column \d+/);
  await run.drop("list.yml", "- 1\n- 2\n");
  await expect(run.element.getByRole("group", { name: "What is wrong" })).toContainText("list.yml was refused");
});

test("names that look like markup are shown as text", async ({ page }) => {
  await page.addInitScript(() => Object.assign(window, { pwned: 0 }));
  const run = await Run.openPaused(page);
  const evil = '<img src=x onerror=window.pwned++>';
  await run.drop(`${evil}.yml`, site.replaceAll("'story'", `'${evil}'`));
  await expect(run.node("little-site")).toBeVisible();
  await run.goTo(3 * MINUTE);
  const [states] = await run.tables();
  expect(states).toContain(evil);
  await run.node("clicks").click();
  await expect(run.element.getByRole("region", { name: "Value" })).toContainText("recordType");
  await run.drop("wrong.yml", site.replace("'story': 0.6", `'${evil}': 7`));
  await expect(run.element.getByRole("group", { name: "What is wrong" })).toContainText("refused");
  expect(await run.element.locator("img").count()).toBe(0);
  expect(await page.evaluate(() => (window as unknown as { pwned: number }).pwned)).toBe(0);
});
