// A node is turned into a liar and back: in the inspector, by the command palette, with the keyboard alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();

const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
const node = (page, name, manner) => page.locator(`[data-node="${name}"][data-manner="${manner}"]`);

test("a node becomes a liar by the palette, and undoing makes it honest", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  await page.keyboard.press("1");
  await node(page, "n2", "honest").waitFor();
  const before = await run(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n2: liar equivocate");
  await page.keyboard.press("Enter");
  await node(page, "n2", "equivocate").waitFor();
  assert.match(await node(page, "n2", "equivocate").innerText(), /liar/);
  assert.equal(await page.locator('[data-manner="honest"]').count(), (await page.locator("[data-manner]").count()) - 1);
  await page.keyboard.press("Control+z");
  await node(page, "n2", "honest").waitFor();
  assert.equal((await run(page)).hash, before.hash);
  assert.deepEqual(errors, []);
});

test("the inspector offers every kind of lie, and honesty to liars only", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  await page.keyboard.press("1");
  await node(page, "n1", "honest").focus();
  await page.keyboard.press("Enter");
  const actions = page.locator(".actions button");
  const lies = actions.filter({ hasText: "liar" });
  const honest = actions.filter({ hasText: "honest" });
  await lies.first().waitFor();
  assert.deepEqual([await lies.count(), await honest.count()], [5, 0]);
  await lies.filter({ hasText: "silent" }).focus();
  await page.keyboard.press("Enter");
  await honest.waitFor();
  assert.deepEqual([await lies.count(), await honest.count()], [4, 1]);
  await honest.focus();
  await page.keyboard.press("Enter");
  await honest.waitFor({ state: "detached" });
  assert.equal(await lies.count(), 5);
  assert.deepEqual(errors, []);
});

test("a run with a liar is in its link", async () => {
  const { page } = await open();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n3: liar falsify");
  await page.keyboard.press("Enter");
  await page.keyboard.press("1");
  await node(page, "n3", "corrupt").waitFor();
  await page.waitForTimeout(1000); // the address follows
  const sent = await run(page);
  await page.reload();
  await page.locator(".lab").waitFor();
  await page.keyboard.press("1");
  await node(page, "n3", "corrupt").waitFor();
  assert.equal((await run(page)).hash, sent.hash);
});
