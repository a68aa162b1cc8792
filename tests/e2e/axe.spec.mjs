// Accessibility scans of the page in all its main states, in both themes and both sizes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { violations } from "./axe.mjs";
import { lab } from "./lab.mjs";

const { open } = lab();
const LARGE = { width: 1440, height: 900 };
const SMALL = { width: 390, height: 844 };

/** Puts the page into a state; it is paused before. */
const STATES = {
  "a node selected": async (page) => {
    await page.keyboard.press("1");
    await page.locator('[data-node="n2"]').click();
  },
  "an event selected": async (page) => {
    await page.keyboard.press("2");
    await page.locator("[data-event]").first().click();
  },
  "the clients' operations": (page) => page.keyboard.press("3"),
  "requests in the diagram": (page) => page.keyboard.press("o"),
  "a cut": (page) => page.keyboard.press("x"),
  "two events compared": async (page) => {
    for (const nth of [0, 4]) {
      await page.keyboard.press("2");
      await page.locator("[data-event]").nth(nth).click();
      if (nth === 0) await page.locator("[data-pin] button").click();
    }
  },
  "nodes gathered": (page) => page.keyboard.press("p"),
  "work on the network": async (page) => {
    await page.keyboard.press("1");
    await page.locator('[data-node="n2"]').click();
    await page.keyboard.press("e");
    await page.locator("[data-shape]").selectOption("random");
  },
  "a form": async (page) => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("n1: skew");
    await page.keyboard.press("Enter");
  },
  "the gallery": (page) => page.keyboard.press("g"),
  "a scenario file": async (page) => {
    await page.keyboard.press("g");
    await page.locator('dialog [role="tab"]').nth(1).click();
  },
  "help": (page) => page.keyboard.press("?"),
  "the command palette": (page) => page.keyboard.press("Control+k"),
  "the rules": (page) => page.locator('.text-panel [role="tab"]').nth(1).click(),
  "the protocol's page": (page) => page.locator('.text-panel [role="tab"]').nth(2).click(),
  "both panels folded": async (page) => {
    await page.keyboard.press("[");
    await page.keyboard.press("]");
  },
};

for (const colorScheme of ["light", "dark"]) {
  test(`a scan finds nothing in any state, ${colorScheme}`, async (context) => {
    for (const [name, reach] of Object.entries(STATES)) {
      await context.test(name, async () => {
        const { page } = await open("", { colorScheme, viewport: LARGE });
        await page.waitForTimeout(1500);
        await page.keyboard.press("Space");
        await reach(page);
        await page.waitForTimeout(300);
        assert.deepEqual(await violations(page), []);
      });
    }
  });

  test(`a scan finds nothing where something is wrong, ${colorScheme}`, async () => {
    const { page } = await open("#raft/figure-8-rule-off", { colorScheme, viewport: LARGE });
    for (let presses = 0; presses < 12; presses += 1) await page.keyboard.press("+");
    await page.locator("[data-alarm]").waitFor();
    assert.deepEqual(await violations(page), []);
    const broken = await open("#1broken", { colorScheme, viewport: LARGE });
    await broken.page.locator("[data-trouble]").waitFor();
    assert.deepEqual(await violations(broken.page), []);
  });

  test(`a scan finds nothing where there are measures, ${colorScheme}`, async () => {
    for (const viewport of [LARGE, SMALL]) {
      const { page } = await open("#gossip/calm", { colorScheme, viewport });
      if (viewport === SMALL) await page.getByRole("tab", { name: "Measures" }).click();
      await page.keyboard.press("Space");
      assert.deepEqual(await violations(page), []);
    }
  });

  test(`a scan finds nothing on a telephone, ${colorScheme}`, async () => {
    const { page } = await open("", { colorScheme, viewport: SMALL, hasTouch: true });
    for (const tab of await page.locator('.small-tabs [role="tab"]').all()) {
      await tab.click();
      assert.deepEqual(await violations(page), []);
    }
  });
}
