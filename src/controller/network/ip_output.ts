import * as v from "valibot";
import type { Link } from "./steps.ts";

const Addresses = v.array(
  v.object({
    // `ip -6` leaves out what has none.
    ifname: v.optional(v.string()),
    flags: v.optional(v.array(v.string()), []),
    address: v.optional(v.string(), ""),
    master: v.optional(v.string(), ""),
    addr_info: v.optional(
      v.array(v.object({ local: v.optional(v.string()), prefixlen: v.optional(v.number()) })),
      [],
    ),
  }),
);

const Routes = v.array(
  v.object({
    dev: v.optional(v.string()),
    nexthops: v.optional(v.array(v.object({ dev: v.optional(v.string()) })), []),
  }),
);

/** Reads what `ip -j address show` writes. */
export function readLinks(json: string): Map<string, Link> {
  return new Map(
    v.parse(Addresses, JSON.parse(json || "[]")).flatMap(({ ifname, flags, address, master, addr_info }) => {
      if (ifname === undefined) return [];
      const addresses = new Set(addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`));
      return [[ifname, { mac: address, isUp: flags.includes("UP"), bridge: master, addresses }] as const];
    }),
  );
}

/** Reads what `ip -j route show` writes: the interfaces that the routes lead to. */
export function readRouteDevices(json: string): string[] {
  return v.parse(Routes, JSON.parse(json || "[]")).flatMap(({ dev, nexthops }) =>
    [dev, ...nexthops.map((hop) => hop.dev)].filter((device) => device !== undefined)
  );
}
