import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { uamServer } from "../../src/runtime/uam_server.ts";

const PEER = "tests/runtime/uam_server_peer.ts";
const RUNTIMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check", PEER],
  bun: ["./node_modules/@oven/bun-linux-x64/bin/bun", PEER],
};

const HEAD = [
  "HTTP/1.0 302 Moved Temporarily",
  "Connection: close",
  'P3P: CP="A B"',
  "Cache-Control: a",
  "x-odd: 1",
  "Cache-Control: b",
  "",
  "",
].join("\r\n");
const REFUSED = (status: number) => `HTTP/1.0 ${status} Refused\r\nContent-Length: 3\r\n\r\nno\n`;

/** Sends pieces one after the other, and reads until the server closes. */
async function converse(port: number, pieces: readonly string[], half = false): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk)).on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const piece of pieces) {
    await new Promise<void>((resolve) => socket.write(Buffer.from(piece, "latin1"), () => resolve()));
  }
  if (half) socket.end();
  await closed;
  return Buffer.concat(chunks).toString("utf8");
}

function echoed(answer: string): Record<string, unknown> {
  ok(answer.startsWith(HEAD), answer);
  ok(answer.endsWith(" ü"), "the body is UTF-8");
  return JSON.parse(answer.slice(HEAD.length, -2));
}

class Listener {
  readonly lines: string[] = [];
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;

  constructor([program, ...args]: readonly [string, ...string[]]) {
    this.#child = spawn(program, args);
    this.#child.stderr.on("data", (text) => this.lines.push(String(text)));
    this.#ended = new Promise((resolve) => this.#child.on("exit", resolve));
  }

  async ports(): Promise<readonly number[]> {
    const first = Promise.withResolvers<string>();
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.lines.push(line);
      first.resolve(line);
    });
    return (await Promise.race([first.promise, this.#ended.then(() => "")])).split(" ").map(Number);
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    equal(await this.#ended, 0);
    equal(this.lines.at(-1), "stopped");
  }
}

for (const [runtime, command] of Object.entries(RUNTIMES)) {
  Deno.test(`${runtime}: the UAM port sends octets as they are, and reads what devices send`, async () => {
    const listener = new Listener(command);
    const [port = 0, logoutPort = 0] = await listener.ports();
    ok(port && logoutPort, listener.lines.join("\n"));

    const get = echoed(
      await converse(port, ["GET /json/status?a=b HTTP/1.1\r\nHost: x:3990\r\nX-y:  1 \r\n\r\n"]),
    );
    deepEqual(get, {
      method: "GET",
      target: "/json/status?a=b",
      headers: [["Host", "x:3990"], ["X-y", "1"]],
      body: [],
      source: "127.0.0.1",
      local: "127.0.0.1",
      isOurPort: true,
      logsOut: false,
    });
    equal(echoed(await converse(logoutPort, ["GET / HTTP/1.0\r\n\r\n"])).logsOut, true);
    equal(echoed(await converse(port, ["HEAD /h HTTP/1.0\r\n\r\n"])).method, "HEAD");
    equal(
      echoed(await converse(port, ["GET http://e.org/px?q=1 HTTP/1.1\r\nHost: y\r\n\r\n"])).target,
      "http://e.org/px?q=1",
    );
    equal(echoed(await converse(port, ["\r\nGET /n HTTP/1.1\nHost: z\n\n"])).target, "/n");
    equal(echoed(await converse(port, ["GET /\xc3\xbc HTTP/1.1\r\n\r\n"])).target, "/Ã¼");
    equal(
      echoed(await converse(port, ["GE", "T /slow HT", "TP/1.1\r\nHo", "st: z\r\n\r", "\n"])).target,
      "/slow",
    );
    equal(echoed(await converse(port, ["GET /half HTTP/1.1\r\n\r\n"], true)).target, "/half");
    const post = echoed(
      await converse(port, ["POST /p HTTP/1.1\r\nContent-Length: 4\r\n\r\na=", "1\xff more"]),
    );
    deepEqual(post.body, [97, 61, 49, 255]);

    await listener.stop();
  });

  Deno.test(`${runtime}: the UAM port refuses what is broken, long or late, and goes on`, async () => {
    const listener = new Listener(command);
    const [port = 0] = await listener.ports();
    ok(port, listener.lines.join("\n"));

    const broken = [
      "nonsense\r\n\r\n",
      "GET /a b HTTP/1.1\r\n\r\n",
      "GET /\0 HTTP/1.1\r\n\r\n",
      "GET / HTTP/2.0\r\n\r\n",
      "GET / HTTP/1.1\r\n folded: x\r\n\r\n",
      "GET / HTTP/1.1\r\nName : x\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n",
      `GET /${"a".repeat(66_000)} HTTP/1.1\r\n\r\n`,
    ];
    for (const octets of broken) equal(await converse(port, [octets]), REFUSED(400), octets.slice(0, 60));

    const [late, silent, cut] = await Promise.all([
      converse(port, ["GET / HTTP/1.1\r\nHost: "]),
      converse(port, []),
      converse(port, ["GET / HT"], true),
    ]);
    deepEqual([late, silent, cut], [REFUSED(408), REFUSED(408), ""]);

    equal(await converse(port, ["GET /fault HTTP/1.1\r\n\r\n"]), REFUSED(500));
    equal(await converse(port, ["GET /split HTTP/1.1\r\n\r\n"]), REFUSED(500));
    match(listener.lines.join("\n"), /fault: on purpose[^]*fault: cannot send the header X/);

    // One station cannot take all that the process may open.
    const crowd = await Promise.all(Array.from({ length: 150 }, () => converse(port, [])));
    deepEqual([
      crowd.filter((answer) => answer === REFUSED(408)).length,
      crowd.filter((a) => a === "").length,
    ], [
      128,
      22,
    ]);
    equal(echoed(await converse(port, ["GET /after HTTP/1.1\r\n\r\n"])).target, "/after");
    await listener.stop();
  });
}

Deno.test("of too many connections that say nothing the oldest ends, and who asks is answered", async () => {
  const server = await uamServer({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    answer: () => Promise.resolve({ status: 200, statusText: "OK", headers: [], body: "hello" }),
    refusal: (status) => ({ status, statusText: "Refused", headers: [], body: "" }),
    reportFault: (fault) => console.error(fault),
    readingTime: 2_000,
    mostWaiting: 3,
  });
  const port = server.addresses[0]?.port ?? 0;
  const silent = [];
  for (let n = 0; n < 3; n++) {
    const socket = connect(port, "127.0.0.1").on("error", () => {}).resume();
    await new Promise((resolve) => socket.once("connect", resolve));
    silent.push(socket);
  }
  const [first, ...others] = silent;
  const firstEnd = new Promise<void>((resolve) => first?.once("close", () => resolve()));
  match(await converse(port, ["GET / HTTP/1.1\r\n\r\n"]), /hello$/);
  await firstEnd;
  match(await converse(port, ["GET / HTTP/1.1\r\n\r\n"]), /hello$/);
  ok(others.every(({ closed }) => !closed), "who was answered waits no longer");
  silent.forEach((socket) => socket.destroy());
  await server.stop();
});
