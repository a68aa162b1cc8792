// Branches: what is done in the past begins one, the old future stays, and links carry them all.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab, play } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));

/** Goes back to a share of the time line, and does the first thing that is offered there. */
async function interfere(page, share) {
  const box = await page.locator("#timeline").boundingBox();
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
  await page.locator("[data-try]").first().click();
}

const lanes = (page) => page.locator("[data-branch]");

test("an intervention in the past begins a branch, and the old future comes back as it was", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  await page.keyboard.press("End");
  const before = await run(page);
  assert.equal(await lanes(page).count(), 0);
  await interfere(page, 0.25);
  assert.equal(await lanes(page).count(), 2);
  await page.keyboard.press("End");
  assert.notEqual((await run(page)).hash, before.hash);
  await lanes(page).first().locator(".branch-lane").click();
  await page.keyboard.press("End");
  assert.equal((await run(page)).hash, before.hash);
  assert.equal((await run(page)).events, before.events);
  assert.deepEqual(errors, []);
});

test("branches are named after what they began with, renamed, forgotten, and undone", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  await interfere(page, 0.25);
  const name = lanes(page).nth(1).locator("input");
  assert.match(await name.inputValue(), /crashes/);
  await name.fill("without a leader");
  await name.press("Enter");
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  assert.equal(await name.inputValue(), "without a leader");
  await page.locator('[data-action="undo"]').first().click();
  assert.equal(await lanes(page).count(), 0, "a branch in which nothing is done is none");
  await interfere(page, 0.25);
  await lanes(page).first().getByRole("button", { name: "Forget this branch" }).click();
  assert.equal(await lanes(page).count(), 0);
  assert.deepEqual(errors, []);
});

test("a link carries all branches", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  await interfere(page, 0.25);
  await page.waitForFunction(() => location.hash.startsWith("#2"), null, PATIENCE);
  const here = await run(page);
  const again = await open(await page.evaluate(() => location.hash));
  await lanes(again.page).first().waitFor(PATIENCE);
  assert.equal(await lanes(again.page).count(), 2);
  assert.equal((await run(again.page)).hash, here.hash);
  await lanes(again.page).first().locator(".branch-lane").click();
  await again.page.keyboard.press("End");
  assert.ok(Number((await run(again.page)).events) >= 300);
  assert.deepEqual([...errors, ...again.errors], []);
});
