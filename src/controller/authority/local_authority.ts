import type { AccessContext } from "../../aaa/access/access_context.ts";
import type { AccessDecision } from "../../aaa/access/access_decision.ts";
import { authorize } from "../../aaa/access/authorize.ts";
import { ownNas } from "../../aaa/access/authenticate_nas.ts";
import { recordPostAuth } from "../../aaa/access/record_post_auth.ts";
import { recordRefusal } from "../../aaa/access/record_refusal.ts";
import type { Credential } from "../../aaa/credentials/credential.ts";
import { type Candidate, findCandidates } from "../../aaa/access/find_user.ts";
import { findOrganization, type OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import { languageOf, message, say } from "../../languages/say.ts";
import type { Authority, AuthorityAnswer, AuthorityRequest, EapMessage } from "./authority.ts";
import { takeEapMd5 } from "./eap_md5.ts";
import { eapSuccess } from "./eap_packet.ts";
import { beginGuess, beginNonsense } from "./guesses.ts";
import { isLocalUser } from "./local_users.ts";
import { attributesOf } from "./reply_attributes.ts";

interface ProofRequest extends AuthorityRequest {
  readonly credential: Credential;
}

interface EapRequest extends AuthorityRequest {
  readonly credential: EapMessage;
}

const REFUSED: AuthorityAnswer = { kind: "reject", replyMessage: null };

/**
 * This process decides for its zones, and leaves the records that a FreeRADIUS before it would. The zone's `localusers`
 * come first; nobody but the box knows of them. A station that is tried by its MAC address needs an account like
 * anybody else's: its name is the address with the zone's `macsuffix`, its password (or its `Cleartext-Password`
 * check) `macpasswd`, or the name again. Guesses of passwords are limited as at every other log-in. Of EAP's methods there
 * is EAP-MD5.
 */
export function localAuthority(context: AccessContext): Authority {
  return {
    async decide(request, now) {
      const { db, settings } = context;
      const organization = await findOrganization(db, settings, request.zone.organizationId, now);
      if (!organization) return REFUSED;
      const { credential } = request;
      return credential.kind === "eap"
        ? await takeEap(context, organization, { ...request, credential }, now)
        : await takeProof(context, organization, { ...request, credential }, now);
    },
  };
}

async function takeProof(
  context: AccessContext,
  organization: OrganizationRecord,
  request: ProofRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  return request.serviceType === "Framed"
    ? await askForMac(context, organization, request, now)
    : await askForGuest(context, organization, request, now);
}

async function takeEap(
  context: AccessContext,
  organization: OrganizationRecord,
  request: EapRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  const turn = takeEapMd5(context.crypto, request.userName, request.credential);
  switch (turn.kind) {
    case "challenge":
      return turn;
    case "refuse":
      return await refuseEap(context, organization, request, turn.explanation, now);
    case "proof": {
      const { credential, identifier } = turn;
      const answer = await takeProof(context, organization, { ...request, credential }, now);
      return answer.kind === "accept" ? { ...answer, eapMessage: eapSuccess(identifier) } : answer;
    }
  }
}

/** Nobody has to guess here. Addresses that somebody makes up by the thousand cost no password hash and no record. */
async function askForMac(
  context: AccessContext,
  organization: OrganizationRecord,
  request: ProofRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  const named = await whomItNames(context, organization, request, now);
  const isKnown = named.length > 0 || isLocalUser(context.crypto, request);
  return isKnown ? await ask(context, organization, request, now) : REFUSED;
}

async function askForGuest(
  context: AccessContext,
  organization: OrganizationRecord,
  request: ProofRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  const named = await whomItNames(context, organization, request, now);
  const guess = await beginGuess(context, named, request, now);
  if (guess.kind === "exhausted") {
    const wait = message("too_many_attempts", { seconds: guess.retryAfterSeconds });
    return {
      kind: "reject",
      replyMessage: say(languageOf(request.lang ?? "") ?? "en", wait),
    };
  }
  const answer = await ask(context, organization, request, now);
  // A limit is told to whoever proved who they are.
  if (answer !== REFUSED) context.inBackground(guess.forgive());
  return answer;
}

function whomItNames(
  { db, settings }: AccessContext,
  organization: OrganizationRecord,
  { userName }: AuthorityRequest,
  now: Date,
): Promise<readonly Candidate[]> {
  return findCandidates(db, organization.id, userName, settings.authBackendAutoPrefixes, now);
}

async function ask(
  context: AccessContext,
  organization: OrganizationRecord,
  request: ProofRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  if (organization.isActive && isLocalUser(context.crypto, request)) {
    return { kind: "accept", attributes: new Map() };
  }
  return await askAccess(context, organization, request, now);
}

async function askAccess(
  context: AccessContext,
  organization: OrganizationRecord,
  request: ProofRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  const { userName, credential, calledStationId, callingStationId, lang } = request;
  const nas = ownNas(organization);
  const decision = await authorize(context, nas, {
    username: userName,
    credential,
    calledStationId,
    callingStationId,
    language: lang ? languageOf(lang) : null,
  }, now);
  const answer = answerOf(context, organization, decision);
  if (answer.kind === "silent") return answer;
  // The guest need not wait for the disk: whoever is let in is kept by the session.
  context.inBackground(recordPostAuth(context.db, context.settings, nas, {
    username: userName,
    password: credential.kind === "password" ? credential.password : "",
    reply: answer.kind === "accept" ? "Access-Accept" : "Access-Reject",
    calledStationId,
    callingStationId,
  }, now));
  return answer;
}

/** A log-on that comes to no proof that `authorize()` could judge; of many of one station not all are recorded. */
async function refuseEap(
  context: AccessContext,
  organization: OrganizationRecord,
  request: EapRequest,
  explanation: string,
  now: Date,
): Promise<AuthorityAnswer> {
  const attempt = await beginNonsense(context, request, now);
  if (attempt.kind === "exhausted") return REFUSED;
  const { db, settings } = context;
  const { userName, calledStationId, callingStationId } = request;
  const asked = { username: userName, calledStationId, callingStationId };
  await recordRefusal(db, organization.id, asked, null, { reason: "wrong_credential", explanation }, now);
  const rejected = { ...asked, password: "", reply: "Access-Reject" };
  await recordPostAuth(db, settings, ownNas(organization), rejected, now);
  return REFUSED;
}

function answerOf(
  { settings }: AccessContext,
  { timeZone }: OrganizationRecord,
  decision: AccessDecision,
): AuthorityAnswer {
  switch (decision.kind) {
    case "accept": {
      const quotaName = settings.trafficCounterReplyName;
      return { kind: "accept", attributes: attributesOf(decision.attributes, { timeZone, quotaName }) };
    }
    case "limit":
      return { kind: "reject", replyMessage: decision.replyMessage };
    case "refuse":
      return REFUSED;
    case "overloaded":
      return { kind: "silent" };
  }
}
