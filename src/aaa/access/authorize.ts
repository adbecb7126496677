import { isVerifiedEnough } from "../account/registration_methods.ts";
import { type Message, say } from "../../languages/say.ts";
import { findLoginState } from "../account/login_state.ts";
import type { Settings } from "../settings.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { takeRadiusToken } from "../credentials/radius_token.ts";
import type { AccessContext } from "./access_context.ts";
import type { AccessDecision, AccountRefusal } from "./access_decision.ts";
import type { AccessRequest } from "./access_request.ts";
import type { Nas } from "./authenticate_nas.ts";
import { enforceLimits } from "./enforce_limits.ts";
import { type Candidate, findCandidate, findCandidates } from "./find_user.ts";
import { recordRefusal } from "./record_refusal.ts";
import { rememberIdentity } from "./remember_identity.ts";
import type { CredentialVerdict } from "./credential_verdict.ts";
import { verifyCredential } from "./verify_credential.ts";
import { stationOf } from "./verify_token.ts";

const EXPLANATIONS: Record<AccountRefusal, string> = {
  unknown_user: "Nobody has this user name, e-mail address or telephone number",
  wrong_credential: "The password is wrong",
  needs_clear_password: "This method needs a password that is kept in clear text, and there is none",
  inactive: "The account is deactivated",
  not_member: "The account is not a member of the organization",
  unverified: "The account's identity has not been verified in this organization",
  password_expired: "The password has expired",
  token_used: "The RADIUS token was used before: log in again to get a new one",
  organization_disabled: "The organization is disabled",
};

/**
 * Answers one Access-Request: finds the user, verifies the credential, enforces the limits and composes the reply.
 * A refusal is an answer, recorded with its reason; only a failing database throws. The same request twice gives
 * the same answer.
 */
export async function authorize(
  context: AccessContext,
  nas: Nas,
  request: AccessRequest,
  now: Date,
): Promise<AccessDecision> {
  const { organization } = nas;
  const verdict = await identify(context, nas, request, now);
  const candidate = verdict.kind === "genuine" ? verdict.candidate : null;
  const decision = verdict.kind === "genuine"
    ? await admit(context, organization, request, verdict, now)
    : verdict.kind === "refused"
    ? refuse(verdict.reason, verdict.explanation)
    : verdict;
  context.decisions.count(decision);
  if (decision.kind === "refuse" || decision.kind === "limit") {
    await recordRefusal(context.db, organization.id, request, candidate?.id ?? null, decision.refusal, now);
  }
  return decision;
}

/** Steps 2 and 3: whose request this is; a roaming MAC address was proven by its open session. */
async function identify(
  context: AccessContext,
  { organization, roaming }: Nas,
  request: AccessRequest,
  now: Date,
): Promise<CredentialVerdict> {
  const { db, settings } = context;
  const roamer = roaming?.userId && await findCandidate(db, organization.id, roaming.userId, now);
  if (roamer) return { kind: "genuine", candidate: roamer, token: null, byToken: false };
  const candidates = await findCandidates(
    db,
    organization.id,
    roaming?.username ?? request.username,
    settings.authBackendAutoPrefixes,
    now,
  );
  const [first] = candidates;
  if (roaming && first) return { kind: "genuine", candidate: first, token: null, byToken: false };
  const verdict = await verifyCredential(context, organization, candidates, request, now);
  if (verdict.kind === "genuine" && candidates.length > 1) {
    await rememberIdentity(db, organization.id, request.username, verdict.candidate.id, now);
  }
  return verdict;
}

/** Step 4 and 5 for somebody who is who they say. A disposable token is taken last, so that a limit costs none. */
async function admit(
  context: AccessContext,
  organization: OrganizationRecord,
  request: AccessRequest,
  { candidate, token, byToken }: Extract<CredentialVerdict, { kind: "genuine" }>,
  now: Date,
): Promise<AccessDecision> {
  const { db, settings } = context;
  const ineligible = ineligibility(settings, organization, candidate, byToken);
  if (ineligible) return refuse(ineligible);

  const limits = await enforceLimits(db, settings, organization, candidate, request, now);
  if (limits.kind === "limit") {
    const { refusal, attributes, text } = limits;
    const replyMessage = await inGuestsWords(context, request, candidate.id, text);
    return { kind: "limit", refusal, attributes, replyMessage };
  }
  if (token && settings.disposableRadiusUserToken) {
    const taken = await takeRadiusToken(db, token, stationOf(organization, request), now);
    if (!taken && !await wasTakenByTheSame(context, organization, request, candidate, now)) {
      await limits.release();
      return refuse("token_used");
    }
  }
  // Who took it may still wait for the disk: what was not stored could be taken again.
  if (byToken && !token) await db.state.$client.sync();
  return { kind: "accept", attributes: limits.attributes };
}

/** In the language of the request, else of the guest's last log-in on a page; a NAS seldom says one. */
async function inGuestsWords(
  { db }: AccessContext,
  { language }: AccessRequest,
  userId: string,
  text: Message | string,
): Promise<string> {
  if (typeof text === "string") return text;
  return say(language ?? (await findLoginState(db, userId)).language ?? "en", text);
}

function ineligibility(
  settings: Settings,
  organization: OrganizationRecord,
  { isActive, isMember, isSuperuser, registration }: Candidate,
  byToken: boolean,
): AccountRefusal | null {
  if (!organization.isActive) return "organization_disabled";
  if (!isActive) return "inactive";
  // A superuser got the token by logging in here: it lets in, the password does not.
  if (!isMember && !(isSuperuser && byToken)) return "not_member";
  if (!organization.needsIdentityVerification) return null;
  return isVerifiedEnough(settings, registration) ? null : "unverified";
}

/** The same question twice at the same moment: both get the answer of the one that took the token. */
async function wasTakenByTheSame(
  context: AccessContext,
  organization: OrganizationRecord,
  request: AccessRequest,
  candidate: Candidate,
  now: Date,
): Promise<boolean> {
  const again = await verifyCredential(context, organization, [candidate], request, now);
  return again.kind === "genuine";
}

function refuse(reason: AccountRefusal, explanation = EXPLANATIONS[reason]): AccessDecision {
  return { kind: "refuse", refusal: { reason, explanation } };
}
