import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { openFile } from "../../src/runtime/file_client.ts";
import { type CommandLine, type Running, RUNTIMES, withCommandLine } from "../cli/command_line.ts";
import { httpGateway } from "../support/http_gateway.ts";
import { headerOf, mailServer, partsOf } from "../support/mail_server.ts";

const LISTENS = /^Portico \S+ listens on .* \((http:\/\/\S+)\)/;
const LONGEST_ANSWER_MILLISECONDS = 1_000;
const SETUP = JSON.stringify({
  organizations: [{
    slug: "alpha",
    name: "Alpha & Co",
    settings: { sms_verification: true, sms_sender: "Alpha", sms_meta_data: { campaign: "wifi" } },
  }],
  users: [{
    username: "ada",
    password: "correct horse",
    phone: "+393665243702",
    email: "ada@example.org",
    organizations: ["alpha"],
  }],
});

/** The program, started. */
interface Served {
  readonly running: Running;
  readonly call: (path: string, body: unknown, key?: string) => Promise<Response>;
}

async function serve({ start }: CommandLine, environment: Record<string, string>): Promise<Served> {
  const running = start(["serve", "--http", "127.0.0.1:0"], { environment });
  const url = LISTENS.exec(await running.line(LISTENS))?.[1];
  return {
    running,
    call: (path, body, key) =>
      fetch(`${url}/api/v1/radius/organization/alpha/account/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) },
        body: JSON.stringify(body),
      }),
  };
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const patience = performance.now() + 20_000;
  while (!await done()) {
    ok(performance.now() < patience, "nothing came of it");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function answeredAtOnce(answer: Promise<Response>, status: number): Promise<void> {
  const begun = performance.now();
  const response = await answer;
  equal(response.status, status, await response.text());
  ok(performance.now() - begun < LONGEST_ANSWER_MILLISECONDS, `${performance.now() - begun} ms`);
}

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test({
    name:
      `${runtime}: answers wait for no gateway, and what a killed program was sending is never sent twice`,
    // The mail server leaves sockets to be collected.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      withCommandLine(runtime, async (commandLine) => {
        const gateway = await httpGateway(() => {});
        let hangs = true;
        const subjects: string[] = [];
        const mails = await mailServer({
          onData(stream, _session, done) {
            let raw = "";
            stream.on("data", (chunk) => raw += new TextDecoder().decode(chunk));
            stream.on("end", () => {
              subjects.push(`${headerOf(raw, "Message-ID")} ${headerOf(raw, "Subject")}`);
              ok(partsOf(raw)["text/html"]?.includes("Alpha &amp; Co"));
              if (!hangs) done();
            });
          },
        });
        const environment = {
          PORTICO_SMS: `webhook:${gateway.url}/send`,
          PORTICO_MAIL: `smtp://127.0.0.1:${mails.port}?tls=off`,
          PORTICO_MAIL_FROM: "Alpha <wifi@alpha.example>",
        };
        await commandLine.run(["apply", "-"], { input: SETUP });
        const first = await serve(commandLine, environment);
        const login = await first.call("token/", { username: "ada", password: "correct horse" });
        const { key } = await login.json();

        await answeredAtOnce(first.call("phone/token/", {}, key), 201);
        await answeredAtOnce(first.call("password/reset/", { input: "ada" }), 200);
        await until(() => gateway.calls.length === 1 && subjects.length === 1);
        const sms = JSON.parse(gateway.calls[0]?.body ?? "");
        deepEqual([sms.to, sms.from, sms.meta_data], [["+393665243702"], "Alpha", { campaign: "wifi" }]);
        ok(/^Alpha & Co verification code: \d{6}$/.test(sms.body), sms.body);
        first.running.kill("SIGKILL");
        const { stderr } = await first.running.ended;
        ok(!stderr.includes(sms.body.slice(-6)), stderr);

        await endClaims(commandLine);
        hangs = false;
        const second = await serve(commandLine, environment);
        await until(async () => (await states(commandLine)).every(([, state]) => state !== "sending"));
        second.running.kill("SIGTERM");
        await second.running.ended;
        deepEqual(await states(commandLine), [["mail", "sent", null], ["sms", "unknown", null]]);
        equal(gateway.calls.length, 1, "a text message is sent once or not at all");
        deepEqual(subjects[1], subjects[0], "the same mail, as its Message-ID says");
        equal(subjects.length, 2);
        await gateway.close();
        await mails.close();
      }),
  });
}

/** As if two minutes had passed. */
async function endClaims({ data }: CommandLine): Promise<void> {
  const client = openFile(join(data, "portico.db"));
  await client.execute("update outbox set due_at = '2020-01-01 00:00:00.000000' where state = 'sending'");
  client.close();
}

async function states({ data }: CommandLine): Promise<unknown[][]> {
  const client = openFile(join(data, "portico.db"));
  const { rows } = await client.execute("select kind, state, sealed from outbox order by kind");
  client.close();
  return rows.map((row) => [row[0], row[1], row[2]]);
}
