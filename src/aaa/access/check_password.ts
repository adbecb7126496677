import { and, eq, sql } from "drizzle-orm";
import { changeDirectory } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { user } from "../../storage/schema/users.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { AccessContext } from "./access_context.ts";
import type { Candidate } from "./find_user.ts";

export type PasswordCheck =
  | { readonly kind: "genuine"; readonly candidate: Candidate }
  | { readonly kind: "wrong" }
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };

/**
 * Whose password it is: tries each candidate's, and nobody's when there is none, so that the time does not tell who
 * exists. Whether it has expired, or its owner may come in, is not asked.
 *
 * @param longestWaitMs how long the asker would wait for a hash to begin; the verifier's own limit unless told.
 */
export async function checkPassword(
  context: AccessContext,
  candidates: readonly Candidate[],
  password: string,
  now: Date,
  longestWaitMs?: number,
): Promise<PasswordCheck> {
  const tried = candidates.length ? candidates : [null];
  for (const candidate of tried) {
    const stored = candidate && { userId: candidate.id, encoded: candidate.password };
    const verdict = await context.passwords.verify(stored, password, now.getTime(), longestWaitMs);
    if (verdict.kind === "overloaded") return verdict;
    if (!candidate || verdict.kind === "wrong") continue;
    if (verdict.rehash) context.inBackground(rehash(context, candidate, password, now));
    return { kind: "genuine", candidate };
  }
  return { kind: "wrong" };
}

const replacePassword = compiled(
  builder.update(user).set({ password: sql`${given("encoded")}`, modified: sql`${given("now")}` })
    .where(and(eq(user.id, given("id")), eq(user.password, given("outdated")))),
);

/** Stores an imported password in our own format, unless it was changed meanwhile. */
async function rehash({ db, passwords }: AccessContext, candidate: Candidate, password: string, now: Date) {
  const encoded = await passwords.hash(password);
  const { id, password: outdated } = candidate;
  await changeDirectory(db, [replacePassword({ id, outdated, encoded, now: toSqlDateTime(now) })]);
}
