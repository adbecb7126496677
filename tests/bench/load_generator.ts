/**
 * What replay.lua is to wrk, for machines without wrk: run by Bun, with a `Load` as JSON in its first argument, where
 * `file` stands for the bodies. It prints the same report.
 */
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import type { Load } from "./load.ts";

interface Order extends Omit<Load, "bodies" | "cores"> {
  readonly method: string;
  readonly file: string;
}

interface Socket {
  readonly data: Connection;
  write(text: string): number;
  end(): void;
}

/** The part of Bun that is used here: Deno's compiler, which checks this file, does not know it. */
declare const Bun: {
  connect(options: {
    readonly hostname: string;
    readonly port: number;
    readonly data: Connection;
    readonly socket: {
      open(socket: Socket): void;
      data(socket: Socket, octets: Uint8Array): void;
      close(socket: Socket): void;
      error(socket: Socket): void;
    };
  }): Promise<unknown>;
};

interface Connection {
  received: string;
  sentAt: number;
}

const HEAD_END = "\r\n\r\n";

// load.ts wrote it.
const order = JSON.parse(argv[2] ?? "") as Order;
const target = new URL(order.url);
const requests = order.file
  ? readFileSync(order.file, "utf8").trimEnd().split("\n").map((body) => requestText(body))
  : [requestText("")];
const latencies: number[] = [];
let sent = 0;
let octets = 0;
let refused = 0;
let broken = 0;
let over = false;

const begunAt = performance.now();
for (let i = 0; i < order.connections; i++) {
  await Bun.connect({
    hostname: target.hostname,
    port: Number(target.port),
    data: { received: "", sentAt: 0 },
    socket: { open: sendNext, data: receive, close: lost, error: lost },
  });
}
setTimeout(report, order.seconds * 1_000);

function requestText(body: string): string {
  const headers = {
    Host: target.host,
    "Content-Length": `${new TextEncoder().encode(body).length}`,
    ...order.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${order.method} ${target.pathname}${target.search} HTTP/1.1\r\n${
    lines.join("\r\n")
  }${HEAD_END}${body}`;
}

function sendNext(socket: Socket): void {
  const pause = order.pauseMilliseconds ?? 0;
  if (pause > 0) setTimeout(() => send(socket), Math.random() * pause * 2);
  else send(socket);
}

function send(socket: Socket): void {
  if (over) return;
  socket.data.sentAt = performance.now();
  const text = requests[sent++ % requests.length] ?? "";
  // A few hundred octets always fit into the socket's empty buffer.
  if (socket.write(text) !== text.length) broken++;
}

function receive(socket: Socket, chunk: Uint8Array): void {
  const { data } = socket;
  // One octet, one character, so that lengths agree.
  data.received += String.fromCharCode(...chunk);
  const head = data.received.indexOf(HEAD_END);
  if (head < 0) return;
  const [, length = "0"] = /\r\ncontent-length: *(\d+)/i.exec(data.received.slice(0, head)) ?? [];
  const end = head + HEAD_END.length + Number(length);
  if (data.received.length < end) return;
  if (!over) {
    latencies.push(performance.now() - data.sentAt);
    octets += end;
    if (Number(data.received.slice(9, 12)) >= 400) refused++;
  }
  data.received = "";
  sendNext(socket);
}

function lost(): void {
  if (!over) broken++;
}

function report(): void {
  over = true;
  const seconds = (performance.now() - begunAt) / 1_000;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? 0;
  const { length } = latencies;
  console.log(
    JSON.stringify({
      requests: length,
      seconds,
      octets,
      refused,
      broken,
      p50: percentile(0.5),
      p99: percentile(0.99),
    }),
  );
  setTimeout(() => globalThis.process.exit(0), 10);
}
