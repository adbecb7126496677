import { SHARED_SETS, TABLE, TOO_MANY_BEGUN, zoneName } from "./table.ts";
import type { Garden } from "./walled_garden.ts";
import {
  chain,
  deviceSet,
  type GatedZone,
  masqueradeRules,
  quotedDevice,
  type Surroundings,
  zoneRules,
} from "./zone_rules.ts";
import { zoneElements, zoneSets } from "./zone_sets.ts";

/** What the table has beside the sets of all zones. */
export interface Present {
  readonly chains: readonly string[];
  /** With what they are: `set garden4_…`, `map down4`. */
  readonly sets: readonly string[];
}

/**
 * One transaction that makes the table be as the zones say, whatever it was. What stations have (numbers, counters) and
 * what the garden's names brought stays.
 */
export function ruleset(
  zones: readonly GatedZone[],
  gardenOf: (gated: GatedZone) => Garden,
  portalPorts: readonly number[],
  present: Present,
): string {
  const surroundings: Surroundings = { devices: zones.map(({ device }) => device), portalPorts };
  const table = [
    SHARED_SETS,
    ...zones.map(({ zone }) => zoneSets(zone)),
    REFUSE,
    chain("begun", [TOO_MANY_BEGUN]),
    ...zones.map((gated) => zoneRules(gated, surroundings)),
    ...hooks(zones, surroundings),
  ].join("\n");
  const wanted = new Set([...table.matchAll(/^\s*((?:set|map|chain) \w+) /gm)].map(([, name]) => name));
  return [
    `add table ${TABLE}`,
    ...present.chains.map((name) => `flush chain ${TABLE} ${name}`),
    ...present.chains.filter((name) => !wanted.has(`chain ${name}`)).map((name) =>
      `delete chain ${TABLE} ${name}`
    ),
    ...present.sets.filter((name) => !wanted.has(name)).map((name) =>
      `delete ${name.replace(" ", ` ${TABLE} `)}`
    ),
    `table ${TABLE} {`,
    table,
    "}",
    ...zones.map((gated) => zoneElements(gated.zone, gardenOf(gated))),
    "",
  ].join("\n");
}

/**
 * What stays in the table when the gate is taken away: zones that hold let nobody pass, zones that fail open let
 * everybody. Empty for none of these.
 */
export function lastRules(zones: readonly GatedZone[]): string {
  const held = zones.filter(({ zone }) => zone.options.hold_when_stopped).map(({ device }) => device);
  const open = zones.filter(({ zone }) => zone.options.fail_open);
  const surroundings: Surroundings = { devices: zones.map(({ device }) => device), portalPorts: [] };
  if (!held.length && !open.length) return "";
  return [
    `table ${TABLE} {`,
    REFUSE,
    held.length > 0 && hook("forward", "filter", "filter - 5", [
      `iifname ${deviceSet(held)} goto refuse`,
      `oifname ${deviceSet(held)} goto refuse`,
    ]),
    open.length > 0 &&
    hook("postrouting", "nat", "srcnat - 5", open.map((gated) => masqueradeRules(gated, surroundings))),
    "}",
    "",
  ].filter((part) => part !== false).join("\n");
}

/** At once, so that nobody waits for an answer that does not come. */
const REFUSE = chain("refuse", [
  "meta l4proto tcp reject with tcp reset",
  "reject with icmpx admin-prohibited",
]);

function hooks(zones: readonly GatedZone[], surroundings: Surroundings): string[] {
  const where = (direction: "iifname" | "oifname", chain: "caught" | "box" | "up" | "down") => {
    const jumps = zones.map(({ zone, device }) => `${quotedDevice(device)} : goto ${zoneName(chain, zone)}`);
    return jumps.length ? `${direction} vmap { ${jumps.join(", ")} }` : "";
  };
  return [
    hook("prerouting", "nat", "dstnat - 5", [where("iifname", "caught")]),
    hook("input", "filter", "filter - 5", [where("iifname", "box")]),
    hook("forward", "filter", "filter - 5", [where("iifname", "up"), where("oifname", "down")]),
    hook("postrouting", "nat", "srcnat - 5", zones.map((gated) => masqueradeRules(gated, surroundings))),
  ];
}

/** Before other tables' chains of the same hook, whose own refusals still count. */
function hook(name: string, type: "nat" | "filter", priority: string, rules: readonly string[]): string {
  return chain(name, [`type ${type} hook ${name} priority ${priority}; policy accept;`, ...rules]);
}
