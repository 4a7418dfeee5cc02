// The element in somebody else's page, with its module from another origin, as from a CDN.
import { expect, open, test } from "./lab.ts";

test("works when its module comes from another origin", async ({ page, start }) => {
  const cdn = await start({ root: "pkg/dist", policy: "off", cors: true });
  const host = await start({ root: "tests/embed", policy: "off" });
  await open(page, `${host.address}?module=${encodeURIComponent(`${cdn.address}element.js`)}`);
  const all = page.locator("stream-glass");
  await expect(all).toHaveCount(2);
  await page.waitForFunction(() => window.readyTimes.length === 2);
  // What comes on demand comes from there as well.
  const answers = await all.first().evaluate((lab: HTMLElement & { run(script: string): Promise<{ outcome: { type: string } }[]> }) => lab.run("SHOW FUNCTIONS;"));
  expect(answers.map(({ outcome }) => outcome.type)).toEqual(["lists"]);
});

test("two elements fetch the engine once", async ({ page, start }) => {
  const cdn = await start({ root: "pkg/dist", policy: "off", cors: true });
  const host = await start({ root: "tests/embed", policy: "off" });
  const modules: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".wasm")) modules.push(request.url());
  });
  await open(page, `${host.address}?module=${encodeURIComponent(`${cdn.address}element.js`)}`);
  await page.waitForFunction(() => window.readyTimes.length === 2);
  expect(modules).toHaveLength(1);
});

test("leaves the page around it alone", async ({ page, start }) => {
  const cdn = await start({ root: "pkg/dist", policy: "off", cors: true });
  const host = await start({ root: "tests/embed", policy: "off" });
  await page.goto(host.address);
  const before = await surroundings(page);
  await open(page, `${host.address}?module=${encodeURIComponent(`${cdn.address}element.js`)}`);
  await page.waitForFunction(() => window.readyTimes.length === 2);
  expect(await surroundings(page)).toEqual(before);
  // Registering again is harmless: the second address makes it another module.
  await page.evaluate((url) => import(url), `${cdn.address}element.js?again`);
});

/** Lit leaves its versions on the window, so that it can warn of two copies: its only mark. */
const marks = /^readyTimes$|^lit[A-Z]|^reactiveElementVersions$/;

/** Whatever an element could change by mistake: globals, focus, styles of the page. */
function surroundings(page: import("@playwright/test").Page) {
  return page.evaluate((marks) => ({
    globals: Object.keys(window).filter((name) => !marks.test(name)).sort(),
    focus: document.activeElement?.tagName,
    sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
    styles: JSON.stringify(["color", "font-family", "margin-top", "background-color"].map((name) => {
      return ["body", "h1", "p", "button"].map((tag) => {
        return getComputedStyle(document.querySelector(tag) ?? document.body).getPropertyValue(name);
      });
    })),
  }), marks);
}
