const SEPARATED = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}[:-]){4}[0-9a-f]{2}$/i;
const ANY_SPELLING = /^[0-9a-f]{12}$/i;

/** Whether the whole text is a MAC address of six pairs with `:` or `-` between them. */
export function isMacAddress(text: string): boolean {
  return SEPARATED.test(text);
}

/**
 * A MAC address without its spelling: 12 lower-case hex digits, from any of `AA-BB-…`, `aa:bb:…`, `aabb.ccdd.eeff`,
 * `AABBCCDDEEFF`; null for any other text.
 */
export function macKey(text: string): string | null {
  const bare = text.replace(/[:.-]/g, "");
  return ANY_SPELLING.test(bare) ? bare.toLowerCase() : null;
}
