import { eq } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { type Seal, sealText, unseal } from "../../storage/outbox.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { organizationRadiusSettings } from "../../storage/schema/organizations.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { SmsGateway } from "./sms_gateway.ts";

const fields = { smsGateway: organizationRadiusSettings.smsGateway };
const gatewayOf = query(
  fields,
  builder.select(fields).from(organizationRadiusSettings)
    .where(eq(organizationRadiusSettings.organizationId, given("id"))),
);

/**
 * Where an organization's own text messages go; null when it has no gateway of its own (any more).
 *
 * @throws {Error} when it was sealed with another secret key.
 */
export async function findOrganizationGateway(
  db: Database,
  seal: Seal,
  id: OrganizationId,
): Promise<SmsGateway | null> {
  const [row] = await gatewayOf(db.directory, { id });
  return row?.smsGateway ? openGateway(seal, row.smsGateway) : null;
}

/** As it is kept: it holds the credentials for a service that costs money. */
export function sealGateway(seal: Seal, gateway: SmsGateway): string {
  return sealText(seal, JSON.stringify(gateway));
}

/** @throws {Error} when it was sealed with another secret key. */
export function openGateway(seal: Seal, sealed: string): SmsGateway {
  const text = unseal(seal, sealed);
  if (text === undefined) throw new Error("sms_gateway was sealed with another secret key: set it again");
  // sealGateway() put it there.
  return JSON.parse(text) as SmsGateway;
}
