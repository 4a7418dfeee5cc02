// A bug of the engine: the page says so, keeps what was there, and can start again.
import { readFile } from "node:fs/promises";

import { expect, test } from "./lab.ts";
import { Run } from "./run.ts";

/**
 * Goes before the worker's script. A command that is refused is answered while the engine's state is
 * borrowed; a slice that begins just then borrows it again, which is a panic.
 */
const REENTER = `{
  const slices = [];
  const { set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    set(listener) {
      slices.push(listener);
      set.call(this, listener);
    },
  });
  const post = self.postMessage.bind(self);
  self.postMessage = (message, ...rest) => {
    post(message, ...rest);
    if (message.type === "event" && message.event.type === "refused") slices.forEach((slice) => slice({}));
  };
}
`;

test("a panic stops the run, and the panel hands out the run, and the command line replays it", async ({ page, manners }) => {
  manners.expectErrors(/panicked|unreachable|RuntimeError|BorrowMut|borrowed/);
  await page.route(/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: REENTER + (await response.text()) });
  });
  const run = await Run.openPaused(page);
  await run.goTo(90_000);
  await page.evaluate(() => document.querySelector<HTMLElement & { seek(ms: number): void }>("stream-glass")?.seek(-1));
  const panel = run.element.getByRole("alert");
  await expect(panel).toContainText("The engine met a bug and stopped");
  await expect(panel).toContainText("streamglass replay streamglass-run.json");
  const downloading = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Save streamglass-run.json" }).click();
  const saved: unknown = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
  expect(saved).toMatchObject({ streamglass: 1, seed: 7, until: { clock: (1_673_510_400_000 + 90_000) * 1_000 }, log: [] });
  await expect(run.node("clicks")).toBeVisible();
  await page.unroute(/worker-[^/]*\.js$/);
  await panel.getByRole("button", { name: "Start again" }).click();
  await expect(panel).toBeHidden();
  await run.tick(({ sent, playing }) => playing && sent > 0);
});

test("a part of the engine that cannot be had stops the run, which is handed out", async ({ page, manners }) => {
  manners.expectErrors(/could not be loaded|panicked|unreachable|RuntimeError|ERR_FAILED|Failed to load/);
  const parts = /streamglass-later-[^/]*\.wasm$/;
  await page.route(parts, (route) => route.abort());
  const run = await Run.open(page);
  await run.tick(({ sent }) => sent > 0);
  const answers = page.evaluate(() =>
    document.querySelector<HTMLElement & { run(script: string): Promise<unknown> }>("stream-glass")?.run("SHOW FUNCTIONS;"));
  await expect(answers).rejects.toThrow("could not be loaded");
  const panel = run.element.getByRole("alert");
  await expect(panel).toContainText("a part of the engine could not be loaded");
  const downloading = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Save streamglass-run.json" }).click();
  const saved: unknown = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
  expect(saved).toMatchObject({ streamglass: 1, seed: 7 });
  await page.unroute(parts);
  await panel.getByRole("button", { name: "Start again" }).click();
  await expect(panel).toBeHidden();
  await run.tick(({ sent, playing }) => playing && sent > 0);
});
