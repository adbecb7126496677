import type { Keyring } from "../credentials/radius_token.ts";
import type { DecisionTally } from "./decision_tally.ts";
import type { PasswordVerifier } from "../credentials/password_verifier.ts";
import type { Database } from "../../storage/database.ts";
import type { Settings } from "../settings.ts";

/** What log-ins need beside the request: the app's own Deps have all of it. */
export interface AccessContext extends Keyring {
  readonly db: Database;
  readonly settings: Settings;
  readonly passwords: PasswordVerifier;
  /** What was decided, for whoever watches. */
  readonly decisions: DecisionTally;
  /** Goes on after the answer. */
  readonly inBackground: (work: Promise<unknown>) => void;
}
