// axe-core finds nothing to complain about, in both themes and on a phone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { AxeResults } from "axe-core";

import { expect, open, test } from "./lab.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no finding at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      await open(page);
      await page.evaluate(axe);
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const results: AxeResults = await page.evaluate(
        (tags) => (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
          runOnly: { type: "tag", values: tags },
        }),
        tags,
      );
      const findings = results.violations.map(({ id, help, nodes }) => {
        return `${id}: ${help}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`;
      });
      expect(findings).toEqual([]);
      expect(results.passes.length).toBeGreaterThan(5);
    });
  }
}
