// Screenshots to look at, of each width and theme: .cache/screenshots/. Not a test that compares.
import { open, test } from "./lab.ts";

const heights: Record<number, number> = { 360: 740, 768: 1024, 1440: 900 };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of Object.entries(heights)) {
    test(`${width} px, ${colorScheme}`, { tag: "@screenshots" }, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: Number(width), height });
      await open(page);
      // Long enough that charts have a few minutes of the virtual clock in them.
      await page.waitForTimeout(6000);
      await page.screenshot({ path: `.cache/screenshots/${width}-${colorScheme}.png`, fullPage: true });
    });
  }
}
