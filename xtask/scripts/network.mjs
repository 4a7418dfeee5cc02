// Opens ADDRESS in a browser and prints what came over the wire, as Chromium's network log has it:
// { ready_ms, requests: [{ file, body, headers, late }] }, with `late` for what was asked for only
// after the element had become ready. Usage: CHROME=... node network.mjs ADDRESS
import { chromium } from "playwright-core";

const address = process.argv[2];
/** After `ready`, for a chunk that the first room still fetches when it draws. */
const settle = 1500;
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
  page.on("requestfinished", (request) => {
    const late = ready;
    pending.push(
      Promise.all([request.sizes(), request.response()]).then(([sizes, response]) => ({
        file: new URL(request.url()).pathname.slice(1) || "index.html",
        scheme: new URL(request.url()).protocol,
        // Of a worker's script the end of the download is not reported, so its size is 0 there.
        body: sizes.responseBodySize || Number(response?.headers()["content-length"] ?? 0),
        headers: sizes.responseHeadersSize,
        late,
      })),
    );
  });
  await page.exposeFunction("streamglassReady", () => (ready = true));
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
  const requests = (await Promise.all(pending)).filter(({ scheme }) => scheme.startsWith("http"));
  console.log(JSON.stringify({ ready_ms: readyAfter, requests }));
} finally {
  await browser.close();
}
