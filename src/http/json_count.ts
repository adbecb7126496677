// ECMAScript has it, TypeScript's library does not yet.
const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };

/** A count as a JSON number with every digit, also above 2^53. */
export function jsonCount(value: bigint | null): unknown {
  if (value === null) return null;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : rawJSON(String(value));
}
