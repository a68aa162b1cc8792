// A static file server for dist/, as plain as the ones the page will be hosted on. It serves the page under a sub-path,
// because the page must not care where it lives.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".toml": "text/plain; charset=utf-8",
  ".wasm": "application/wasm", // anything else, and browsers refuse to compile it while it streams in
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** The file that a request path names, or undefined when it is outside `root` or `base`, or absent. */
async function resolve(root, base, pathname) {
  if (!pathname.startsWith(base)) return undefined;
  const file = normalize(join(root, decodeURIComponent(pathname.slice(base.length)) || "index.html"));
  if (!file.startsWith(root + sep)) return undefined;
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() ? file : undefined;
}

/**
 * Serves the folder `root` under the path `base` on a free port of this machine.
 * @returns {Promise<{url: string, origin: string, requests: string[], close: () => Promise<void>}>}
 */
export async function serve(root, base = "/lab/netsplit/") {
  const requests = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    requests.push(pathname);
    const file = await resolve(root, base, pathname).catch(() => undefined);
    if (!file) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    url: origin + base,
    requests,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}
