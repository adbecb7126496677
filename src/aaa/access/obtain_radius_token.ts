import { issueRadiusToken } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { AccessContext } from "./access_context.ts";
import { attemptedAccount, beginAttempt } from "./failed_attempts.ts";
import { type Candidate, findCandidates } from "./find_user.ts";
import { verifyCredential } from "./verify_credential.ts";

export type ObtainedToken =
  /** A RADIUS password of 40 characters. */
  | { readonly kind: "issued"; readonly key: string }
  | { readonly kind: "refused" }
  /** Too many wrong passwords for this account, or too many log-ins at once. */
  | { readonly kind: "wait"; readonly seconds: number };

/**
 * Gives a member of the organization a RADIUS password in exchange for the account's own. Strangers, members who are
 * deactivated and users of other organizations get what a wrong password gets, and as late.
 *
 * @param login.username whatever identifies a user: name, e-mail address, telephone number.
 */
export async function obtainRadiusToken(
  context: AccessContext,
  organization: OrganizationRecord,
  login: { readonly username: string; readonly password: string },
  now: Date,
): Promise<ObtainedToken> {
  const { db, settings } = context;
  const named = await findCandidates(
    db,
    organization.id,
    login.username,
    settings.authBackendAutoPrefixes,
    now,
  );
  const attempt = await beginAttempt(db, attemptedAccount(context, named, login.username), now);
  if (attempt.kind === "exhausted") return { kind: "wait", seconds: attempt.retryAfterSeconds };

  const { username, password } = login;
  const credential = { kind: "password", password } as const;
  const request = { username, credential, calledStationId: "", callingStationId: "", language: null };
  const members = named.filter(mayHave).map(withAccountsPasswordOnly);
  const verdict = await verifyCredential(context, organization, members, request, now);
  if (verdict.kind === "overloaded") {
    await attempt.forgive();
    return { kind: "wait", seconds: verdict.retryAfterSeconds };
  }
  // Keys are not good for getting more keys.
  if (verdict.kind === "refused" || verdict.byToken) return { kind: "refused" };

  await attempt.forgive();
  const key = await issueRadiusToken(
    db,
    context,
    { userId: verdict.candidate.id, organizationId: organization.id },
    { canAuth: true, renew: settings.disposableRadiusUserToken, passwordBased: true },
    now,
  );
  return { kind: "issued", key };
}

/** A check's password is one for RADIUS as well: it is good for no more than that. */
function withAccountsPasswordOnly(candidate: Candidate): Candidate {
  return { ...candidate, clearPassword: null, ntPassword: null };
}

function mayHave({ isActive, isMember, isSuperuser }: Candidate): boolean {
  return isActive && (isMember || isSuperuser);
}
