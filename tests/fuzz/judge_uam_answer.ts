import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";

export interface JudgedAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

export interface UamPages {
  /** Where a redirect may lead, up to the question mark. */
  readonly allowed: readonly string[];
  readonly secret: string;
}

const STATUSES = new Set([200, 204, 302, 400, 403, 404]);
const CALL = /^(?:[A-Za-z_$][\w$.]*(?:\[(?:\d+|"[\w$ -]*"|'[\w$ -]*')\][\w$.]*)*)?\((.*)\)$/;
const XML_TEXT = /^(?:[^<>&"']|&(?:amp|lt|gt|quot|#39|#45);)*$/;
const PARTS = new Set([
  "version",
  "clientState",
  "nasid",
  "message",
  "challenge",
  "location",
  "redir",
  "session",
  "accounting",
]);

/** Nothing in an answer may be what somebody outside has made it. */
export function judgeUamAnswer(answer: JudgedAnswer, pages: UamPages): void {
  const { status, headers, body } = answer;
  ok(STATUSES.has(status), `status ${status}`);
  ok(body.isWellFormed(), "the body is Unicode");
  for (const [name, value] of headers) {
    match(name, /^[A-Za-z0-9-]+$/);
    match(value, /^[\t\x20-\x7e]*$/);
  }
  const length = headerOf(answer, "Content-Length");
  if (length) equal(Number(length), new TextEncoder().encode(body).length);
  const origin = headerOf(answer, "Access-Control-Allow-Origin");
  if (origin) equal(origin, "http://portal.example");
  if (status === 302) judgeRedirect(answer, pages);
  else if (status >= 400) judgeRefusal(answer);
  else if (headerOf(answer, "Content-Type") === "text/javascript") judgeJson(body);
  else if (headerOf(answer, "Content-Type") === "application/captive+json") JSON.parse(body);
}

function judgeRefusal({ headers, body }: JudgedAnswer): void {
  ok(!/[<>"&]/.test(body), `a refusal repeats nothing: ${body}`);
  ok(body.length < 200);
  equal(headers.filter(([name]) => name === "Location").length, 0);
}

function judgeRedirect(answer: JudgedAnswer, { allowed, secret }: UamPages): void {
  const location = headerOf(answer, "Location");
  ok(allowed.some((page) => location === page || location.startsWith(`${page}?`)), location);
  match(location, /^[\x21-\x7e]*$/);
  const [, before, signature] = /^(.*)&md=([^&]*)$/.exec(location) ?? [];
  if (secret && before !== undefined) {
    equal(signature, createHash("md5").update(before + secret).digest("hex").toUpperCase());
  }
  for (const parameter of location.split("?")[1]?.split("&") ?? []) match(parameter, /^\w+=[\w.!~*%-]*$/);
  judgeXml(answer.body);
}

function judgeXml(body: string): void {
  const [, comment = "", ...more] = body.split("<!--");
  equal(more.length, 0, "one comment begins");
  const [xml = "", after, ...others] = comment.split("-->");
  equal(others.length, 0, "and one ends");
  equal(after, "\r\n\r\n</HTML>\r\n");
  ok(!xml.includes("--"), `no end of a comment: ${xml}`);
  const [, elements = ""] =
    /noNamespaceSchemaLocation="[^"<>]*">([^]*)<\/WISPAccessGatewayParam>\r\n$/.exec(xml) ?? [];
  const open: string[] = [];
  for (const [piece, end, name] of elements.matchAll(/<(\/?)(\w+)>|[^<]+|</g)) {
    if (name === undefined) match(piece, XML_TEXT);
    else if (end) equal(open.pop(), name, elements);
    else open.push(name);
  }
  deepEqual(open, []);
}

function judgeJson(body: string): void {
  const bare = body.startsWith("{") ? body : CALL.exec(body)?.[1];
  ok(bare !== undefined, body);
  ok([...body].every((one) => one >= " " && one !== "\u2028" && one !== "\u2029"), body);
  for (const part of Object.keys(JSON.parse(bare))) ok(PARTS.has(part), part);
}

function headerOf({ headers }: JudgedAnswer, name: string): string {
  return headers.find(([one]) => one === name)?.[1] ?? "";
}
