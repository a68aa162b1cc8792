// Why: who wrote a field, what that needed, and the same for a violation.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab, play } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

/** Opens the inspector on whoever leads. */
async function leader(page) {
  await page.keyboard.press("1");
  await page.locator('[data-node][data-condition="leading"]').click();
}

const ask = (page, field) => page.locator(`[data-ask="${field}"]`);
const why = (page) => page.locator("[data-why]");
const needed = (page) => page.locator('[data-why-list="needed"] [data-event]');
const writes = (page) => page.locator('[data-why-list="writes"] [data-event]');

test("who leads was voted for: asked of its role, step by step back, and what that needed", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await leader(page);
  await ask(page, "volatile.role").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector('[data-why="field"][aria-busy="false"]', PATIENCE);
  assert.match(await writes(page).last().innerText(), /candidate → leader/);
  const before = await writes(page).count();
  const further = why(page).getByRole("button", { name: "Further back" });
  await further.click();
  assert.ok((await writes(page).count()) > before);
  while (await further.count()) await further.click();
  // What it needed: some servers were asked for their votes, and gave them.
  const told = (await needed(page).allInnerTexts()).join("\n");
  assert.match(told, /vote/i);
  assert.match(told, /follower → candidate/, "and what each event changed");
  const [count, of] = (await page.locator("[data-why-count]").innerText()).match(/[\d,]+/g).map((it) => Number(it.replace(",", "")));
  assert.equal(await needed(page).count(), count);
  assert.ok(count < of, `${count} of ${of}`);
  // Each leads to its event, and the question stays.
  const first = await needed(page).first().getAttribute("data-event");
  await needed(page).first().click();
  assert.equal(await needed(page).first().getAttribute("aria-current"), "true");
  assert.equal(Number(await page.locator(".lab").getAttribute("data-events")), Number(first) + 1);
  await why(page).getByRole("button", { name: "The next one" }).click();
  assert.equal(await needed(page).nth(1).getAttribute("aria-current"), "true");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.equal(await why(page).count(), 0);
  assert.deepEqual(errors, []);
});

test("what is asked about is lit in the diagram, and fades again", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await leader(page);
  await page.waitForTimeout(400);
  const picture = () => page.locator("#space-time").evaluate((canvas) => canvas.toDataURL());
  const before = await picture();
  await ask(page, "volatile.role").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector('[data-why="field"][aria-busy="false"]', PATIENCE);
  await page.waitForTimeout(400);
  const lit = await picture();
  assert.ok(lit !== before, "it is lit");
  await why(page).getByRole("button", { name: "Put the question away" }).click();
  await page.waitForTimeout(400);
  assert.ok((await picture()) !== lit, "it is lit no more");
  assert.deepEqual(errors, []);
});

test("a violation is looked into by itself, and can be stepped through", async () => {
  const { page, errors } = await open("#raft/vote-not-durable");
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("+");
  await page.waitForSelector('[data-why="violation"][aria-busy="false"]', PATIENCE);
  const alarm = page.locator("[data-alarm]");
  assert.match(await alarm.innerText(), /\d+ of \d+ events bring it about/);
  assert.ok((await needed(page).count()) <= 10);
  await alarm.getByRole("button", { name: "The one before" }).click();
  assert.equal(await page.locator('[data-why-list="needed"] [aria-current="true"]').count(), 1);
  await page.keyboard.press("Escape");
  assert.equal(await why(page).count(), 0);
  await page.keyboard.press("End");
  await page.locator("[data-alarm]").getByRole("button", { name: "Show why" }).click();
  await page.waitForSelector('[data-why="violation"][aria-busy="false"]', PATIENCE);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});

test("on a phone the reasons of a violation are one touch away", async () => {
  const { page, errors } = await open("#raft/vote-not-durable", { viewport: { width: 390, height: 844 }, hasTouch: true });
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("+");
  await page.waitForSelector("[data-alarm] .alarm-why", PATIENCE);
  await page.locator("[data-alarm]").getByRole("button", { name: "Show why" }).click();
  await page.waitForSelector('[data-why="violation"][aria-busy="false"]', PATIENCE);
  assert.ok(await needed(page).first().isVisible());
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} wide`);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});

test("the list of events says who did what, by which rule, and what changed", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 60);
  await page.keyboard.press("Home");
  await page.keyboard.press("2");
  const told = (await page.locator(".told [data-event]").allInnerTexts()).join("\n");
  assert.match(told, /currentTerm: 0 → 1/);
  assert.match(told, /role: follower → candidate/);
  assert.equal(await page.locator(".told .row-rule").first().isVisible(), true);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});

test("what happens is told from the first event on", async () => {
  const { page, errors } = await open("#device-coordinator/calm");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 8, undefined, PATIENCE);
  assert.doesNotMatch(await page.locator("[data-narration]").innerText(), /Nothing has happened/);
  assert.deepEqual(errors, []);
});
