import { deepEqual, equal, ok } from "node:assert/strict";
import { checkRefusalText, describeRequest } from "../fuzz/judge_answer.ts";
import { RawConnection } from "../fuzz/raw_http.ts";
import { type Credentials, type FuzzRequest, fuzzRequest } from "../fuzz/requests.ts";
import { SeededRandom } from "../fuzz/seeded_random.ts";
import { type Runtime, startProcess } from "./portico_process.ts";
import { type PorticoVenue, startPortico, withDatabase } from "./portico_venue.ts";

const REQUESTS = Number(Deno.env.get("FUZZ_REQUESTS") ?? 60_000);
const CONNECTIONS = 8;
const PATIENCE_MILLISECONDS = 10_000;
const MEBIBYTE = 1_048_576;
const ENVIRONMENT = {
  PORTICO_DISPOSABLE_RADIUS_USER_TOKEN: "false",
  PORTICO_LEGACY_API_TOKEN: "165f9a790787fc38e5cc12c1640db2300648d9a2",
  PORTICO_THROTTLE: "off",
};
const SETUP = {
  organizations: [{ slug: "default", name: "Default" }, { slug: "beta", name: "Beta" }],
  users: [{ username: "ada", password: "ada's secret", organizations: ["default", "beta"] }],
};

/** Answers by status, and what the server's memory was, in MiB, from time to time. */
interface Outcome {
  readonly statuses: Map<number, number>;
  readonly created: { accounting: number; postauth: number };
  readonly memory: number[];
}

async function credentialsOf(venue: PorticoVenue): Promise<Credentials> {
  const { id, radius_token } = venue.organization("default");
  return {
    organizationId: id,
    organizationToken: radius_token,
    otherOrganizationId: venue.organization("beta").id,
    username: "ada",
    radiusKey: await venue.userToken("ada", "ada's secret"),
    legacyToken: ENVIRONMENT.PORTICO_LEGACY_API_TOKEN,
  };
}

async function fuzz(port: number, known: Credentials, serverPid: number): Promise<Outcome> {
  const random = new SeededRandom(Number(Deno.env.get("TEST_SEED") ?? 1));
  const outcome: Outcome = { statuses: new Map(), created: { accounting: 0, postauth: 0 }, memory: [] };
  let number = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    const connection = new RawConnection(port);
    while (number < REQUESTS) {
      if (number % 1000 === 0) outcome.memory.push(residentMebibytes(serverPid));
      const request = fuzzRequest(random, known, number++);
      await judge(request, connection, outcome);
    }
    connection.close();
  }));
  return outcome;
}

async function judge(request: FuzzRequest, connection: RawConnection, outcome: Outcome): Promise<void> {
  const told = () => describeRequest(request);
  const answer = await connection.request(request, PATIENCE_MILLISECONDS).catch((fault) => {
    throw new Error(`${fault}: ${told()}`);
  });
  const { status, body } = answer;
  const { statuses, created } = outcome;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  // The server need not read a body that it will not take: its answer may be lost when we go on sending.
  if (status === 0) ok((request.body?.length ?? 0) > MEBIBYTE, `no answer: ${told()}`);
  ok(status < 500, `${status} ${body}: ${told()}`);
  if (status === 431) ok(headerOctets(request) > 15_000, told());
  // More than 16 KiB of headers are refused by the runtime, before anything of ours: with a status line only.
  const hasText = request.method !== "HEAD" && status !== 401 && status !== 431;
  if (status >= 400 && hasText) checkRefusalText(body, `${status} ${body.slice(0, 300)}: ${told()}`);
  if (status === 201 && /accounting/.test(request.target)) created.accounting++;
  if (status === 201 && /postauth/.test(request.target)) created.postauth++;
}

function headerOctets({ target, headers }: FuzzRequest): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, target.length);
}

function residentMebibytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kibibytes) / 1024;
}

/** With room V8 collects seldom, and its heap grows without a leak; with little it shows one, or ends. */
const SMALL_HEAP = { DENO_V8_FLAGS: "--max-old-space-size=110" };

/** The last fifth against the second: the first is warming up. A leak of 1 KiB a request would be 36 MiB there. */
function checkFlat(memory: readonly number[]): void {
  const fifth = Math.floor(memory.length / 5);
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const before = median(memory.slice(fifth, 2 * fifth));
  const after = median(memory.slice(-fifth));
  const all = memory.map((value) => value.toFixed(0)).join(" ");
  ok(after < before * 1.1 + 25, `from ${before.toFixed(0)} to ${after.toFixed(0)} MiB: ${all}`);
}

for (const runtime of ["deno", "bun"] satisfies Runtime[]) {
  Deno.test(`${REQUESTS} hostile requests over sockets to ${runtime}: clear answers, nothing half stored, flat memory`, async () => {
    await using venue = await startPortico(SETUP, { started: false });
    const { dataFolder, port } = venue;
    const server = await startProcess({
      runtime,
      dataFolder,
      port,
      environment: { ...ENVIRONMENT, ...SMALL_HEAP },
    });
    try {
      const outcome = await fuzz(port, await credentialsOf(venue), server.pid);
      const { statuses, created, memory } = outcome;
      const counts = await withDatabase(venue.databaseFile, async (client) => {
        const sql = "select (select count(*) from radacct), (select count(*) from radpostauth)";
        equal((await client.execute("pragma integrity_check")).rows[0]?.[0], "ok");
        return Array.from((await client.execute(sql)).rows[0] ?? []);
      });
      deepEqual(counts, [created.accounting, created.postauth]);
      for (const status of [200, 201, 400, 403, 404, 405, 413, 415]) ok(statuses.get(status), `no ${status}`);
      checkFlat(memory);
    } finally {
      await server.stop("SIGTERM");
    }
    // Levels as they are logged.
    const faults = server.output().split("\n").filter((line) => /\b(ERR|FTL)\b/.test(line));
    deepEqual(faults, []);
  });
}
