// How well a run goes: figures beside it, large plots, runs compared, settings varied, and everything to take home.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { lab } from "./lab.mjs";

const { open } = lab();
const PATIENCE = { timeout: 30_000 };

/** Plays the run to the end that its scenario gives it. */
async function toTheEnd(page) {
  for (let faster = 0; faster < 8; faster += 1) await page.keyboard.press("+");
  await page.waitForFunction(() => document.querySelector(".lab").dataset.playing === "false", undefined, PATIENCE);
}

async function downloaded(page, name) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.locator(`dialog.performance [data-save="${name}"]`).click()]);
  return { name: file.suggestedFilename(), content: await readFile(await file.path()) };
}

test("the figures of a run stand beside it, and are those of the moment that is shown", async () => {
  const { page, errors } = await open("#two-phase-commit/calm");
  await page.getByRole("tab", { name: "Figures" }).click();
  await toTheEnd(page);
  const requests = page.locator("[data-requests]");
  await page.waitForFunction(() => /13 of 13/.test(document.querySelector("[data-requests]")?.textContent), undefined, PATIENCE);
  assert.match(await requests.innerText(), /100%/);
  assert.ok((await page.locator(".inspector .plot svg path").count()) > 10);
  await page.locator('.inspector [data-action="limit"]').selectOption("20ms");
  await page.waitForFunction(() => !/13 of 13/.test(document.querySelector("[data-requests]").textContent), undefined, PATIENCE);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => /asked/.test(document.querySelector("[data-requests]").textContent), undefined, PATIENCE);
  assert.deepEqual(errors, []);
});

test("plots are shown large, by key too, and their numbers and pictures can be saved", async () => {
  const { page, errors } = await open("#two-phase-commit/calm");
  await toTheEnd(page);
  await page.keyboard.press("v");
  const dialog = page.locator("dialog.performance");
  await dialog.locator(".plot svg").first().waitFor(PATIENCE);
  assert.ok((await dialog.locator(".plot svg").count()) >= 4);
  assert.match((await downloaded(page, "CSV")).content.toString(), /^measure,of,statistic,value,unit\n[^]*requests,commit,in-time,13,1\n/);
  assert.equal(JSON.parse((await downloaded(page, "JSON")).content).latency.commit.count, 13);
  const svg = await downloaded(page, "SVG");
  assert.equal(svg.name, "two-phase-commit-calm.svg");
  assert.match(svg.content.toString(), /^<svg [^]*<\/svg>\n$/);
  const png = await downloaded(page, "PNG");
  assert.deepEqual([...png.content.subarray(1, 4)], [...Buffer.from("PNG")]);
  await page.keyboard.press("Escape");
  assert.equal(await dialog.isVisible(), false);
  assert.deepEqual(errors, []);
});

test("another protocol is played with the same requests, and stands in the same plots", async () => {
  const { page, errors } = await open("#two-phase-commit/calm");
  await toTheEnd(page);
  await page.keyboard.press("v");
  const dialog = page.locator("dialog.performance");
  await dialog.locator('[data-action="rival"]').selectOption("three-phase-commit");
  await dialog.locator("[data-compared]", { hasText: "2:" }).waitFor(PATIENCE);
  const row = dialog.locator("tr", { hasText: "messages a request sets off" });
  assert.deepEqual((await row.locator("td").allInnerTexts()).slice(0, 1), ["12"]);
  assert.ok(Number(await row.locator("td").nth(1).innerText()) > 12, "three phases cost more");
  assert.match(await dialog.locator(".plot text", { hasText: "2 " }).first().textContent(), /^2 /);
  await dialog.getByRole("button", { name: "Stop comparing" }).click();
  assert.equal(await dialog.locator("[data-compared]").count(), 0);
  assert.deepEqual(errors, []);
});

test("a setting is varied while the page stays alive, and what is wrong with it is said", async () => {
  const { page, errors } = await open("#two-phase-commit/calm");
  await page.keyboard.press("v");
  const dialog = page.locator("dialog.performance");
  await dialog.getByRole("tab", { name: "Vary a setting" }).click();
  await dialog.locator('[data-vary="key"]').fill("network.latency");
  assert.match(await dialog.locator('[data-vary="values"]').inputValue(), /ms/, "there are values to begin with");
  await dialog.locator('[data-vary="values"]').fill("10ms, a while");
  await dialog.locator('[data-action="vary"]').click();
  assert.match(await dialog.getByRole("alert").innerText(), /a while.*150ms/);
  await dialog.locator('[data-vary="values"]').fill("10ms, 20ms, 40ms");
  await dialog.locator('[data-vary="seeds"]').fill("3");
  await dialog.locator('[data-action="vary"]').click();
  await dialog.locator('[data-study="over"]').waitFor(PATIENCE);
  assert.match(await dialog.locator('[data-study="over"]').innerText(), /9 of 9 runs/);
  await dialog.locator('[data-action="figure"]').selectOption("latency-p50");
  assert.match((await downloaded(page, "CSV")).content.toString(), /,network\.latency,20ms,latency-p50,s,3,0\.04,/);
  assert.deepEqual(errors, []);
});

test("a sweep can be stopped", async () => {
  const { page, errors } = await open("#raft/calm");
  await page.keyboard.press("v");
  const dialog = page.locator("dialog.performance");
  await dialog.getByRole("tab", { name: "Vary a setting" }).click();
  await dialog.locator('[data-vary="key"]').fill("nodes.server");
  await dialog.locator('[data-vary="values"]').fill("3, 5, 7");
  await dialog.locator('[data-vary="seeds"]').fill("1000");
  await dialog.locator('[data-action="vary"]').click();
  await dialog.locator('[data-study="running"]').getByRole("button", { name: "Cancel" }).click();
  await dialog.locator('[data-study="over"]').waitFor(PATIENCE);
  assert.deepEqual(errors, []);
});

test("on a telephone nothing of it is wider than the screen", async () => {
  const { page, errors } = await open("#raft/leader-crash", { viewport: { width: 390, height: 844 }, hasTouch: true });
  await toTheEnd(page);
  await page.keyboard.press("v");
  const dialog = page.locator("dialog.performance");
  await dialog.locator(".plot svg").first().waitFor(PATIENCE);
  const wider = await dialog.evaluate((element) => element.querySelector(".dialog-body").scrollWidth - element.clientWidth);
  assert.ok(wider <= 0, `${wider}`);
  assert.deepEqual(errors, []);
});

test("pictures of a protocol's page follow the page's theme, and are shown large", async () => {
  const { page, errors } = await open("#raft/calm", { colorScheme: "light" });
  await page.getByRole("tab", { name: "Protocol" }).click();
  const picture = page.locator(".text-panel .figure").first();
  assert.match(await picture.getAttribute("src"), /^figures\/[a-z0-9-]+\.svg$/);
  await page.keyboard.press("t");
  await page.keyboard.press("t");
  assert.match(await picture.getAttribute("src"), /#dark$/);
  await picture.click();
  const large = page.locator("dialog.picture .figure");
  const box = await large.boundingBox();
  assert.ok(box.width > 900, `${box.width}`);
  assert.match(await large.getAttribute("alt"), /without a leader/);
  assert.deepEqual(errors, []);
});
