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

  /** The counters of a run that has ended: they add up. */
  async sums(timeout?: number): Promise<{ sent: number; acknowledged: number; failed: number; unknown: number }> {
    await this.is("Done", timeout);
    const [sent = 0, acknowledged = 0, failed = 0, unknown = 0, inFlight, waiting] = await Promise.all(["sent", "acknowledged", "failed", "unknown", "inFlight", "waiting"].map((name) => this.counter(name)));
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
