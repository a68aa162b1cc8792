// Work on the network: nodes that come and go, links that are drawn and taken out, with the pointer and the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };
const PHONE = { viewport: { width: 390, height: 844 } };

const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
const said = (page) => page.locator("[data-edited]").innerText();

/** What a run's network is, in short: "ring 4 4" for shape, nodes, links. */
async function network(page) {
  const { topology, nodes, links } = await run(page);
  return `${topology} ${nodes} ${links}`;
}

/** Opens a scenario, stops it, and takes up the work on its network. */
async function editing(fragment, options) {
  const opened = await open(fragment, options);
  await opened.page.keyboard.press("e");
  await opened.page.locator("[data-network]").waitFor();
  const { editing, playing } = await run(opened.page);
  assert.deepEqual([editing, playing], ["true", "false"]);
  return opened;
}

/** What the pointer finds at a place: the title of the menu that a click opens there, or "". */
async function found(page, x, y) {
  await page.mouse.move(x, y);
  if ((await page.locator("#cluster.pointing").count()) === 0) return "";
  await page.mouse.click(x, y);
  const title = await page.locator(".menu-title").first().textContent({ timeout: 500 }).catch(() => "");
  if (title) await page.keyboard.press("Escape");
  return title;
}

/** The middle of a node: nodes stand where the drawing puts them, so the pointer looks for it. */
async function place(page, name) {
  const box = await page.locator("#cluster").boundingBox();
  for (let y = box.y + 8; y < box.y + box.height; y += 16) {
    for (let x = box.x + 8; x < box.x + box.width; x += 16) {
      if ((await found(page, x, y)) !== name) continue;
      const hits = [];
      for (let dy = -16; dy <= 64; dy += 8) {
        for (let dx = -48; dx <= 48; dx += 8) {
          if ((await found(page, x + dx, y + dy)) === name) hits.push([x + dx, y + dy]);
        }
      }
      const middle = (axis) => hits.reduce((sum, hit) => sum + hit[axis], 0) / hits.length;
      return { x: middle(0), y: middle(1) };
    }
  }
  return assert.fail(`${name} was not found with the pointer`);
}

async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
}

/** Goes through the command palette. */
async function command(page, words) {
  await page.keyboard.press("Control+k");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

test("a shape is chosen by name, and the run begins anew", async () => {
  const { page, errors } = await editing("#ping/hello");
  assert.equal(await network(page), "mesh 4 6");
  await page.locator("[data-shape]").selectOption("ring");
  assert.equal(await network(page), "ring 4 4");
  assert.equal((await run(page)).time, "0");
  assert.match(await said(page), /begins anew/);
  await page.locator("[data-shape]").selectOption("random");
  await page.locator("[data-degree]").fill("2");
  await page.locator("[data-degree]").press("Enter");
  assert.equal((await run(page)).topology, "random");
  await page.locator("[data-degree]").fill("many");
  await page.locator("[data-degree]").press("Enter");
  assert.match(await page.locator("[data-network] [role=alert]").innerText(), /"many" is not a number of links/);
  await page.locator('[data-action="edit-done"]').click();
  assert.equal((await run(page)).editing, "false");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => document.querySelector(".lab").dataset.time !== "0", undefined, PATIENCE);
  assert.deepEqual(errors, []);
});

test("a node comes, and a node goes; who has another name now is said", async () => {
  const { page, errors } = await editing("#raft/calm");
  await page.locator('[data-add="Add n6"]').click();
  assert.equal((await run(page)).nodes, "7");
  await page.locator('[data-node="n6"]').waitFor();
  await page.locator('[data-node="n2"]').click();
  await page.getByRole("button", { name: "Remove n2" }).first().click();
  assert.equal((await run(page)).nodes, "6");
  assert.match(await said(page), /n3 is n2 now/);
  assert.equal(await page.locator('[data-node="n6"]').count(), 0);
  assert.deepEqual(errors, []);
});

test("what cannot be is refused in words where it was done, and nothing changes", async () => {
  const { page, errors } = await editing("#reliable-link/calm");
  const before = await network(page);
  await page.locator('[data-node="r1"]').click();
  await page.getByRole("button", { name: "Remove r1" }).first().click();
  assert.match(await page.locator("[data-network] [role=alert]").innerText(), /at least 1/);
  assert.equal(await network(page), before);
  assert.deepEqual(errors, []);
});

test("a link is drawn from node to node, and taken out where it is", async () => {
  const { page, errors } = await editing("#ping/hello");
  await page.locator("[data-shape]").selectOption("ring");
  assert.equal(await network(page), "ring 4 4");
  const [n1, n2, n3] = [await place(page, "n1"), await place(page, "n2"), await place(page, "n3")];
  await drag(page, n1, { x: n3.x, y: n3.y + 4 });
  assert.equal(await network(page), "edges 4 5");
  await page.mouse.click((n1.x + n2.x) / 2, (n1.y + n2.y) / 2);
  await page.locator('[role="menuitem"]').filter({ hasText: "Take out" }).click();
  assert.equal(await network(page), "edges 4 4");
  // A drag that ends nowhere draws nothing, and with Shift it moves the node.
  await drag(page, n1, { x: n1.x + 150, y: n1.y });
  assert.equal(await network(page), "edges 4 4");
  await page.keyboard.down("Shift");
  await drag(page, n2, { x: n2.x + 60, y: n2.y });
  await page.keyboard.up("Shift");
  assert.equal(await network(page), "edges 4 4");
  await page.mouse.click(n2.x + 60, n2.y);
  assert.equal(await page.locator(".menu-title").first().textContent(), "n2");
  assert.deepEqual(errors, []);
});

test("messages keep to the links that are left, if the protocol asks for them", async () => {
  const { page, errors } = await editing("#ping/hello");
  await page.locator('[data-node="n1"]').click();
  for (const other of ["n2", "n3", "n4"]) await page.locator(`[data-link="${other}"]`).uncheck();
  assert.equal(await network(page), "edges 4 3");
  assert.doesNotMatch(await said(page), /does not ask/);
  await page.locator('[data-action="edit-done"]').click();
  await page.locator(".inspector").getByText("hears", { exact: true }).waitFor();
  for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press("+");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 40, undefined, PATIENCE);
  await page.keyboard.press("Space");
  await page.keyboard.press("2");
  const events = await page.locator(".inspector .row-text").allInnerTexts();
  assert.ok(events.some((text) => /^n[234] hears n[234]/.test(text)), "messages arrive");
  assert.ok(!events.some((text) => /^n1 (hears|answers)|^\w+ (hears|answers the ping of) n1/.test(text)), "none at n1, none from n1");
  assert.deepEqual(errors, []);
});

test("a protocol that does not ask for links is found out", async () => {
  const { page } = await editing("#raft/calm");
  await page.locator("[data-shape]").selectOption("line");
  assert.match(await said(page), /does not ask which links there are/);
});

test("every change is undone, and what was done to the run before is back", async () => {
  const { page, errors } = await open("#raft/calm");
  await page.keyboard.press("Space");
  await page.locator("[data-try]").first().click();
  const crashed = await run(page);
  await page.keyboard.press("e");
  await page.locator("[data-shape]").selectOption("star");
  assert.match(await said(page), /\(1\) belonged to the earlier run; Ctrl\+Z/);
  await page.locator("[data-add]").first().click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+z");
  assert.equal((await run(page)).nodes, crashed.nodes);
  assert.equal((await run(page)).topology, "star");
  await page.keyboard.press("Control+z");
  const back = await run(page);
  assert.deepEqual([back.topology, back.hash, back.events], [crashed.topology, crashed.hash, crashed.events]);
  await page.keyboard.press("Control+z");
  assert.notEqual((await run(page)).hash, crashed.hash, "and then the crash");
  assert.deepEqual(errors, []);
});

test("a bug that was switched on, or a new seed, is undone as well", async () => {
  const { page, errors } = await open("#raft/calm");
  await page.keyboard.press("Space");
  const before = await run(page);
  await page.keyboard.press("n");
  assert.notEqual(await page.locator("#seed").inputValue(), "77");
  await page.keyboard.press("Control+z");
  assert.equal(await page.locator("#seed").inputValue(), "77");
  assert.equal((await run(page)).hash, before.hash);
  assert.deepEqual(errors, []);
});

test("the link to a changed network opens as the very same run", async () => {
  const { page } = await editing("#ping/hello");
  await page.locator("[data-shape]").selectOption("line");
  await page.locator('[data-node="n1"]').click();
  await page.locator('[data-link="n4"]').check();
  await page.locator("[data-add]").first().click();
  assert.equal(await network(page), "edges 5 5");
  await page.locator('[data-action="edit-done"]').click();
  for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press("+");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 40, undefined, PATIENCE);
  await page.keyboard.press("Space");
  await page.locator('[data-action="copy-link"]').click();
  const sent = await run(page);
  const link = await page.evaluate(() => location.hash);
  assert.ok(link.length < 500, `a link of ${link.length} characters`);
  const other = await open(link);
  await other.page.locator('[data-chip="standing"]').waitFor();
  const seen = await run(other.page);
  assert.deepEqual([seen.standing, seen.hash, seen.events], ["verified", sent.hash, sent.events]);
  assert.equal(await network(other.page), "edges 5 5");
  assert.deepEqual(other.errors, []);
});

test("all of it from the keyboard alone", async () => {
  const { page, errors } = await editing("#ping/hello");
  await command(page, "shape ring");
  assert.equal(await network(page), "ring 4 4");
  await command(page, "add n5");
  assert.equal(await network(page), "ring 5 5");
  await command(page, "n2 remove");
  assert.equal(await network(page), "ring 4 4");
  // The node's row, and from there its links.
  await page.keyboard.press("1");
  await page.locator('[data-node="n1"]').focus();
  await page.keyboard.press("Enter");
  await page.locator('[data-link="n3"]').focus();
  await page.keyboard.press("Space");
  assert.equal(await network(page), "edges 4 5");
  await page.locator('[data-link="n2"]').focus();
  await page.keyboard.press("Space");
  assert.equal(await network(page), "edges 4 4");
  await page.keyboard.press("Control+z");
  assert.equal(await network(page), "edges 4 5");
  await page.keyboard.press("e");
  assert.equal((await run(page)).editing, "false");
  assert.deepEqual(errors, []);
});

test("on a telephone the same bar stands under the cluster", async () => {
  const { page, errors } = await open("#ping/hello", { ...PHONE, hasTouch: true });
  await page.locator('[data-action="edit"]').click();
  await page.locator("[data-shape]").selectOption("star");
  await page.locator("[data-add]").first().click();
  assert.equal(await network(page), "star 5 4");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  const canvas = await page.locator("#cluster").boundingBox();
  assert.ok(canvas.height > 150, `the cluster has ${canvas.height} pixels left`);
  assert.deepEqual(errors, []);
});

test("every key of the page's own can be pressed", async () => {
  const { page, errors } = await open();
  for (const key of ["t", "t", "t", "q", "q", "d", "d", ".", ",", "0", "[", "[", "]", "]", "1", "2", "3", "p", "p", "e", "e"]) {
    await page.keyboard.press(key);
  }
  assert.ok(await page.locator(".lab").isVisible());
  assert.deepEqual(errors, []);
});
