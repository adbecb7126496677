import { toHex } from "../../values/hex.ts";
import type { AuthorityAnswer, AuthorityRequest } from "../authority/authority.ts";
import type { Admission, LogOn, LogOnOutcome } from "../controller.ts";
import { dashedMac } from "../station.ts";
import { beginSession } from "./begin_session.ts";
import { renewChallenge, takesChallenge } from "./challenges.ts";
import { grantOf } from "./grant_of.ts";
import { openAddresses } from "./open_addresses.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { storeProgress } from "./session_store.ts";
import { endSession } from "./sign_out.ts";
import { pictureOf, type StationRecord } from "./station_record.ts";

/** An outcome without its picture of the station, which is taken when it is told. */
type Verdict = WithoutStation<LogOnOutcome>;
type WithoutStation<Outcome> = Outcome extends LogOnOutcome ? Omit<Outcome, "station"> : never;

interface UnderWay {
  readonly line: string;
  readonly verdict: Promise<Verdict>;
}

const underWay = new WeakMap<StationRecord, UnderWay>();

/**
 * One log-on (coova 6): an open session, the challenge's age, then the authority. Log-ons of one station go one after
 * the other; the same line sent twice at once gets the same answer.
 */
export async function logOn(
  context: SessionContext,
  record: StationRecord,
  request: LogOn,
): Promise<LogOnOutcome> {
  const line = lineOf(request);
  const now = underWay.get(record);
  if (now?.line === line) return { ...await now.verdict, station: pictureOf(record) };
  const verdict = inTurn(context, record, () => decide(context, record, request));
  const mine = { line, verdict };
  underWay.set(record, mine);
  try {
    return { ...await verdict, station: pictureOf(record) };
  } finally {
    if (underWay.get(record) === mine) underWay.delete(record);
  }
}

/** Ends the splash: the session's traffic passes from now on. */
export async function leaveSplash(context: SessionContext, record: StationRecord): Promise<void> {
  await inTurn(context, record, async () => {
    const { session } = record;
    if (!session?.isSplash) return;
    session.isSplash = false;
    try {
      await storeProgress(context.access.db, [session]);
      await openAddresses(context, record, session);
    } catch (fault) {
      session.isSplash = true;
      session.isUnstored = true;
      throw fault;
    }
  });
}

/** Opens a session for a station that an operator lets in, with the zone's defaults; an open one stays as it is. */
export async function admit(
  context: SessionContext,
  record: StationRecord,
  { userName, sessionTimeout }: Admission,
): Promise<boolean> {
  await leaveSplash(context, record);
  return await inTurn(context, record, async () => {
    if (record.session) return true;
    const grant = grantOf(new Map(), record.zone.options, context.now());
    if ("kind" in grant) return false;
    record.isDenied = false;
    return await beginSession(context, record, {
      userName: userName ?? dashedMac(record.mac),
      sessionId: record.sessionId,
      serviceType: "Framed",
      grant: { ...grant, ...(sessionTimeout !== undefined && { sessionTimeout }) },
      isAccepted: false,
      isSplash: false,
    });
  });
}

async function decide(context: SessionContext, record: StationRecord, request: LogOn): Promise<Verdict> {
  const { access: { crypto }, ids, now } = context;
  if (record.session && !record.session.isSplash) return { kind: "already" };
  if (record.isDenied) return { kind: "refused", replyMessage: null };
  if (request.lang !== undefined) record.lang = request.lang;
  if (!takesChallenge(record, request.challenge, now())) {
    renewChallenge(record, crypto, now());
    return { kind: "expired" };
  }
  // A session at the splash page keeps its own until it ends.
  const sessionId = record.session ? ids.next(record.slot, now()) : record.sessionId;
  const verdict = await ask(context, record, request, sessionId);
  if (verdict.kind === "challenge") return verdict;
  if (verdict.kind === "accepted") {
    record.challenge = null;
    return verdict;
  }
  renewChallenge(record, crypto, now());
  if (!record.session) record.sessionId = ids.next(record.slot, now());
  return verdict;
}

async function ask(
  context: SessionContext,
  record: StationRecord,
  { userName, credential, lang }: LogOn,
  sessionId: string,
): Promise<Verdict> {
  const answer = await askAuthority(context, record, {
    userName,
    credential: credential.kind === "eap" ? { ...credential, state: record.eapState } : credential,
    lang,
    sessionId,
  });
  record.eapState = answer.kind === "challenge" ? answer.state : null;
  if (answer.kind === "reject") return { kind: "refused", replyMessage: answer.replyMessage };
  if (answer.kind !== "accept") return answer;
  const grant = grantOf(answer.attributes, record.zone.options, context.now());
  if ("kind" in grant) {
    return { kind: "refused", replyMessage: answer.attributes.get("Reply-Message")?.[0] ?? null };
  }
  const splash = record.session;
  if (splash) await endSession(context, record, splash, "User-Request", context.now());
  const redirectionUrl = grant.redirectionUrl || splash?.facts.grant.redirectionUrl || "";
  const began = await beginSession(context, record, {
    userName,
    sessionId,
    serviceType: "Login",
    grant: { ...grant, redirectionUrl },
    isAccepted: true,
    // It is over with a log-on.
    isSplash: false,
  });
  const { eapMessage } = answer;
  return began ? { kind: "accepted", ...(eapMessage && { eapMessage }) } : { kind: "silent" };
}

async function askAuthority(
  { authority, calledStationId, now, report }: SessionContext,
  { zone, mac, ip }: StationRecord,
  { lang, ...asked }: {
    readonly userName: string;
    readonly credential: AuthorityRequest["credential"];
    readonly lang: string | undefined;
    readonly sessionId: string;
  },
): Promise<AuthorityAnswer> {
  try {
    return await authority.decide({
      zone,
      ...asked,
      ...(lang !== undefined && { lang }),
      serviceType: "Login",
      calledStationId: calledStationId(zone),
      callingStationId: dashedMac(mac),
      framedIpAddress: ip,
    }, now());
  } catch (fault) {
    report("a log-on", fault);
    return { kind: "silent" };
  }
}

function lineOf({ userName, credential, challenge }: LogOn): string {
  return JSON.stringify(
    [challenge, userName, credential],
    (_, value) => value instanceof Uint8Array ? toHex(value) : value,
  );
}
