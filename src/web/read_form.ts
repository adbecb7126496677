import type { Context } from "hono";

const LARGEST_OCTETS = 16_384;
const PATIENCE_MILLISECONDS = 10_000;

/** Why a form could not be read. */
export type FormTrouble = "no form" | "too large" | "too slow" | "broken off";

/** The fields of a form that a page of ours sent: at most 16 KiB, within ten seconds. */
export async function readForm(c: Context): Promise<URLSearchParams | FormTrouble> {
  const type = c.req.header("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return "no form";
  if (Number(c.req.header("content-length") ?? 0) > LARGEST_OCTETS) return "too large";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<"too slow">((resolve) => {
    timer = setTimeout(() => resolve("too slow"), PATIENCE_MILLISECONDS);
  });
  try {
    const text = await Promise.race([collect(c.req.raw.body), patience]);
    return typeof text === "string" ? text : new URLSearchParams(text.join(""));
  } catch {
    return "broken off";
  } finally {
    clearTimeout(timer);
  }
}

async function collect(body: ReadableStream<Uint8Array> | null): Promise<string[] | FormTrouble> {
  const decoder = new TextDecoder();
  const parts: string[] = [];
  if (!body) return parts;
  let octets = 0;
  const reader = body.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    octets += value?.length ?? 0;
    if (octets > LARGEST_OCTETS) {
      // It may go on for ever; nobody waits for it to stop.
      reader.cancel().catch(() => {});
      return "too large";
    }
    parts.push(decoder.decode(value, { stream: true }));
  }
  return [...parts, decoder.decode()];
}
