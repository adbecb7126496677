import { deepEqual, equal, ok } from "node:assert/strict";
import { SeededRandom } from "../fuzz/seeded_random.ts";
import type { ChildProcess } from "./child_process.ts";
import { delay } from "./delay.ts";
import { LOBBY, startFreeradius } from "./freeradius_server.ts";
import { type Runtime, startProcess } from "./portico_process.ts";
import { type Organization, startPortico, withDatabase } from "./portico_venue.ts";
import { sendRadius } from "./radius_client.ts";
import { answersAfterSync, TRACED_CALLS } from "./sync_trace.ts";

const ROUNDS = 50;
const HTTP_SENDERS = 12;
const RADIUS_SENDERS = 3;
const GUESTS = ["ada", "bob", "cem"];
const SETUP = {
  organizations: [{ slug: "alpha", name: "Alpha" }, { slug: "beta", name: "Beta" }],
  users: GUESTS.map((username) => ({ username, password: "secret", organizations: ["alpha"] })),
};

/** A session of a NAS that goes on, whatever becomes of the server. */
interface Running {
  readonly id: string;
  readonly username: string;
  /** The last packet that was sent, and the last one that was acknowledged. */
  sent: number;
  acknowledged: number;
  stopSent: boolean;
  stopAcknowledged: boolean;
}

/** How a packet is sent; whether it was acknowledged. */
type Send = (session: Running, status: string, totals: Record<string, number>) => Promise<boolean>;

let sessions = 0;

/** One NAS: a Start, Interim-Updates and a Stop, each sent until it is acknowledged. */
async function account(send: Send, all: Running[], current: Running | undefined, isOver: () => boolean) {
  let session = current;
  while (!isOver()) {
    if (!session || session.stopAcknowledged) {
      const id = `crash-${++sessions}`;
      const username = GUESTS[sessions % GUESTS.length] ?? "ada";
      session = { id, username, sent: 0, acknowledged: 0, stopSent: false, stopAcknowledged: false };
      all.push(session);
    }
    const isStop: boolean = session.stopSent || session.acknowledged >= 20;
    // What was not acknowledged is sent again, as it was.
    if (session.sent === session.acknowledged) session.sent++;
    session.stopSent = isStop;
    const number = session.sent;
    const status = isStop ? "Stop" : number === 1 ? "Start" : "Interim-Update";
    if (!await send(session, status, totalsOf(number))) return session;
    session.acknowledged = number;
    session.stopAcknowledged = isStop;
  }
  return session;
}

/** What packet `number` of a session says. */
function totalsOf(number: number) {
  return { seconds: number * 10, input: number * 1_000_003, output: number * 3_000_000_019 };
}

function overHttp(port: number, { id, radius_token }: Organization): Send {
  return async (session, status, { seconds, input, output }) => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/freeradius/accounting/`, {
        method: "POST",
        headers: { "Authorization": `Bearer ${id} ${radius_token}`, "Content-Type": "application/json" },
        body: JSON.stringify({
          status_type: status,
          unique_id: session.id,
          session_id: session.id,
          nas_ip_address: "10.0.0.1",
          username: session.username,
          session_time: seconds,
          input_octets: input,
          output_octets: output,
          terminate_cause: status === "Stop" ? "User-Request" : "",
        }),
      });
      await response.text();
      ok(response.status < 300, `answered ${response.status}`);
      return true;
    } catch (fault) {
      if (fault instanceof TypeError) return false;
      throw fault;
    }
  };
}

function overRadius(port: number, folder: string): Send {
  return async (session, status, { seconds = 0, input = 0, output = 0 }) => {
    const octets = (name: string, total: number) =>
      [
        [`Acct-${name}-Octets`, total % 2 ** 32],
        [`Acct-${name}-Gigawords`, Math.floor(total / 2 ** 32)],
      ] as const;
    const { code } = await sendRadius({
      kind: "acct",
      nas: LOBBY,
      port,
      folder,
      patienceSeconds: 1,
      attributes: [
        ["Acct-Status-Type", status],
        ["Acct-Session-Id", session.id],
        ["User-Name", session.username],
        ["NAS-IP-Address", "10.0.0.2"],
        ["Acct-Session-Time", seconds],
        ...octets("Input", input),
        ...octets("Output", output),
      ],
    });
    return code === "Accounting-Response";
  };
}

/** Everything acknowledged is there, nothing that was not sent is, and usage says the same as the sessions. */
async function checkStored(databaseFile: string, all: readonly Running[]): Promise<void> {
  await withDatabase(databaseFile, async (client) => {
    const { rows } = await client.execute(
      "select acctsessionid, acctsessiontime, acctinputoctets, acctoutputoctets, acctstoptime from radacct",
    );
    const stored = new Map(rows.map((row) => [String(row[0]), row]));
    for (const session of all) {
      const row = stored.get(session.id);
      if (!row) {
        equal(session.acknowledged, 0, `${session.id} was acknowledged and is not there`);
        continue;
      }
      const [least, most] = [totalsOf(session.acknowledged), totalsOf(session.sent)];
      for (const [index, name] of (["seconds", "input", "output"] as const).entries()) {
        const value: number = Number(row[index + 1]);
        ok(value >= least[name] && value <= most[name], `${session.id}: ${value} ${name}`);
      }
      if (session.stopAcknowledged) ok(row[4], `${session.id} was stopped and is open`);
      if (!session.stopSent) equal(row[4], null, `${session.id} runs and is closed`);
    }
    const difference = await client.execute(
      `select user_id, total(s), total(i), total(o) from (
        select user_id, acctsessiontime s, acctinputoctets i, acctoutputoctets o from radacct
        union all select user_id, -session_seconds, -input_octets, -output_octets from usage_by_day
      ) group by user_id having total(s) <> 0 or total(i) <> 0 or total(o) <> 0 or user_id is null`,
    );
    deepEqual(difference.rows.map((row) => Array.from(row)), []);
    equal((await client.execute("pragma quick_check")).rows[0]?.[0], "ok");
  });
}

Deno.test(`after ${ROUNDS} times kill -9 every acknowledged packet is in the database`, async () => {
  await using venue = await startPortico(SETUP, { started: false });
  const { port, dataFolder, databaseFile } = venue;
  const organization = venue.organization("alpha");
  await using freeradius = await startFreeradius({
    porticoUrl: venue.url,
    organizations: { lobby: organization, garden: venue.organization("beta") },
  });
  const senders = [
    ...Array<Send>(HTTP_SENDERS).fill(overHttp(port, organization)),
    ...Array<Send>(RADIUS_SENDERS).fill(overRadius(freeradius.acctPort, freeradius.folder)),
  ];
  const random = new SeededRandom(20261122);
  const [overHttpAll, byRadius]: [Running[], Running[]] = [[], []];
  const known = () => [...overHttpAll, ...byRadius];
  let current: (Running | undefined)[] = senders.map(() => undefined);
  let server: ChildProcess | undefined;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const runtime: Runtime = round % 2 ? "bun" : "deno";
      server = await startProcess({ runtime, dataFolder, port });
      await checkStored(databaseFile, known());
      let isOver = false;
      const working = senders.map((send, index) => {
        const mine = index < HTTP_SENDERS ? overHttpAll : byRadius;
        return account(send, mine, current[index], () => isOver);
      });
      await delay(random.between(50, 500));
      await server.stop("SIGKILL");
      isOver = true;
      current = await Promise.all(working);
    }
    server = await startProcess({ runtime: "deno", dataFolder, port });
    await checkStored(databaseFile, known());
  } finally {
    await server?.stop("SIGKILL");
  }
  const acknowledged = (list: readonly Running[]) => list.reduce((sum, one) => sum + one.acknowledged, 0);
  ok(acknowledged(known()) > 1_000, `${acknowledged(known())} packets were acknowledged`);
  ok(acknowledged(byRadius) > 100, `${acknowledged(byRadius)} of them through FreeRADIUS`);
});

for (const runtime of ["deno", "bun"] as const) {
  Deno.test(`on ${runtime} the write-ahead log is synced before an answer is written`, async () => {
    await using venue = await startPortico(SETUP, { started: false });
    const traceFile = `${venue.dataFolder}/trace`;
    const within = ["strace", "-f", "-y", "-s", "80", "-o", traceFile, "-e", `trace=${TRACED_CALLS}`];
    const { dataFolder, port } = venue;
    const server = await startProcess({ runtime, dataFolder, port, within });
    try {
      const all: Running[] = [];
      const send = overHttp(port, venue.organization("alpha"));
      // One by one, and many at once, which are committed together.
      await account(send, all, undefined, () => (all[0]?.acknowledged ?? 0) >= 5);
      const many = () => all.reduce((sum, { acknowledged }) => sum + acknowledged, 0) >= 200;
      await Promise.all(Array.from({ length: 16 }, () => account(send, all, undefined, many)));
      await checkStored(venue.databaseFile, all);
    } finally {
      // strace ends, its log complete, with the program that it runs; signals for itself it holds back.
      const [traced] = (await Deno.readTextFile(`/proc/${server.pid}/task/${server.pid}/children`)).split(
        " ",
      );
      Deno.kill(Number(traced), "SIGTERM");
      await server.stop("SIGCONT");
    }
    const answers = answersAfterSync(await Deno.readTextFile(traceFile));
    ok(answers >= 200, `${answers} answers in the trace`);
  });
}
