import type { AccessContext } from "../../aaa/access/access_context.ts";
import { type Attempt, attemptedAccount, beginAttempt } from "../../aaa/access/failed_attempts.ts";
import type { Candidate } from "../../aaa/access/find_user.ts";
import type { AuthorityRequest } from "./authority.ts";

/**
 * Begins a log-on by EAP that proves nothing: devices try a method that there is not by themselves, again and again. It
 * is no guess, and keeps nobody from logging on with a password.
 */
export function beginNonsense(
  { db }: AccessContext,
  { zone, callingStationId }: AuthorityRequest,
  now: Date,
): Promise<Attempt> {
  return beginAttempt(db, `eap ${zone.id} ${callingStationId}`, now);
}

/**
 * Begins a log-on whose password may be a guess: 20 wrong ones in ten minutes are a station's, and an account's. The
 * station comes first, so that one alone locks nobody but a single account. Without a network a station is an address,
 * behind which many may be: there the account alone counts.
 *
 * @param named whom the user name may mean.
 */
export async function beginGuess(
  context: AccessContext,
  named: readonly Candidate[],
  { zone, userName, callingStationId }: AuthorityRequest,
  now: Date,
): Promise<Attempt> {
  const { db } = context;
  const byStation = zone.gate === "none"
    ? null
    : await beginAttempt(db, `station ${zone.id} ${callingStationId}`, now);
  if (byStation?.kind === "exhausted") return byStation;
  const byAccount = await beginAttempt(db, attemptedAccount(context, named, userName), now);
  if (byAccount.kind === "exhausted") return byAccount;
  return {
    kind: "allowed",
    async forgive() {
      await Promise.all([byAccount.forgive(), byStation?.forgive()]);
    },
  };
}
