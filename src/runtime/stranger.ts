import { randomBytes } from "node:crypto";
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { connect } from "node:net";
import { dhcpDiscover, offeredAddress } from "../controller/doctor/dhcp_message.ts";
import { type DnsAnswer, dnsQuestion, readDnsAnswer } from "../controller/doctor/dns_message.ts";
import type { DnsOutcome } from "../controller/doctor/examination.ts";
import type { Outcome, Probe } from "../controller/doctor/probe.ts";

const PATIENCE_MS = 3_000;
const ASK_AGAIN_MS = 1_000;
const MOST_HEAD_CHARACTERS = 16_384;

/** Tries what a guest's device would, from where this process is; all at once. */
export function tryAsStranger(probes: readonly Probe[]): Promise<Outcome[]> {
  return Promise.all(probes.map(tryOne));
}

/** Asks a DNS server for what every one that reaches the internet knows. */
export async function askDns(server: string): Promise<DnsOutcome> {
  return (await resolve(server, ""))?.rcode ?? null;
}

async function tryOne(probe: Probe): Promise<Outcome> {
  switch (probe.kind) {
    case "offer":
      return { kind: "offer", address: await askForAddress(probe.mac) };
    case "name": {
      const answer = await resolve(probe.server, probe.name);
      return { kind: "name", rcode: answer?.rcode ?? null, addresses: [...answer?.addresses ?? []] };
    }
    case "page":
      return await fetchPage(probe.address, probe.host);
    case "connect":
      return { kind: "connect", result: await tryConnection(probe.address, probe.port) };
  }
}

async function askForAddress(mac: string): Promise<string | null> {
  const transaction = randomBytes(4).readUInt32BE();
  const discover = dhcpDiscover(transaction, mac);
  return await exchange("udp4", 68, (socket) => {
    socket.setBroadcast(true);
    socket.send(discover, 67, "255.255.255.255");
  }, (octets) => offeredAddress(transaction, octets));
}

async function resolve(server: string, name: string): Promise<DnsAnswer | null> {
  const question = dnsQuestion(randomBytes(2).readUInt16BE(), name);
  const ask = (socket: DatagramSocket) => socket.send(question, 53, server);
  return await exchange(
    server.includes(":") ? "udp6" : "udp4",
    0,
    ask,
    (octets) => readDnsAnswer(question, octets),
  );
}

/** Sends, and sends again, until an answer is understood; null when none came in time. */
function exchange<T>(
  type: "udp4" | "udp6",
  port: number,
  send: (socket: DatagramSocket) => void,
  read: (octets: Uint8Array) => T | null,
): Promise<T | null> {
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const timers = [
      setTimeout(() => end(null), PATIENCE_MS),
      setInterval(() => send(socket), ASK_AGAIN_MS),
    ];
    let ended = false;
    function end(found: T | null): void {
      if (ended) return;
      ended = true;
      timers.forEach(clearTimeout);
      socket.close();
      resolve(found);
    }
    // A port that nobody listens on, a network that cannot be reached: as good as silence.
    socket.on("error", () => end(null));
    socket.on("message", (octets) => {
      const found = read(octets);
      if (found !== null) end(found);
    });
    socket.bind(port, () => send(socket));
  });
}

function fetchPage(address: string, host: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 80 });
    let head = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? [];
      const [, location = ""] = /^location: *(\S+)/im.exec(head) ?? [];
      resolve({ kind: "page", status: status === undefined ? null : Number(status), location });
    };
    const timer = setTimeout(end, PATIENCE_MS);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    socket.on("data", (text) => {
      head += text;
      if (head.includes("\r\n\r\n") || head.length > MOST_HEAD_CHARACTERS) end();
    });
    socket.on("error", end);
    socket.on("close", end);
  });
}

function tryConnection(host: string, port: number): Promise<"connected" | "refused" | "silent"> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (result: "connected" | "refused" | "silent") => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end("silent"), PATIENCE_MS);
    socket.on("connect", () => end("connected"));
    // Reset, or one of ICMP's unreachables: the device knows at once.
    socket.on("error", () => end("refused"));
  });
}
