// Opens ADDRESS in a browser, then each ROOM after the other, and prints what came over the wire, as
// Chromium's network log has it: { ready_ms, rooms, requests: [{ file, body, headers, room }] }. The
// first room's name is "", and what it and each other room asks for while it plays for some seconds, untouched,
// is its own; `rooms` are those of ROOM that the page knows. Usage: CHROME=... node network.mjs ADDRESS ROOM...
import { chromium } from "playwright-core";

const [address, ...asked] = process.argv.slice(2);
/** How long a room plays before the next one, ms: what it fetches only when it draws or counts is its weight as well. */
const settle = 8000;
const patience = 30_000;

const root = typeof process.getuid === "function" && process.getuid() === 0;
const browser = await chromium.launch({
  ...(process.env.CHROME ? { executablePath: process.env.CHROME } : {}),
  chromiumSandbox: !root,
});
try {
  const page = await browser.newPage();
  const pending = [];
  let ready = false;
  let room = "";
  page.on("requestfinished", (request) => {
    const during = room;
    pending.push(
      Promise.all([request.sizes(), request.response()]).then(([sizes, response]) => ({
        file: new URL(request.url()).pathname.slice(1) || "index.html",
        scheme: new URL(request.url()).protocol,
        // Of a worker's script the end of the download is not reported, so its size is 0 there.
        body: sizes.responseBodySize || Number(response?.headers()["content-length"] ?? 0),
        headers: sizes.responseHeadersSize,
        room: during,
      })),
    );
  });
  await page.exposeFunction("streamglassReady", () => {
    ready = true;
  });
  await page.addInitScript(() => {
    document.addEventListener("ready", () => globalThis.streamglassReady(performance.now()), { capture: true });
  });
  const start = Date.now();
  await page.goto(address);
  while (!ready) {
    if (Date.now() - start > patience) throw new Error(`the element was not ready after ${patience} ms`);
    await page.waitForTimeout(20);
  }
  const readyAfter = Date.now() - start;
  await page.waitForTimeout(settle);
  const rooms = [];
  for (const name of asked) {
    room = name;
    await page.evaluate((name) => (location.hash = name), name);
    await page.waitForTimeout(settle);
    const shown = await page.evaluate(() => document.querySelector("stream-glass")?.getAttribute("room"));
    if (shown === name) rooms.push(name);
  }
  const requests = (await Promise.all(pending)).filter(({ scheme }) => scheme.startsWith("http"));
  console.log(JSON.stringify({ ready_ms: readyAfter, rooms, requests }));
} finally {
  await browser.close();
}
