// Any moment of a 100,000-event Raft run: how long a jump takes in Chromium, and how much memory the whole run holds.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { launch } from "../e2e/browser.mjs";
import { serve } from "../e2e/server.mjs";

const EVENTS = 100_000;
const JUMPS = 200;

const RUN = `
protocol = "raft"
seed = 1
until = "200s"
[nodes]
server = 5
client = 4
[network]
latency = { uniform = ["1ms", "2ms"] }
${["c1", "c2", "c3", "c4"].map((client) => `
[[workload]]
at = "${client}"
from = "400ms"
until = "100s"
every = "12ms"
keys = 20
ops = [{ put = { key = "{k}", value = "{n}" } }, { get = { key = "{k}" } }]`).join("")}
`;

const api = fileURLToPath(new URL("../../target/api-web", import.meta.url));
execFileSync("wasm-pack", ["build", "--release", "--target", "web", "--out-dir", api], { stdio: ["ignore", "ignore", "inherit"] });

const server = await serve(api);
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(server.url);
  const figures = await page.evaluate(async ({ run, events, jumps }) => {
    const api = await import("./netsplit.js");
    const wasm = await api.default();
    const session = api.Run.open(run);
    const played = performance.now();
    session.advance(200_000_000_000n, events);
    const playing = performance.now() - played;
    const times = [];
    let state = 1;
    for (let n = 0; n < jumps; n += 1) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const target = Math.floor((state / 2147483648) * session.recorded);
      const start = performance.now();
      session.seek(target);
      times.push(performance.now() - start);
      if (session.cursor.events !== target) throw new Error(`asked for ${target}, got ${session.cursor.events}`);
    }
    times.sort((a, b) => a - b);
    return { recorded: session.recorded, playing, times, memory: wasm.memory.buffer.byteLength };
  }, { run: RUN, events: EVENTS, jumps: JUMPS });
  const at = (share) => figures.times[Math.floor(share * (figures.times.length - 1))].toFixed(1);
  console.log(`a Raft run of ${figures.recorded} events in Chromium: played, recorded and checked in ${figures.playing.toFixed(0)} ms`);
  console.log(`  ${JUMPS} random jumps: median ${at(0.5)} ms (under 50), p95 ${at(0.95)} ms, longest ${at(1)} ms`);
  console.log(`  memory of the whole run: ${(figures.memory / 2 ** 20).toFixed(0)} MiB (under 200)`);
} finally {
  await browser.close();
  await server.close();
}
