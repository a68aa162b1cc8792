// What holds for the page whatever it shows: it loads cleanly from any path, keeps to its origin, says what went wrong,
// and can be used by everyone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { DIST, lab } from "./lab.mjs";

const { open } = lab();

/** The policy's directives, by name. */
function policy(html) {
  const content = /<meta\s[^>]*http-equiv="?Content-Security-Policy"?[^>]*content="([^"]*)"/i.exec(html)?.[1] ?? "";
  return new Map(
    content
      .split(";")
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name, ...sources]) => [name, sources]),
  );
}

test("the page loads under a sub-path without a word on the console", async () => {
  const { page, errors } = await open();
  assert.match(await page.title(), /Netsplit/);
  assert.deepEqual(errors, []);
});

test("no request leaves the origin, and each file is fetched once", async () => {
  const { page, requests, origin } = await open();
  await page.waitForLoadState("networkidle");
  assert.deepEqual(
    requests.filter((url) => !url.startsWith(`${origin}/`) && !/^(blob|data):/.test(url)),
    [],
  );
  // The icon is asked for by the browser and not by the page, again whenever the address changes.
  const own = requests.filter((url) => !url.endsWith(".svg"));
  assert.deepEqual(
    own.filter((url, index) => own.indexOf(url) !== index),
    [],
  );
});

test("the release build carries a strict Content-Security-Policy", async () => {
  const directives = policy(readFileSync(join(DIST, "index.html"), "utf8"));
  assert.deepEqual(directives.get("default-src"), ["'none'"]);
  assert.deepEqual(directives.get("script-src"), ["'self'", "'wasm-unsafe-eval'"]);
  assert.deepEqual(directives.get("style-src"), ["'self'"]);
  assert.deepEqual(directives.get("connect-src"), ["'self'"]);
  const allowed = new Set(["'none'", "'self'", "'wasm-unsafe-eval'", "data:", "blob:"]);
  assert.deepEqual([...directives.values()].flat().filter((source) => !allowed.has(source)), []);
});

test("the policy is in force: an inline script does not run", async () => {
  const { page } = await open();
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.inlineScriptRan = true";
    document.body.append(script);
    return "inlineScriptRan" in window;
  });
  assert.equal(ran, false);
});

for (const colorScheme of ["light", "dark"]) {
  test(`an accessibility scan finds nothing, ${colorScheme}`, async () => {
    const { page } = await open("", { colorScheme });
    assert.deepEqual(await violations(page), []);
  });
}

test("without JavaScript the page says so in words", async () => {
  const { page } = await open("", { waitForStart: false, javaScriptEnabled: false });
  assert.match(await page.locator("noscript").innerText(), /JavaScript is\s+switched off/);
});

test("when the program cannot be loaded, the page says so and keeps the link", async () => {
  const { page } = await open("#a-run", { waitForStart: false, block: "**/*.wasm" });
  await page.locator("#boot-failure").waitFor();
  assert.match(await page.locator("#boot-failure").innerText(), /could not start/);
  assert.match(await page.locator("#boot-link").evaluate((link) => link.href), /#a-run$/);
  assert.deepEqual(await violations(page), []);
});
