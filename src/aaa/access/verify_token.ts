import { isRepetition, type RadiusToken } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { AccessRequest } from "./access_request.ts";
import type { CredentialVerdict } from "./credential_verdict.ts";
import type { Candidate } from "./find_user.ts";
import { passwordExpired } from "./password_expired.ts";

/** A password change or a Stop ends tokens that nobody took, and the one of a sign-up is not yet good. */
const NEVER_TAKEN =
  "The RADIUS token has ended, or its owner has not logged in since signing up: log in to get a new one";

/** What a RADIUS token that was shown is worth, whatever way it was shown in. */
export function verifyToken(
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

/** Who took a token: the credentials' organization and both station ids; null when one of them was not sent. */
export function stationOf({ id }: OrganizationRecord, request: AccessRequest): string | null {
  const { calledStationId, callingStationId } = request;
  return calledStationId && callingStationId ? `${id} ${calledStationId} ${callingStationId}` : null;
}
