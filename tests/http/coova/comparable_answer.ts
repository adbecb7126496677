import { deepEqual, equal, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { percentDecode } from "../../../src/http/coova/percent_encoding.ts";

/** An answer as text; a null `statusLine` is none at all. */
export interface AnswerText {
  readonly statusLine: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** An answer without what differs on every run. */
export interface ComparableAnswer extends AnswerText {
  /** Counters of seconds and instants, in their order: one more or less is the same. */
  readonly seconds: readonly number[];
}

const CHALLENGE = /("challenge":"|challenge(?:=|%3d))([0-9a-f]{32})/g;
const SESSION_ID = /("sessionId":"|sessionid(?:=|%3d))\d{10}([0-9a-f]{8})/g;
const SIGNATURE = /(md(?:=|%3d))[0-9A-F]{32}/g;
const SECONDS =
  /("(?:startTime|sessionTime|idleTime|seconds-remaining)":|[?&](?:sessiontime|timeleft)=)(\d+)(?!\d)/g;
/** The original's is on the uptime clock of its host. */
const START = /(starttime=)\d+/g;
/** A text of the original's that should have been XML. */
const BROKEN_CDATA = /(<(AccessLocation|LocationName)>)CDATA\[\[(.*?)\]\](<\/\2>)/g;

/** Makes the answers of one side comparable, one after the other: whether a challenge is a new one shows there only. */
export class AnswerReader {
  readonly #secret: string | null;
  #challenge = "";
  /** How often the original's broken CDATA was met. */
  brokenTexts = 0;

  /** @param secret null when signatures are not those of the texts. */
  constructor(secret: string | null) {
    this.#secret = secret;
  }

  read({ statusLine, headers, body }: AnswerText): ComparableAnswer {
    const seconds: number[] = [];
    const challenge = this.#challengeOf([...headers.map(([, value]) => value), body].join("\n"));
    const replaced = (text: string) =>
      text
        .replaceAll(CHALLENGE, `$1<${challenge}>`)
        .replaceAll(SESSION_ID, "$1<instant>$2")
        .replaceAll(SIGNATURE, "$1<signature>")
        .replaceAll(START, "$1<start>")
        .replaceAll(SECONDS, (_, name: string, value: string) => {
          seconds.push(Number(value));
          return `${name}0`;
        })
        .replaceAll(BROKEN_CDATA, (_, open: string, _name: string, text: string, close: string) => {
          this.brokenTexts++;
          return `${open}${text}${close}`;
        });
    return {
      statusLine,
      headers: headers.map(([name, value]) => {
        if (name === "Location") this.#checkSignature(value);
        if (name !== "Content-Length") return [name, replaced(value)];
        equal(Number(value), new TextEncoder().encode(body).length);
        return [name, "<length>"];
      }),
      body: replaced(body),
      seconds,
    };
  }

  #challengeOf(text: string): string {
    const shown = new Set([...text.matchAll(CHALLENGE)].map((found) => found[2] ?? ""));
    ok(shown.size <= 1, `one challenge at a time: ${[...shown]}`);
    const [challenge] = shown;
    if (challenge === undefined || /^0+$/.test(challenge)) return "zeros";
    const isKept = challenge === this.#challenge;
    this.#challenge = challenge;
    return isKept ? "kept" : "new";
  }

  #checkSignature(location: string): void {
    const login = /[?&]loginurl=([^&]*)$/.exec(location)?.[1];
    const signed = login === undefined ? location : percentDecode(login);
    const [, before = "", signature] = /^(.*)&md=([^&]*)$/s.exec(signed) ?? [];
    if (signature === undefined || this.#secret === null) return;
    equal(signature, createHash("md5").update(before + this.#secret).digest("hex").toUpperCase(), location);
  }
}

/** Where two answers differ, a line each: `userurl: "a" → "b"`. Empty when they are the same, octet by octet. */
export function differencesBetween(theirs: ComparableAnswer, ours: ComparableAnswer): string[] {
  if (theirs.statusLine !== ours.statusLine) {
    return [`${theirs.statusLine ?? "no answer"} → ${ours.statusLine ?? "no answer"}`];
  }
  const found = [
    ...listDifferences("header", headerFields(theirs), headerFields(ours)),
    ...bodyDifferences(theirs.body, ours.body),
  ];
  if (found.length === 0) {
    const bare = ({ seconds: _, ...answer }: ComparableAnswer) => answer;
    deepEqual(bare(ours), bare(theirs));
    if (ours.seconds.some((value, at) => Math.abs(value - (theirs.seconds[at] ?? Infinity)) > 1)) {
      return [`seconds: ${theirs.seconds} → ${ours.seconds}`];
    }
  }
  return found;
}

type Fields = readonly (readonly [name: string, value: string])[];

/** Those of a Location's query one by one, and of a whole address in there too. */
function headerFields({ headers }: ComparableAnswer): Fields {
  return headers.flatMap(([name, value]): Fields =>
    name === "Location" ? addressFields(name, value) : [[name, value]]
  );
}

function addressFields(name: string, address: string): Fields {
  const [page = "", query = ""] = address.split(/\?(.*)/s);
  const parameters = query === "" ? [] : query.split("&");
  return [
    [name, page],
    ...parameters.flatMap((parameter): Fields => {
      const at = parameter.indexOf("=");
      const value = parameter.slice(at + 1);
      if (parameter.startsWith("loginurl=")) return addressFields("loginurl", percentDecode(value));
      return [[parameter.slice(0, at), value]];
    }),
  ];
}

/** Its call and its members; null when it is no JSON, with or without a callback. */
function readJson(body: string): ReadonlyMap<string, unknown> | null {
  const [, call = "", object = ""] = /^([^{<]*)(\{[^]*\})\)?$/.exec(body) ?? [];
  try {
    return new Map([["call", call], ...Object.entries(JSON.parse(object))]);
  } catch {
    return null;
  }
}

function bodyDifferences(theirs: string, ours: string): string[] {
  const [before, after] = [readJson(theirs), readJson(ours)];
  if (before && after) return jsonDifferences(before, after);
  if (before || after) return [`${before ? "JSON" : "no JSON"} → ${after ? "JSON" : "no JSON"}`];
  return listDifferences("body", lineFields(theirs), lineFields(ours));
}

/** A member that one side does not have at all is told once. */
function jsonDifferences(theirs: ReadonlyMap<string, unknown>, ours: ReadonlyMap<string, unknown>): string[] {
  const missing = [...new Set([...theirs.keys(), ...ours.keys()])].filter((name) =>
    theirs.has(name) !== ours.has(name)
  );
  const fields = (members: ReadonlyMap<string, unknown>) =>
    [...members].filter(([name]) => !missing.includes(name)).flatMap(([name, value]) => flatten(name, value));
  return [
    ...missing.map((name) => theirs.has(name) ? `${name}: some → none` : `${name}: none → some`),
    ...listDifferences("body", fields(theirs), fields(ours)),
  ];
}

function lineFields(body: string): Fields {
  return body.split("\r\n").map((line) => {
    const [, name, text] = /^<(\w+)>(.*)<\/\1>$/.exec(line) ?? [];
    return name === undefined ? [line, ""] : [name, text ?? ""];
  });
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, member]) => flatten(`${path}.${name}`, member));
}

function listDifferences(what: string, theirs: Fields, ours: Fields): string[] {
  const names = new Set([...theirs, ...ours].map(([name]) => name));
  const found = [...names].flatMap((name) => {
    const [before, after] = [theirs, ours].map((fields) =>
      fields.filter(([one]) => one === name).map(([, value]) => value || '""').join(", ") || "none"
    );
    return before === after ? [] : [`${name}: ${before} → ${after}`];
  });
  const order = (fields: Fields) => fields.map(([name]) => name).join();
  if (found.length === 0 && order(theirs) !== order(ours)) return [`order of the ${what}`];
  return found;
}
