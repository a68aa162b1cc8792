// An accessibility scan of the page as it stands.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One line per violation: the rule, what it asks, and the elements that break it. */
export async function violations(page) {
  // Evaluated, not added as a script element: the page's own Content-Security-Policy refuses inline scripts.
  await page.evaluate(SOURCE);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join("\n  ")}`);
}
