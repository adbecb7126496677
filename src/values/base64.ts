/** RFC 4648 section 4, padded. */
export function encodeBase64(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return btoa(text);
}

/**
 * Undefined unless `text` is exactly what {@link encodeBase64} writes: Django compares texts, so two
 * spellings of the same octets must not both pass.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const octets = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return encodeBase64(octets) === text ? octets : undefined;
}

/** As {@link decodeBase64}, for text without its padding. */
export function decodeUnpaddedBase64(text: string): Uint8Array | undefined {
  if (text.includes("=") || text.length % 4 === 1) return undefined;
  return decodeBase64(text + "=".repeat(-text.length & 3));
}
