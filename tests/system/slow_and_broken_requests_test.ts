import { equal, match, ok } from "node:assert/strict";
import { latin1 } from "../fuzz/raw_http.ts";
import { SeededRandom } from "../fuzz/seeded_random.ts";
import { delay } from "./delay.ts";
import { startProcess } from "./portico_process.ts";
import { type Organization, type PorticoVenue, startPortico } from "./portico_venue.ts";

const SETUP = { organizations: [{ slug: "alpha", name: "Alpha" }] };
/** A body gets 10 s; a machine that is busy some more. */
const LONGEST_SECONDS = 14;

interface Conversation {
  /** What the server said until it closed, or until `LONGEST_SECONDS` were over. */
  readonly text: string;
  readonly seconds: number;
  readonly closed: boolean;
}

/** Sends octets, then `drip` twice a second; with `end` says that nothing more will come. */
async function converse(
  port: number,
  octets: Uint8Array,
  options: { readonly drip?: string; readonly end?: boolean } = {},
): Promise<Conversation> {
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  let text = "";
  let closed = false;
  const heard = (async () => {
    const decoder = new TextDecoder("latin1");
    const chunk = new Uint8Array(65_536);
    for (let length = await read(socket, chunk); length; length = await read(socket, chunk)) {
      text += decoder.decode(chunk.subarray(0, length));
    }
    closed = true;
  })();
  try {
    for (let at = 0; at < octets.length && !closed;) at += await socket.write(octets.subarray(at));
    if (options.end) await socket.closeWrite();
    while (!closed && seconds() < LONGEST_SECONDS) {
      await Promise.race([heard, delay(500)]);
      if (options.drip && !closed) await socket.write(latin1(options.drip));
    }
  } catch {
    // The server has closed: what it said before counts.
    await Promise.race([heard, delay(500)]);
  }
  const ended = { text, seconds: seconds(), closed };
  socket.close();
  await heard;
  return ended;
}

async function read(socket: Deno.TcpConn, chunk: Uint8Array): Promise<number | null> {
  try {
    return await socket.read(chunk);
  } catch {
    return null;
  }
}

function head({ id, radius_token }: Organization, more: string): string {
  return "POST /api/v1/freeradius/accounting/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
    `Authorization: Bearer ${id} ${radius_token}\r\n${more}\r\n\r\n`;
}

let sessions = 0;

function packet(): string {
  const id = `slow-${++sessions}`;
  return JSON.stringify({ status_type: "Start", unique_id: id, session_id: id, nas_ip_address: "10.0.0.1" });
}

/** Milliseconds that each of some packets took, one after the other. */
async function times(venue: PorticoVenue, count: number): Promise<number[]> {
  const { id, radius_token } = venue.organization("alpha");
  const found: number[] = [];
  for (let sent = 0; sent < count; sent++) {
    const begun = performance.now();
    const response = await fetch(`${venue.url}/api/v1/freeradius/accounting/`, {
      method: "POST",
      headers: { "authorization": `Bearer ${id} ${radius_token}`, "content-type": "application/json" },
      body: packet(),
    });
    await response.text();
    equal(response.status, 201);
    found.push(performance.now() - begun);
    await delay(20);
  }
  return found.sort((a, b) => a - b);
}

for (const runtime of ["deno", "bun"] as const) {
  Deno.test(`${runtime}: 12 and 200 slow bodies are told so in time and hold up nobody`, async () => {
    await using venue = await startPortico(SETUP, { started: false });
    const { dataFolder, port } = venue;
    const server = await startProcess({ runtime, dataFolder, port });
    const organization = venue.organization("alpha");
    const octets = (more: string, body: string) => latin1(head(organization, more) + body);
    const slow = (index: number) =>
      [
        () => converse(port, octets("Content-Length: 500", "{")),
        () => converse(port, octets("Content-Length: 500", '{"unique_id":"'), { drip: "x" }),
        () => converse(port, octets("Transfer-Encoding: chunked", "1\r\n{\r\n"), { drip: "1\r\n \r\n" }),
        () => converse(port, octets("Content-Length: 900000", "{".padEnd(200_000))),
      ][index % 4]?.() ?? Promise.reject(new Error("there are four kinds"));
    try {
      await times(venue, 20);
      for (const count of [12, 200]) {
        const conversations = Promise.all(Array.from({ length: count }, (_, index) => slow(index)));
        await delay(500);
        const taken = await times(venue, 100);
        const slowest = taken.at(-1) ?? 0;
        ok(slowest < 1_000, `${count} slow bodies: one packet took ${slowest.toFixed(0)} ms`);
        for (const { text, seconds, closed } of await conversations) {
          match(text, /^HTTP\/1\.1 408 [\s\S]*did not arrive within 10 seconds/);
          ok(closed && seconds > 9 && seconds < LONGEST_SECONDS, `${closed} after ${seconds} s`);
        }
      }
    } finally {
      await server.stop("SIGTERM");
    }
  });

  Deno.test(`${runtime}: requests that are cut, garbled or framed wrongly get a 4xx or are closed, and store nothing`, async () => {
    await using venue = await startPortico(SETUP, { started: false });
    const { dataFolder, port } = venue;
    const server = await startProcess({ runtime, dataFolder, port });
    const organization = venue.organization("alpha");
    const before = (await venue.sessions("alpha")).length;
    const framed = (more: string, body: string) => head(organization, more) + body;
    // Each of these would store a session if its body were taken for complete.
    const wrong = [
      framed("Content-Length: 1000", packet()),
      framed("Content-Length: -1", packet()),
      framed("Content-Length: 1e3", packet()),
      framed("Content-Length: 5, 6", packet()),
      framed("Content-Length: 9999999999999999999999", packet()),
      framed("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
      framed("Transfer-Encoding: chunked", packet()),
      framed("Transfer-Encoding: chunked", `FFFFFFFFFFFFFFFFF\r\n${packet()}\r\n0\r\n\r\n`),
      framed("Transfer-Encoding: chunked", `-5\r\n${packet()}\r\n0\r\n\r\n`),
      framed("Transfer-Encoding: chunked", `40\r\n${packet().slice(0, 0x40)}\r\n`),
      framed("Transfer-Encoding: gzip, chunked", "5\r\nhello\r\n0\r\n\r\n"),
      framed("Transfer-Encoding: chunked", `${"10000\r\n".padEnd(0x10000 + 7, "x")}\r\n`.repeat(20)),
      "POST /api/v1/freeradius/accounting/ HTTP/9.9\r\n\r\n",
      "POST\r\n\r\n",
      "\0\0\0\0\r\n\r\n",
      `${"A".repeat(70_000)} / HTTP/1.1\r\nHost: x\r\n\r\n`,
    ];
    // Bun takes these for others.
    const odd = ["GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"].map(
      latin1,
    );
    const random = new SeededRandom(4);
    const garbled = Array.from({ length: 400 }, () => {
      const octets = [...latin1(framed("Content-Length: 700", packet().padEnd(700)))];
      if (random.oneIn(2)) octets.length = random.between(1, octets.length - 1);
      else {octets.splice(
          random.between(0, 300),
          random.between(1, 8),
          ...random.octets(random.between(1, 6)),
        );}
      return Uint8Array.from(octets);
    });
    try {
      const check = async (octets: Uint8Array, isWhole: boolean) => {
        const { text, seconds, closed } = await converse(port, octets, { end: true });
        const told = `${JSON.stringify(new TextDecoder("latin1").decode(octets).slice(0, 400))} → ${text}`;
        ok(closed && seconds < LONGEST_SECONDS, `after ${seconds} s: ${told}`);
        // 505 is the runtime's own answer to another version of HTTP.
        match(text, /^(HTTP\/1\.1 ([24]\d\d|505) |$)/, told);
        if (!isWhole) ok(!/^HTTP\/1\.1 2/.test(text), told);
      };
      await Promise.all(wrong.map((text) => check(latin1(text), false)));
      // A few of the garbled ones are whole after all.
      const unsure = [...odd, ...garbled];
      for (let at = 0; at < unsure.length; at += 50) {
        await Promise.all(unsure.slice(at, at + 50).map((octets) => check(octets, true)));
      }
      const stored = (await venue.sessions("alpha")).length - before;
      ok(stored < garbled.length / 2, `${stored} were stored`);
      equal((await fetch(`${venue.url}/healthz`).then((answer) => answer.text())).includes("ok"), true);
    } finally {
      await server.stop("SIGTERM");
    }
  });

  Deno.test(`${runtime}: requests in one packet are answered in their order, or not at all`, async () => {
    await using venue = await startPortico(SETUP, { started: false });
    const { dataFolder, port } = venue;
    const server = await startProcess({ runtime, dataFolder, port });
    const organization = venue.organization("alpha");
    const one = (body: string, more = "") =>
      head(organization, `${more}Content-Length: ${body.length}`) + body;
    try {
      const start = packet();
      const requests = [one(start), one("{"), one(start.replace("Start", "Stop"), "Connection: close\r\n")];
      const { text } = await converse(port, latin1(requests.join("")));
      // Bun closes instead: whoever does not wait for answers has to ask again.
      const statuses = text.match(/HTTP\/1\.1 \d+/g)?.join() ?? "";
      equal(statuses, runtime === "deno" ? "HTTP/1.1 201,HTTP/1.1 400,HTTP/1.1 200" : "");
    } finally {
      await server.stop("SIGTERM");
    }
  });
}
