import type { RadiusToken } from "../credentials/radius_token.ts";
import type { AccountRefusal } from "./access_decision.ts";
import type { Candidate } from "./find_user.ts";

/** What comes of step 3. */
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
