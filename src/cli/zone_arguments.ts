import * as v from "valibot";
import { SECRET_OPTIONS, ZONE_OPTIONS, type ZoneOptionName } from "../aaa/identity/zone_options.ts";
import { valueFromText } from "../values/value_from_text.ts";
import type { CommandOptions, OptionValues } from "./command.ts";

type Kind = "flag" | "number" | "list" | "text";

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["is_active", "flag"],
  ...Object.entries(ZONE_OPTIONS).map(([name, { wrapped }]) => [name, kindOf(wrapped.type)] as const),
]);

/** Every option of a zone, and `--is_active`, as the command line takes them. */
export const ZONE_ARGUMENTS: CommandOptions = Object.fromEntries(
  [...KINDS].map(([name, kind]) => [name, { type: "string", multiple: kind === "list" }]),
);

/** Those that need no word behind them. */
export const ZONE_SWITCHES: ReadonlySet<string> = new Set(
  [...KINDS].filter(([, kind]) => kind === "flag").map(([name]) => name),
);

/** What each of them is. */
export const ZONE_ABOUTS: ReadonlyMap<string, string> = new Map([
  ["is_active", "The zone is served."],
  ...Object.entries(ZONE_OPTIONS).map(([name, { wrapped }]) =>
    [name, v.getDescription(wrapped) ?? ""] as const
  ),
]);

/** What was given of them, as a setup file has it: lists with commas or repeated; nothing takes an option back. */
export function zoneChangesOf(values: OptionValues): Readonly<Record<string, unknown>> {
  const changes: Record<string, unknown> = {};
  for (const [name, kind] of KINDS) {
    const given = values[name];
    if (given !== undefined && typeof given !== "boolean") changes[name] = changeOf(name, kind, given);
  }
  return changes;
}

function changeOf(name: string, kind: Kind, given: string | readonly string[]): unknown {
  const texts = typeof given === "string" ? [given] : given;
  if (texts.every((text) => !text.trim())) return SECRET_OPTIONS.has(name) ? defaultOf(name) : null;
  if (kind === "list") return texts.flatMap((text) => valueFromText("list", text));
  return valueFromText(kind, texts.at(-1) ?? "");
}

/** Null would leave a secret as it is. */
function defaultOf(name: string): unknown {
  // Its own keys.
  return ZONE_OPTIONS[name as ZoneOptionName].default;
}

function kindOf(type: string): Kind {
  switch (type) {
    case "boolean":
      return "flag";
    case "number":
      return "number";
    case "array":
      return "list";
    default:
      return "text";
  }
}
