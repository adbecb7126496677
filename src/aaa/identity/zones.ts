import type { OrganizationId } from "../../values/organization_id.ts";
import type { ZoneOptions } from "./zone_options.ts";

/** A zone as the controller uses it: every option has its value. */
export interface Zone {
  /** A UUID. */
  readonly id: string;
  readonly organizationId: OrganizationId;
  readonly organizationSlug: string;
  /** Unique in its organization. */
  readonly name: string;
  readonly gate: "nftables" | "none";
  readonly options: ZoneOptions;
}
