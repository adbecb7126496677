const TYPE_A = 1;
const TYPE_NS = 2;
const CLASS_IN = 1;
const HEADER_OCTETS = 12;
const RECURSION_DESIRED = 0x01;

export interface DnsAnswer {
  readonly rcode: number;
  readonly addresses: readonly string[];
}

/**
 * A question for a name's IPv4 addresses, or for the servers of the root when the name is empty: every server that
 * finds things out knows them (RFC 1035 section 4.1).
 *
 * @param id 0..65535.
 */
export function dnsQuestion(id: number, name: string): Uint8Array {
  const labels = name.split(".").filter(Boolean).map((label) => new TextEncoder().encode(label));
  return new Uint8Array([
    ...[id >> 8, id & 0xff, RECURSION_DESIRED, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ...labels.flatMap((label) => [label.length, ...label]),
    ...[0, 0, name ? TYPE_A : TYPE_NS, 0, CLASS_IN],
  ]);
}

/** Null when it is no answer to the question. */
export function readDnsAnswer(question: Uint8Array, octets: Uint8Array): DnsAnswer | null {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length < HEADER_OCTETS || octets[0] !== question[0] || octets[1] !== question[1]) return null;
  if (!((octets[2] ?? 0) & 0x80)) return null;
  const addresses: string[] = [];
  let at = question.length;
  for (let left = view.getUint16(6); left > 0 && at + 12 <= octets.length; left--) {
    at = afterName(octets, at);
    if (at + 10 > octets.length) break;
    const [type, length] = [view.getUint16(at), view.getUint16(at + 8)];
    at += 10;
    if (type === TYPE_A && length === 4) addresses.push(octets.subarray(at, at + 4).join("."));
    at += length;
  }
  return { rcode: (octets[3] ?? 0) & 0x0f, addresses };
}

function afterName(octets: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    const length = octets[at] ?? 0;
    // A pointer ends the name (section 4.1.4).
    if (length >= 0xc0) return at + 2;
    if (length === 0) return at + 1;
    at += 1 + length;
  }
}
