// What hands do: a line drawn round nodes, and two fingers that zoom.

import assert from "node:assert/strict";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();

test("a line drawn round nodes gathers those inside", async () => {
  const { page, errors } = await open("#ping/hello");
  await page.keyboard.press("Space");
  await page.keyboard.press("p");
  const box = await page.locator("#cluster").boundingBox();
  const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
  const round = async (corners) => {
    await page.mouse.move(...at(...corners[0]));
    await page.mouse.down();
    for (const corner of [...corners.slice(1), corners[0]]) await page.mouse.move(...at(...corner), { steps: 6 });
    await page.mouse.up();
  };
  // The left half: in a circle of four with n1 at the top, that is n4 alone.
  await round([[0.05, 0.02], [0.4, 0.02], [0.4, 0.98], [0.05, 0.98]]);
  assert.match(await page.locator("[data-gathered]").innerText(), /^n4/);
  // All: the corners hold nobody.
  await round([[0.02, 0.01], [0.98, 0.01], [0.98, 0.99], [0.02, 0.99]]);
  assert.match(await page.locator("[data-gathered]").innerText(), /n1, n2, n3, n4/);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("[data-gathered]").count(), 0);
  assert.deepEqual(errors, []);
});

test("two fingers on the diagram zoom it round their middle, one pans it", async () => {
  const { page, errors } = await open("#ping/hello", { hasTouch: true });
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
  await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.time) > 3e8);
  await page.keyboard.press("Space");
  await page.keyboard.press("0");
  const picture = () => page.locator("#space-time").evaluate((canvas) => canvas.toDataURL());
  const box = await page.locator("#space-time").boundingBox();
  const client = await page.context().newCDPSession(page);
  const touch = (type, ...xs) => {
    const touchPoints = xs.map((x, id) => ({ x: box.x + x, y: box.y + box.height / 2, id }));
    return client.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  const settled = async () => {
    await page.waitForTimeout(300);
    return picture();
  };
  const whole = await settled();
  await touch("touchStart", 380, 420);
  for (let step = 1; step <= 8; step += 1) await touch("touchMove", 380 - 20 * step, 420 + 20 * step);
  await touch("touchEnd");
  const near = await settled();
  assert.notEqual(near, whole, "zoomed in");
  await touch("touchStart", 500);
  for (let step = 1; step <= 6; step += 1) await touch("touchMove", 500 - 20 * step);
  await touch("touchEnd");
  assert.notEqual(await settled(), near, "panned");
  await touch("touchStart", 220, 580);
  for (let step = 1; step <= 8; step += 1) await touch("touchMove", 220 + 20 * step, 580 - 20 * step);
  await touch("touchEnd");
  await page.keyboard.press("0");
  assert.equal(await settled(), whole, "and all of it again");
  assert.deepEqual(errors, []);
});
