import { and, eq, isNull } from "drizzle-orm";
import { builder, given, query } from "../../storage/prepared.ts";
import { radacct } from "../../storage/schema/ledger.ts";
import { fromSqlDateTime, type SqlDateTime } from "../../values/sql_date_time.ts";
import type { AccessContext } from "../access/access_context.ts";
import { findCandidate } from "../access/find_user.ts";
import { recordSession } from "../accounting/record_session.ts";
import type { Crypto } from "../credentials/crypto.ts";
import { findRadiusToken } from "../credentials/radius_token.ts";
import { findOrganization } from "../identity/organization_record.ts";

/** Where every session of the mock takes place (portal-client 6.6). */
const NAS_ADDRESS = "127.0.0.1";
const STATION = { callingStationId: "00:00:00:00:00:00", calledStationId: "11:00:00:00:00:11" } as const;

const openOfUserFields = { uniqueId: radacct.uniqueId };
const openOfUser = query(
  openOfUserFields,
  builder.select(openOfUserFields).from(radacct).where(and(
    eq(radacct.organizationId, given("organizationId")),
    eq(radacct.userId, given("userId")),
    isNull(radacct.stoppedAt),
  )).limit(1),
);

const openFields = {
  organizationId: radacct.organizationId,
  uniqueId: radacct.uniqueId,
  nasIpAddress: radacct.nasIpAddress,
  startedAt: radacct.startedAt,
};
/** Reads whatever is open: few rows where guests are made up. */
const openNamed = query(
  openFields,
  builder.select(openFields).from(radacct).where(and(
    isNull(radacct.stoppedAt),
    eq(radacct.sessionId, given("sessionId")),
  )),
);

/**
 * Plays the NAS that lets a guest in: opens a session for the owner of a RADIUS user token. A token of nobody opens
 * none, and whoever has an open session gets no second one, also when the page logs in twice at once.
 */
export async function openMockSession(context: AccessContext, key: string, now: Date): Promise<void> {
  const { crypto, db, settings } = context;
  const token = await findRadiusToken(db, context, key);
  if (!token) return;
  const { organizationId, userId } = token;
  const organization = await findOrganization(db, settings, organizationId, now);
  const user = await findCandidate(db, organizationId, userId, now);
  // Accounting would file a stranger's session under nobody, and the next log-in would open another.
  if (!organization || !user?.isActive || !(user.isMember || user.isSuperuser)) return;
  await db.turns.take(`mock ${organizationId} ${userId}`, async () => {
    const open = await openOfUser(db.ledger, { organizationId, userId });
    if (open.length) return;
    const id = randomId(crypto);
    await recordSession(context, organization, {
      status: "Start",
      uniqueId: id,
      sessionId: id,
      nasIpAddress: NAS_ADDRESS,
      description: { username: user.username, ...STATION },
    }, now);
  });
}

/** Plays the NAS that ends a session by the guest's wish, with some traffic; a session that is not open stays as it is. */
export async function closeMockSession(context: AccessContext, sessionId: string, now: Date): Promise<void> {
  const { crypto, db, settings } = context;
  if (!sessionId) return;
  for (const session of await openNamed(db.ledger, { sessionId })) {
    const organization = await findOrganization(db, settings, session.organizationId, now);
    if (!organization) continue;
    await recordSession(context, organization, {
      status: "Stop",
      uniqueId: session.uniqueId,
      sessionId,
      nasIpAddress: session.nasIpAddress,
      sessionSeconds: secondsSince(session.startedAt, now),
      inputOctets: someOctets(crypto),
      outputOctets: someOctets(crypto),
      terminateCause: "User-Request",
      description: {},
    }, now);
  }
}

function secondsSince(startedAt: SqlDateTime | null, now: Date): bigint {
  const begunAt = startedAt ? fromSqlDateTime(startedAt).getTime() : now.getTime();
  return BigInt(Math.max(0, Math.round((now.getTime() - begunAt) / 1000)));
}

/** 32 hex digits, as FreeRADIUS's Acct-Unique-Session-Id has. */
function randomId(crypto: Crypto): string {
  return [...crypto.randomBytes(16)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Up to 16 MiB. */
function someOctets(crypto: Crypto): bigint {
  const [high = 0, middle = 0, low = 0] = crypto.randomBytes(3);
  return BigInt((high << 16) + (middle << 8) + low);
}
