import type { Zone } from "../../aaa/identity/zones.ts";
import { dashedMac } from "../station.ts";

/** A zone that is only thought has no address; its records need one. */
const NO_ADDRESS = "127.0.0.1";

/** NAS-IP-Address of a zone's records: `nasip`, or its own first IPv4 address. */
export function nasIpAddressOf({ options: { nasip, address } }: Zone): string {
  const own = address.find((prefix) => !prefix.includes(":"));
  return nasip || own?.split("/", 1)[0] || NO_ADDRESS;
}

/**
 * Called-Station-Id of a zone, `AA-BB-CC-DD-EE-FF`: `nasmac`, or the interface's own. A zone that is only thought has
 * one that is made of its identifier, so that each has another.
 */
export function calledStationIdOf({ id, options: { nasmac } }: Zone, ownMac: string | null): string {
  return dashedMac(nasmac || ownMac || `02${id.replaceAll("-", "").slice(-10)}`.replace(/(..)(?!$)/g, "$1:"));
}
