import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { insertRows, isAnyOf } from "../../storage/rows.ts";
import { radbatch, radbatchUser } from "../../storage/schema/groups.ts";
import { user as userTable } from "../../storage/schema/users.ts";
import { foldCase } from "../../values/fold_case.ts";
import { localDay } from "../../values/local_day.ts";
import { randomAlphanumeric } from "../credentials/random_text.ts";
import { freeUsernames } from "./batch_names.ts";
import { type BatchUser, readBatchFile } from "./batch_rows.ts";
import { changeIdentity } from "./change_identity.ts";
import { draftMemberships } from "./draft_membership.ts";
import { draftUser } from "./draft_user.ts";
import type { IdentityContext } from "./identity_context.ts";
import type { IdentityDraft, UserRow } from "./identity_draft.ts";
import { NOTHING } from "./identity_state.ts";
import type { OrganizationRecord } from "./organization_record.ts";

/** Writing this many stops the thread that answers packets for some 50 ms. */
export const MOST_BATCH_USERS = 1_000;

/** Each takes some 70 ms of a core; log-ins need cores too, and on Workers there is but one thread. */
const HASHES_AT_A_TIME = 2;
const USERS_AT_A_TIME = 100;
const PREFIX = /^[A-Za-z0-9@.+_-]{1,20}$/;

export interface BatchContext extends IdentityContext {
  /** Lets packets be answered; called every few milliseconds of work. */
  readonly pause: () => Promise<void>;
}

export interface BatchRequest {
  readonly organization: OrganizationRecord;
  /** At most 128 characters. */
  readonly name: string;
  readonly users:
    | { readonly strategy: "prefix"; readonly prefix: string; readonly count: number }
    /** `username,password,email,first_name,last_name` (radius-api 6.4). */
    | { readonly strategy: "csv"; readonly file: Uint8Array };
  /** `YYYY-MM-DD`, of the batch and of each of its users. */
  readonly expirationDate: string | null;
}

/** What is wrong, by the API's name of the field; `__all__` for what concerns no single one. */
export type BatchErrors = Readonly<Record<string, readonly string[]>>;
export interface RefusedBatch {
  readonly kind: "refused";
  readonly errors: BatchErrors;
}

/** A batch that can be made, as far as one can know before it is. */
export interface PlannedBatch {
  readonly kind: "planned";
  readonly request: BatchRequest;
  readonly users: readonly BatchUser[];
}

export type BatchRow = typeof radbatch.$inferSelect;
export interface MadeBatch {
  readonly kind: "made";
  readonly batch: BatchRow;
  readonly users: readonly UserRow[];
  /** Names and passwords of those that got a random one; of a prefix batch they are also in its row. */
  readonly credentials: readonly (readonly [username: string, password: string])[];
}

/** Checks all of a batch before anything is stored. */
export async function planBatch(
  context: BatchContext,
  request: BatchRequest,
): Promise<PlannedBatch | RefusedBatch> {
  const { organization, expirationDate } = request;
  const today = localDay(organization.timeZone, context.now.getTime()).day;
  if (expirationDate !== null && expirationDate < today) {
    return refused({ expiration_date: ["The users would have expired before they exist."] });
  }
  const planned = await planUsers(context, request);
  if (planned.kind === "refused") return planned;
  const conflicts = await conflictsOf(context.db, planned);
  return conflicts ? refused(conflicts) : planned;
}

/**
 * Makes a batch, all of it or nothing: its users, each a member of the organization and in its default group. Takes
 * the time of a slow hash for each password; nothing is held up meanwhile.
 *
 * @returns refused when somebody else was faster with a name or an address.
 */
export async function makeBatch(
  context: BatchContext,
  planned: PlannedBatch,
): Promise<MadeBatch | RefusedBatch> {
  const { request: { organization }, users } = planned;
  const clear = users.map(({ password }) => {
    if (password.kind === "hash") return null;
    if (password.kind === "clear") return password.text;
    return randomAlphanumeric(context.crypto, context.settings.batchDefaultPasswordLength);
  });
  const encoded = await hashAll(
    context,
    users.map(({ password }, at) => password.kind === "hash" ? password : { text: clear[at] ?? "" }),
  );
  const question = { ...NOTHING, slugs: [organization.slug] };
  const { result } = await changeIdentity(context, question, async (draft) => {
    const conflicts = await conflictsOf(context.db, planned);
    return conflicts ? refused(conflicts) : await draftBatch(context, draft, planned, clear, encoded);
  });
  return result;
}

async function planUsers(
  context: BatchContext,
  request: BatchRequest,
): Promise<PlannedBatch | RefusedBatch> {
  const wanted = request.users;
  if (wanted.strategy === "csv") {
    const reading = await readBatchFile(wanted.file, MOST_BATCH_USERS, context.pause);
    if (reading.kind === "users") return { kind: "planned", request, users: reading.users };
    return refused(Object.fromEntries(Object.entries(reading.errors).filter(([, texts]) => texts.length)));
  }
  const { prefix, count } = wanted;
  if (!PREFIX.test(prefix)) {
    return refused({ prefix: ["A prefix has 1 to 20 of the letters A to Z, digits, and @ . + - _"] });
  }
  if (!(count >= 1 && count <= MOST_BATCH_USERS)) {
    const bound = count >= 1 ? `less than or equal to ${MOST_BATCH_USERS}` : "greater than or equal to 1";
    return refused({ number_of_users: [`Ensure this value is ${bound}.`] });
  }
  const nobody: BatchUser = {
    row: 0,
    username: prefix,
    email: null,
    firstName: "",
    lastName: "",
    password: { kind: "random" },
  };
  return { kind: "planned", request, users: Array<BatchUser>(count).fill(nobody) };
}

/** What others have already, now. */
async function conflictsOf(
  { directory }: Database,
  { request: { organization, name }, users }: PlannedBatch,
): Promise<BatchErrors | null> {
  const [namesake] = await directory.select({ id: radbatch.id }).from(radbatch)
    .where(and(eq(radbatch.organizationId, organization.id), eq(radbatch.name, name)));
  if (namesake) return { __all__: [`This organization has a batch named "${name}" already.`] };
  const emails = users.flatMap(({ email }) => email === null ? [] : [foldCase(email)]);
  if (!emails.length) return null;
  const known = await directory.select({ key: sql<string>`${userTable.emailKey}` }).from(userTable)
    .where(isAnyOf(userTable.emailKey, emails));
  if (!known.length) return null;
  const keys = new Set(known.map(({ key }) => key));
  const rows = users.filter(({ email }) => email !== null && keys.has(foldCase(email)));
  return {
    csvfile: rows.slice(0, 20).map(({ row }) => `row ${row}: there is a user with this e-mail address`),
  };
}

async function hashAll(
  { passwords, pause }: BatchContext,
  wanted: readonly ({ readonly encoded: string } | { readonly text: string })[],
): Promise<readonly string[]> {
  const encoded: string[] = [];
  const queue = wanted.entries();
  const lane = async () => {
    for (const [at, one] of queue) {
      encoded[at] = "encoded" in one ? one.encoded : await passwords.hash(one.text);
      // Workers have no other thread to hash on.
      if ("text" in one) await pause();
    }
  };
  await Promise.all(Array.from({ length: HASHES_AT_A_TIME }, lane));
  return encoded;
}

async function draftBatch(
  context: BatchContext,
  draft: IdentityDraft,
  { request, users: wanted }: PlannedBatch,
  clear: readonly (string | null)[],
  encoded: readonly string[],
): Promise<MadeBatch> {
  const names = await freeUsernames(
    context.db,
    wanted.map(({ username }) => username),
    request.users.strategy === "prefix" ? 1 : 0,
    context.pause,
  );
  const users: UserRow[] = [];
  const credentials: [string, string][] = [];
  for (const [at, one] of wanted.entries()) {
    const username = names[at] ?? "";
    users.push(draftBatchUser(draft, request, { ...one, username }, encoded[at] ?? ""));
    const password = clear[at];
    if (one.password.kind === "random" && password) credentials.push([username, password]);
    if (at % USERS_AT_A_TIME === USERS_AT_A_TIME - 1) await context.pause();
  }
  const batch = batchRow(draft, request, credentials);
  const batchUsers = users.map(({ id: userId }) => ({ batchId: batch.id, userId }));
  draft.further.push(...insertRows(radbatch, [batch]), ...insertRows(radbatchUser, batchUsers));
  return { kind: "made", batch, users, credentials };
}

/** The effects of radius-api 6.5 on somebody new. */
function draftBatchUser(
  draft: IdentityDraft,
  { organization, expirationDate }: BatchRequest,
  { username, email, firstName, lastName }: BatchUser,
  password: string,
): UserRow {
  const entry = {
    username,
    email,
    first_name: firstName,
    last_name: lastName,
    expiration_date: expirationDate,
    organizations: [organization.slug],
    method: "manual",
    verified: organization.needsIdentityVerification,
  };
  const user = draftUser(draft, entry, "", undefined);
  const { now, settings } = draft.context;
  const passwordUpdated = localDay(settings.timeZone, now.getTime()).day;
  draft.users.change(user, { password, passwordUpdated });
  draftMemberships(draft, user, entry, "");
  return user;
}

function batchRow(
  draft: IdentityDraft,
  { organization, name, users, expirationDate }: BatchRequest,
  credentials: readonly (readonly [string, string])[],
): BatchRow {
  return {
    id: draft.newId(),
    organizationId: organization.id,
    strategy: users.strategy,
    status: "completed",
    name,
    prefix: users.strategy === "prefix" ? users.prefix : null,
    csvfile: null,
    userCredentials: users.strategy === "prefix" ? credentials : null,
    expirationDate,
    groupId: null,
    notes: "",
    ...draft.stamps(),
  };
}

function refused(errors: BatchErrors): RefusedBatch {
  return { kind: "refused", errors };
}
