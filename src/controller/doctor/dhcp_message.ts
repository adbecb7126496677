const REQUEST = 1;
const ETHERNET = 1;
const MAC_OCTETS = 6;
const BROADCAST_FLAG = 0x80;
const MAGIC_COOKIE = [99, 130, 83, 99];
const OPTIONS_AT = 240;
const MESSAGE_TYPE = 53;
const DISCOVER = 1;
const OFFER = 2;
const END = 255;
const LEAST_OCTETS = 300;

/**
 * A DHCPDISCOVER whose answer is to come by broadcast (RFC 2131 section 4.1): whoever asks has no address yet.
 *
 * @param mac lower case with colons.
 */
export function dhcpDiscover(transaction: number, mac: string): Uint8Array {
  const octets = new Uint8Array(LEAST_OCTETS);
  octets.set([REQUEST, ETHERNET, MAC_OCTETS]);
  new DataView(octets.buffer).setUint32(4, transaction);
  octets[10] = BROADCAST_FLAG;
  octets.set(mac.split(":").map((pair) => parseInt(pair, 16)), 28);
  octets.set([...MAGIC_COOKIE, MESSAGE_TYPE, 1, DISCOVER, END], OPTIONS_AT - MAGIC_COOKIE.length);
  return octets;
}

/** The address of a DHCPOFFER to this transaction; null for anything else. */
export function offeredAddress(transaction: number, octets: Uint8Array): string | null {
  if (octets.length <= OPTIONS_AT) return null;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets[0] === REQUEST || view.getUint32(4) !== transaction) return null;
  for (let at = OPTIONS_AT; at + 2 < octets.length && octets[at] !== END;) {
    // 0 is padding, one octet without a length.
    if (octets[at] === 0) at += 1;
    else if (octets[at] === MESSAGE_TYPE) {
      return octets[at + 2] === OFFER ? octets.subarray(16, 20).join(".") : null;
    } else at += 2 + (octets[at + 1] ?? 0);
  }
  return null;
}
