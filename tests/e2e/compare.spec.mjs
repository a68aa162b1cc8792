// Two branches side by side: where they part, what differs in words, and the same moment in both.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab, play } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
const compared = (page) => page.locator("[data-compare]").evaluate((element) => ({ ...element.dataset }));
const comparing = (page) => page.locator("[data-compare]");

/** Makes a branch: goes back to a share of the time line, and does the first thing that is offered there. */
async function branch(page, share = 0.2) {
  const box = await page.locator("#timeline").boundingBox();
  await page.mouse.click(box.x + box.width * share, box.y + box.height / 2);
  await page.locator("[data-try]").first().click();
  await page.locator("[data-branch]").nth(1).waitFor(PATIENCE);
  return Number((await run(page)).time);
}

const compare = (page) => page.locator('[data-action="compare"]').first().click();

test("a branch beside the run: where they part, and how much differs in each", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  const begun = await branch(page);
  await compare(page);
  await comparing(page).waitFor(PATIENCE);
  const both = await compared(page);
  assert.equal(Number(both.parting), begun, "they part where somebody interfered");
  assert.ok(Number(both.differHere) > 0 && Number(both.differThere) > 0, JSON.stringify(both));
  assert.ok(Number(both.differHere) < 300, "what was before is the same");
  for (const canvas of ["#space-time", "#beside"]) assert.ok(await page.locator(canvas).isVisible(), canvas);
  // The same in words.
  const words = page.locator("[data-differences]");
  assert.match(await words.innerText(), /They part at .* crashes, in A alone/);
  const rows = await words.locator("[data-apart]").allInnerTexts();
  assert.ok(rows.length >= 2, rows.join("; "));
  assert.ok((await words.locator("[data-difference]").count()) > 2);
  assert.deepEqual(errors, []);
});

test("one goes to the first difference and on, and both runs stand at the same moment", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  const begun = await branch(page);
  await compare(page);
  await page.keyboard.press("End");
  assert.equal((await run(page)).time, (await compared(page)).besideTime);
  await page.getByRole("button", { name: "First difference" }).click();
  assert.equal(Number((await run(page)).time), begun);
  let at = begun;
  const seen = new Set();
  for (let presses = 0; presses < 30 && seen.size < 2; presses += 1) {
    await page.keyboard.press("j");
    const now = await run(page);
    assert.ok(Number(now.time) > at, "on and on");
    at = Number(now.time);
    assert.equal(now.time, (await compared(page)).besideTime);
    seen.add(await page.locator("[data-state-of]").first().getAttribute("data-state-of"));
  }
  assert.ok(seen.size > 1, "several nodes differ");
  await page.keyboard.press("k");
  assert.ok(Number((await run(page)).time) < at);
  assert.deepEqual(errors, []);
});

test("a node's state is compared field by field", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  await branch(page);
  await compare(page);
  await page.keyboard.press("End");
  await page.locator("[data-apart] .link").first().click();
  const state = page.locator("[data-state-of]");
  assert.ok(Number(await state.getAttribute("data-fields")) > 0);
  const rows = await state.locator("tr.apart").evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent)),
  );
  assert.equal(rows.length, Number(await state.getAttribute("data-fields")));
  for (const [here, there] of rows) assert.notEqual(here, there);
  assert.match(await state.innerText(), /Differs first at/);
  // Before they part, nothing does.
  await page.keyboard.press("Home");
  assert.equal(await page.locator("[data-state-of] tr.apart").count(), 0);
  assert.deepEqual(errors, []);
});

test("what is beside can be picked, and points to what is the same in the other", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  await branch(page);
  await compare(page);
  await page.keyboard.press("Home"); // Wherever it stood, it may have been at the very event that is picked.
  await page.keyboard.press("0");
  const canvas = page.locator("#beside");
  const box = await canvas.boundingBox();
  const pointing = () => canvas.evaluate((element) => element.classList.contains("pointing"));
  // Along the first lane, from the right, until something is pointed at and picked.
  const y = box.y + 26 + (box.height - 32) / 10;
  const before = (await run(page)).time;
  let after = { time: before };
  for (let x = box.x + box.width - 6; x > box.x + 80 && after.time === before; x -= 3) {
    await page.mouse.move(x, y);
    if (!(await pointing())) continue;
    await page.mouse.click(x, y);
    after = await run(page);
  }
  assert.notEqual(after.time, before, "there is an event in the first lane");
  assert.equal(after.time, (await compared(page)).besideTime);
  assert.deepEqual(errors, []);
});

test("one leaves by key, and what is played goes on in both", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 200);
  await branch(page);
  await page.keyboard.press("b");
  await comparing(page).waitFor(PATIENCE);
  await page.keyboard.press("End");
  const before = await run(page);
  const differed = Number((await compared(page)).differHere);
  await page.keyboard.press("Space");
  const later = (events) => Number(document.querySelector(".lab").dataset.events) >= events;
  await page.waitForFunction(later, Number(before.events) + 150, PATIENCE);
  await page.keyboard.press("Space");
  assert.equal((await run(page)).time, (await compared(page)).besideTime);
  assert.ok(Number((await compared(page)).differHere) > differed);
  await page.keyboard.press("Escape");
  assert.equal(await comparing(page).count(), 0);
  assert.ok(await page.locator("#cluster").isVisible());
  // By name, from the palette.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("compare with the first");
  await page.keyboard.press("Enter");
  await comparing(page).waitFor(PATIENCE);
  // Who plays the branch beside changes places with it.
  await page.locator("[data-branch]").first().locator(".branch-lane").click();
  assert.equal((await compared(page)).compare, "1");
  await page.locator("[data-branch]").nth(1).getByRole("button", { name: "Forget this branch" }).click();
  assert.equal(await comparing(page).count(), 0, "what is forgotten is not compared with");
  assert.deepEqual(errors, []);
});

test("at 390 pixels and for assistive technology", async () => {
  const { page, errors } = await open("#raft/calm", { viewport: { width: 390, height: 844 } });
  await play(page, 250);
  await branch(page);
  await compare(page);
  await comparing(page).waitFor(PATIENCE);
  for (const canvas of ["#space-time", "#beside"]) {
    const box = await page.locator(canvas).boundingBox();
    assert.ok(box.width > 360 && box.height > 90, `${canvas}: ${JSON.stringify(box)}`);
  }
  assert.ok(await page.locator("[data-differences]").isVisible());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `${wide} pixels wide`);
  await page.locator('[data-difference]').first().click();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: /End the comparison/ }).click();
  assert.equal(await comparing(page).count(), 0);
  assert.ok(await page.locator("#cluster").isVisible());
  assert.deepEqual(errors, []);
});

test("a wide page is accessible in both themes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const { page, errors } = await open("#raft/calm", { colorScheme });
    await play(page, 250);
    await branch(page);
    await compare(page);
    await page.keyboard.press("End");
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(errors, []);
  }
});
