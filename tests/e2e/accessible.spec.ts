// axe-core finds nothing to complain about, in both themes and on a phone.

import { expectNoFinding } from "./axe.ts";
import { open, test } from "./lab.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test(`no finding at ${width} px, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      await open(page);
      await expectNoFinding(page);
    });
  }
}
