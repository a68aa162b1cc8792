// A thousand nodes at normal speed: how long frames are in Chromium, while gossip and membership play.
//
//     trunk build --release && node tests/bench/frames.mjs [PROTOCOL...]

import { launch } from "../e2e/browser.mjs";
import { DIST, openPage, started } from "../e2e/lab.mjs";
import { serve } from "../e2e/server.mjs";

const NODES = 1_000;
const WATCH_MS = 8_000;
const LONGEST_MS = 1000 / 60;
const ASKED = process.argv.slice(2);

/** A scenario of a thousand nodes that have something to say, by protocol. */
const RUNS = {
  gossip: `protocol = "gossip"\nseed = 3\nuntil = "30s"\npace = "50ms"\n[nodes]\nnode = ${NODES}\n` +
    `[[workload]]\nat = "n1"\nfrom = "10ms"\nuntil = "29s"\nevery = "100ms"\nops = [{ tell = { rumour = "r{n}" } }]\n`,
  membership: `protocol = "membership"\nseed = 3\nuntil = "30s"\npace = "50ms"\n[nodes]\nnode = ${NODES}\n`,
};

const percentile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

/** The times between frames and the time each took of the main thread, while the run plays. */
function measure(page) {
  return page.evaluate(
    (watch) =>
      new Promise((done) => {
        const between = [];
        const busy = [];
        let before;
        const begun = performance.now();
        const own = window.requestAnimationFrame.bind(window);
        const frame = (time) => {
          if (before !== undefined) between.push(time - before);
          before = time;
          const start = performance.now();
          // What is queued after this callback has run once the frame's own work is over.
          const channel = new MessageChannel();
          channel.port1.onmessage = () => busy.push(performance.now() - start);
          channel.port2.postMessage(0);
          if (time - begun < watch) own(frame);
          else done({ between, busy });
        };
        own(frame);
      }),
    WATCH_MS,
  );
}

const server = await serve(DIST);
const browser = await launch();
try {
  for (const [name, text] of Object.entries(RUNS)) {
    if (ASKED.length > 0 && !ASKED.includes(name)) continue;
    const { context, page, errors } = await openPage(browser, server.url);
    await started(page);
    await page.keyboard.press("g");
    await page.getByRole("tab", { name: "Scenario file" }).click();
    await page.locator(".writing-text").fill(text);
    await page.getByRole("button", { name: "Run it" }).click();
    await page.locator("dialog[open]").waitFor({ state: "detached" }).catch(async (error) => {
      throw new Error(`${await page.locator("[data-file-error]").innerText().catch(() => error)}`);
    });
    await page.waitForTimeout(2_000);
    const from = Number(await page.locator(".lab").getAttribute("data-events"));
    const { between, busy } = await measure(page);
    const to = Number(await page.locator(".lab").getAttribute("data-events"));
    const told = await page.locator(".lab").evaluate((lab) => `${lab.dataset.nodes} nodes, playing: ${lab.dataset.playing}`);
    for (const list of [between, busy]) list.sort((a, b) => a - b);
    const frames = `p50 ${percentile(between, 0.5).toFixed(1)} ms, p95 ${percentile(between, 0.95).toFixed(1)} ms`;
    const work = `p50 ${percentile(busy, 0.5).toFixed(1)} ms, p95 ${percentile(busy, 0.95).toFixed(1)} ms`;
    console.log(`${name}: ${told}, ${to - from} events in ${WATCH_MS / 1000} s`);
    console.log(`  between frames: ${frames} (60 a second are ${LONGEST_MS.toFixed(1)} ms); ${between.length} frames`);
    console.log(`  a frame's work: ${work}`);
    if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-${name}.png` });
    errors.forEach((error) => console.log(`  ${error}`));
    await context.close();
  }
} finally {
  await browser.close();
  await server.close();
}
