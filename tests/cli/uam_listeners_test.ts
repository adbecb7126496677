import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { readConfig } from "../../src/config.ts";
import { uamListeners } from "../../src/cli/uam_listeners.ts";
import { memoryController, testZone } from "../support/memory_controller.ts";
import { memoryVenue } from "../support/memory_venue.ts";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A TCP server's.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

Deno.test("zones that are read twice at a time get one listener, and none once it was stopped", async () => {
  const venue = await memoryVenue();
  const port = await freePort();
  const config = readConfig({ environment: {}, options: { uam: `127.0.0.1:${port}` } });
  const controller = memoryController([{ ...testZone(), gate: "none" }], venue.deps.now);
  const said: string[] = [];
  const listeners = uamListeners(config, venue.deps, controller, (sentence) => said.push(sentence));
  const url = `http://127.0.0.1:${port}/`;

  await Promise.all([listeners.follow(), listeners.follow()]);
  deepEqual(said, []);
  equal((await fetch(url, { redirect: "manual" })).status > 0, true);

  await Promise.all([listeners.stop(), listeners.follow()]);
  await rejects(fetch(url));
  await venue.close();
});

Deno.test("a port that somebody else has is said, and what to do", async () => {
  const venue = await memoryVenue();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  // A TCP server's.
  const { port } = other.address() as AddressInfo;
  const config = readConfig({ environment: {}, options: { uam: `127.0.0.1:${port}` } });
  const controller = memoryController([{ ...testZone(), gate: "none" }], venue.deps.now);
  const said: string[] = [];
  const listeners = uamListeners(config, venue.deps, controller, (sentence) => said.push(sentence));
  await listeners.follow();
  await listeners.follow();
  equal(said.length, 1, "once is enough");
  match(said[0] ?? "", /: a port is in use\. `portico doctor` says by whom; once it is free, it is taken/);

  await new Promise((resolve) => other.close(resolve));
  await listeners.follow();
  equal(said.length, 1);
  equal((await fetch(`http://127.0.0.1:${port}/`, { redirect: "manual" })).status > 0, true);
  await listeners.stop();
  await venue.close();
});
