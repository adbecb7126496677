import * as v from "valibot";
import { withDefaults, type Zone } from "../../../src/aaa/identity/zones.ts";
import { OrganizationId } from "../../../src/values/organization_id.ts";

/** A zone with `10.1.0.1/24` and `fd00:1::1/64` unless `options` says otherwise. */
export function testZone(options: Readonly<Record<string, unknown>> = {}): Zone {
  const settings = { interface: ["lan0"], address: ["10.1.0.1/24", "fd00:1::1/64"], ...options };
  return {
    id: "0190d5a0-0000-7000-8000-000000000001",
    organizationId: v.parse(OrganizationId, "00000000-0000-7000-8000-000000000001"),
    organizationSlug: "default",
    name: "guests",
    ...withDefaults("guests", settings),
  };
}
