import { deepEqual, equal, match, ok } from "node:assert/strict";
import { startSqld, stopGroup } from "../../build/sqld.ts";
import { startWorkerd, type Workerd } from "../../build/workerd.ts";
import { bundleWorker, compatibility } from "../../build/wrangler.ts";
import { openRemote } from "../../src/runtime/remote_client.ts";
import worker from "../../src/worker.ts";
import { CONTRACT_ENVIRONMENT } from "../contract/setup_side.ts";

const TOGETHER = 64;

Deno.test("the first requests of a Worker on an empty database are all answered", async () => {
  const folder = await Deno.makeTempDir({ prefix: "portico-worker-" });
  await bundleWorker(`${folder}/bundle`);
  const sqld = await startSqld(`${folder}/sqld`);
  const environment = {
    ...CONTRACT_ENVIRONMENT,
    PORTICO_DATABASE_URL: sqld.url,
    ASSUMED_ADDRESS: "127.0.0.1",
  };
  const workerd = await startWorkerd(`${folder}/bundle`, await compatibility(), environment);
  try {
    await listening(workerd);
    const statuses = await Promise.all(Array.from({ length: TOGETHER }, async () => {
      const response = await fetch(`${workerd.url}/healthz`);
      await response.text();
      return response.status;
    }));
    deepEqual(new Set(statuses), new Set([200]), Deno.readTextFileSync(`${folder}/bundle/workerd.log`));
    const { rows } = await openRemote(sqld.url).execute("select count(*) from organization");
    equal(rows[0]?.[0], 1);
  } finally {
    await stopGroup(workerd.process, "SIGKILL");
    await stopGroup(sqld.process, "SIGKILL");
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a Worker says what it misses, and runs the jobs that are due", async () => {
  const folder = await Deno.makeTempDir({ prefix: "portico-worker-" });
  const sqld = await startSqld(folder);
  const after: Promise<unknown>[] = [];
  const context = { waitUntil: (work: Promise<unknown>) => void after.push(work) };
  try {
    const lost = await worker.fetch(new Request("https://portico.example/healthz"), {}, context);
    equal(lost.status, 500);
    match(await lost.text(), /It was logged/);

    const environment = { ...CONTRACT_ENVIRONMENT, PORTICO_DATABASE_URL: sqld.url };
    const healthy = await worker.fetch(new Request("https://portico.example/healthz"), environment, context);
    equal(healthy.status, 200, await healthy.text());

    const client = openRemote(sqld.url);
    await client.execute("insert into throttle values ('others', 'old', 0, 60, 1)");
    await worker.scheduled({ scheduledTime: Date.now() }, environment, context);
    const { rows } = await client.execute("select count(*) from throttle where client = 'old'");
    equal(rows[0]?.[0], 0);
    await Promise.all(after);
    client.close();
  } finally {
    await stopGroup(sqld.process, "SIGKILL");
    await Deno.remove(folder, { recursive: true });
  }
});

/** Until its port is open, without a request that would start the isolate. */
async function listening({ url, process }: Workerd): Promise<void> {
  const { hostname, port } = new URL(url);
  for (let attempt = 0; attempt < 1_000; attempt++) {
    ok(process.exitCode === null, "workerd ended");
    try {
      (await Deno.connect({ hostname, port: Number(port) })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error("workerd did not open its port within 10 s");
}
