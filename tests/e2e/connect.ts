// The Connect room as tests drive it: its fields by their labels, its buttons by what they do.
import { readFileSync } from "node:fs";

import type { Locator, Page } from "@playwright/test";

import { element, expect, open } from "./lab.ts";

/** The room in a page. */
export class Room {
  readonly page: Page;
  readonly at: Locator;

  private constructor(page: Page) {
    this.page = page;
    this.at = element(page);
  }

  static async open(page: Page, address = "", fields: Readonly<Record<string, string>> = {}): Promise<Room> {
    await open(page, "./#connect");
    const room = new Room(page);
    if (address !== "") await room.at.getByLabel("Address").fill(address);
    if (Object.keys(fields).length > 0) await room.at.getByText("Encoding, batches and retries").click();
    for (const [label, value] of Object.entries(fields)) await room.at.getByLabel(label, { exact: true }).fill(value);
    return room;
  }

  do(action: string): Promise<void> {
    return this.at.locator(`[data-action=${action}]`).click();
  }

  async login(user: string, password: string): Promise<void> {
    const kind = this.at.getByLabel("Authentication");
    if (await kind.isEnabled()) await kind.selectOption("basic");
    await this.at.getByLabel("User or API key").fill(user);
    await this.at.getByLabel("Password or secret").fill(password);
  }

  async counter(name: string): Promise<number> {
    return Number((await this.at.locator(`[data-counter=${name}]`).innerText()).replaceAll(",", ""));
  }

  async is(state: string, timeout = 15_000): Promise<void> {
    await expect(this.at.locator(".cstate")).toHaveText(state, { timeout });
  }

  /** Starts a run and waits until it has ended, has stopped by itself, or cannot begin; what the state says then. */
  run(): Promise<string> {
    return this.page.evaluate(() => new Promise<string>((resolve, reject) => {
      const root = document.querySelector("stream-glass")?.shadowRoot;
      if (root === null || root === undefined) return reject(new Error("there is no element"));
      const state = (): string => root.querySelector(".cstate")?.textContent ?? "";
      // What the state said before the start is that of the run before.
      let begun = false;
      const watch = new MutationObserver(() => {
        begun ||= state().startsWith("Looking");
        if (!begun || !["Done", "Halted", "Ready"].includes(state())) return;
        watch.disconnect();
        resolve(state());
      });
      watch.observe(root, { subtree: true, childList: true, characterData: true });
      root.querySelector<HTMLElement>("[data-action=start]")?.click();
    }));
  }

  /** All counters by their names. */
  async figures(): Promise<Record<string, number>> {
    const all = await this.at.locator("[data-counter]").evaluateAll((tiles) => tiles.map((tile) => [tile.getAttribute("data-counter") ?? "", tile.textContent ?? ""]));
    return Object.fromEntries(all.map(([name = "", text = ""]) => [name, Number(text.replaceAll(",", ""))]));
  }

  /** The lines of the activity log since the run began, the newest first. */
  async lines(): Promise<string> {
    const all = await this.at.locator(".clog li > span").allInnerTexts();
    const begun = all.findIndex((line) => line.startsWith("Sends to"));
    return all.slice(0, begun < 0 ? all.length : begun).join("\n");
  }

  /** The counters of a run that has ended: they add up. */
  async sums(timeout?: number): Promise<{ sent: number; acknowledged: number; failed: number; unknown: number }> {
    await this.is("Done", timeout);
    const { sent = 0, acknowledged = 0, failed = 0, unknown = 0, inFlight, waiting } = await this.figures();
    expect([inFlight, waiting]).toEqual([0, 0]);
    expect(acknowledged + failed + unknown).toBe(sent);
    return { sent, acknowledged, failed, unknown };
  }

  get diagnosis(): Locator {
    return this.at.locator(".cverdict .cadvice");
  }

  async saved(action: string): Promise<string> {
    const download = this.page.waitForEvent("download");
    await this.do(action);
    return readFileSync(await (await download).path(), "utf8");
  }
}
