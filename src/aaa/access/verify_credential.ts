import type { OrganizationRecord } from "../identity/organization_record.ts";
import { findRadiusToken } from "../credentials/radius_token.ts";
import type { AccessContext } from "./access_context.ts";
import type { AccessRequest } from "./access_request.ts";
import { checkPassword } from "./check_password.ts";
import { isCheckedPassword } from "./checked_password.ts";
import type { CredentialVerdict } from "./credential_verdict.ts";
import type { Candidate } from "./find_user.ts";
import { passwordExpired } from "./password_expired.ts";
import { verifyChallenge } from "./verify_challenge.ts";
import { verifyToken } from "./verify_token.ts";

/**
 * Step 3: whose credential it is. A RADIUS key is looked up first and never pays for a password hash, nor does the
 * password of a check; else the password of each candidate is tried, and of nobody when there is none, so that the
 * time does not tell who exists.
 */
export async function verifyCredential(
  context: AccessContext,
  organization: OrganizationRecord,
  candidates: readonly Candidate[],
  request: AccessRequest,
  now: Date,
): Promise<CredentialVerdict> {
  const { credential } = request;
  if (credential.kind !== "password") {
    return await verifyChallenge(context, organization, candidates, request, credential, now);
  }
  const token = await findRadiusToken(context.db, context, credential.password);
  const owner = token && candidates.find(({ id }) => id === token.userId);
  if (token && owner && token.organizationId === organization.id) {
    return verifyToken(context.settings, organization, owner, token, request, now);
  }
  const named = candidates.find((candidate) =>
    isCheckedPassword(context.crypto, candidate, credential.password)
  );
  if (named) return { kind: "genuine", candidate: named, token: null, byToken: false };
  return await verifyPassword(context, organization, candidates, credential.password, now);
}

async function verifyPassword(
  context: AccessContext,
  organization: OrganizationRecord,
  candidates: readonly Candidate[],
  password: string,
  now: Date,
): Promise<CredentialVerdict> {
  const check = await checkPassword(context, candidates, password, now);
  switch (check.kind) {
    case "overloaded":
      return check;
    case "wrong":
      return { kind: "refused", reason: candidates.length ? "wrong_credential" : "unknown_user" };
    case "genuine":
      return passwordExpired(context.settings, organization, check.candidate, now)
        ? { kind: "refused", reason: "password_expired" }
        : { kind: "genuine", candidate: check.candidate, token: null, byToken: false };
  }
}
