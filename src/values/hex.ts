const PAIRS = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, "0"));

/** Two lower-case digits for each octet. */
export function toHex(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += PAIRS[octet];
  return text;
}
