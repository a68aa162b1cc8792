// Who could know of what: comparing two events, and cutting through a run.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab, play } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

const said = (page) => page.locator("[data-order]");

test("two events are compared: ordered by a path, or concurrent by what each knew", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  // An event comes after the one before it at the same node.
  await page.keyboard.press("2");
  await page.locator("[data-event]").nth(3).click();
  await page.locator("[data-pin] button").click();
  await page.locator(".tree dd .link, .tree dd button").nth(1).click();
  await said(page).waitFor(PATIENCE);
  assert.equal(await said(page).getAttribute("data-order"), "IsBefore");
  assert.ok((await said(page).locator("ol li").count()) >= 2, "the path has both ends");
  // Of the latest events some are concurrent with it.
  const seen = new Set();
  for (let nth = 0; nth < 30 && !seen.has("IsConcurrent"); nth += 1) {
    await page.keyboard.press("2");
    await page.locator("[data-event]").nth(nth).click();
    if (await said(page).count()) seen.add(await said(page).getAttribute("data-order"));
  }
  assert.ok(seen.has("IsConcurrent"), [...seen].join(", "));
  assert.equal(await said(page).locator("ul li").count(), 2);
  assert.deepEqual(errors, []);
});

test("a handle of the cut can be dragged", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await page.keyboard.press("x");
  await page.keyboard.press("0");
  const canvas = page.locator("#space-time");
  const box = await canvas.boundingBox();
  // The first handle is where the pointer says so along the first lane, the furthest to the right.
  const y = box.y + 26 + 18;
  const pointing = () => canvas.evaluate((element) => element.classList.contains("pointing"));
  let x = box.x + box.width - 4;
  for (; x > box.x + 60; x -= 4) {
    await page.mouse.move(x, y);
    if (await pointing()) break;
  }
  await page.mouse.down();
  await page.mouse.move(x - box.width / 3, y, { steps: 4 });
  await page.mouse.up();
  assert.equal(await page.locator("[data-cut]").getAttribute("data-cut"), "bad");
  assert.deepEqual(errors, []);
});

test("a cut is consistent until a message goes back over it, and the message is named", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  for (let presses = 0; presses < 10; presses += 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("x");
  const cut = page.locator("[data-cut]");
  assert.equal(await cut.getAttribute("data-cut"), "ok");
  // One node goes on while the others go back: soon it has heard what nobody has said.
  const buttons = cut.locator("button");
  const nodes = (await buttons.count()) / 2;
  for (let round = 0; round < 12 && (await cut.getAttribute("data-cut")) === "ok"; round += 1) {
    await buttons.nth(1).click();
    for (let node = 1; node < nodes; node += 1) await buttons.nth(2 * node).click();
  }
  assert.equal(await cut.getAttribute("data-cut"), "bad");
  assert.match(await cut.locator("p").innerText(), /Inconsistent: \S+ from \S+ was received at n1/);
  await page.keyboard.press("x");
  assert.equal(await cut.count(), 0);
  assert.deepEqual(errors, []);
});
