export function concat(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Where `wanted` begins; -1 when it is not there. */
export function indexOf(octets: Uint8Array, wanted: Uint8Array): number {
  const [first = 0] = wanted;
  for (let at = octets.indexOf(first); at >= 0; at = octets.indexOf(first, at + 1)) {
    if (at + wanted.length > octets.length) return -1;
    if (wanted.every((octet, index) => octets[at + index] === octet)) return at;
  }
  return -1;
}
