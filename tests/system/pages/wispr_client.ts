/**
 * A WISPr client, as telephones and connection programs have: `deno run -A wispr_client.ts PROBE USER PASSWORD VERSION
 * ENDING`, the version being 1.0, 2.0 or EAP (2.0 with EAP-MD5). It reads the XML in the body of the redirect, POSTs to
 * the LoginURL, follows to the end, and with the ending `logoff` ends the session again. It prints one JSON object: the
 * elements of each message by name.
 */
import { createHash } from "node:crypto";

const [probe = "", userName = "", password = "", version = "1.0", ending = ""] = Deno.args;

interface Message {
  readonly kind: string;
  readonly [element: string]: string;
}

/** The message in the comment of an answer's body; null when there is none. */
function readMessage(body: string): Message | null {
  const [, comment = ""] = /<!--([^]*?)-->/.exec(body) ?? [];
  const [, kind, inner = ""] =
    /<WISPAccessGatewayParam[^>]*>\s*<(\w+)>([^]*)<\/\1>\s*<\/WISP/.exec(comment) ??
      [, "", ""];
  if (!kind) return null;
  const elements = [...inner.matchAll(/<(\w+)>([^<]*)<\/\1>/g)];
  return { kind, ...Object.fromEntries(elements.map(([, name = "", text = ""]) => [name, unescaped(text)])) };
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&amp;",
    "&",
  );
}

/** Follows redirects until a message of one of these types comes. */
async function converse(url: string, init: RequestInit, types: readonly string[]): Promise<Message> {
  let target = url;
  let request = init;
  for (let hop = 0; hop < 6; hop++) {
    const answer = await fetch(target, { ...request, redirect: "manual" });
    const message = readMessage(await answer.text());
    if (message && types.includes(message.MessageType ?? "")) return message;
    const next = answer.headers.get("Location");
    if (!next) throw new Error(`${target} answered ${answer.status} without a message or a redirect`);
    target = new URL(next, target).href;
    request = {};
  }
  throw new Error(`${url} redirects without an end`);
}

function logOn({ LoginURL = "" }: Message, fields: Readonly<Record<string, string>>): Promise<Message> {
  const parameters = new URL(LoginURL).searchParams;
  const form = new URLSearchParams({
    UserName: userName,
    button: "Login",
    OriginatingServer: probe,
    ...fields,
    ...Object.fromEntries(
      ["challenge", "uamip", "uamport"].map((name) => [name, parameters.get(name) ?? ""]),
    ),
  });
  return converse(LoginURL, { method: "POST", body: form }, ["120", "121", "140"]);
}

function logOnByPassword(caught: Message): Promise<Message> {
  return logOn(caught, { Password: password, WISPrVersion: version });
}

/** RFC 3748 sections 5.1 and 5.4. */
async function logOnByEap(caught: Message): Promise<Message> {
  const [, identifier = 0] = fromBase64(caught.EAPMsg);
  const asked = await logOn(caught, eapResponse(identifier, 1, new TextEncoder().encode(userName)));
  if (asked.ResponseCode !== "10") return asked;
  const [, next = 0, , , type, size = 0, ...challenge] = fromBase64(asked.EAPMsg);
  if (type !== 4) throw new Error(`EAP type ${type} was asked for`);
  const response = createHash("md5").update(Uint8Array.of(next)).update(password)
    .update(Uint8Array.from(challenge.slice(0, size))).digest();
  return await logOn(asked, eapResponse(next, 4, Uint8Array.of(16, ...response)));
}

function eapResponse(identifier: number, type: number, data: Uint8Array) {
  const message = [2, identifier, 0, 5 + data.length, type, ...data];
  return { WISPrEAPMsg: btoa(String.fromCharCode(...message)), WISPrVersion: "2.0" };
}

function fromBase64(text = ""): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

const caught = await converse(probe, {}, ["100"]);
const answered = await (version === "EAP" ? logOnByEap(caught) : logOnByPassword(caught));
const ended = ending === "logoff" ? await converse(answered.LogoffURL ?? "", {}, ["130"]) : null;
console.log(JSON.stringify({ caught, answered, ended }));
