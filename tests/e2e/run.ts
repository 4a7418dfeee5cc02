// One element of a page as tests drive it: commands through its public methods and its controls,
// answers through its `tick` event.
import type { Locator, Page } from "@playwright/test";

import type { Tick } from "../../www/protocol.ts";
import { element, expect, open } from "./lab.ts";

declare global {
  interface Window {
    /** The last tick of the first element. */
    lastTick: Tick | null;
    /** Where virtual time began. */
    startMs: number;
  }
}

/** A lab in a page. */
export class Run {
  private constructor(
    readonly page: Page,
    readonly element: Locator,
  ) {}

  /** Opens the demo page and waits until its lab is ready. */
  static async open(page: Page, address = "./"): Promise<Run> {
    await page.addInitScript(() => {
      window.lastTick = null;
      const first = (event: Event): boolean => event.target === document.querySelector("stream-glass");
      document.addEventListener("tick", (event) => {
        if (first(event)) window.lastTick = (event as CustomEvent<Tick>).detail;
      }, { capture: true });
      document.addEventListener("ready", (event) => {
        if (first(event)) window.startMs = (event as CustomEvent<{ startMs: number }>).detail.startMs;
      }, { capture: true });
    });
    await open(page, address);
    await page.waitForFunction(() => window.lastTick !== null);
    return new Run(page, element(page));
  }

  /** Opens the demo page, paused at the beginning of its run. */
  static async openPaused(page: Page): Promise<Run> {
    const run = await Run.open(page);
    await run.pause();
    await run.goTo(0);
    return run;
  }

  /** The last tick, or the first one that satisfies `wanted`. */
  async tick(wanted: (tick: Tick) => boolean = () => true, timeout = 15_000): Promise<Tick> {
    let last: Tick | null = null;
    await expect
      .poll(async () => {
        last = await this.page.evaluate(() => window.lastTick);
        return last !== null && wanted(last);
      }, { timeout, intervals: [20] })
      .toBe(true);
    if (last === null) throw new Error("there is a tick by now");
    return last;
  }

  /** The tick of a run that stands still; it has a digest. */
  rest(): Promise<Tick> {
    return this.tick((tick) => !tick.playing && !tick.seeking && tick.digest !== null);
  }

  async play(): Promise<void> {
    await this.#call("play");
    await this.tick((tick) => tick.playing);
  }

  async pause(): Promise<Tick> {
    await this.#call("pause");
    return this.rest();
  }

  async speed(factor: number | null): Promise<void> {
    await this.#call("setSpeed", factor);
    await this.tick((tick) => tick.speed === factor);
  }

  /** Goes to `ms` after the start of virtual time and waits until the run stands still there. */
  async goTo(ms: number): Promise<Tick> {
    const to = (await this.page.evaluate(() => window.startMs)) + ms;
    await this.page.evaluate(() => (window.lastTick = null));
    await this.#call("seek", to);
    return this.tick((tick) => !tick.seeking && tick.digest !== null && tick.clockMs === to, 25_000);
  }

  /** Milliseconds from the start of virtual time. */
  async elapsed(): Promise<number> {
    const start = await this.page.evaluate(() => window.startMs);
    return (await this.tick()).clockMs - start;
  }

  /** A step of the flow, by its label. */
  node(label: string): Locator {
    return this.element.locator(`.node[data-node="${label}"]`);
  }

  /** The place of a step in `Tick.nodes`. */
  async placeOf(label: string): Promise<number> {
    const labels = await this.element.locator("stream-glass-flow").evaluate((flow) => {
      const { lab } = flow as HTMLElement & { lab: { run: { flow: { nodes: { label: string }[] } } } };
      return lab.run.flow.nodes.map((node) => node.label);
    });
    expect(labels).toContain(label);
    return labels.indexOf(label);
  }

  /** All that the tables behind the charts say. */
  async tables(): Promise<string[]> {
    const figures = this.element.locator("figure.chart");
    const texts: string[] = [];
    for (const figure of await figures.all()) {
      await figure.getByRole("button", { name: "Table" }).click();
      texts.push(await figure.locator("table").innerText());
      await figure.getByRole("button", { name: "Picture" }).click();
    }
    return texts;
  }

  /** Drops a file onto the room, as a person would. */
  async drop(name: string, text: string): Promise<void> {
    await this.element.locator(".room").evaluate((room, [name, text]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], name, { type: "application/yaml" }));
      for (const type of ["dragover", "drop"]) {
        room.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true }));
      }
    }, [name, text] as const);
  }

  /** Moves a slider to `value`. */
  async turn(label: string, value: number): Promise<void> {
    await this.element.locator("label.knob", { hasText: label }).locator("input").fill(String(value));
  }

  #call(method: "play" | "pause" | "seek" | "setSpeed" | "step", argument?: number | null): Promise<void> {
    return this.element.evaluate((element, [method, argument]) => {
      (element as unknown as Record<string, (argument?: number | null) => void>)[method]?.(argument);
    }, [method, argument] as const);
  }
}

/** What two equal runs have in common: everything but how they got there. */
export function essence({ clockMs, sent, openSessions, faults, digest, nodes }: Tick): object {
  return { clockMs, sent, openSessions, faults, digest, nodes };
}
