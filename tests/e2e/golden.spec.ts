// Chromium computes what the native engine computes: tests/golden/lab.json, driven through the
// page's own worker, ends with the digest that the native test holds too.
import { readFileSync, readdirSync } from "node:fs";

import type { Command, Event } from "../../www/protocol.ts";
import { expect, open, test } from "./lab.ts";

interface Script {
  seed: number;
  config: unknown;
  steps: { atMs: number; commands: Command[] }[];
  sent: number;
  digest: string;
}

const file = new URL("../golden/lab.json", import.meta.url);

test("the golden script ends with the native digest", async ({ page }) => {
  const script = JSON.parse(readFileSync(file, "utf8")) as Script;
  const workers: string[] = [];
  const modules: string[] = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith(".wasm")) modules.push(request.url());
  });
  await open(page);
  const later = readdirSync(new URL("../../dist/assets/", import.meta.url)).filter((name) => name.startsWith("streamglass-later-") && name.endsWith(".wasm"));
  expect(later).toHaveLength(1);
  const end = await page.evaluate(async ({ script, worker, wasm, later }) => {
    const engine = new Worker(worker, { type: "module" });
    const listeners = new Set<(event: Event) => void>();
    const post = (command: Command): void => engine.postMessage({ type: "command", command });
    const heard = <T>(wanted: (event: Event) => T | null): Promise<T> =>
      new Promise((resolve) => {
        const listener = (event: Event): void => {
          const found = wanted(event);
          if (found === null) return;
          listeners.delete(listener);
          resolve(found);
        };
        listeners.add(listener);
      });
    const problems: string[] = [];
    engine.addEventListener("message", ({ data }: MessageEvent<{ type: string; event: Event }>) => {
      if (data.type !== "event") return;
      if (data.event.type === "refused" || data.event.type === "failed") problems.push(JSON.stringify(data.event));
      for (const listener of [...listeners]) listener(data.event);
    });
    engine.postMessage({ type: "init", engine: "lab", parts: [], later, module: await WebAssembly.compileStreaming(fetch(wasm)) });
    const loaded = heard((event) => (event.type === "loaded" ? event : null));
    post({ type: "load", config: script.config, seed: script.seed, script: null });
    const { startMs } = await loaded;
    let last: { sent: number; digest: string } = { sent: 0, digest: "" };
    for (const { atMs, commands } of script.steps) {
      const there = heard((event) =>
        event.type === "tick" && !event.seeking && event.clockMs === startMs + atMs && event.digest !== null
          ? { sent: event.sent, digest: event.digest }
          : null);
      post({ type: "seek", toMs: startMs + atMs });
      last = await there;
      for (const command of commands) post(command);
    }
    engine.terminate();
    return { ...last, problems };
  }, { script, worker: workers[0] ?? "", wasm: modules[0] ?? "", later: later.map((name) => new URL(name, modules[0]).href) });
  expect(end).toEqual({ sent: script.sent, digest: script.digest, problems: [] });
});
