import type { Nas } from "./freeradius_server.ts";

/** Name and value; a `Uint8Array` is sent octet by octet. */
export type SentAttribute = readonly [name: string, value: string | number | Uint8Array];

/** What came back; `code` is "none" when nothing did. */
export interface RadiusReply {
  readonly code: "Access-Accept" | "Access-Reject" | "Accounting-Response" | "none";
  /** Values of each attribute, text without its quotes. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

export interface RadiusRequest {
  readonly kind: "auth" | "acct";
  readonly nas: Nas;
  readonly port: number;
  readonly attributes: readonly SentAttribute[];
  /** FreeRADIUS's folder, for its dictionary. */
  readonly folder: string;
  /** How long to wait for an answer; the packet is sent once. */
  readonly patienceSeconds?: number;
  /** How many times the packet is sent, `patienceSeconds` apart. */
  readonly times?: number;
}

/** Sends one packet from the address of `nas` with radclient. */
export async function sendRadius(request: RadiusRequest): Promise<RadiusReply> {
  const { nas, port } = request;
  const v6 = nas.address.includes(":");
  const args = ["-x", "-r", String(request.times ?? 1), "-t", String(request.patienceSeconds ?? 12)];
  args.push("-d", request.folder, v6 ? `[::1]:${port}` : `127.0.0.1:${port}`, request.kind, nas.secret);
  const source: SentAttribute[] = v6 ? [] : [["Packet-Src-IP-Address", nas.address]];
  const input = [...request.attributes, ...source].map(([name, value]) => `${name} = ${asText(value)}\n`);

  const child = new Deno.Command("radclient", { args, stdin: "piped", stdout: "piped", stderr: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input.join("")));
  await writer.close();
  const { stdout, stderr } = await child.output();
  return parseReply(new TextDecoder().decode(stdout), new TextDecoder().decode(stderr));
}

function asText(value: string | number | Uint8Array): string {
  if (typeof value === "number") return String(value);
  const octets = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return `"${Array.from(octets, quotedOctet).join("")}"`;
}

function quotedOctet(octet: number): string {
  if (octet === 0x22 || octet === 0x5c) return `\\${String.fromCharCode(octet)}`;
  if (octet >= 0x20 && octet < 0x7f) return String.fromCharCode(octet);
  return `\\${octet.toString(8).padStart(3, "0")}`;
}

function parseReply(output: string, complaint: string): RadiusReply {
  const received = /^Received (\S+) Id .*\n((?:\t.*\n?)*)/m.exec(output);
  if (!received) {
    if (/No reply from server/.test(output + complaint)) return { code: "none", attributes: {} };
    throw new Error(`radclient said:\n${output}${complaint}`);
  }
  const attributes: Record<string, string[]> = {};
  for (const line of (received[2] ?? "").split("\n")) {
    const found = /^\t(\S+) = (.*)$/.exec(line);
    if (found) (attributes[found[1] ?? ""] ??= []).push((found[2] ?? "").replace(/^"(.*)"$/, "$1"));
  }
  // FreeRADIUS names the codes so; anything else would fail the test that compares it.
  return { code: received[1] as RadiusReply["code"], attributes };
}
