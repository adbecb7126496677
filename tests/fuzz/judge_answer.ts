import { ok } from "node:assert/strict";

/** Refusals say in JSON what is wrong: at least one text, in words that UTF-8 can carry. */
export function checkRefusalText(text: string, told: string): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    ok(false, `no JSON: ${told}`);
  }
  ok(typeof body === "object" && body !== null && !Array.isArray(body), told);
  const texts = Object.values(body).flat();
  ok(texts.length && texts.every((one) => typeof one === "string" && one.trim() && one.isWellFormed()), told);
}

export function describeRequest(
  { method, target, headers, body }: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Uint8Array | null;
  },
): string {
  const sent = body ? new TextDecoder("latin1").decode(body) : "";
  return `${method} ${target}\n${JSON.stringify(headers).slice(0, 300)}\n${
    JSON.stringify(sent).slice(0, 800)
  }`;
}
