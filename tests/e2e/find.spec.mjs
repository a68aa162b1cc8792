// Finding: run until, back to, break points, patterns of messages.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };
const SMALL = { viewport: { width: 390, height: 844 }, hasTouch: true };

const field = (page) => page.locator("#find-condition");
const outcome = (page) => page.locator("#find-outcome");
const events = async (page) => Number(await page.locator(".lab").getAttribute("data-events"));
const playing = (page) => page.locator(".lab").getAttribute("data-playing");

/** Stops the run and opens the panel. */
async function openFind(page) {
  if ((await playing(page)) === "true") await page.keyboard.press("Space");
  await page.keyboard.press("f");
  await field(page).waitFor(PATIENCE);
}

/** Writes a condition and waits for what comes of it. */
async function ask(page, condition, key, wanted) {
  await field(page).fill(condition);
  await field(page).press(key);
  await page.waitForFunction(
    (text) => document.querySelector("#find-outcome")?.textContent.includes(text),
    wanted,
    PATIENCE,
  );
}

test("a mistake is told with a caret under it, and what would be right", async () => {
  const { page, errors } = await open("#raft/calm");
  await openFind(page);
  await ask(page, "any node.rolle == leader", "Enter", "did you mean role?");
  const [line, caret] = (await page.locator(".find-under").textContent()).split("\n");
  assert.equal(line, "any node.rolle == leader");
  assert.equal(caret, "         ^^^^^");
  assert.equal(await field(page).getAttribute("aria-invalid"), "true");
  const marked = await field(page).evaluate((it) => it.value.slice(it.selectionStart, it.selectionEnd));
  assert.equal(marked, "rolle", "what is wrong is marked, so that it is overwritten");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});

test("a run is played until a condition comes true, and goes back to where it last did", async () => {
  const { page, errors } = await open("#raft/leader-crash");
  await openFind(page);
  await page.keyboard.press("Escape");
  await page.locator("[data-action='Start']").click();
  await ask(page, "any node.role == leader", "Enter", "Found at");
  const first = await events(page);
  assert.ok(first > 5, `${first}`);
  await ask(page, "event crash", "Enter", "Found at");
  const crash = await events(page);
  assert.ok(crash > first);
  // Going back from there ends where going forward began.
  await ask(page, "any node.role == leader", "Shift+Enter", "Found at");
  assert.equal(await events(page), first);
  await field(page).press("Shift+Enter");
  await page.waitForFunction(
    () => document.querySelector("#find-outcome").textContent.includes("Nowhere before"),
    undefined,
    PATIENCE,
  );
  assert.equal(await events(page), first, "whoever finds nothing stays");
  assert.deepEqual(errors, []);
});

test("a break point stops the run while it plays, and says so", async () => {
  const { page, errors } = await open("#raft/leader-crash");
  await openFind(page);
  await page.locator("[data-action='Start']").click();
  await field(page).fill("event crash");
  await page.locator("[data-action='keep-break']").click();
  assert.equal(await page.locator(".find-break").count(), 1);
  assert.equal(await page.locator(".breaks-on").innerText(), "1");
  await page.locator("[data-action='play']").click();
  for (let presses = 0; presses < 4; presses += 1) await page.locator("body").press("+");
  await page.waitForFunction(() => document.querySelector(".lab").dataset.playing === "false", undefined, PATIENCE);
  await page.locator(".remark", { hasText: "event crash" }).waitFor(PATIENCE);
  const stopped = await events(page);
  // Where it stopped is where the condition is found.
  await page.locator("[data-action='Start']").click();
  await ask(page, "event crash", "Enter", "Found at");
  assert.equal(await events(page), stopped);
  // Switched off, it lets the run pass; removed, it is gone.
  await page.locator(".find-break input").click();
  assert.equal(await page.locator(".breaks-on").count(), 0);
  await page.locator("[data-action='play']").click();
  await page.waitForFunction((least) => Number(document.querySelector(".lab").dataset.events) > least, stopped, PATIENCE);
  await page.locator(".find-break button").click();
  assert.equal(await page.locator(".find-break").count(), 0);
  assert.deepEqual(errors, []);
});

test("a line of the pseudo-code is a place to run to", async () => {
  const { page, errors } = await open("#raft/leader-crash");
  await page.keyboard.press("Space");
  await page.locator("[data-action='Start']").click();
  const line = page.locator(".code-line .code-text", { hasText: "RequestVote" }).first();
  await line.click();
  await page.locator(".code-actions button").first().click();
  await outcome(page).locator("p", { hasText: "Found at" }).waitFor(PATIENCE);
  assert.match(await field(page).inputValue(), /^line \d+$/);
  assert.equal(await page.locator(".code-line.chosen.lit").count(), 1, "the line that it was run to is the one that runs");
  assert.deepEqual(errors, []);
});

test("a pattern's places are counted and gone through", async () => {
  const { page, errors } = await open("#raft/leader-crash");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 60, undefined, PATIENCE);
  await openFind(page);
  await page.locator("[data-field='pattern']").selectOption({ label: "Broadcast" });
  await page.locator("[data-field='type']").selectOption("RequestVote");
  await page.locator("[data-action='look']").click();
  const place = page.locator(".find-place");
  await place.waitFor(PATIENCE);
  const [, count] = (await place.innerText()).match(/of (\d+)/);
  assert.ok(Number(count) >= 1);
  await page.locator("[data-field='pattern']").selectOption({ label: "Request and response" });
  await page.locator("[data-field='type']").selectOption("");
  await page.locator("[data-action='look']").click();
  await place.waitFor(PATIENCE);
  const at = async () => Number((await place.innerText()).match(/^(\d+)/)[1]);
  const before = await at();
  const [, all] = (await place.innerText()).match(/of (\d+)/);
  assert.ok(Number(all) > 3);
  await page.locator("[data-action='next-match']").click();
  assert.equal(await at(), (before % Number(all)) + 1);
  await page.locator("[data-action='next-match']").press("N");
  assert.equal(await at(), before);
  // The moment that is shown is the one at which the place is complete.
  const row = page.locator(".find-matches [aria-current='true']");
  assert.equal(await row.count(), 1);
  assert.match(await row.innerText(), /→.*→/s);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});

test("it all fits a small screen", async () => {
  const { page, errors } = await open("#raft/leader-crash", SMALL);
  await openFind(page);
  await ask(page, "any node.role == ledaer", "Enter", "did you mean leader?");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.equal(wide, false);
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(errors, []);
});
