import type { AccessContext } from "../../aaa/access/access_context.ts";
import type { AccessDecision } from "../../aaa/access/access_decision.ts";
import { authorize } from "../../aaa/access/authorize.ts";
import { ownNas } from "../../aaa/access/authenticate_nas.ts";
import { recordPostAuth } from "../../aaa/access/record_post_auth.ts";
import { type Candidate, findCandidates } from "../../aaa/access/find_user.ts";
import { findOrganization, type OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import { languageOf, message, say } from "../../languages/say.ts";
import type { Authority, AuthorityAnswer, AuthorityRequest } from "./authority.ts";
import { beginGuess } from "./guesses.ts";
import { isLocalUser } from "./local_users.ts";
import { attributesOf } from "./reply_attributes.ts";

const REFUSED: AuthorityAnswer = { kind: "reject", replyMessage: null };

/**
 * This process decides for its zones, and leaves the records that a FreeRADIUS before it would. The zone's `localusers`
 * come first; nobody but the box knows of them. A station that is tried by its MAC address needs an account like
 * anybody else's: its name is the address with the zone's `macsuffix`, its password (or its `Cleartext-Password`
 * check) `macpasswd`, or the name again. Guesses of passwords are limited as at every other log-in.
 */
export function localAuthority(context: AccessContext): Authority {
  return {
    async decide(request, now) {
      const { db, settings } = context;
      const organization = await findOrganization(db, settings, request.zone.organizationId, now);
      if (!organization) return REFUSED;
      const prefixes = settings.authBackendAutoPrefixes;
      const named = await findCandidates(db, organization.id, request.userName, prefixes, now);
      return request.serviceType === "Framed"
        ? await askForMac(context, organization, named, request, now)
        : await askForGuest(context, organization, named, request, now);
    },
  };
}

/** Nobody has to guess here. Addresses that somebody makes up by the thousand cost no password hash and no record. */
async function askForMac(
  context: AccessContext,
  organization: OrganizationRecord,
  named: readonly Candidate[],
  request: AuthorityRequest,
  now: Date,
): Promise<AuthorityAnswer> {
  const isKnown = named.length > 0 || isLocalUser(context.crypto, request);
  return isKnown ? await ask(context, organization, request, now) : REFUSED;
}

async function askForGuest(
  context: AccessContext,
  organization: OrganizationRecord,
  named: readonly Candidate[],
  request: AuthorityRequest,
  now: Date,
): Promise<AuthorityAnswer> {
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

async function ask(
  context: AccessContext,
  organization: OrganizationRecord,
  request: AuthorityRequest,
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
  request: AuthorityRequest,
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
