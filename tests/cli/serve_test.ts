import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openFile } from "../../src/runtime/file_client.ts";
import { type CommandLine, type Running, RUNTIMES, withCommandLine } from "./command_line.ts";

const LISTENS = /^Portico \S+ listens on .* \((http:\/\/\S+)\)/;
const SETUP = JSON.stringify({
  organizations: [{
    slug: "alpha",
    token: "sesame",
    settings: { freeradius_allowed_hosts: "127.0.0.1,::1" },
  }],
  users: [{ username: "ada", password: "pässword", organizations: ["alpha"] }],
});

/** Starts a server on a free port; its base URL. */
async function serve(
  { start }: CommandLine,
  address = "127.0.0.1:0",
  environment = {},
): Promise<[Running, string]> {
  const running = start(["serve", "--http", address], { environment });
  const line = await running.line(LISTENS);
  return [running, LISTENS.exec(line)?.[1] ?? ""];
}

async function stop(running: Running): Promise<string> {
  running.kill("SIGTERM");
  const { code, stderr } = await running.ended;
  equal(code, 0, stderr);
  return stderr;
}

async function login(url: string, id: unknown, password: string): Promise<number | string> {
  const response = await fetch(`${url}/api/v1/freeradius/authorize/`, {
    method: "POST",
    headers: { authorization: `Bearer ${id} sesame`, "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password }),
  });
  const text = await response.text();
  return response.ok ? text && JSON.parse(text)["control:Auth-Type"] : response.status;
}

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: serve makes an installation, says what there is, and finds it again`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const [first] = await serve(commandLine);
      const organization = await first.line(
        /^Organization default [0-9a-f-]{36}; token: portico org show default$/,
      );
      const link = await first.line(/\/setup\/[A-Za-z0-9]{40}$/);
      equal(await stop(first), "");
      ok(existsSync(join(commandLine.data, "portico.db")));
      const key = readFileSync(join(commandLine.data, "secret.key"), "utf8");

      const [second] = await serve(commandLine);
      equal(await second.line(/^Organization/), organization);
      ok(await second.line(/\/setup\//) !== link, "each start makes a link of its own");
      await commandLine.run(["admin", "create", "--username", "root", "--password-stdin"], { input: "x" });
      await stop(second);
      equal(readFileSync(join(commandLine.data, "secret.key"), "utf8"), key);

      const [third] = await serve(commandLine);
      await third.line(/^Organization/);
      third.kill("SIGINT");
      const { code, stdout } = await third.ended;
      equal(code, 0);
      ok(!stdout.includes("/setup/"), stdout);
    }));

  Deno.test(`${runtime}: serve warns of what is for tests and development, each time`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const environment = { PORTICO_THROTTLE: "off", PORTICO_CAPTIVE_PORTAL_MOCK: "true" };
      const [running, url] = await serve(commandLine, "127.0.0.1:0", environment);
      const mock = await fetch(`${url}/captive-portal-mock/login/`, { method: "POST" });
      equal(await mock.text(), "logged in");
      const stderr = await stop(running);
      match(stderr, /^WARNING: request limits are lifted/m);
      match(stderr, /^WARNING: the captive portal mock is on/m);
    }));

  Deno.test(`${runtime}: a running venue sees within five seconds what another process changes`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const { run } = commandLine;
      const [running, url] = await serve(commandLine);
      const applied = await run(["apply", "-"], { input: SETUP });
      const { alpha } = JSON.parse(applied.stdout);
      equal(await login(url, alpha.id, "pässword"), "Accept");
      await run(["apply", "-"], { input: '{"users":[{"username":"ada","password":"second"}]}' });
      await new Promise((resolve) => setTimeout(resolve, 5_100));
      equal(await login(url, alpha.id, "second"), "Accept");
      equal(await login(url, alpha.id, "pässword"), "");
      await stop(running);
    }));

  Deno.test(`${runtime}: IPv6 is listened on, and an address that is taken is said in one line`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const [running, url] = await serve(commandLine, "[::1]:0");
      match(url, /^http:\/\/\[::1\]:\d+$/);
      equal(
        (await fetch(`${url}/nowhere`).then(async (response) => [response.status, await response.text()]))[0],
        404,
      );
      const { code, stderr, stdout } = await commandLine.run([
        "serve",
        "--http",
        url.slice("http://".length),
      ]);
      deepEqual([code, stdout], [1, ""]);
      match(stderr, /^Cannot listen on \[::1\]:\d+: the port is in use\n$/);
      await stop(running);
    }));

  Deno.test(`${runtime}: the address of an IPv4 client is its IPv4 address, also on a socket for both`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const [running, url] = await serve(commandLine, "[::]:0");
      const applied = await commandLine.run(["apply", "-"], {
        input: SETUP.replace("127.0.0.1,::1", "127.0.0.1"),
      });
      const { alpha } = JSON.parse(applied.stdout);
      equal(await login(`http://127.0.0.1:${new URL(url).port}`, alpha.id, "pässword"), "Accept");
      equal(await login(`http://[::1]:${new URL(url).port}`, alpha.id, "pässword"), 403);
      await stop(running);
    }));
}

Deno.test("lifted limits are said loudly", () =>
  withCommandLine("deno", async (commandLine) => {
    const [running] = await serve(commandLine, "127.0.0.1:0", { PORTICO_THROTTLE: "off" });
    await running.line(/^Organization/);
    match(await stop(running), /^WARNING: request limits are lifted/);
  }));

Deno.test("an apply that is killed anywhere leaves all of it or nothing", () =>
  withCommandLine("bun", async (commandLine) => {
    const { run, start, data } = commandLine;
    await run(["org", "show", "default"]);
    const users = (round: number) =>
      Array.from({ length: 1_500 }, (_, at) => ({ username: `u${round}-${at}`, organizations: ["default"] }));
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const file = { organizations: [{ slug: `org${round}` }], users: users(round) };
      const running = start(["apply", "-"], { input: JSON.stringify(file) });
      await new Promise((resolve) => setTimeout(resolve, 80 + round * 30));
      running.kill("SIGKILL");
      await running.ended;
      const client = openFile(join(data, "portico.db"));
      const count = async (sql: string) => Number((await client.execute(sql)).rows[0]?.[0]);
      const there = [
        await count(`select count(*) from "user" where username like 'u${round}-%'`),
        await count(`select count(*) from radusergroup where username like 'u${round}-%'`),
        await count(`select count(*) from organization where slug = 'org${round}'`),
        await count(`select count(*) from radius_group where name like 'org${round}-%'`),
      ].join();
      equal(await count("select count(*) from pragma_integrity_check where integrity_check <> 'ok'"), 0);
      client.close();
      ok(there === "0,0,0,0" || there === "1500,1500,1,2", there);
      outcomes.add(there);
    }
    ok(outcomes.has("0,0,0,0"), "no apply was killed in time");
  }));

Deno.test("a port that another program has is said in one line", () =>
  withCommandLine("deno", async ({ run }) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run(["serve", "--http", `127.0.0.1:${port}`]);
    deepEqual([code, stderr], [1, `Cannot listen on 127.0.0.1:${port}: the port is in use\n`]);
    await new Promise((resolve) => other.close(resolve));
  }));
