// Runs out of the page and into it: logs of real systems by file, by drag-and-drop and pasted, and every format saved.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab } from "./lab.mjs";

const { open } = lab();

const LOG = `begins
a {"a":1}
tells b
a {"a":2}
is told
b {"b":1, "a":2}
goes on alone
a {"a":3}
`;
const TWO = `== one ==\n${LOG}== two ==\nalone\nc {"c":1}\n`;

const dialog = (page) => page.locator("#log");
const events = (page) => page.locator(".lab").evaluate((element) => Number(element.dataset.events));

async function choose(page, text, name = "real.log") {
  if (!(await dialog(page).evaluate((element) => element.open))) await page.keyboard.press("i");
  await page.locator("[data-log-file]").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
}

const isOpen = (page, name) => page.locator(".title", { hasText: name }).waitFor();

test("a log opens by the file picker, and shows what could have known of what", async () => {
  const { page, errors } = await open("#raft/calm");
  await choose(page, LOG);
  await isOpen(page, "real.log");
  assert.equal(await dialog(page).evaluate((element) => element.open), false);
  assert.equal(await events(page), 4);
  await page.keyboard.press("2");
  await page.locator("[data-event]", { hasText: "is told" }).click();
  assert.match(await page.locator(".inspector").innerText(), /b: is told/);
  assert.match(await page.locator(".inspector").innerText(), /\[2, ?1\]|\[21\]/);
  await page.locator("[data-pin] button").first().click();
  await page.keyboard.press("2");
  await page.locator("[data-event]", { hasText: "goes on alone" }).click();
  assert.equal(await page.locator("[data-order]").getAttribute("data-order"), "IsConcurrent");
  assert.deepEqual(errors, []);
});

test("a log opens by drag-and-drop, anywhere", async () => {
  const { page, errors } = await open("#raft/calm");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "dropped.log", { type: "text/plain" }));
    document.querySelector(".middle").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
  }, LOG);
  await isOpen(page, "dropped.log");
  assert.equal(await events(page), 4);
  assert.deepEqual(errors, []);
});

test("of several executions one is chosen; what is wrong with a log is told with its line", async () => {
  const { page, errors } = await open("#raft/calm");
  await page.keyboard.press("i");
  await page.locator("#log-delimiter").fill("== (?<trace>.*) ==");
  await choose(page, TWO);
  await dialog(page).locator('[data-execution="two"]').waitFor();
  assert.equal(await dialog(page).locator("[data-execution]").count(), 2);
  await dialog(page).locator('[data-execution="two"]').click();
  await isOpen(page, "real.log: two");
  assert.equal(await events(page), 1);
  await page.keyboard.press("i");
  await page.locator("#log-delimiter").fill("");
  await choose(page, LOG.replace('{"b":1, "a":2}', '{"b":1, "a":7}'));
  await dialog(page).locator("[data-log-error]").waitFor();
  assert.match(await dialog(page).locator("[data-log-error]").innerText(), /line 5/);
  await page.locator("#log-parser").fill("(?<event>.*");
  await dialog(page).getByRole("button", { name: "Read the log" }).click();
  await page.waitForFunction(() => /character/.test(document.querySelector("[data-log-error]")?.textContent));
  for (const rubbish of ["\0".repeat(1000), "{".repeat(50_000), "\n".repeat(50_000), "𝕏".repeat(2_000)]) {
    await page.locator("#log-parser").fill("");
    await page.locator("[data-log-file]").setInputFiles({ name: "x", mimeType: "text/plain", buffer: Buffer.from(rubbish) });
    await dialog(page).locator("[data-log-error]").waitFor();
  }
  assert.deepEqual(errors, []);
});

test("nothing can be done to a log, and going back leads to the run before it", async () => {
  const { page, errors } = await open("#raft/calm");
  await choose(page, LOG);
  await isOpen(page, "real.log");
  for (const key of ["e", "n", "r", "h", "p", "v", "l", "o", "c", "Control+z"]) await page.keyboard.press(key);
  assert.equal(await page.locator("[data-try]").count(), 0);
  assert.equal(await events(page), 4);
  await page.keyboard.press("Home");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector(".lab").dataset.events === "4");
  await page.goBack();
  await page.locator('.lab[data-scenario="raft/calm"]').waitFor();
  assert.deepEqual(errors, []);
});

test("every format is saved, and what is saved can be opened", async () => {
  const { page, errors } = await open("#raft/calm");
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 150);
  await page.keyboard.press("Space");
  const count = await events(page);
  await page.keyboard.press("s");
  const files = {};
  for (const kind of ["shiviz", "mermaid", "itf", "perfetto", "svg", "jsonl", "png"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#save [data-save="${kind}"]`).click()]);
    files[kind] = { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    assert.match(await page.locator("[data-saved]").innerText(), /events 0 to/);
  }
  assert.equal(files.shiviz.name, "raft-calm.log");
  assert.match(files.mermaid.bytes.toString(), /^sequenceDiagram/);
  assert.ok(JSON.parse(files.itf.bytes).states.length > count / 2);
  assert.ok(JSON.parse(files.perfetto.bytes).traceEvents.length > count);
  assert.ok(files.jsonl.bytes.toString().trim().split("\n").every((line) => JSON.parse(line)));
  assert.deepEqual([...files.png.bytes.subarray(1, 4)], [..."PNG"].map((letter) => letter.charCodeAt(0)));
  const shown = await page.evaluate((svg) => {
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    return parsed.querySelector("parsererror") ? null : parsed.documentElement.nodeName;
  }, files.svg.bytes.toString());
  assert.equal(shown, "svg");
  await page.keyboard.press("Escape");
  await choose(page, files.shiviz.bytes.toString(), files.shiviz.name);
  await isOpen(page, files.shiviz.name);
  assert.equal(await events(page), count, "the log holds the run, event by event");
  assert.deepEqual(errors, []);
});

test("on a telephone, and by the rules of accessibility", async () => {
  const { page, errors } = await open("#raft/calm", { viewport: { width: 390, height: 844 } });
  await page.keyboard.press("i");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  await choose(page, LOG);
  await isOpen(page, "real.log");
  assert.deepEqual(await violations(page), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.deepEqual(errors, []);
});
