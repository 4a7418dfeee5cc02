// Where the lab cannot run it says why and what to do: no blank page, no endless wait.
import type { Page } from "@playwright/test";

import { element, expect, test } from "./lab.ts";

/** The panel that stands where the lab would be, and the words that it must have. */
async function expectPanel(page: Page, ...words: RegExp[]) {
  const panel = element(page).getByRole("alert");
  await expect(panel).toBeVisible({ timeout: 5000 });
  for (const word of words) await expect(panel).toContainText(word);
}

test("a browser without WebAssembly", async ({ page, manners }) => {
  manners.expectErrors(/./);
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  await page.goto("./");
  await expectPanel(page, /WebAssembly/, /Chrome|Firefox|Safari|browser/);
});

test("a browser without SIMD in WebAssembly", async ({ page, manners }) => {
  manners.expectErrors(/./);
  // Such a browser finds nothing with vectors in it valid.
  await page.addInitScript(() => Object.assign(WebAssembly, { validate: () => false }));
  await page.goto("./");
  await expectPanel(page, /SIMD/);
});

test("a browser without workers", async ({ page, manners }) => {
  manners.expectErrors(/./);
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "Worker"));
  await page.goto("./");
  await expectPanel(page, /worker/i);
});

test("a server that sends the .wasm file with a wrong type", async ({ page, manners, start }) => {
  manners.expectErrors(/./);
  const server = await start({ wasmType: "text/plain" });
  await page.goto(server.address);
  await expectPanel(page, /application\/wasm/, /text\/plain/);
});

test("a policy that forbids WebAssembly", async ({ page, manners, start }) => {
  manners.expectErrors(/./);
  const server = await start({ policy: "no-wasm" });
  await page.goto(server.address);
  await expectPanel(page, /wasm-unsafe-eval/);
});

test("a policy that forbids workers", async ({ page, manners, start }) => {
  manners.expectErrors(/./);
  const server = await start({ policy: "no-worker" });
  await page.goto(server.address);
  await expectPanel(page, /worker-src/);
});

test("an engine that cannot be fetched", async ({ page, manners }) => {
  manners.expectErrors(/./);
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto("./");
  await expectPanel(page, /\.wasm|engine/i);
});
