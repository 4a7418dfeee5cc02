// What every browser test has: a server, and a watch over the page's manners. A test fails when
// the page wrote an error to the console, threw, or asked another origin for anything.
import { type Page, test as base, expect } from "@playwright/test";

import { type Server, type ServerOptions, serve } from "./server.ts";

/** What the page did that it must not do; tests of failures say what they expect of it. */
export class Manners {
  /** Console errors, uncaught exceptions, broken policies. */
  readonly errors: string[] = [];
  /** Requests to origins that the test did not name. */
  readonly foreign: string[] = [];
  readonly #own = new Set<string>();
  #expected: RegExp[] = [];

  /** Requests to this origin are fine. */
  allowOrigin(address: string): void {
    this.#own.add(new URL(address).origin);
  }

  /** Errors that match are the point of the test. */
  expectErrors(...patterns: RegExp[]): void {
    this.#expected.push(...patterns);
  }

  watch(page: Page): void {
    page.on("console", (message) => {
      if (message.type() === "error") this.#note(message.text());
    });
    page.on("pageerror", (error) => this.#note(`uncaught: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol === "data:" || url.protocol === "blob:") return;
      if (!this.#own.has(url.origin)) this.foreign.push(request.url());
    });
  }

  verify(): void {
    expect.soft(this.errors, "errors on the console").toEqual([]);
    expect.soft(this.foreign, "requests to another origin").toEqual([]);
  }

  #note(text: string): void {
    if (!this.#expected.some((pattern) => pattern.test(text))) this.errors.push(text);
  }
}

interface Fixtures {
  manners: Manners;
  /** Starts one more server, which stops with the test; its origin is allowed. */
  start: (options: ServerOptions) => Promise<Server>;
}

interface WorkerFixtures {
  /** The demo page, served as it is meant to be. */
  demo: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  demo: [
    async ({}, use) => {
      const server = await serve();
      await use(server);
      server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ demo }, use) => use(demo.address),
  manners: [
    async ({ page, demo }, use) => {
      const manners = new Manners();
      manners.allowOrigin(demo.address);
      manners.watch(page);
      await use(manners);
      manners.verify();
    },
    { auto: true },
  ],
  start: async ({ manners }, use) => {
    const servers: Server[] = [];
    await use(async (options) => {
      const server = await serve(options);
      manners.allowOrigin(server.address);
      servers.push(server);
      return server;
    });
    servers.forEach((server) => server.stop());
  },
});

export { expect };

declare global {
  interface Window {
    /** Milliseconds from the start of navigation to each element's `ready`. */
    readyTimes: number[];
  }
}

/** Opens `address` and waits for the first element's `ready`; milliseconds from navigation to it. */
export async function open(page: Page, address = "./"): Promise<number> {
  await page.addInitScript(() => {
    window.readyTimes = [];
    // Capturing, so that it is heard whether the event bubbles or not.
    const heard = () => window.readyTimes.push(performance.now());
    document.addEventListener("ready", heard, { capture: true });
  });
  await page.goto(address);
  await page.waitForFunction(() => window.readyTimes.length > 0, undefined, { polling: 10 });
  return page.evaluate(() => window.readyTimes[0] ?? Number.NaN);
}

/** The element, whose shadow root Playwright's locators look into. */
export function element(page: Page) {
  return page.locator("stream-glass").first();
}
