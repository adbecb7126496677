import type { AccessContext } from "../../aaa/access/access_context.ts";
import { announceSession, isAnnounced } from "../../aaa/account/announce_session.ts";
import type { AccountingPacket } from "../../aaa/accounting/accounting_packet.ts";
import { recordSession } from "../../aaa/accounting/record_session.ts";
import { findOrganization } from "../../aaa/identity/organization_record.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import { dashedMac } from "../station.ts";
import type { LiveSession } from "./live_session.ts";

/** As FreeRADIUS spells the values of Service-Type and NAS-Port-Type. */
const SERVICE_TYPES = { Login: "Login-User", Framed: "Framed-User" } as const;
const NAS_PORT_TYPE = "Wireless-802.11";

/** What recording needs beside the session. */
export interface Recording {
  readonly access: AccessContext;
  /** Something was put into the outbox. */
  readonly wakeOutbox: () => void;
}

/**
 * Records a Start, an Interim-Update or the Stop as any NAS's (RFC 2866: input is from the station), as of the moment
 * that it tells of. Durable when the promise is kept; a repetition changes nothing.
 */
export async function recordPacket(
  { access, wakeOutbox }: Recording,
  session: LiveSession,
  status: AccountingPacket["status"],
): Promise<void> {
  const { facts, end } = session;
  const at = status === "Start" ? facts.startedAt : end?.at ?? new Date(session.countedAt);
  const organization = await findOrganization(access.db, access.settings, facts.organizationId, at);
  // With the organization its records went.
  if (!organization) return;
  const packet = packetOf(session, status, at);
  const { sessionSeconds = 0n } = packet;
  const { octets } = session;
  const stored = await recordSession(access, organization, packet, at);
  session.recorded = { seconds: Number(sessionSeconds), octets: status === "Start" ? 0 : octets };
  if (stored === "created" && isAnnounced(organization, packet)) {
    access.inBackground(
      announceSession(access, organization, facts.userName, at).then((found) => found && wakeOutbox()),
    );
  }
}

function packetOf(session: LiveSession, status: AccountingPacket["status"], at: Date): AccountingPacket {
  const { facts, end, traffic } = session;
  const { startedAt } = facts;
  const isStart = status === "Start";
  return {
    status,
    uniqueId: facts.uniqueId,
    sessionId: facts.sessionId,
    nasIpAddress: facts.nasIpAddress,
    startedAt: toSqlDateTime(startedAt),
    sessionSeconds: isStart ? 0n : BigInt(session.seconds(at.getTime())),
    inputOctets: isStart ? 0n : BigInt(traffic.upOctets),
    outputOctets: isStart ? 0n : BigInt(traffic.downOctets),
    ...(status === "Stop" && { terminateCause: end?.cause ?? "" }),
    description: descriptionOf(session),
  };
}

function descriptionOf({ facts, addresses }: LiveSession): AccountingPacket["description"] {
  const ip = addresses.find((address) => !address.includes(":"));
  const ip6 = addresses.find((address) => address.includes(":"));
  return {
    username: facts.userName,
    nasPortId: String(facts.slot).padStart(8, "0"),
    nasPortType: NAS_PORT_TYPE,
    interval: facts.grant.interimSeconds,
    calledStationId: facts.calledStationId,
    callingStationId: dashedMac(facts.mac),
    serviceType: SERVICE_TYPES[facts.serviceType],
    ...(ip !== undefined && { framedIpAddress: ip }),
    ...(ip6 !== undefined && { framedIpv6Address: ip6 }),
  };
}
