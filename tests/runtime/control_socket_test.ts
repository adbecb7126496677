import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { controlServer, runningVenue } from "../../src/runtime/control_socket.ts";
import { testZone } from "../support/memory_controller.ts";
import { operatedController, testStation } from "../support/operated_controller.ts";

const PEER = "tests/runtime/control_socket_peer.ts";
const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  deno: [Deno.execPath(), "run", "-A", PEER],
  bun: ["./node_modules/@oven/bun-linux-x64/bin/bun", PEER],
};

async function inFolder(test: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portico-control-"));
  try {
    await test(join(folder, "control.sock"), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts the peer; `lines()` are what it printed, once it has ended. */
function start(runtime: string, what: string, path: string) {
  const [program = "", ...args] = RUNTIMES[runtime] ?? [];
  const child = spawn(program, [...args, what, path], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: unknown[] = [];
  const output = createInterface({ input: child.stdout });
  const first = new Promise<unknown>((resolve) => output.once("line", (line) => resolve(JSON.parse(line))));
  output.on("line", (line) => lines.push(JSON.parse(line)));
  const ended = new Promise<readonly unknown[]>((resolve) => child.on("close", () => resolve(lines)));
  return {
    first,
    ended,
    stop() {
      child.stdin.end();
      return ended;
    },
    kill() {
      // Deno's `child.kill()` ends standard input first, and the venue would stop in order.
      if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
      return ended;
    },
  };
}

function serve(path: string, faults: unknown[] = []) {
  const zone = testZone();
  const { controller } = operatedController([zone], [testStation(zone, 1)]);
  const now = () => new Date("2026-11-22T12:00:00Z");
  const opening = controlServer({ path, controller, now, reportFault: (fault) => faults.push(fault) });
  return { controller, opening };
}

/** One request as any program could send it. */
function send(
  path: string,
  method: string,
  target: string,
  body: string,
): Promise<[status: number | undefined, text: string]> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: path, method, path: target }, async (incoming) => {
      let text = "";
      for await (const chunk of incoming) text += chunk;
      resolve([incoming.statusCode, text]);
    });
    outgoing.on("error", reject).end(body);
  });
}

for (const venue of Object.keys(RUNTIMES)) {
  for (const command of Object.keys(RUNTIMES)) {
    Deno.test(`a command on ${command} asks a venue on ${venue}`, () =>
      inFolder(async (path) => {
        deepEqual(await start(command, "ask", path).ended, [null], "before it runs there is none");
        const server = start(venue, "serve", path);
        equal(await server.first, "listens");
        equal(statSync(path).mode & 0o777, 0o600);
        const answers = await start(command, "ask", path).ended;
        match(
          JSON.stringify(answers[0]),
          /^\[\{"zone":"guests","mac":"02:00:00:00:00:01","ip":"10\.1\.0\.1"/,
        );
        match(JSON.stringify(answers[1]), /"state":"open",.*"username":"ädä"/);
        equal(answers[2], 'No station "nobody" is known');
        deepEqual(await server.stop(), ["listens"]);
        ok(!existsSync(path), "the socket is gone");
      }));
  }

  Deno.test(`a second venue on ${venue} is refused while the first runs, and replaces what it left`, () =>
    inFolder(async (path, folder) => {
      const first = start(venue, "serve", path);
      equal(await first.first, "listens");
      const refused = await start(venue, "serve", path).ended;
      match(String(refused[0]), /^Cannot take commands at .*: another venue runs on this folder$/);
      await first.kill();
      ok(existsSync(path), "what a killed process leaves");
      equal(await runningVenue(path), null);
      deepEqual(await start(venue, "ask", path).ended, [null]);
      const second = start(venue, "serve", path);
      equal(await second.first, "listens");
      deepEqual(readdirSync(folder), ["control.sock"]);
      await second.stop();
    }));
}

Deno.test("what is no request of a command is refused, and a fault of the venue is told and reported", () =>
  inFolder(async (path) => {
    const faults: unknown[] = [];
    const { controller, opening } = serve(path, faults);
    const server = await opening;
    const told = async (method: string, target: string, body: string) => {
      const [status, text] = await send(path, method, target, body);
      return [status, JSON.parse(text).message];
    };
    equal((await told("POST", "/toString", "{}"))[0], 404);
    equal((await told("GET", "/stations", ""))[0], 404);
    deepEqual(await told("POST", "/stations", "[1"), [400, "The request is not JSON"]);
    equal((await told("POST", "/stations", '{"colour": 1}'))[0], 400);
    equal((await told("POST", "/station", '{"who": ""}'))[0], 400);
    deepEqual(await told("POST", "/stations", `"${"x".repeat(70_000)}"`), [400, "The request is too long"]);
    deepEqual(faults, []);

    const fault = new Error("nft: no");
    controller.reload = () => Promise.reject(fault);
    const venue = await runningVenue(path);
    await rejects(
      venue?.reload({}) ?? Promise.resolve(),
      /^DomainError: The venue could not do it: nft: no$/,
    );
    deepEqual(faults, [fault]);
    await server.close();
  }));

Deno.test("a list longer than any request arrives whole", () =>
  inFolder(async (path) => {
    const zone = testZone();
    const stations = Array.from({ length: 2_000 }, (_, at) => testStation(zone, at, { mac: macOf(at) }));
    const { controller } = operatedController([zone], stations);
    const server = await controlServer({ path, controller, now: () => new Date(0), reportFault() {} });
    equal((await (await runningVenue(path))?.stations({}))?.length, 2_000);
    await server.close();
  }));

Deno.test("a path that Linux cannot bind, or that holds a file of somebody, is said", () =>
  inFolder(async (path, folder) => {
    await rejects(
      serve(join(folder, "x".repeat(90), "control.sock")).opening,
      /the path is too long for Linux/,
    );
    await rejects(serve(join(folder, "nowhere", "control.sock")).opening, /ENOENT|no such file/i);
    writeFileSync(path, "");
    equal(await runningVenue(path), null);
  }));

Deno.test("a venue that ends takes away its own socket, not that of the one after it", () =>
  inFolder(async (path) => {
    const first = await serve(path).opening;
    rmSync(path);
    const second = await serve(path).opening;
    await first.close();
    ok(await runningVenue(path));
    await second.close();
    equal(await runningVenue(path), null);
  }));

function macOf(at: number): string {
  return `02:00:00:00:${[at >> 8, at & 255].map((octet) => octet.toString(16).padStart(2, "0")).join(":")}`;
}
