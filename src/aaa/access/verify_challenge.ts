import type { Credential } from "../credentials/credential.ts";
import { chapResponse } from "../credentials/chap.ts";
import type { Crypto } from "../credentials/crypto.ts";
import { ntResponse } from "../credentials/mschapv2.ts";
import { ntHash, parseNtHash } from "../credentials/nt_hash.ts";
import { readRadiusKeys } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { AccessContext } from "./access_context.ts";
import type { AccessRequest } from "./access_request.ts";
import type { CredentialVerdict } from "./credential_verdict.ts";
import type { Candidate } from "./find_user.ts";
import { verifyToken } from "./verify_token.ts";

type Challenged = Exclude<Credential, { readonly kind: "password" }>;

/** What an answer to a challenge can be made of. */
type Secret =
  | { readonly kind: "clear"; readonly password: string }
  | { readonly kind: "nt_hash"; readonly hash: Uint8Array };

/** As many answers are computed for everybody, so that the time does not tell who exists and who has tokens. */
const ANSWERS_COMPUTED = 6;
const NOBODYS: Secret = { kind: "clear", password: "" };

const NEEDED = {
  chap:
    "CHAP needs the clear password: the account has neither an unused RADIUS token nor a Cleartext-Password check " +
    "in the organization. Let the login page send the password itself (PAP), or give the account such a check",
  mschapv2:
    "MS-CHAPv2 needs the clear password or its NT hash: the account has neither an unused RADIUS token nor a " +
    "Cleartext-Password or NT-Password check in the organization. Let the login page send the password itself (PAP), " +
    "or give the account such a check",
} as const;

const encoder = new TextEncoder();

/**
 * Step 3 for CHAP and MS-CHAPv2, whose answers can be checked only with the clear password or its NT hash: that of a
 * RADIUS token of the candidate in this organization, or of a check there. Account passwords are hashed, so that
 * nobody can answer with them.
 */
export async function verifyChallenge(
  context: AccessContext,
  organization: OrganizationRecord,
  candidates: readonly Candidate[],
  request: AccessRequest,
  credential: Challenged,
  now: Date,
): Promise<CredentialVerdict> {
  const { crypto, db, settings } = context;
  let possible = false;
  for (const candidate of candidates.length ? candidates : [null]) {
    const member = { userId: candidate?.id ?? "", organizationId: organization.id };
    const keys = await readRadiusKeys(db, context, member);
    const checked = candidate && checkedSecret(candidate, credential);
    const secrets: Secret[] = keys.map(({ key }) => ({ kind: "clear", password: key }));
    if (checked) secrets.push(checked);
    possible ||= secrets.length > 0;
    while (secrets.length < ANSWERS_COMPUTED) secrets.push(NOBODYS);

    const proves = secrets.map((secret) => isAnswer(crypto, request.username, credential, secret));
    if (!candidate) continue;
    if (checked && proves[keys.length]) return { kind: "genuine", candidate, token: null, byToken: false };
    const token = keys.find((_, at) => proves[at])?.token;
    if (token) return verifyToken(settings, organization, candidate, token, request, now);
  }
  if (!candidates.length) return { kind: "refused", reason: "unknown_user" };
  if (possible) return { kind: "refused", reason: "wrong_credential" };
  return { kind: "refused", reason: "needs_clear_password", explanation: NEEDED[credential.kind] };
}

/** Like FreeRADIUS: the clear password where there is one, and the hash alone for MS-CHAPv2. */
function checkedSecret(
  { clearPassword, ntPassword }: Candidate,
  { kind }: Challenged,
): Secret | null {
  if (clearPassword) return { kind: "clear", password: clearPassword };
  const hash = kind === "mschapv2" && ntPassword && parseNtHash(ntPassword);
  return hash ? { kind: "nt_hash", hash } : null;
}

function isAnswer(crypto: Crypto, userName: string, credential: Challenged, secret: Secret): boolean {
  switch (credential.kind) {
    case "chap": {
      const { ident, challenge, response } = credential;
      if (secret.kind !== "clear") return false;
      return crypto.equal(response, chapResponse(crypto, ident, encoder.encode(secret.password), challenge));
    }
    case "mschapv2": {
      const { challenge, peerChallenge, ntResponse: response } = credential;
      const hash = secret.kind === "nt_hash" ? secret.hash : ntHash(crypto, secret.password);
      return crypto.equal(response, ntResponse(crypto, challenge, peerChallenge, userName, hash));
    }
  }
}
