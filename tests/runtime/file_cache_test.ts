import { equal } from "node:assert/strict";
import { cacheKibibytes } from "../../src/runtime/file_cache.ts";

const GIBIBYTE = 2 ** 30;

Deno.test("a large ledger gets a sixteenth of its size as cache, within an eighth of the memory", async () => {
  const path = await Deno.makeTempFile();
  const cacheOf = async (gibibytes: number, memory: number) => {
    // A hole takes no room on the disk.
    await Deno.truncate(path, gibibytes * GIBIBYTE);
    return cacheKibibytes(path, memory * GIBIBYTE) / 1_024;
  };
  equal(await cacheOf(0.5, 64), 8);
  equal(await cacheOf(1, 64), 128);
  equal(await cacheOf(8, 64), 512);
  equal(await cacheOf(8, 2), 256);
  equal(await cacheOf(8, 0.5), 128);
  equal(await cacheOf(64, 64), 512);
  await Deno.remove(path);
});

Deno.test("a file that is not there, and memory, get a small cache", () => {
  equal(cacheKibibytes("/nonexistent/portico.db") / 1_024, 8);
  equal(cacheKibibytes(":memory:") / 1_024, 8);
});
