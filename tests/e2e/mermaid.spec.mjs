// Sequence diagrams that `netsplit export` writes, parsed by Mermaid itself, for a scenario of every protocol.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const MERMAID = join(ROOT, "node_modules/mermaid/dist/mermaid.min.js");

/** The command, built if need be. */
function netsplit(...args) {
  const command = ["run", "--quiet", "--package", "netsplit-cli", "--", ...args];
  return execFileSync("cargo", command, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 << 20, stdio: ["ignore", "pipe", "ignore"] });
}

let browser;
let page;
before(async () => {
  browser = await launch();
  page = await browser.newPage();
  await page.addScriptTag({ path: MERMAID });
});
after(() => browser?.close());

/** What Mermaid makes of a text: its kind of diagram, or why it is none. */
const parsed = (text) =>
  page.evaluate(async (text) => {
    try {
      return (await globalThis.mermaid.parse(text)).diagramType;
    } catch (error) {
      return String(error);
    }
  }, text);

test("Mermaid parses the diagram of a scenario of every protocol", async () => {
  const { protocols } = JSON.parse(netsplit("list", "--json"));
  const scenarios = protocols.flatMap(({ scenarios }) => scenarios.slice(0, 1).map(({ name }) => name));
  assert.equal(scenarios.length, protocols.length);
  for (const scenario of scenarios) {
    assert.equal(await parsed(netsplit("export", scenario, "--to", "mermaid")), "sequence", scenario);
  }
});

test("Mermaid refuses what is no diagram", async () => {
  assert.match(await parsed("sequenceDiagram\n  a->>: b"), /Parse error|Error/);
});
