// Pictures of the page for a person to look at: two sizes, light and dark.
//
//     node tests/e2e/screenshot.mjs OUTDIR [URL-FRAGMENT]
//
// Build the page first: trunk build --release

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { DIST, openPage, started } from "./lab.mjs";
import { serve } from "./server.mjs";

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SETTLE_MS = 1500; // Time for the run to get going.

const [folder, fragment = ""] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tests/e2e/screenshot.mjs OUTDIR [URL-FRAGMENT]");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });

const server = await serve(DIST);
const browser = await launch();
try {
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      const address = server.url + (fragment && `#${fragment.replace(/^#/, "")}`);
      const { context, page, errors } = await openPage(browser, address, { viewport, colorScheme });
      await started(page).catch((error) => errors.push(String(error)));
      await page.waitForTimeout(SETTLE_MS);
      const file = join(folder, `${viewport.width}x${viewport.height}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      console.log(file);
      errors.forEach((error) => console.log(`  ${error}`));
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
