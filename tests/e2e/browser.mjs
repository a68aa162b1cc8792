// The system's own Chromium, driven by Playwright: nothing is downloaded.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "chrome.exe"];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

// No sandbox: tests often run as root in a container. No software GPU: it differs between machines. The rest keeps the
// browser from talking to its maker, so that a request to another host can only come from the page.
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where the browser is; `CHROME` in the environment decides, if set. */
export function chromiumPath() {
  const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => NAMES.map((name) => join(dir, name)));
  const found = [process.env.CHROME, ...onPath, ...PLACES].find((path) => path && isExecutable(path));
  if (!found) throw new Error("no Chromium or Chrome found on PATH: install one, or set CHROME to its path");
  return found;
}

/** Starts the browser, headless. */
export function launch() {
  return chromium.launch({ executablePath: chromiumPath(), args: ARGS });
}
