// axe-core on a page as it stands: WCAG 2.2 AA and its best practices.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

import { expect } from "./lab.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Expects that axe finds nothing to complain about. */
export async function expectNoFinding(page: Page): Promise<void> {
  await page.evaluate(axe);
  const results: AxeResults = await page.evaluate(
    (tags) => (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ runOnly: { type: "tag", values: tags } }),
    tags,
  );
  const findings = results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  expect(findings).toEqual([]);
  expect(results.passes.length).toBeGreaterThan(5);
}
