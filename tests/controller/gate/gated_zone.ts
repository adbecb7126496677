import * as v from "valibot";
import { ZoneOptions } from "../../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { GatedZone } from "../../../src/controller/gate/zone_rules.ts";

export const ZONE = "0190a5b4-7c1d-4e2f-8a3b-000000000001";

/** A zone on lan0 that leaves by wan. */
export function gatedZone(choices: v.InferInput<typeof ZoneOptions> = {}): GatedZone {
  const zone: Zone = {
    id: ZONE,
    organizationId: "0190a5b4-7c1d-4e2f-8a3b-0000000000ff" as Zone["organizationId"],
    organizationSlug: "alpha",
    name: "guests",
    gate: "nftables",
    options: v.parse(ZoneOptions, { interface: ["lan0"], address: ["10.1.0.1/24"], ...choices }),
  };
  return { zone, device: "lan0", wans: ["wan"] };
}
