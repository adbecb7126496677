const BARE = /^[A-Za-z0-9\-_.!~*]$/;
const PERCENT = 0x25;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What each octet becomes: lower-case hex, and bare what CoovaChilli leaves bare (coova 1). */
const ENCODED = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  return BARE.test(character) ? character : `%${octet.toString(16).padStart(2, "0")}`;
});

/** A text's UTF-8 as CoovaChilli writes it into an address: `http%3a%2f%2fwww.example.org%2f`. */
export function percentEncode(text: string): string {
  let encoded = "";
  for (const octet of encoder.encode(text)) encoded += ENCODED[octet];
  return encoded;
}

/**
 * Reads `%3a` and the like; a `%` that has no two hex digits behind it stays, and so does `+`. Octets that are no UTF-8
 * become U+FFFD.
 */
export function percentDecode(text: string): string {
  if (!text.includes("%")) return text;
  const octets = encoder.encode(text);
  const decoded = new Uint8Array(octets.length);
  let length = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    const pair = octet === PERCENT ? hexPair(octets[at + 1], octets[at + 2]) : -1;
    decoded[length++] = pair < 0 ? octet : pair;
    if (pair >= 0) at += 2;
  }
  return decoder.decode(decoded.subarray(0, length));
}

function hexPair(high: number | undefined, low: number | undefined): number {
  const first = hexDigit(high);
  const second = hexDigit(low);
  return first < 0 || second < 0 ? -1 : first * 16 + second;
}

function hexDigit(octet = 0): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
