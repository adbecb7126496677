import { GIGAWORD } from "../../values/octets.ts";
import type { Count } from "../counters/count_usage.ts";
import type { ReplyAttributes, ReplyValue } from "./access_decision.ts";
import type { GroupAttribute } from "./find_user.ts";

/** The most that a RADIUS integer attribute can say (RFC 2865 section 5). */
const LARGEST_INTEGER = 4_294_967_295;

/** Reply attributes under construction. */
export type ReplyDraft = Record<string, ReplyValue | number>;

/** The group's replies by attribute; an attribute that the group has twice becomes a list of values. */
export function groupReplies(replies: readonly GroupAttribute[]): ReplyDraft {
  const draft: ReplyDraft = {};
  for (const { attribute, op, value } of replies) {
    const present = draft[attribute];
    if (present === undefined || typeof present === "number") draft[attribute] = { op, value };
    else draft[attribute] = { op: present.op, value: [present.value, value].flat() };
  }
  return draft;
}

/** Puts what is left of a quota beside the group's own reply: the smaller wins. */
export function addRemaining(draft: ReplyDraft, { counter, limit, consumed }: Count): void {
  const left = Math.trunc(limit - consumed);
  const present = draft[counter.reply];
  if (present === undefined || left < asInteger(present)) draft[counter.reply] = left;
}

/** Makes numbers of our own fit into RADIUS: split with a Gigawords partner where asked and known, else clamped. */
export function fitIntegers(draft: ReplyDraft, splitGigawords: boolean): ReplyAttributes {
  for (const [name, value] of Object.entries(draft)) {
    if (typeof value !== "number" || value <= LARGEST_INTEGER) continue;
    const partner = splitGigawords ? gigawordsPartner(name) : undefined;
    draft[name] = partner ? value % GIGAWORD : LARGEST_INTEGER;
    if (partner) draft[partner] = Math.floor(value / GIGAWORD);
  }
  return draft;
}

function gigawordsPartner(name: string): string | undefined {
  const [, prefix] = /^((?:CoovaChilli|ChilliSpot)-Max-(?:Input|Output|Total))-Octets$/.exec(name) ?? [];
  return prefix && `${prefix}-Gigawords`;
}

function asInteger(present: ReplyValue | number): number {
  if (typeof present === "number") return present;
  const text = typeof present.value === "string" ? present.value.trim() : "";
  return /^[+-]?\d+$/.test(text) ? Number(text) : Infinity;
}
