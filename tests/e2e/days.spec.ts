// Long experiments in a worker: a day at 100 events/s exactly, a month at 1,000 by sampling; how long
// they take, what they hold at most, and how soon a command is answered meanwhile. `cargo xtask soak`.
import { mkdirSync, writeFileSync } from "node:fs";

import type { ExperimentCommand, ExperimentEvent } from "../../www/experiment-protocol.ts";
import type { ToWorker } from "../../www/messages.ts";
import { expect, open, test } from "./lab.ts";
import { quantile, resident } from "./trace.ts";

const HOUR = 3_600_000;
const HOURLY: [string, string][] = [["source", "clickstream"], ["period", "1h"], ["run-time", "0s"]];

declare global {
  interface Window {
    init?: ToWorker;
  }
}

test.use({ trace: "off" });

for (const { name, settings, forMs, seconds } of [
  { name: "24 hours at 100 events a second", settings: [...HOURLY, ["rate", "100"]] as [string, string][], forMs: 24 * HOUR, seconds: 40 },
  { name: "30 days at 1,000 events a second, sampled", settings: [...HOURLY, ["rate", "1000"], ["users", "1000000"]] as [string, string][], forMs: 720 * HOUR, seconds: 240 },
]) {
  test(name, { tag: "@soak" }, async ({ page, browser }) => {
    test.setTimeout(15 * 60_000);
    const workers: string[] = [];
    page.on("worker", (worker) => workers.push(worker.url()));
    // What the page gives a worker of its own to begin with, another gets too.
    await page.addInitScript(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (this: Worker, message: ToWorker, ...rest: []): void {
        if (message.type === "init" && message.engine === "experiments") window.init = message;
        post.call(this, message, ...rest);
      };
    });
    await open(page, "./#architectures/crash");
    await page.waitForFunction(() => window.init !== undefined);
    const run = await page.evaluate(async ({ worker, settings, forMs }) => {
      const engine = new Worker(worker, { type: "module" });
      const listeners = new Set<(event: ExperimentEvent) => void>();
      const answers = new Map<number, () => void>();
      const post = (command: ExperimentCommand): void => engine.postMessage({ type: "command", command });
      const heard = <T>(wanted: (event: ExperimentEvent) => T | null): Promise<T> =>
        new Promise((resolve) => {
          const listener = (event: ExperimentEvent): void => {
            const found = wanted(event);
            if (found === null) return;
            listeners.delete(listener);
            resolve(found);
          };
          listeners.add(listener);
        });
      engine.addEventListener("message", ({ data }: MessageEvent<{ type: string; id: number; event: ExperimentEvent }>) => {
        if (data.type === "answer") answers.get(data.id)?.();
        if (data.type === "event") for (const listener of [...listeners]) listener(data.event);
      });
      engine.postMessage(window.init);
      const opened = heard((event) => (event.type === "opened" || event.type === "refused" ? event : null));
      post({ type: "open", experiment: "batch-staleness", seed: 7, settings, forMs, log: [], play: false });
      const first = await opened;
      const there = heard((event) => (event.type === "tick" && event.clockMs === forMs ? performance.now() : null));
      const audited = heard((event) => (event.type === "tick" && event.clockMs === forMs && event.digest !== null ? event.digest : null));
      const begun = performance.now();
      post({ type: "speed", factor: null });
      post({ type: "play" });
      const waits: number[] = [];
      let over = false;
      const ask = async (): Promise<void> => {
        for (let id = 1; !over; id += 1) {
          const asked = performance.now();
          await new Promise<void>((resolve) => {
            answers.set(id, resolve);
            engine.postMessage({ type: "ask", id, command: { type: "share" } });
          });
          waits.push(performance.now() - asked);
          await new Promise((resolve) => setTimeout(resolve, 97));
        }
      };
      const asking = ask();
      const ms = (await there) - begun;
      const digest = await audited;
      const withAudit = performance.now() - begun;
      over = true;
      await asking;
      engine.terminate();
      return { first, ms, withAudit, digest, waits };
    }, { worker: workers[0] ?? "", settings, forMs });
    const held = await resident(browser, "VmHWM");
    const waits = [0.5, 0.99, 1].map((q) => quantile([...run.waits].sort((a, b) => a - b), q));
    const figures = { name, seconds: run.ms / 1000, withAudit: run.withAudit / 1000, megabytes: held === null ? null : held / 1e6, answerMs: waits, digest: run.digest };
    mkdirSync(".cache", { recursive: true });
    writeFileSync(`.cache/days-${forMs / HOUR}.json`, JSON.stringify(figures, null, 2));
    console.log(JSON.stringify(figures));
    expect(run.first.type).toBe("opened");
    expect(run.ms / 1000, "seconds").toBeLessThan(seconds);
    expect(held ?? 0, "bytes of the page's process at most").toBeLessThan(600e6);
    expect(waits[1], "ms until a command is answered, p99").toBeLessThan(50);
  });
}
