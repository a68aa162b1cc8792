// What every page test starts from: dist/ served, a browser, and a page that remembers everything it complained about.
//
//     import { lab } from "./lab.mjs";
//     const { open } = lab();                       // once per file: starts and stops server and browser
//     test("…", async () => {
//       const { page, errors } = await open();      // or open("#link", { viewport: { width: 390, height: 844 } })
//       …
//       assert.deepEqual(errors, []);
//     });

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, afterEach, before } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

/** The folder of the release build. */
export const DIST = join(dirname(fileURLToPath(import.meta.url)), "../../dist");

const START_MS = 20_000; // A first start on a busy machine with two cores.

/** In the page, before anything else: what it has put off is counted, so that it can be told when it is at rest. */
function watchRest() {
  const { setTimeout } = window;
  const waiting = new Set();
  window.setTimeout = (run, delay = 0, ...given) => {
    if (delay > 0) return setTimeout(run, delay, ...given);
    const timer = setTimeout(() => {
      waiting.delete(timer);
      run(...given);
    });
    waiting.add(timer);
    return timer;
  };
  window.atRest = async () => {
    for (let rounds = 0; rounds < 100; rounds += 1) {
      await new Promise((resolve) => setTimeout(resolve));
      if (waiting.size === 0) return;
    }
  };
}

/** How a test reads something off the page. */
const READS = [
  "all",
  "allInnerTexts",
  "boundingBox",
  "count",
  "evaluate",
  "getAttribute",
  "innerText",
  "inputValue",
  "isChecked",
  "isVisible",
];

/**
 * Rendering takes as many turns as it needs on a slow machine. A test that looks at the page looks when it has come to
 * rest, as people do.
 */
function readAtRest(page) {
  const locator = Object.getPrototypeOf(page.locator("html"));
  if (locator.readsAtRest) return;
  locator.readsAtRest = true;
  for (const name of READS) {
    const read = locator[name];
    locator[name] = async function atRest(...given) {
      await this.page().evaluate(() => window.atRest?.());
      return read.apply(this, given);
    };
  }
}

/** Resolves when the app has taken the place of the words that index.html holds. */
export async function started(page) {
  await page.waitForFunction(() => document.querySelector("#app > *") && !document.getElementById("boot"), undefined, {
    timeout: START_MS,
  });
}

/**
 * Opens `url` in a fresh context and keeps what the page says and asks for. Options are Playwright's own for a context,
 * and `block`: a glob of addresses that shall fail to load.
 */
export async function openPage(browser, url, { block, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  if (block) await context.route(block, (route) => route.abort());
  if (options.javaScriptEnabled !== false) await context.addInitScript(watchRest);
  const page = await context.newPage();
  readAtRest(page);
  const errors = [];
  const requests = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("requestfailed", (request) => {
    // A navigation ends what the page before it still had under way: that is no failure of the page.
    const reason = request.failure()?.errorText;
    if (reason !== "net::ERR_ABORTED") errors.push(`${request.url()}: ${reason}`);
  });
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { context, page, errors, requests };
}

/** Registers set-up and clean-up for the file that calls it, and gives a function that opens the started lab. */
export function lab() {
  let server;
  let browser;
  const contexts = [];

  before(async () => {
    if (!existsSync(join(DIST, "index.html"))) throw new Error("no dist/: run `trunk build --release` first");
    server = await serve(DIST);
    browser = await launch();
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Opens the page at `fragment` ("" or "#…"), and by default waits until the app is there. */
  async function open(fragment = "", { waitForStart = true, ...options } = {}) {
    const opened = await openPage(browser, server.url + fragment, options);
    contexts.push(opened.context);
    if (waitForStart) await started(opened.page);
    return { ...opened, origin: server.origin, url: server.url };
  }

  return { open };
}

/** Plays until so much has happened, and stops. */
export async function play(page, events) {
  for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
  const happened = (least) => Number(document.querySelector(".lab").dataset.events) >= least;
  await page.waitForFunction(happened, events, { timeout: 30_000 });
  await page.keyboard.press("Space");
}
