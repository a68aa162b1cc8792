// What clients asked and what it comes to: the lattice of consistency models, what shows a verdict, the diagram of requests.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

/** Plays a run to its end. */
async function playOut(page) {
  for (let presses = 0; presses < 12; presses += 1) await page.keyboard.press("+");
  await page.waitForFunction(() => document.querySelector(".lab").dataset.playing === "false", null, PATIENCE);
}

const level = (page, name, holds) => page.locator(`[data-level="${name}"][data-holds="${holds}"]`);

test("a causal store is shown to be causal, as promised, and not sequential, with the answers that contradict each other", async () => {
  const { page, errors } = await open("#causal-kv/not-sequential");
  await playOut(page);
  await page.keyboard.press("3");
  await level(page, "causal", "ok").waitFor(PATIENCE);
  assert.match(await level(page, "causal", "ok").innerText(), /promised/);
  const sequential = level(page, "sequential", "bad");
  await sequential.click();
  const shown = page.locator('[data-shown="sequential"]');
  const culprits = shown.locator(".rows li");
  assert.ok((await culprits.count()) >= 2, "a few operations that already fail");
  await shown.getByRole("button", { name: "Show in the diagram" }).click();
  assert.equal(await page.locator("#operations").count(), 1);
  assert.deepEqual(errors, []);
});

test("whatever clients of Raft's store see, one order explains it", async () => {
  const { page, errors } = await open("#raft-kv/calm");
  await playOut(page);
  await page.keyboard.press("3");
  for (const name of ["linearizable", "sequential", "causal", "read-your-writes", "convergent"]) {
    await level(page, name, "ok").waitFor(PATIENCE);
  }
  assert.deepEqual(errors, []);
});

test("the diagram turns from messages to requests and back, by key and by button, and the link remembers", async () => {
  const { page, errors } = await open("#abd/calm");
  await playOut(page);
  const before = await page.evaluate(() => location.hash);
  await page.keyboard.press("o");
  await page.locator("#operations").waitFor();
  await page.waitForFunction((before) => location.hash !== before, before, PATIENCE);
  const again = await open(await page.evaluate(() => location.hash));
  await again.page.locator("#operations").waitFor(PATIENCE);
  await page.locator('[data-diagram="space-time"]').click();
  assert.equal(await page.locator("#operations").count(), 0);
  assert.deepEqual([...errors, ...again.errors], []);
});

test("an operation in the diagram leads to its event", async () => {
  const { page, errors } = await open("#abd/calm");
  await playOut(page);
  await page.keyboard.press("o");
  await page.keyboard.press("0");
  const canvas = page.locator("#operations");
  const box = await canvas.boundingBox();
  // Somewhere along the first client's lane there is one.
  for (let share = 0.1; share < 0.95; share += 0.01) {
    await page.mouse.move(box.x + box.width * share, box.y + 26 + 22);
    if (await canvas.evaluate((element) => element.classList.contains("pointing"))) break;
  }
  assert.ok(await canvas.evaluate((element) => element.classList.contains("pointing")), "an operation under the pointer");
  await page.mouse.down();
  await page.mouse.up();
  assert.match(await page.locator(".thing").innerText(), /Event #/);
  assert.deepEqual(errors, []);
});
