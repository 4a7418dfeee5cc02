// The Connect room: its form, the connection test and what it advises, runs to their end, and where a
// password must not be.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Page } from "@playwright/test";

import { Room } from "./connect.ts";
import { Run } from "./run.ts";
import { expectNoFinding } from "./axe.ts";
import { type Manners, element, expect, test as base } from "./lab.ts";
import { type Behaviour, type Proxy, proxy } from "./proxy.ts";

/** What a browser writes to its console about a request that failed. */
const FETCH = [/Failed to load resource/u, /blocked by CORS policy/u];

const test = base.extend<{ stand: (behaviour?: Partial<Behaviour>) => Promise<Proxy> }>({
  stand: async ({ manners }, use) => {
    const proxies: Proxy[] = [];
    await use(async (behaviour) => {
      const one = await proxy(behaviour);
      manners.allowOrigin(one.address);
      proxies.push(one);
      return one;
    });
    proxies.forEach((one) => one.stop());
  },
});

/** An address where nothing listens. */
async function nowhere(manners: Manners): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  manners.allowOrigin(`http://127.0.0.1:${port}`);
  return `http://127.0.0.1:${port}`;
}

test("what is wrong in the form stands at its field, and nothing is sent", async ({ page, stand }) => {
  const one = await stand();
  const room = await Room.open(page, one.address.replace("http://", "http://user:hunter2@"), { "Requests at once": "99", "Time-out, s": "soon" });
  await room.do("start");
  const wrong = room.at.locator(".cfield.wrong");
  await expect(wrong.filter({ hasText: "Time-out" })).toContainText("a number");
  await room.at.getByLabel("Time-out, s").fill("20");
  await room.do("start");
  await expect(wrong.filter({ hasText: "Address" })).toContainText("give them apart from it");
  await expect(wrong.filter({ hasText: "Requests at once" })).toContainText("from 1 to 16");
  await expect(room.at.getByLabel("Address")).toBeFocused();
  await room.at.getByLabel("Topic in Kafka").fill("two words");
  await expect(wrong.filter({ hasText: "Topic in Kafka" })).toContainText("letters, digits");
  expect(one.requests).toEqual([]);
});

test("a proxy that is not there", async ({ page, manners }) => {
  manners.expectErrors(...FETCH);
  const room = await Room.open(page, await nowhere(manners));
  await room.do("start");
  await expect(room.diagnosis).toContainText("Nothing answers at http://127.0.0.1");
  await room.is("Ready");
});

test("a proxy that refuses CORS, with the lines to copy", async ({ page, manners, stand, baseURL }) => {
  manners.expectErrors(...FETCH);
  const one = await stand({ cors: false });
  const room = await Room.open(page, one.address);
  await room.do("test");
  await expect(room.diagnosis).toContainText("does not let a page from");
  await expect(room.diagnosis.locator("pre").first()).toContainText(`access.control.allow.origin=${new URL(baseURL ?? "").origin}`);
  await expect(room.at.locator(".csteps .is-failed")).toHaveCount(1);
});

test("a proxy that wants credentials, and a topic that is not there", async ({ page, manners, stand }) => {
  manners.expectErrors(...FETCH);
  const one = await stand({ credentials: "me:right", topics: ["other"] });
  const room = await Room.open(page, one.address);
  await room.do("test");
  await expect(room.diagnosis).toContainText("wants credentials (HTTP 401)");
  await room.login("me", "wrong");
  await room.do("test");
  await expect(room.diagnosis).toContainText("does not take these credentials");
  await room.at.getByLabel("Password or secret").fill("right");
  await room.do("test");
  await expect(room.diagnosis).toContainText("There is no topic “imply-news”");
  one.topics.push("imply-news");
  await room.at.getByLabel("also write one record").check();
  await room.do("test");
  await expect(room.at.locator(".cgood")).toBeVisible();
  expect(one.written).toEqual([{ topic: "imply-news", key: "streamglass", value: '{"streamglass":"connection test"}' }]);
});

test("a run to its end, paused between: every record once, each key in its order", async ({ page, stand }) => {
  const one = await stand({ delay: 150 });
  const room = await Room.open(page, one.address, { Records: "3000", "Records a request": "100" });
  await room.at.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
  await room.at.getByLabel("Event times").selectOption("simulated");
  await room.do("start");
  await expect.poll(() => room.counter("acknowledged")).toBeGreaterThan(0);
  await room.do("pause");
  await room.is("Paused");
  await expect.poll(() => room.counter("inFlight")).toBe(0);
  const held = one.written.length;
  await page.waitForTimeout(300);
  expect(one.written.length).toBe(held);
  expect(held).toBeLessThan(3000);
  await room.do("resume");
  expect(await room.sums()).toEqual({ sent: 3000, acknowledged: 3000, failed: 0, unknown: 0 });
  expect(new Set(one.written.map(({ value }) => value)).size).toBe(3000);
  // The generator's own order is that of a run with one request at a time.
  const orderOf = (written: Proxy["written"]): Map<string | null, string[]> => {
    const keys = new Map<string | null, string[]>();
    for (const { key, value } of written) keys.set(key, [...(keys.get(key) ?? []), value]);
    return keys;
  };
  const many = orderOf(one.written.splice(0));
  // Long enough for a chart of some values.
  one.delay = 80;
  await room.at.getByLabel("Requests at once").fill("1");
  await room.do("start");
  await room.sums();
  const single = orderOf(one.written);
  single.delete(null);
  many.delete(null);
  expect(many).toEqual(single);
  await expect(room.at.locator(".cthroughput canvas")).toBeVisible();
  // Its values can be read with the pointer and from the keyboard.
  const plot = room.at.getByRole("group", { name: /^Throughput/u });
  await plot.focus();
  await page.keyboard.press("Home");
  await expect(plot.locator(".cross")).toBeVisible();
  const read = room.at.locator(".cthroughput [aria-live]");
  await expect(read).toHaveText(/^\d+\.\d s: [\d,]+ records\/s$/u);
  const first = await read.innerText();
  await page.keyboard.press("End");
  await expect(read).not.toHaveText(first);
  await page.keyboard.press("Escape");
  await expect(plot.locator(".cross")).toHaveCount(0);
  await plot.hover();
  await expect(plot.locator(".cross")).toBeVisible();
  await room.at.getByRole("button", { name: "Throughput: table" }).click();
  await expect(room.at.locator(".cthroughput tbody tr")).not.toHaveCount(0);
});

test("records that fail or whose outcome is not known are listed, saved and sent again", async ({ page, manners, stand }) => {
  manners.expectErrors(...FETCH);
  const one = await stand({ failEvery: 10, cuts: 1 });
  const room = await Room.open(page, one.address, { Records: "1000", "Records a request": "50", "Tries again": "0" });
  await room.at.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
  await room.at.getByLabel("After an outcome").selectOption("once");
  await room.do("start");
  const came = await room.sums();
  expect(came.sent).toBe(1000);
  expect(came.unknown).toBeGreaterThan(0);
  expect(came.failed).toBeGreaterThan(80);
  const failed = (await room.saved("download")).trimEnd().split("\n").map((line) => JSON.parse(line) as { fate: string; topic: string; value: string });
  expect(failed).toHaveLength(came.failed);
  expect(failed.every(({ fate, topic, value }) => fate === "failed" && topic === "imply-news" && value.startsWith("{"))).toBe(true);
  await expect(room.at.locator(".crecords tbody tr")).toHaveCount(50);
  one.failEvery = 0;
  await room.do("resend");
  await expect.poll(() => room.counter("failed")).toBe(0);
  await room.at.getByRole("radio", { name: /^Unknown/u }).check();
  await room.do("resend");
  await expect.poll(() => room.counter("unknown")).toBe(0);
  expect(await room.sums()).toEqual({ sent: 1000, acknowledged: 1000, failed: 0, unknown: 0 });
  expect(await room.counter("possibleDuplicates")).toBe(came.unknown);
  expect(new Set(one.written.map(({ value }) => value)).size).toBe(1000);
});

test("what queries write goes to a topic of its own, those of statements carried out later too", async ({ page, stand }) => {
  const one = await stand({ topics: ["clicks", "us"] });
  const run = await Run.openPaused(page);
  const card = run.element.locator("section.sql");
  await card.getByRole("button", { name: "Open the editor" }).click();
  await expect(card.locator(".cm-content")).toBeFocused();
  // The built-in script is started anew as a whole; what is written over another one is carried out.
  await card.getByLabel("Script").selectOption("01-look-around");
  await card.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText("CREATE STREAM clicks_us WITH (KAFKA_TOPIC='clicks-us') AS SELECT * FROM clicks WHERE country_code = 'US' EMIT CHANGES;");
  await card.getByRole("button", { name: "Run all", exact: true }).click();
  await expect(card.locator(".run").first().locator(".answer")).toContainText("CLICKS_US");
  await page.getByRole("link", { name: "Connect" }).click();
  const room = element(page);
  await room.getByLabel("Address").fill(one.address);
  await room.getByRole("radio", { name: "SQL queries" }).check();
  await room.getByLabel("Topic here").selectOption("clicks");
  await room.getByLabel("Topic in Kafka").fill("clicks");
  await room.getByRole("button", { name: "Another topic" }).click();
  await room.getByLabel("Topic here").nth(1).selectOption("clicks-us");
  await room.getByLabel("Topic in Kafka").nth(1).fill("us");
  await room.getByLabel("Records", { exact: true }).fill("400");
  await room.getByLabel("Rate", { exact: true }).selectOption("asFastAsPossible");
  await room.locator("[data-action=start]").click();
  await expect(room.locator(".cstate")).toHaveText("Done", { timeout: 15_000 });
  expect(one.written).toHaveLength(400);
  const us = one.written.filter(({ topic }) => topic === "us").map(({ value }) => JSON.parse(value) as Record<string, unknown>);
  expect(us.length).toBeGreaterThan(0);
  expect(us.every((record) => record["COUNTRY_CODE"] === "US")).toBe(true);
});

/** All that a page keeps, shows or points to. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const shadow = document.querySelector("stream-glass")?.shadowRoot;
    const databases = await indexedDB.databases();
    const caches = await globalThis.caches.keys();
    const registrations = await navigator.serviceWorker?.getRegistrations() ?? [];
    const all = [...document.querySelectorAll("*"), ...(shadow?.querySelectorAll("*") ?? [])];
    const attributes = all.flatMap((one) => [...one.attributes].map(({ value }) => value));
    const requested = performance.getEntries().map(({ name }) => name);
    const names = [window.name, document.referrer, document.title, ...registrations.map(({ scope }) => scope)];
    return [document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), JSON.stringify(databases), JSON.stringify(caches), location.href, JSON.stringify(history.state), document.documentElement.outerHTML, shadow?.innerHTML ?? "", ...names, ...requested, ...attributes];
  });
}

test("a password is nowhere but in the requests to the proxy, and is gone after leaving", async ({ page, context, manners, stand }) => {
  test.setTimeout(60_000);
  manners.expectErrors(...FETCH);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const secret = "Xq7-sesame_open";
  const encoded = Buffer.from(`me:${secret}`).toString("base64");
  const one = await stand({ credentials: `me:${secret}`, failEvery: 7, cuts: 2 });
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  const room = await Room.open(page, one.address, { "Records a second": "400", "Tries again": "0" });
  await room.login("me", secret);
  await room.do("start");
  await expect.poll(() => room.counter("failed")).toBeGreaterThan(0);
  await expect.poll(() => room.counter("unknown")).toBeGreaterThan(0);
  await expect.poll(() => room.counter("reordered")).toBeGreaterThan(0);
  // The proxy changes its mind: the run halts, and says why.
  one.credentials = "me:another";
  await room.is("Halted");
  const exports = [await room.saved("save-log")];
  for (const list of [/^Failed/u, /^Unknown/u, /^Overtaken/u]) {
    await room.at.getByRole("radio", { name: list }).check();
    exports.push(await room.saved("download"));
  }
  expect(exports.every((text) => text.length > 100)).toBe(true);
  const held = await kept(page);
  expect(await room.at.locator(".clog").innerText()).toContain("401");
  // What is looked through has the shadow tree in it.
  expect(held.filter((text) => text.includes(one.address))).not.toEqual([]);
  expect(held.slice(0, 5)).toEqual(["", "{}", "{}", "[]", "[]"]);
  // It went to the proxy, and by a header.
  expect(one.requests.some(({ authorization }) => authorization === `Basic ${encoded}`)).toBe(true);
  // Leaving takes it away; the run waits for it. What other rooms hand out has nothing of it.
  await page.getByRole("link", { name: "Architectures" }).click();
  await expect(room.at.locator("stream-glass-connect")).toHaveCount(0);
  one.credentials = `me:${secret}`;
  const before = one.requests.length;
  await page.waitForTimeout(400);
  expect(one.requests.length).toBe(before);
  await room.at.getByRole("button", { name: "Copy link" }).click();
  await expect(room.at.getByText("The link is copied.")).toBeVisible();
  exports.push(await page.evaluate(() => navigator.clipboard.readText()));
  const report = page.waitForEvent("download");
  await room.at.getByRole("button", { name: "Report" }).click();
  exports.push(readFileSync(await (await report).path(), "utf8"));
  const left = await kept(page);
  for (const text of [...exports, ...held, ...left, ...said, ...one.requests.map(({ url }) => url)]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(encoded);
  }
  await page.getByRole("link", { name: "Connect" }).click();
  await expect(room.at.getByLabel("Password or secret")).toHaveValue("");
  await room.do("resume");
  await expect(room.at.locator(".cfield.wrong").filter({ hasText: "Password" })).toContainText("is needed");
  await room.login("me", secret);
  await room.do("resume");
  await room.is("Sending");
  await room.do("stop");
  await room.sums();
  await room.do("forget");
  await expect(room.at.getByLabel("Password or secret")).toHaveValue("");
});

/** The room with much to see: a run with failures, and a test that failed. */
async function busy(page: Page, one: Proxy): Promise<Room> {
  const room = await Room.open(page, one.address, { Records: "1200", "Records a second": "1000", "Tries again": "0" });
  await room.do("start");
  await room.sums();
  one.cors = false;
  await room.do("test");
  await expect(room.diagnosis).toBeVisible();
  return room;
}

test("no finding of axe, on a phone and on a desk, light and dark", async ({ page, manners, stand }) => {
  manners.expectErrors(...FETCH);
  const room = await busy(page, await stand({ failEvery: 50 }));
  await room.at.getByLabel("Authentication").selectOption("basic");
  await room.at.getByLabel("Requests at once").fill("0");
  for (const [width, colorScheme] of [[360, "light"], [1440, "dark"]] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    await expectNoFinding(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 768, 1440]) {
    test(`the room at ${width} px, ${colorScheme}`, { tag: "@screenshots" }, async ({ page, manners, stand }) => {
      manners.expectErrors(...FETCH);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await Room.open(page);
      await page.screenshot({ path: `.cache/screenshots/connect-first-${width}-${colorScheme}.png`, fullPage: true });
      await page.goto("about:blank");
      await busy(page, await stand({ failEvery: 50 }));
      await page.waitForTimeout(300);
      await page.screenshot({ path: `.cache/screenshots/connect-${width}-${colorScheme}.png`, fullPage: true });
    });
  }
}
