import type { Zone } from "../../aaa/identity/zones.ts";
import type { AuthorityAnswer } from "../authority/authority.ts";
import { dashedMac } from "../station.ts";
import { beginSession } from "./begin_session.ts";
import { isBypassed } from "./bypass.ts";
import { grantOf } from "./grant_of.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { addressesOf, type StationRecord } from "./station_record.ts";

/** Tries a station by its address when it comes: once, until it has gone. */
export async function tryMacOnce(context: SessionContext, record: StationRecord): Promise<void> {
  if (record.isMacTried || record.session || !isTried(record)) return;
  record.isMacTried = true;
  // The first time nobody has told where it is (coova 11).
  await tryMac(context, record, "");
}

/**
 * MAC authentication (coova 11): `macallowed` lets in without asking; else the authority is asked for the address as a
 * user name. Who is not let in gets the portal, or with `macauthdeny` nothing. Nothing of it outlives the station's
 * stay: an address that a telephone made up is nobody's identity, unless an operator has an account for it.
 *
 * @param framedIpAddress told to the authority; may be empty.
 */
export async function tryMac(
  context: SessionContext,
  record: StationRecord,
  framedIpAddress: string,
): Promise<void> {
  if (!isTried(record)) return;
  await inTurn(context, record, async () => {
    if (record.session) return;
    const { zone: { options }, mac } = record;
    const userName = `${dashedMac(mac)}${options.macsuffix}`;
    if (options.macallowed.includes(mac)) {
      await letIn(context, record, userName, { kind: "accept", attributes: new Map() });
    } else {
      const answer = await ask(context, record, userName, framedIpAddress);
      await letIn(context, record, userName, answer);
    }
  });
}

async function letIn(
  context: SessionContext,
  record: StationRecord,
  userName: string,
  answer: AuthorityAnswer,
): Promise<void> {
  const { macauthdeny } = record.zone.options;
  // It is asked again when the station shows itself.
  if (answer.kind === "silent") record.isMacTried = false;
  const grant = answer.kind === "accept"
    ? grantOf(answer.attributes, record.zone.options, context.now())
    : null;
  if (grant && !("kind" in grant)) {
    record.isDenied = false;
    await beginSession(context, record, {
      userName,
      sessionId: record.sessionId,
      serviceType: "Framed",
      grant,
      isAccepted: !record.zone.options.macallowed.includes(record.mac),
      isSplash: grant.splash,
    });
    return;
  }
  record.isDenied = macauthdeny && answer.kind !== "silent";
  record.sessionId = context.ids.next(record.slot, context.now());
}

async function ask(
  { authority, calledStationId, now, report }: SessionContext,
  { zone, mac, sessionId }: StationRecord,
  userName: string,
  framedIpAddress: string,
): Promise<AuthorityAnswer> {
  try {
    return await authority.decide({
      zone,
      userName,
      credential: { kind: "password", password: zone.options.macpasswd || userName },
      serviceType: "Framed",
      calledStationId: calledStationId(zone),
      callingStationId: dashedMac(mac),
      framedIpAddress,
      sessionId,
    }, now());
  } catch (fault) {
    report("a MAC authentication", fault);
    return { kind: "silent" };
  }
}

/** Whether the zone tries this station by its address at all. */
function isTried(record: StationRecord): boolean {
  const { zone, mac } = record;
  return (zone.options.macauth || isAllowed(zone, mac)) && !isBypassed(zone, mac, addressesOf(record));
}

function isAllowed({ options }: Zone, mac: string): boolean {
  return options.macallowed.includes(mac);
}
