// Theory to play: every page opens, what it invites to can be done with the keyboard alone, and a run goes to the lab.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab } from "./lab.mjs";

const { open } = lab();
const LARGE = { width: 1440, height: 900 };
const SMALL = { width: 390, height: 844 };
const PAGES = ["cap", "models", "flp", "timing", "byzantine", "latency"];

const done = (page) => page.locator('.goal[data-done="true"]').count();
const figure = async (page, run, name) =>
  Number(await page.locator(`[data-run="${run}"] [data-count="${name}"]`).innerText());
/** Waits until the page's time, in milliseconds, is so late. */
const reaches = (page, millis) =>
  page.waitForFunction((late) => Number(document.querySelector(".theory").dataset.time) >= late * 1e6, millis, {
    timeout: 120_000,
  });

test("every page opens by its address, and the gallery lists them all", async () => {
  for (const name of PAGES) {
    const { page, errors } = await open(`#theory/${name}`);
    assert.equal(await page.locator(".theory").getAttribute("data-theory"), name);
    assert.equal(await done(page), 0);
    assert.ok((await page.locator("[data-run] canvas").count()) >= 2);
    assert.deepEqual(errors, []);
  }
  const { page } = await open();
  await page.locator('[data-action="gallery"]').click();
  await page.locator('dialog[open] [role="tab"]').nth(1).click();
  assert.equal(await page.locator("[data-theory-card]").count(), PAGES.length);
  await page.locator('[data-theory-card="latency"]').click();
  await page.locator('.theory[data-theory="latency"]').waitFor();
  assert.ok(page.url().endsWith("#theory/latency"));
  await page.goBack();
  await page.locator(".lab").waitFor();
});

test("a page that there is not is told so", async () => {
  const { page } = await open("#theory/nothing");
  assert.match(await page.locator("[data-trouble]").innerText(), /theory\/cap/);
});

test("a cut makes one store wait and the other tell old tales, by keyboard alone", async () => {
  const { page, errors } = await open("#theory/cap");
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
  await reaches(page, 1_000);
  await page.locator("[data-deed]").first().focus();
  await page.keyboard.press("Enter");
  await page.locator('.goal[data-done="true"]').nth(1).waitFor({ timeout: 60_000 });
  assert.equal(await figure(page, 0, "stale reads"), 0);
  assert.ok((await figure(page, 1, "stale reads")) >= 3);
  await page.keyboard.press("h");
  await page.locator('.goal[data-done="true"]').nth(2).waitFor({ timeout: 60_000 });
  assert.deepEqual(errors, []);
});

test("nodes are chosen in a picture or by name, and the deed is done in every run", async () => {
  const { page } = await open("#theory/byzantine");
  await page.keyboard.press("Space");
  await page.locator('[data-pick="n1"]').click();
  await page.locator('[data-act="Turn(Equivocating)"]').click();
  for (const run of [0, 1]) assert.equal(await figure(page, run, "liars"), 1);
  await page.locator('[data-pick="n1"]').click();
  assert.equal(await page.locator('[aria-pressed="true"][data-pick]').count(), 0);
  assert.ok(await page.locator('[data-act="Crash"]').isDisabled());
});

test("a run goes on in the lab as it stands", async () => {
  const { page, errors } = await open("#theory/cap");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await reaches(page, 600);
  await page.keyboard.press("Space");
  const at = await page.locator(".theory").getAttribute("data-time");
  await page.locator('[data-run="1"] .run-open').click();
  await page.locator(".lab").waitFor();
  assert.equal(await page.locator(".lab").getAttribute("data-standing"), "verified");
  assert.equal(await page.locator(".lab").getAttribute("data-time"), at);
  assert.deepEqual(errors, []);
});

test("who delivers sees what can still be decided, and the hint keeps it open", async () => {
  const { page, errors } = await open("#theory/flp");
  await page.locator('[data-choice][data-hint="true"]').waitFor({ timeout: 60_000 });
  await page.locator('[data-valency="chip ok"]').waitFor({ timeout: 60_000 });
  await page.locator('[data-choice][data-hint="true"]').click();
  await page.locator('[data-choice][data-hint="true"]').waitFor({ timeout: 60_000 });
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
  await page.keyboard.press("Space");
  await page.locator('.goal[data-done="true"]').first().waitFor({ timeout: 240_000 });
  assert.equal(await figure(page, 0, "have decided"), 0);
  assert.deepEqual(errors, []);
});

test("clients are made to ask, and the models judge each store", async () => {
  const { page, errors } = await open("#theory/models");
  await page.keyboard.press("+");
  await reaches(page, 900);
  await page.keyboard.press("Space");
  await page.locator('[data-pick="c1"]').click();
  await page.locator('[data-ask="Write x"]').click();
  // Another reads before the write has come that far: 150 ms.
  const written = Number(await page.locator(".theory").getAttribute("data-time")) / 1e6;
  await page.keyboard.press("-");
  await page.keyboard.press("-");
  await page.keyboard.press("Space");
  await reaches(page, written + 40);
  await page.keyboard.press("Space");
  await page.locator('[data-pick="c1"]').click();
  await page.locator('[data-pick="c3"]').click();
  await page.locator('[data-ask="Read x"]').click();
  await page.keyboard.press("Space");
  await page.locator('.goal[data-done="true"]').nth(0).waitFor({ timeout: 60_000 });
  await page.locator('[data-run="1"] .explained.bad [data-count="linearizable"]').waitFor();
  await page.locator('[data-run="1"] .explained.good [data-count="causal"]').waitFor();
  assert.deepEqual(errors, []);
});

test("steps go forth and back", async () => {
  const { page } = await open("#theory/timing");
  await page.keyboard.press("Space");
  const time = async () => Number(await page.locator(".theory").getAttribute("data-time"));
  const before = await time();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const after = await time();
  assert.ok(after > before);
  await page.keyboard.press("ArrowLeft");
  assert.ok((await time()) < after);
  await page.keyboard.press("Home");
  assert.equal(await time(), 0);
});

for (const colorScheme of ["light", "dark"]) {
  test(`a scan finds nothing on any page, ${colorScheme}`, async () => {
    for (const viewport of [LARGE, SMALL]) {
      for (const name of PAGES) {
        const { page } = await open(`#theory/${name}`, { colorScheme, viewport });
        await page.waitForTimeout(500);
        if (name !== "flp") await page.keyboard.press("Space");
        await page.locator("summary").click();
        assert.deepEqual(await violations(page), [], `${name} at ${viewport.width}`);
      }
    }
  });
}

test("nothing is wider than a telephone", async () => {
  for (const name of PAGES) {
    const { page } = await open(`#theory/${name}`, { viewport: SMALL });
    await page.waitForTimeout(300);
    const wide = await page.evaluate(() => document.querySelector(".theory-body").scrollWidth > innerWidth);
    assert.equal(wide, false, name);
  }
});

test("the command palette leads out of a page of theory, and to another", async () => {
  const { page, errors } = await open("#theory/cap");
  const ask = async (words) => {
    await page.keyboard.press("Control+k");
    await page.locator(".palette-input").fill(words);
    await page.keyboard.press("Enter");
  };
  await ask("flp");
  await page.waitForFunction(() => location.hash === "#theory/flp");
  await ask("raft/calm");
  await page.locator('.lab[data-scenario="raft/calm"]').waitFor();
  assert.deepEqual(errors, []);
});
