import { deepEqual, equal, match, ok } from "node:assert/strict";
import { connect } from "node:net";
import { RUNTIMES, withCommandLine } from "../cli/command_line.ts";

const AGENT = "POST /api/v1/freeradius/accounting/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
/** Longer than any connection may take that does not come to its point. */
const PATIENCE_MS = 20_000;

interface Ended {
  readonly text: string;
  readonly seconds: number;
  readonly closed: boolean;
}

/** Sends what there is, then `drip` once a second, until the server ends the connection or patience does. */
function converse(port: number, octets: string, drip = ""): Promise<Ended> {
  return new Promise((resolve) => {
    const begun = performance.now();
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(octets));
    const dripping = setInterval(() => drip && socket.write(drip), 1_000);
    const patience = setTimeout(() => done(false), PATIENCE_MS);
    const done = (closed: boolean) => {
      clearInterval(dripping);
      clearTimeout(patience);
      socket.destroy();
      resolve({ text, seconds: (performance.now() - begun) / 1_000, closed });
    };
    socket.on("data", (chunk) => text += chunk);
    socket.on("error", () => {});
    socket.on("close", () => done(true));
  });
}

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: whoever stops in the middle of a request is cut, and holds nobody up`, () =>
    withCommandLine(runtime, async ({ start }) => {
      const running = start(["serve", "--http", "127.0.0.1:0"]);
      const line = await running.line(/listens on/);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
      const stuck = Promise.all([
        converse(port, ""),
        converse(port, "GET / HT"),
        converse(port, "GET / HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n"),
        converse(port, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"),
        converse(port, `POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`, "a"),
      ]);
      const slow = Promise.all([
        converse(port, `${AGENT}Content-Length: 100\r\n\r\n{`),
        converse(port, `${AGENT}Content-Length: 100\r\n\r\n`, " "),
        converse(port, `${AGENT}Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`),
      ]);
      const crowd = Promise.all(
        Array.from({ length: 500 }, () => converse(port, `${AGENT}Content-Length: 9\r\n\r\n{`)),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const begun = performance.now();
      const response = await fetch(`http://127.0.0.1:${port}/nowhere`);
      await response.text();
      equal(response.status, 404);
      ok(performance.now() - begun < 1_000, "nobody else waits");

      for (const { closed, seconds } of await stuck) ok(closed && seconds < 17, `cut after ${seconds} s`);
      for (const { text, closed, seconds } of [...await slow, ...await crowd]) {
        match(text, /^HTTP\/1\.1 408 /);
        ok(closed && seconds < 12, `answered after ${seconds} s`);
      }
      running.kill("SIGTERM");
      equal((await running.ended).code, 0);
    }));

  Deno.test(`${runtime}: what is too large or no HTTP is answered so at once`, () =>
    withCommandLine(runtime, async ({ start }) => {
      const running = start(["serve", "--http", "127.0.0.1:0"]);
      const line = await running.line(/listens on/);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
      const status = async (octets: string) => Number((await converse(port, octets)).text.split(" ")[1]);
      const get = "GET /nowhere HTTP/1.1\r\nHost: x\r\n";
      deepEqual(
        await Promise.all([
          status(`${get}X-A: ${"a".repeat(100_000)}\r\n\r\n`),
          status(`GET /?${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
          status(`${AGENT}Content-Length: 99999999999\r\n\r\n{`),
          status("\x16\x03\x01\x02\x00\r\n\r\n"),
          status(`${AGENT}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
          status("GET /nowhere HTTP/1.1\r\n\r\n"),
          status(`${get}Connection: close\r\nX-A: ${"a".repeat(8_000)}\r\n\r\n`),
        ]),
        [431, 431, 413, 400, 400, 400, 404],
      );
      running.kill("SIGTERM");
      await running.ended;
    }));

  Deno.test(`${runtime}: told to stop, it finishes what it has begun and waits for nobody else`, () =>
    withCommandLine(runtime, async ({ start }) => {
      const running = start(["serve", "--http", "127.0.0.1:0"]);
      const line = await running.line(/listens on/);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1]);
      const idle = converse(port, "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
      const half = converse(port, "GET / HT");
      const begun = converse(port, `${AGENT}Content-Length: 2\r\n\r\n{`, "}");
      await new Promise((resolve) => setTimeout(resolve, 300));
      running.kill("SIGTERM");
      const stopped = performance.now();
      match((await begun).text, /^HTTP\/1\.1 [24]\d\d /);
      equal((await running.ended).code, 0);
      ok(performance.now() - stopped < 5_000, "it waits for requests, not for connections");
      await Promise.all([idle, half]);
    }));
}
