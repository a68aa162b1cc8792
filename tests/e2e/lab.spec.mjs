// What people do in the laboratory: pick a scenario, break it, go back, send it on, with the pointer or the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

/** The run as the page tells it: hash, events, time, verdict, ... */
const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));

/** Presses a key as often as it takes for `done` to hold. */
async function pressUntil(page, key, done, most = 400) {
  for (let presses = 0; presses < most; presses += 1) {
    if (done(await run(page))) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} was pressed ${most} times`);
}

/** Stops the run, and plays on to where somebody leads. */
async function leader(page) {
  await page.keyboard.press("1");
  await page.locator('[data-condition="leading"]').first().waitFor(PATIENCE);
  return page.locator('[data-condition="leading"]').first().getAttribute("data-node");
}

async function faster(page) {
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
}

test("the page opens on a running cluster and tells what happens", async () => {
  const { page, errors } = await open();
  const before = await run(page);
  assert.equal(before.scenario, "raft/calm");
  assert.equal(before.playing, "true");
  await page.waitForFunction((time) => document.querySelector(".lab").dataset.time !== time, before.time, PATIENCE);
  assert.equal(await page.locator("[data-try]").count(), 3);
  assert.notEqual(await page.locator("[data-narration]").innerText(), "");
  assert.deepEqual(errors, []);
});

test("from the gallery to a running cluster", async () => {
  const { page, errors } = await open();
  await page.locator('[data-action="gallery"]').click();
  const cards = page.locator("[data-scenario-card]");
  assert.ok((await cards.count()) >= 8, "eight scenarios at least");
  const card = page.locator('[data-scenario-card="raft/leader-crash"]');
  await card.click();
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  const now = await run(page);
  assert.equal(now.scenario, "raft/leader-crash");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 5, undefined, PATIENCE);
  assert.deepEqual(errors, []);
});

test("crash the leader and see a new one", async () => {
  const { page, errors } = await open();
  await faster(page);
  const first = await leader(page);
  await page.locator("[data-try]").first().click();
  await page.locator(`[data-node="${first}"][data-condition="down"]`).waitFor(PATIENCE);
  await page.locator('[data-condition="leading"]').waitFor(PATIENCE);
  assert.notEqual(await leader(page), first);
  assert.equal((await run(page)).verdict, "holds");
  assert.deepEqual(errors, []);
});

test("a step back and forth leads to the very same hash", async () => {
  const { page, errors } = await open();
  await faster(page);
  await leader(page);
  await page.keyboard.press("Space");
  const hashes = [];
  for (let step = 0; step < 10; step += 1) {
    hashes.push((await run(page)).hash);
    await page.keyboard.press("ArrowRight");
  }
  const last = await run(page);
  for (const hash of hashes.reverse()) {
    await page.keyboard.press("ArrowLeft");
    assert.equal((await run(page)).hash, hash);
  }
  for (let step = 0; step < 10; step += 1) await page.keyboard.press("ArrowRight");
  assert.equal((await run(page)).hash, last.hash);
  await page.keyboard.press("Home");
  assert.equal((await run(page)).events, "0");
  assert.deepEqual(errors, []);
});

test("a copied link opens as the very same run, verified", async () => {
  const { page, context } = await open();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await faster(page);
  await leader(page);
  await page.locator("[data-try]").first().click();
  await page.waitForTimeout(500);
  await page.keyboard.press("Space");
  const sent = await run(page);
  await page.locator('[data-action="copy-link"]').click();
  await page.locator(".remark").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, page.url(), "the address holds the run as it stands");
  assert.ok(new URL(link).hash.length < 500, `a link of ${new URL(link).hash.length} characters`);

  const other = await open(new URL(link).hash);
  await other.page.locator('[data-chip="standing"]').waitFor();
  const seen = await run(other.page);
  assert.equal(seen.standing, "verified");
  assert.deepEqual([seen.hash, seen.events, seen.time], [sent.hash, sent.events, sent.time]);
  assert.deepEqual(other.errors, []);
});

test("reload, back and forward lose nothing", async () => {
  const { page, errors } = await open();
  await faster(page);
  await leader(page);
  await page.keyboard.press("Space");
  await page.locator("[data-try]").first().click();
  const crashed = await run(page);
  await page.waitForTimeout(1000);
  await page.reload();
  await page.locator(".lab").waitFor();
  assert.equal((await run(page)).hash, crashed.hash);
  await page.locator("[data-try]").nth(1).click();
  const after = await run(page);
  assert.notEqual(after.hash, crashed.hash);
  await page.goBack();
  await page.waitForFunction((hash) => document.querySelector(".lab").dataset.hash === hash, crashed.hash, PATIENCE);
  await page.goForward();
  await page.waitForFunction((hash) => document.querySelector(".lab").dataset.hash === hash, after.hash, PATIENCE);
  assert.deepEqual(errors, []);
});

test("what was done is undone", async () => {
  const { page } = await open();
  await faster(page);
  const first = await leader(page);
  await page.keyboard.press("Space");
  const before = await run(page);
  await page.locator("[data-try]").first().click();
  await page.locator(`[data-node="${first}"][data-condition="down"]`).waitFor();
  await page.keyboard.press("Control+z");
  await page.locator(`[data-node="${first}"][data-condition="leading"]`).waitFor();
  assert.equal((await run(page)).hash, before.hash);
});

test("everything that matters can be done from the keyboard", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  assert.equal((await run(page)).playing, "false");
  // The gallery, by its search field.
  await page.keyboard.press("g");
  await page.keyboard.type("leader");
  await page.waitForFunction(() => document.querySelector("[data-scenario-card]")?.dataset.scenarioCard === "raft/leader-crash");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  await page.keyboard.press("Space");
  // A command, by its name.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n1: crash");
  await page.keyboard.press("Enter");
  await page.keyboard.press("1");
  await page.locator('[data-node="n1"][data-condition="down"]').waitFor();
  // Selecting, in the list that is the cluster's twin.
  await page.locator('[data-node="n1"]').focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.node), "n2");
  await page.keyboard.press("Enter");
  await page.locator('[data-state="durable"]').waitFor();
  // Stepping, and help.
  const events = Number((await run(page)).events);
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  await page.keyboard.press("ArrowRight");
  assert.equal(Number((await run(page)).events), events + 1);
  await page.keyboard.press("?");
  await page.locator("dialog kbd").first().waitFor();
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  assert.deepEqual(errors, []);
});

test("Tab reaches every part of the page, and what has the focus shows it", async () => {
  const { page } = await open();
  await page.keyboard.press("Space");
  const places = new Set();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(() => {
      const element = document.activeElement;
      const outlined = element === document.body || getComputedStyle(element).outlineStyle !== "none";
      return { part: element.closest("header, aside, main, footer")?.className ?? "", outlined };
    });
    assert.ok(place.outlined, `nothing shows the focus in ${place.part}`);
    places.add(place.part);
  }
  for (const part of ["top", "text-panel", "middle", "inspector", "transport"]) assert.ok(places.has(part), part);
});

test("a partition of gathered nodes, and healing it", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  await page.keyboard.press("1");
  for (const node of ["n1", "n2"]) await page.getByRole("checkbox", { name: `Gather ${node}` }).check();
  await page.locator("[data-gathered] .button").first().click();
  await page.locator(".inspector").getByText("n1, n2").waitFor();
  await page.keyboard.press("h");
  await page.locator(".inspector").getByText("every link works").waitFor();
  assert.deepEqual(errors, []);
});

test("a click on a node offers what can be done with it", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  const box = await page.locator("#cluster").boundingBox();
  // Nodes stand where the drawing puts them: look for one with the pointer.
  let found = false;
  for (let y = 0.1; y < 0.9 && !found; y += 0.05) {
    for (let x = 0.2; x < 0.8 && !found; x += 0.025) {
      await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
      found = /^n\d$/.test((await page.locator(".menu-title").first().textContent({ timeout: 50 }).catch(() => "")) ?? "");
    }
  }
  assert.ok(found, "no node was found with the pointer");
  await page.locator('[role="menuitem"]').first().click();
  await page.keyboard.press("1");
  await page.locator('[data-condition="down"]').waitFor();
  assert.deepEqual(errors, []);
});

test("a form refuses in words what makes no sense, where it was written", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("Space");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n1: slow disk");
  await page.keyboard.press("Enter");
  const form = page.locator("[data-form]");
  await form.locator("input").first().fill("soon");
  await form.locator('[type="submit"]').click();
  assert.match(await form.locator('[role="alert"]').innerText(), /150ms/);
  await form.locator("input").first().fill("80ms");
  await form.locator('[type="submit"]').click();
  await form.waitFor({ state: "detached" });
  assert.deepEqual(errors, []);
});

test("whoever types on at once after asking for the palette loses no letter, however slow the machine", async () => {
  const { context, page, errors } = await open();
  await page.keyboard.press("Space");
  const devtools = await context.newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("n2: slow disk");
  await page.keyboard.press("Enter");
  await page.locator("[data-form]").waitFor(PATIENCE);
  assert.match(await page.locator("#panel-inspector").innerText(), /n2[^]*Slow disk/);
  assert.deepEqual(errors, []);
});

test("a violated invariant stops the run, and says which, where and why", async () => {
  const { page, errors } = await open("#raft/figure-8-rule-off");
  for (let presses = 0; presses < 12; presses += 1) await page.keyboard.press("+");
  const alarm = page.locator("[data-alarm]");
  await alarm.waitFor(PATIENCE);
  const now = await run(page);
  assert.equal(now.playing, "false");
  assert.equal(now.verdict, "violated");
  assert.match(await page.locator('[data-chip="verdict"]').innerText(), /violated/);
  assert.ok((await alarm.locator("li").count()) > 0, "evidence");
  await alarm.locator("li .link").first().click();
  assert.ok(Number((await run(page)).events) <= Number(now.events));
  assert.deepEqual(errors, []);
});

test("what clients saw is judged, and the answer that fits nowhere leads to its moment", async () => {
  const { page, errors } = await open("#abd/no-write-back");
  for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press("+");
  await page.locator("[data-alarm]").waitFor(PATIENCE);
  await page.keyboard.press("3");
  const refuted = page.locator('[data-level="linearizable"][data-holds="bad"]');
  await refuted.waitFor(PATIENCE);
  const { events } = await run(page);
  await page.keyboard.press("Home");
  await refuted.waitFor({ state: "detached" });
  await page.keyboard.press("End");
  await refuted.click();
  await page.getByRole("button", { name: "Go to the moment" }).click();
  assert.equal((await run(page)).events, events);
  assert.deepEqual(errors, []);
});

const MALFORMED = ["#", "#1", "#1AAAA", "#zzzz", "#9abc", "#%ff%00", `#1${"A".repeat(5000)}`, "#raft/no-such-scenario", "#<img src=x>"];

for (const fragment of MALFORMED) {
  test(`a malformed link is told in words and the page stays usable: ${fragment.slice(0, 24)}`, async () => {
    const { page, errors } = await open(fragment);
    if (fragment.length > 1) assert.notEqual((await page.locator("[data-trouble]").innerText()).trim(), "");
    await page.keyboard.press("Space");
    const { events } = await run(page);
    await page.keyboard.press("ArrowRight");
    assert.equal(Number((await run(page)).events), Number(events) + 1);
    assert.deepEqual(errors, []);
  });
}

test("a scenario file with a mistake is refused with its line and column", async () => {
  const { page, errors } = await open();
  await page.keyboard.press("g");
  await page.getByRole("tab", { name: "Scenario file" }).click();
  const text = page.locator("#gallery .writing-text");
  const written = await text.inputValue();
  assert.match(written, /protocol = "raft"/);
  await text.fill('protocol = "raft"\nsede = 7\n');
  await page.locator("#gallery").getByRole("button", { name: "Run it", exact: true }).click();
  assert.match(await page.locator("[data-file-error]").innerText(), /Line 2, column 1/);
  await text.fill('protocol = "raft"\nseed = 7\n');
  await page.locator("#gallery").getByRole("button", { name: "Run it", exact: true }).click();
  await page.locator("dialog[open]").waitFor({ state: "detached" });
  assert.equal(await page.locator("#seed").inputValue(), "7");
  assert.deepEqual(errors, []);
});

test("the page speaks Chinese to those who do, and remembers the choice", async () => {
  const { page, errors } = await open("", { locale: "zh-CN" });
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hans");
  assert.match(await page.locator('[data-action="copy-link"]').innerText(), /复制链接/);
  await page.locator('[data-action="language"]').selectOption("en");
  assert.match(await page.locator('[data-action="copy-link"]').innerText(), /Copy link/);
  await page.reload();
  await page.locator(".lab").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.deepEqual(errors, []);
});

test("on a telephone, tabs show what does not fit", async () => {
  const { page, errors } = await open("", { viewport: { width: 390, height: 844 }, hasTouch: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} pixels wide`);
  const tab = (name) => page.locator(".small-tabs").getByRole("tab", { name });
  await tab("Inspector").click();
  assert.ok(await page.locator(".inspector").isVisible());
  await tab("Text").click();
  assert.ok(await page.locator(".text-panel").isVisible());
  assert.ok(await page.locator('[data-action="play"]').isVisible());
  assert.deepEqual(errors, []);
});
