import type { Context } from "hono";
import { message } from "../languages/say.ts";
import {
  badRequest,
  bodyTimeout,
  bodyTooLarge,
  HttpProblem,
  invalidFields,
  notAnObject,
  unsupportedMediaType,
} from "./problem.ts";

/** What a request sent, by field. JSON integers that a number cannot hold are bigints. */
export type Body = Readonly<Record<string, unknown>>;

const LARGEST_OCTETS = 1024 * 1024;
const PATIENCE_SECONDS = 10;
const DEEPEST = 64;
const JSON_TYPE = "application/json";
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;
const LONG_DIGITS = /[0-9]{16}/;

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a body of JSON, a form or multipart, as a whole and within ten seconds.
 *
 * @param largest octets: 1 MiB, more for uploads.
 * @throws {HttpProblem} 400 for what cannot be read, 408, 413, 415.
 */
export async function readBody(c: Context, largest = LARGEST_OCTETS): Promise<Body> {
  const request = c.req.raw;
  const octets = await readOctets(request, largest);
  if (!octets.byteLength) return {};
  const header = request.headers.get("content-type") ?? "";
  switch (header === JSON_TYPE ? header : header.split(";", 1)[0]?.trim().toLowerCase()) {
    case JSON_TYPE:
      return readJson(decode(octets, "json_not_utf8"));
    case "application/x-www-form-urlencoded":
      return readForm(decode(octets, "form_not_utf8"));
    case "multipart/form-data":
      return await readMultipart(octets, header);
    default:
      throw unsupportedMediaType(header);
  }
}

async function readOctets(request: Request, largest: number): Promise<ArrayBuffer> {
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) > largest) throw bodyTooLarge(largest);
  // Asking for the stream is costly on Bun, and needless where the length was stated.
  const stream = length === null ? request.body : null;
  if (length === "0" || (length === null && !stream)) return new ArrayBuffer();
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    // Like Promise.race(), with fewer promises.
    return await new Promise<ArrayBuffer>((resolve, reject) => {
      timer = setTimeout(() => reject(bodyTimeout(PATIENCE_SECONDS)), PATIENCE_SECONDS * 1000);
      // A stated length was checked above and the server holds the client to it.
      const all = stream ? collect(stream, largest) : request.arrayBuffer();
      all.then(resolve, reject);
    });
  } catch (fault) {
    if (fault instanceof HttpProblem) throw fault;
    throw badRequest(message("body_incomplete"));
  } finally {
    clearTimeout(timer);
  }
}

async function collect(body: ReadableStream<Uint8Array>, largest: number): Promise<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    if (!value) continue;
    length += value.length;
    if (length > largest) {
      // The client may go on sending for ever; nobody waits for it to stop.
      reader.cancel().catch(() => {});
      throw bodyTooLarge(largest);
    }
    parts.push(new Uint8Array(value));
  }
  return await new Blob(parts).arrayBuffer();
}

function decode(octets: ArrayBuffer, complaint: "json_not_utf8" | "form_not_utf8"): string {
  try {
    return decoder.decode(octets);
  } catch {
    throw badRequest(message(complaint));
  }
}

function readJson(text: string): Body {
  let value: unknown;
  try {
    value = LONG_DIGITS.test(text) ? JSON.parse(text, keepLongIntegers) : JSON.parse(text);
  } catch (fault) {
    throw badRequest(
      fault instanceof SyntaxError
        ? message("json_unreadable", { reason: fault.message })
        : message("json_nested"),
    );
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notAnObject(kindOf(value));
  if (!isFlat(value)) refuseDepth(value);
  refuseLoneSurrogates(value, text);
  // A JSON object's keys are texts.
  return value as Body;
}

function keepLongIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?[0-9]{1,400}$/.test(source) ? BigInt(source) : value;
}

/** What FreeRADIUS sends: then there is nothing to be made for the walk through its levels. */
function isFlat(value: object): boolean {
  // A JSON object's keys are texts.
  for (const name in value) if (isObject((value as Body)[name])) return false;
  return true;
}

/** Level by level: a recursive walk is what a hostile depth is meant to break. */
function refuseDepth(value: object): void {
  let level: object[] = Object.values(value).filter(isObject);
  for (let depth = 2; level.length; depth++) {
    if (depth > DEEPEST) throw badRequest(message("json_nested_deeper", { levels: DEEPEST }));
    level = level.flatMap((inner) => Object.values(inner).filter(isObject));
  }
}

/** They have no UTF-8, so nothing that was sent with one can be stored or looked up. */
function refuseLoneSurrogates(value: object, text: string): void {
  if (!SURROGATE_ESCAPE.test(text)) return;
  const broken = Object.entries(value).filter(([, sent]) => typeof sent === "string" && !sent.isWellFormed());
  if (broken.length) {
    throw invalidFields(Object.fromEntries(broken.map(([name]) => [name, [message("invalid_text")]])));
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return { string: "str", number: "number", boolean: "bool" }[typeof value as "string"] ?? typeof value;
}

function readForm(text: string): Body {
  const body: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) body[name] = value;
  // URLSearchParams puts U+FFFD where escaped octets are no UTF-8.
  const broken = Object.entries(body).find(([name, value]) => `${name}${value}`.includes("\uFFFD"));
  if (broken && !/\uFFFD|%EF%BF%BD/i.test(text)) {
    throw invalidFields({ [broken[0]]: [message("text_not_utf8")] });
  }
  return body;
}

async function readMultipart(octets: ArrayBuffer, contentType: string): Promise<Body> {
  try {
    const form = await new Response(octets, { headers: { "content-type": contentType } }).formData();
    return Object.fromEntries(form);
  } catch {
    throw badRequest(message("multipart_unreadable"));
  }
}
