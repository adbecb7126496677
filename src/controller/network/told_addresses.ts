import type { Zone } from "../../aaa/identity/zones.ts";
import type { Box } from "../box.ts";
import type { Step } from "./steps.ts";
import { zoneDevice } from "./zone_device.ts";

/** Linux has it from 5.19 on; older kernels learn of an address from its first packet. */
const SETTING = "accept_untracked_na";

/**
 * Devices tell routers of an IPv6 address that they have made, before they use it (RFC 9131): a router that listens lets
 * the first packet pass.
 *
 * @param own what was set already, by this process or one before it.
 */
export async function toldAddresses(
  box: Pick<Box, "readText">,
  zones: readonly Zone[],
  own: readonly Step[],
): Promise<Step[]> {
  const read = async (device: string) =>
    (await box.readText(`/proc/sys/net/ipv6/conf/${device}/${SETTING}`))?.trim();
  const steps: Step[] = [];
  for (const zone of zones) {
    const { forwarding, address } = zone.options;
    if (!forwarding || !address.some((text) => text.includes(":"))) continue;
    const name = `net/ipv6/conf/${zoneDevice(zone)}/${SETTING}`;
    const isOurs = own.some((step) => step.kind === "setting" && step.name === name);
    // A bridge may be about to be made.
    const before = await read(zoneDevice(zone)) ?? await read("default");
    if (before === "0" || (isOurs && before)) steps.push({ kind: "setting", name, value: "1", before });
  }
  return steps;
}
