// Screenshots to look at, of each width and theme: .cache/screenshots/. Not a test that compares.
import { element, open, test } from "./lab.ts";

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

    test(`SQL, ${width} px, ${colorScheme}`, { tag: "@screenshots" }, async ({ page, manners }) => {
      // Playwright hides the caret by an inline style.
      manners.expectErrors(/Applying inline style/u);
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: Number(width), height });
      await open(page);
      const card = element(page).locator("section.sql");
      await card.screenshot({ path: `.cache/screenshots/sql-closed-${width}-${colorScheme}.png` });
      await card.getByRole("button", { name: "Open the editor" }).click();
      await card.getByLabel("Script").selectOption("06-moving-averages");
      await card.getByRole("button", { name: "Run all" }).click();
      await page.waitForTimeout(2500);
      await card.locator(".cm-content").press("Control+End");
      await page.keyboard.type("\nEXPLAIN SELECT chanel, pages_so_far FROM channel_averages;");
      await page.keyboard.press("Escape");
      await page.waitForTimeout(800);
      await card.screenshot({ path: `.cache/screenshots/sql-${width}-${colorScheme}.png` });
    });
  }
}
