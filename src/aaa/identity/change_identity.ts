import { changeDirectory, isConflict } from "../../storage/database.ts";
import { isConstraintFailure } from "../../storage/rows.ts";
import { DomainError } from "../../errors.ts";
import type { Difference } from "./differences.ts";
import type { IdentityContext } from "./identity_context.ts";
import { IdentityDraft } from "./identity_draft.ts";
import { type IdentityQuestion, type IdentityState, readIdentity } from "./identity_state.ts";
import { auditStatements, identityStatements } from "./identity_statements.ts";

const ATTEMPTS = 8;

/**
 * Reads what `question` names, lets `plan` draft what shall become of it, and writes that atomically together with the
 * audit log. When somebody else was faster it all begins anew: `plan` may run more than once.
 *
 * @throws {DomainError} whatever `plan` refuses; conflict when others were faster again and again.
 */
export async function changeIdentity<T>(
  context: IdentityContext,
  question: IdentityQuestion,
  plan: (draft: IdentityDraft) => T | Promise<T>,
  { dryRun = false } = {},
): Promise<{ readonly result: T; readonly differences: readonly Difference[] }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const state = await readIdentity(context.db, question);
    const entries = entriesOf(state);
    const draft = new IdentityDraft(context, state);
    let result: T;
    try {
      result = await plan(draft);
    } catch (refusal) {
      // Read in several steps, it may have shown half of what somebody wrote meanwhile.
      if (entriesOf(await readIdentity(context.db, question)) === entries) throw refusal;
      continue;
    }
    const differences = draft.differences.list();
    if (dryRun) return { result, differences };
    try {
      await write(draft);
      return { result, differences };
    } catch (fault) {
      if (!isConflict(fault) && !isConstraintFailure(fault)) throw fault;
    }
  }
  throw new DomainError("conflict", "Cannot save the change: others keep changing the same entries");
}

/** Which organizations, groups, users and zones there are. */
function entriesOf({ organizations, groups, users, zones }: IdentityState): string {
  return [organizations, groups, users, zones.map(({ row }) => row)].map((rows) =>
    rows.map(({ id }) => id).join()
  ).join("/");
}

async function write(draft: IdentityDraft): Promise<void> {
  const { db } = draft.context;
  const statements = identityStatements(draft);
  const audit = auditStatements(draft);
  if (db.directory === db.ledger) return await changeDirectory(db, [...statements, ...audit]);
  await changeDirectory(db, statements);
  if (audit.length) await db.ledger.$client.batch(audit, "write");
}
