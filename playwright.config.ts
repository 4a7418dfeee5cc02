// Browser tests of the demo page and the element. `cargo xtask test --only browser` builds what
// they open and names the browser; alone they take `cargo xtask serve` and Playwright's own browser.
import { defineConfig } from "@playwright/test";

const root = typeof process.getuid === "function" && process.getuid() === 0;
const chrome = process.env["CHROME"];

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: ".cache/test-results",
  // Engines run in workers of the browser, so each test wants a core of its own.
  workers: 1,
  timeout: 30_000,
  forbidOnly: process.env["CI"] !== undefined,
  retries: 0,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(chrome === undefined ? {} : { executablePath: chrome }),
      // Chromium's sandbox refuses to run as root.
      chromiumSandbox: !root,
      args: [
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
