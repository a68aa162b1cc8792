// The space-time diagram: its axis, its direction, what it leaves out, and the time line as its map.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab, play } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };
const SMALL = { width: 390, height: 844 };

const board = (page) => page.locator(".board.space-time");
const canvas = (page) => page.locator("#space-time");
const tool = (page, name) => page.locator(`[data-action="${name}"]`);
const title = (page) => page.locator(".thing-title");

/** Resolves when the picture is another one than before. */
async function repainted(page, before) {
  const other = (old) => document.querySelector("#space-time").toDataURL() !== old;
  await page.waitForFunction(other, before, PATIENCE);
}
const picture = (page) => canvas(page).evaluate((element) => element.toDataURL());

test("Lamport time is the axis at a press of a button, and stays so after a reload", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  assert.equal(await board(page).getAttribute("data-axis"), "physical");
  const before = await picture(page);
  await tool(page, "logical").click();
  assert.equal(await board(page).getAttribute("data-axis"), "logical");
  assert.equal(await tool(page, "logical").getAttribute("aria-pressed"), "true");
  await repainted(page, before);
  // Whoever clicks on an empty place goes to an event, the last of that lane there.
  await page.keyboard.press("0");
  const box = await canvas(page).boundingBox();
  const at = () => page.locator(".lab").getAttribute("data-events").then(Number);
  await page.mouse.click(box.x + 120, box.y + 45);
  const early = await at();
  await page.mouse.click(box.x + box.width - 60, box.y + 45);
  assert.ok(early < (await at()));
  await page.reload();
  await page.waitForFunction(() => document.querySelector(".lab"), undefined, PATIENCE);
  assert.equal(await board(page).getAttribute("data-axis"), "logical");
  await page.keyboard.press("a");
  assert.equal(await board(page).getAttribute("data-axis"), "physical");
  assert.deepEqual(errors, []);
});

test("the cut can be dragged along Lamport time", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await page.keyboard.press("a");
  await page.keyboard.press("x");
  await page.keyboard.press("0");
  const box = await canvas(page).boundingBox();
  const pointing = () => canvas(page).evaluate((element) => element.classList.contains("pointing"));
  const y = box.y + 26 + 18;
  // From the right, the first thing to be pointed at may be a message that is on its way: it is not dragged.
  const cut = () => page.locator("[data-cut]").getAttribute("data-cut");
  for (let x = box.x + box.width - 4; x > box.x + 60 && (await cut()) === "ok"; x -= 4) {
    await page.mouse.move(x, y);
    if (!(await pointing())) continue;
    await page.mouse.down();
    await page.mouse.move(x - box.width / 3, y, { steps: 4 });
    await page.mouse.up();
    if ((await cut()) === "ok") await page.keyboard.press("0");
  }
  assert.equal(await cut(), "bad");
  assert.deepEqual(errors, []);
});

test("a node is hidden from its name's menu, and comes back", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  const box = await canvas(page).boundingBox();
  const first = { x: box.x + 20, y: box.y + 26 + 12 };
  await page.mouse.click(first.x, first.y);
  assert.match(await title(page).innerText(), /^n1/);
  await page.mouse.click(first.x, first.y, { button: "right" });
  await page.locator("[role=menuitem]", { hasText: "Hide in the diagram" }).click();
  await page.locator("[data-left-out]", { hasText: "1 nodes hidden" }).waitFor(PATIENCE);
  // The second node is the first lane now.
  await page.mouse.click(first.x, first.y);
  assert.match(await title(page).innerText(), /^n2/);
  await page.locator("[data-left-out] button").click();
  assert.equal(await page.locator("[data-left-out]").count(), 0);
  await page.mouse.click(first.x, first.y);
  assert.match(await title(page).innerText(), /^n1/);
  assert.deepEqual(errors, []);
});

test("nodes and types of messages are chosen from a list, by keyboard too", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await page.keyboard.press("w");
  const sieve = page.locator("#sieve");
  const types = sieve.locator("fieldset").nth(1).locator("input");
  assert.ok((await types.count()) >= 3, "every type that was sent is there");
  const before = await picture(page);
  await types.first().focus();
  await page.keyboard.press("Space");
  await page.locator("[data-left-out]", { hasText: "1 message types hidden" }).waitFor(PATIENCE);
  await repainted(page, before);
  await sieve.locator("[data-sieve=nodes] input").nth(2).uncheck();
  await page.locator("[data-left-out]", { hasText: "1 nodes hidden" }).waitFor(PATIENCE);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("w");
  assert.equal(await sieve.count(), 0);
  assert.deepEqual(errors, []);
});

test("runs of local events collapse", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await page.keyboard.press("0");
  const before = await picture(page);
  await tool(page, "collapse").click();
  assert.equal(await tool(page, "collapse").getAttribute("aria-pressed"), "true");
  await page.keyboard.press("z");
  assert.equal(await tool(page, "collapse").getAttribute("aria-pressed"), "false");
  assert.equal(await picture(page), before);
  assert.deepEqual(errors, []);
});

test("time may go down, with a column per node", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await tool(page, "downward").click();
  assert.equal(await board(page).getAttribute("data-time"), "down");
  const box = await canvas(page).boundingBox();
  // The name of the last node is at the right, above its column.
  await page.mouse.click(box.x + box.width - 60, box.y + 14);
  assert.match(await title(page).innerText(), /^c1/);
  const before = await picture(page);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, -300);
  await repainted(page, before);
  assert.deepEqual(errors, []);
});

test("what the diagram shows is dragged along the time line", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 300);
  const line = await page.locator("#timeline").boundingBox();
  const y = line.y + line.height - 8;
  const pointing = () => page.locator("#timeline").evaluate((element) => element.classList.contains("pointing"));
  // Marks are narrower than what the diagram shows.
  let [x, wide] = [line.x + 12, 0];
  for (; x < line.x + line.width && wide < 5; x += 4) {
    await page.mouse.move(x, y);
    wide = (await pointing()) ? wide + 1 : 0;
  }
  const before = await picture(page);
  const events = await page.locator(".lab").getAttribute("data-events");
  await page.mouse.down();
  await page.mouse.move(x + 80, y, { steps: 4 });
  await page.mouse.up();
  await repainted(page, before);
  assert.equal(await page.locator(".lab").getAttribute("data-events"), events, "the moment stays");
  assert.deepEqual(errors, []);
});

test("on a small screen the diagram and its tools stand beside each other", async () => {
  const { page, errors } = await open("#raft/calm", { viewport: SMALL });
  await play(page, 150);
  const [bar, drawing] = [page.locator(".diagram-bar"), canvas(page)];
  const [above, below] = [await bar.boundingBox(), await drawing.boundingBox()];
  assert.ok(above.y + above.height <= below.y + 0.5, "no tool covers a lane");
  for (const name of ["logical", "downward", "sift"]) await tool(page, name).click();
  assert.deepEqual(await violations(page), []);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(width, SMALL.width);
  assert.deepEqual(errors, []);
});

test("messages are drawn by what they say", async () => {
  const { page, errors } = await open("#raft/calm");
  await play(page, 150);
  await page.keyboard.press("w");
  const all = await picture(page);
  await page.locator("[data-saying]").fill("term 99");
  await repainted(page, all);
  assert.match(await page.locator("[data-left-out]").innerText(), /term 99/);
  const none = await picture(page);
  await page.locator("[data-saying]").fill("term 1");
  await repainted(page, none);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Show everything" }).click();
  assert.equal(await page.locator("[data-saying]").inputValue(), "");
  assert.equal(await page.locator("[data-left-out]").count(), 0);
  assert.deepEqual(errors, []);
});
