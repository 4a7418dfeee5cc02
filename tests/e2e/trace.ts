// How busy the main thread is, from Chromium's own trace.
import { readFileSync } from "node:fs";

import type { Browser, Page } from "@playwright/test";

/** One frame of a 60 Hz screen, in microseconds. */
const FRAME = 1_000_000 / 60;

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  /** Of `dur`, the part in which the thread had a processor. */
  tdur?: number;
  args?: { name?: string };
}

/** Milliseconds of work in each 60th of a second on the page's main thread, ascending. */
export interface Work {
  /** By the clock on the wall, which also runs while other processes have the processor. */
  wall: number[];
  /** Of the processor: what the page itself costs, on a busy machine as on an idle one. */
  cpu: number[];
}

/** Traces the page for `ms`. */
export async function workPerFrame(browser: Browser, page: Page, ms: number): Promise<Work> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await page.waitForTimeout(ms);
  const trace = JSON.parse((await browser.stopTracing()).toString("utf8")) as { traceEvents: TraceEvent[] };
  const tasks = busiest(trace.traceEvents);
  return { wall: frames(tasks, () => 1), cpu: frames(tasks, ({ dur = 0, tdur = dur }) => (dur > 0 ? Math.min(1, tdur / dur) : 1)) };
}

/** The value that the share `q` of the ascending values does not exceed. */
export function quantile(ascending: readonly number[], q: number): number {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * q))] ?? Number.NaN;
}

/** The tasks of the main thread that worked most: Chromium keeps spare renderers, which are idle. */
function busiest(events: readonly TraceEvent[]): TraceEvent[] {
  const thread = (event: TraceEvent) => `${event.pid}/${event.tid}`;
  const mains = events.filter((event) => event.name === "thread_name" && event.args?.name === "CrRendererMain").map(thread);
  const tasks = events.filter((event) => event.ph === "X" && /RunTask$/.test(event.name));
  let best: TraceEvent[] = [];
  let most = -1;
  for (const main of new Set(mains)) {
    const own = tasks.filter((task) => thread(task) === main);
    const sum = own.reduce((total, task) => total + (task.dur ?? 0), 0);
    if (sum > most) [best, most] = [own, sum];
  }
  return best;
}

/** A task that is traced twice (by both categories) or inside another counts once. */
function frames(tasks: readonly TraceEvent[], share: (task: TraceEvent) => number): number[] {
  const ascending = [...tasks].sort((a, b) => a.ts - b.ts);
  const first = ascending[0];
  if (first === undefined) throw new Error("the trace has no task of the main thread");
  const busy: number[] = [];
  let until = first.ts;
  for (const task of ascending) {
    const { ts, dur = 0 } = task;
    const end = ts + dur;
    for (let from = Math.max(ts, until); from < end; ) {
      const frame = Math.floor((from - first.ts) / FRAME);
      const to = Math.min(end, first.ts + (frame + 1) * FRAME);
      busy[frame] = (busy[frame] ?? 0) + ((to - from) / 1000) * share(task);
      // Rounding must not leave `from` where it is.
      from = to > from ? to : from + 1;
    }
    until = Math.max(until, end);
  }
  return Array.from(busy, (ms) => ms ?? 0).sort((a, b) => a - b);
}

/** Bytes (Linux), now or at most so far, of the largest of all renderers: it has the engine's memory too, since workers live in it. */
export async function resident(browser: Browser, what: "VmRSS" | "VmHWM"): Promise<number | null> {
  if (process.platform !== "linux") return null;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return Number(new RegExp(`^${what}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  });
  return Math.max(0, ...sizes);
}
