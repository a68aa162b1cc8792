// Measures over the run: curves on the axis of the time line, figures in words, and a tab on a telephone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

const run = (page) => page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
const figure = async (page, name) => Number(await page.locator(`[data-measure="${name}"] .measure-figure`).innerText());

/** Plays a rumour until so many have heard it, and stops. */
async function rumour(page, informed) {
  await page.keyboard.press("+");
  await page.waitForFunction(
    (least) => Number(document.querySelector('[data-measure="informed"] .measure-figure').textContent) >= least,
    informed,
    PATIENCE,
  );
  await page.keyboard.press("Space");
}

test("measures grow as the run goes on, with their units and a sentence for those who do not see curves", async () => {
  const { page, errors } = await open("#gossip/calm");
  await rumour(page, 4);
  assert.ok((await figure(page, "informed")) >= 4);
  const row = page.locator('[data-measure="informed"]');
  assert.match(await row.innerText(), /nodes/);
  assert.match(await row.getAttribute("title"), /^from 0 to \d+ up to .* ms$/);
  assert.deepEqual(errors, []);
});

test("the curves have the axis of the time line, and clicking and dragging on them goes there", async () => {
  const { page, errors } = await open("#gossip/calm");
  await rumour(page, 6);
  const later = await run(page);
  const [curves, line] = [await page.locator("#measures").boundingBox(), await page.locator("#timeline").boundingBox()];
  assert.deepEqual([Math.round(curves.x), Math.round(curves.width)], [Math.round(line.x), Math.round(line.width)]);
  await page.mouse.click(curves.x + 20, curves.y + curves.height / 2);
  const early = await run(page);
  assert.ok(Number(early.time) < Number(later.time) / 2, `${early.time} of ${later.time}`);
  assert.equal(await figure(page, "informed"), 0);
  await page.mouse.move(curves.x + 20, curves.y + 20);
  await page.mouse.down();
  await page.mouse.move(curves.x + curves.width * 0.6, curves.y + 20, { steps: 4 });
  await page.mouse.up();
  assert.ok(Number((await run(page)).time) > Number(early.time));
  assert.equal(await figure(page, "informed"), 16, "everybody has heard by then");
  // The same place on the time line is the same moment.
  const place = curves.x + curves.width * 0.3;
  await page.mouse.click(place, curves.y + 20);
  const there = (await run(page)).time;
  await page.mouse.click(place, line.y + line.height - 20);
  assert.equal((await run(page)).time, there);
  assert.deepEqual(errors, []);
});

test("measures fold away, from the keyboard too, and the choice is remembered", async () => {
  const { page, errors } = await open("#gossip/calm");
  assert.ok(await page.locator("#measures").isVisible());
  await page.keyboard.press("m");
  assert.equal(await page.locator("#measures").count(), 0);
  await page.reload();
  await page.locator(".lab").waitFor();
  assert.equal(await page.locator("#measures").count(), 0);
  await page.locator('[data-action="measures"]').click();
  assert.ok(await page.locator("#measures").isVisible());
  assert.deepEqual(errors, []);
});

test("a protocol without measures shows nothing of them", async () => {
  const { page, errors } = await open("#ping/hello");
  assert.equal(await page.locator("#measures, [data-action='measures'], .small-tabs :text('Measures')").count(), 0);
  assert.deepEqual(errors, []);
});

test("on a telephone measures are a tab", async () => {
  const { page, errors } = await open("#gossip/calm", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await page.getByRole("tab", { name: "Measures" }).click();
  assert.ok(await page.locator("#measures").isVisible());
  const box = await page.locator("#measures").boundingBox();
  assert.ok(box.width > 150 && box.height > 150, `${box.width} by ${box.height}`);
  await page.locator('[data-action="gallery"]').click();
  await page.locator('[data-scenario-card="ping/hello"]').click();
  assert.equal((await run(page)).small, "space-time", "the tab went with the measures");
  assert.deepEqual(errors, []);
});
