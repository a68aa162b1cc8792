// A link that was made by a build that behaves differently: it is replayed, and the page says so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { lab } from "./lab.mjs";

const { open } = lab();

/** The same link with another hash in it, as a build with another behaviour would have written it. */
function withOtherHash(link, hash) {
  const content = inflateRawSync(Buffer.from(link.slice(1), "base64url").subarray(4));
  const bytes = Buffer.from(hash, "hex").reverse();
  const at = content.indexOf(bytes);
  assert.ok(at > 0, "the link holds the hash of its run");
  content[at] ^= 1;
  const packed = deflateRawSync(content);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(packed));
  return `1${Buffer.concat([checksum, packed]).toString("base64url")}`;
}

for (const [locale, words] of [["en-US", /behaves differently/], ["zh-CN", /行为不同/]]) {
  test(`a link whose run came out differently says so, and plays all the same: ${locale}`, async () => {
    const { page } = await open();
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press("+");
    await page.waitForFunction(() => Number(document.querySelector(".lab").dataset.events) > 30);
    await page.keyboard.press("Space");
    await page.locator('[data-action="copy-link"]').click();
    const { hash, events } = await page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
    const link = withOtherHash(await page.evaluate(() => location.hash.slice(1)), hash);

    const other = await open(`#${link}`, { locale });
    const chip = other.page.locator('[data-chip="standing"]');
    await chip.waitFor();
    assert.match(await chip.innerText(), words);
    assert.ok((await chip.getAttribute("title")).length > 10);
    const seen = await other.page.locator(".lab").evaluate((element) => ({ ...element.dataset }));
    assert.deepEqual([seen.standing, seen.hash, seen.events], ["differs", hash, events]);
    await other.page.keyboard.press("ArrowRight");
    assert.equal(await other.page.locator(".lab").getAttribute("data-events"), String(Number(events) + 1));
    if (process.env.SHOT) await other.page.screenshot({ path: `${process.env.SHOT}-${locale}.png` });
    assert.deepEqual(other.errors, []);
  });
}
