import { deepEqual, equal } from "node:assert/strict";
import type { Client } from "@libsql/client";
import { addUsage } from "../../src/aaa/accounting/session_statements.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { LARGEST_INT64 } from "../../src/values/octets.ts";

Deno.test("usage of an earlier day, however late, is added to that day, and the latest day goes on", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  for (const [day, seconds] of [[2, 1n], [3, 10n], [2, 100n], [1, 1_000n], [3, 10_000n], [5, 1n], [3, 5n]]) {
    await use(client, { day: `2026-11-0${day}`, sessionSeconds: BigInt(seconds ?? 0) });
  }
  await use(client, { userId: "bob", day: "2026-11-02", sessionSeconds: 7n });
  await use(client, { nodeId: "elsewhere", day: "2026-11-02", sessionSeconds: 8n });

  deepEqual(await days(client), [
    ["ada", "2026-11-01", "here", 1_000n],
    ["ada", "2026-11-02", "elsewhere", 8n],
    ["ada", "2026-11-02", "here", 101n],
    ["ada", "2026-11-03", "here", 10_015n],
    ["ada", "2026-11-05", "here", 1n],
    ["bob", "2026-11-02", "here", 7n],
  ]);
  client.close();
});

Deno.test("a sum of usage stops at the largest integer, on the latest day and on earlier ones", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  const most = BigInt(LARGEST_INT64);
  for (const day of ["2026-11-01", "2026-11-01", "2026-11-02", "2026-11-02", "2026-11-01"]) {
    await use(client, { day, sessionSeconds: most });
  }

  deepEqual(await days(client), [
    ["ada", "2026-11-01", "here", most],
    ["ada", "2026-11-02", "here", most],
  ]);
  client.close();
});

Deno.test("an older version that is still running writes its own rows, and nothing of both is lost", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  const older = (day: string, seconds: number) =>
    client.execute(
      `insert into usage_day values ('org', 'ada', '${day}', 'here', ${seconds}, 0, 0)
        on conflict do update set session_seconds = session_seconds + excluded.session_seconds`,
    );
  await older("2026-11-01", 1);
  await older("2026-11-02", 2);
  await use(client, { day: "2026-11-02", sessionSeconds: 10n });
  await older("2026-11-02", 4);
  await use(client, { day: "2026-11-01", sessionSeconds: 20n });

  const expected = [["ada", "2026-11-01", "here", 21n], ["ada", "2026-11-02", "here", 16n]];
  deepEqual(await days(client), expected);
  await use(client, { day: "2026-11-03", sessionSeconds: 5n });
  deepEqual(await days(client), [...expected, ["ada", "2026-11-03", "here", 5n]]);
  equal((await client.execute("select count(*) from usage_by_day")).rows[0]?.[0], 3);
  client.close();
});

async function use(
  client: Client,
  { userId = "ada", nodeId = "here", day, sessionSeconds }: {
    readonly userId?: string;
    readonly nodeId?: string;
    readonly day: string;
    readonly sessionSeconds: bigint;
  },
): Promise<void> {
  await client.batch([
    addUsage({
      organizationId: "org",
      userId,
      nodeId,
      day,
      sessionSeconds,
      inputOctets: 1n,
      outputOctets: 2n,
    }),
  ], "write");
}

async function days(client: Client): Promise<unknown[]> {
  const { rows } = await client.execute(
    `select user_id, day, node_id, cast(sum(session_seconds) as text) from usage_by_day
      group by 1, 2, 3 order by 1, 2, 3`,
  );
  return rows.map((row) => [row[0], row[1], row[2], BigInt(String(row[3]))]);
}
