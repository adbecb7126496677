import * as v from "valibot";
import { DomainError } from "../../errors.ts";
import { changeDirectory, EXPECT_CHANGE, isConflict } from "../../storage/database.ts";
import { isConstraintFailure } from "../../storage/rows.ts";
import { randomAlphanumeric } from "../credentials/random_text.ts";
import { draftUser } from "./draft_user.ts";
import type { IdentityContext } from "./identity_context.ts";
import { IdentityDraft } from "./identity_draft.ts";
import { NOTHING, readIdentity } from "./identity_state.ts";
import { auditStatements, identityStatements } from "./identity_statements.ts";
import { parseUserEntry } from "./setup_file.ts";
import { foldCase } from "../../values/fold_case.ts";

const LIFE_MILLISECONDS = 24 * 3600 * 1000;
const NAME = "first_operator";

/** What is kept of the one-time link. */
const Invitation = v.pipe(v.string(), v.parseJson(), v.object({ secret: v.string(), expiresAt: v.string() }));

/** Whether the link's secret still opens anything; `done` when an operator exists. */
export type InvitationState = "valid" | "unknown" | "expired" | "done";

/** Whether anybody may do everything: then nobody is invited any more. */
export async function hasOperator({ db }: Pick<IdentityContext, "db">): Promise<boolean> {
  const { rows } = await db.directory.$client.execute(
    'select 1 from "user" where is_superuser = 1 and is_active = 1 limit 1',
  );
  return rows.length > 0;
}

/** Makes a new secret for the one-time link, good for 24 hours; an earlier one is worth nothing from then on. */
export async function inviteFirstOperator(context: IdentityContext): Promise<string> {
  const secret = randomAlphanumeric(context.crypto, 40);
  const expiresAt = new Date(context.now.getTime() + LIFE_MILLISECONDS).toISOString();
  const value = JSON.stringify({ secret: hashOf(context, secret), expiresAt });
  await context.db.state.$client.execute({
    sql:
      "insert into installation (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
    args: [NAME, value],
  });
  return secret;
}

export async function invitationState(context: IdentityContext, secret: string): Promise<InvitationState> {
  if (await hasOperator(context)) return "done";
  return await readInvitation(context, secret).then(({ state }) => state);
}

/**
 * Makes the account that may do everything, once: for whoever has the link's secret, as long as it is good and there is
 * no such account yet.
 *
 * @returns the user's id.
 * @throws {DomainError} not_found when the link is unknown, used or expired; conflict when an operator exists;
 * invalid_input for a name, address or password that cannot be.
 */
export async function createFirstOperator(
  context: IdentityContext,
  secret: string,
  { username, email, password }: {
    readonly username: string;
    readonly email?: string | undefined;
    readonly password: string;
  },
): Promise<string> {
  const entry = parseUserEntry({
    username,
    ...(email ? { email } : {}),
    password,
    staff: true,
    superuser: true,
  });
  if (await hasOperator(context)) throw existing();
  const { state, stored } = await readInvitation(context, secret);
  if (state !== "valid") {
    throw new DomainError("not_found", `Cannot make the first operator: the link is ${state}`);
  }

  const encoded = await context.passwords.hash(password);
  const known = await readIdentity(context.db, {
    ...NOTHING,
    usernameKeys: [foldCase(username)],
    emailKeys: email ? [foldCase(email)] : [],
  });
  if (known.users.length) {
    throw new DomainError("conflict", "Cannot make the first operator: the name or the address is taken");
  }
  const draft = new IdentityDraft(context, known);
  const user = draftUser(draft, entry, "", { encoded, applied: "" });
  draft.users.change(user, { appliedPassword: null });
  await writeOnce(draft, stored);
  return user.id;
}

/** The invitation is used up in the batch that makes the user: of two who use it at once one succeeds. */
async function writeOnce(draft: IdentityDraft, stored: string): Promise<void> {
  const { db } = draft.context;
  const useUp = [
    { sql: "delete from installation where name = ? and value = ?", args: [NAME, stored] },
    EXPECT_CHANGE,
  ];
  const make = [...identityStatements(draft), ...auditStatements(draft)];
  try {
    if (db.state === db.directory) return await changeDirectory(db, [...useUp, ...make]);
    await db.state.$client.batch(useUp, "write");
    await changeDirectory(db, make);
  } catch (fault) {
    if (isConflict(fault)) {
      throw new DomainError("not_found", "Cannot make the first operator: the link was used");
    }
    if (isConstraintFailure(fault)) throw existing();
    throw fault;
  }
}

async function readInvitation(
  context: IdentityContext,
  secret: string,
): Promise<{ readonly state: Exclude<InvitationState, "done">; readonly stored: string }> {
  const { rows: [row] } = await context.db.state.$client.execute({
    sql: "select value from installation where name = ?",
    args: [NAME],
  });
  const stored = String(row?.[0] ?? "");
  const parsed = v.safeParse(Invitation, stored);
  if (!parsed.success) return { state: "unknown", stored };
  const encoder = new TextEncoder();
  const same = context.crypto.equal(
    encoder.encode(parsed.output.secret),
    encoder.encode(hashOf(context, secret)),
  );
  if (!same) return { state: "unknown", stored };
  return { state: new Date(parsed.output.expiresAt) > context.now ? "valid" : "expired", stored };
}

function existing(): DomainError {
  return new DomainError("conflict", "Cannot make the first operator: there is one already");
}

function hashOf({ crypto, serverKey }: IdentityContext, secret: string): string {
  return crypto.hmacSha256(serverKey, `${NAME} ${secret}`).toHex();
}
