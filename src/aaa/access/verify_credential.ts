import { addDays, localDay } from "../../values/local_day.ts";
import { isUsablePassword } from "../credentials/password_hash.ts";
import { findRadiusToken, isRepetition, type RadiusToken } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { AccessContext } from "./access_context.ts";
import type { AccountRefusal } from "./access_decision.ts";
import type { AccessRequest } from "./access_request.ts";
import { checkPassword } from "./check_password.ts";
import type { Candidate } from "./find_user.ts";

export type CredentialVerdict =
  /** `token`: the RADIUS token that was shown and is still to be taken; null for a password or a repetition. */
  | {
    readonly kind: "genuine";
    readonly candidate: Candidate;
    readonly token: RadiusToken | null;
    readonly byToken: boolean;
  }
  /** `explanation`: where the reason's own sentence would be untrue. */
  | { readonly kind: "refused"; readonly reason: AccountRefusal; readonly explanation?: string }
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };

/** A password change or a Stop ends tokens that nobody took, and the one of a sign-up is not yet good. */
const NEVER_TAKEN =
  "The RADIUS token has ended, or its owner has not logged in since signing up: log in to get a new one";

/**
 * Step 3: whose credential it is. A RADIUS key is looked up first and never pays for a password hash; else the
 * password of each candidate is tried, and of nobody when there is none, so that the time does not tell who exists.
 */
export async function verifyCredential(
  context: AccessContext,
  organization: OrganizationRecord,
  candidates: readonly Candidate[],
  request: AccessRequest,
  now: Date,
): Promise<CredentialVerdict> {
  const token = await findRadiusToken(context.db, context, request.password);
  const owner = token && candidates.find(({ id }) => id === token.userId);
  if (token && owner && token.organizationId === organization.id) {
    return verifyToken(context.settings, organization, owner, token, request, now);
  }
  return await verifyPassword(context, organization, candidates, request.password, now);
}

function verifyToken(
  settings: Settings,
  organization: OrganizationRecord,
  candidate: Candidate,
  token: RadiusToken,
  request: AccessRequest,
  now: Date,
): CredentialVerdict {
  const byPassword = token.passwordBased !== false;
  if (byPassword && passwordExpired(settings, organization, candidate, now)) {
    return { kind: "refused", reason: "password_expired" };
  }
  if (token.canAuth) return { kind: "genuine", candidate, token, byToken: true };
  if (!isRepetition(token, stationOf(organization, request), now)) {
    const explanation = token.takenAt === null && NEVER_TAKEN;
    return { kind: "refused", reason: "token_used", ...(explanation && { explanation }) };
  }
  return { kind: "genuine", candidate, token: null, byToken: true };
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

/** Days count in the organization's calendar; a user without a usable password has none that could expire. */
export function passwordExpired(
  settings: Settings,
  { timeZone }: OrganizationRecord,
  { isStaff, password, passwordUpdated }: Pick<Candidate, "isStaff" | "password" | "passwordUpdated">,
  now: Date,
): boolean {
  const days = (isStaff && settings.staffUserPasswordExpiration) || settings.userPasswordExpiration;
  if (!days || !passwordUpdated || !isUsablePassword(password)) return false;
  return addDays(passwordUpdated, days) < localDay(timeZone, now.getTime()).day;
}

/** Who took a token: the credentials' organization and both station ids; null when one of them was not sent. */
export function stationOf({ id }: OrganizationRecord, request: AccessRequest): string | null {
  const { calledStationId, callingStationId } = request;
  return calledStationId && callingStationId ? `${id} ${calledStationId} ${callingStationId}` : null;
}
