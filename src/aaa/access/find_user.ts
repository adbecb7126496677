import { and, asc, eq, or, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import {
  radcheck,
  radgroupcheck,
  radgroupreply,
  radiusGroup,
  radusergroup,
} from "../../storage/schema/groups.ts";
import { loginIdentity } from "../../storage/schema/state.ts";
import { organizationUser, registeredUser, user } from "../../storage/schema/users.ts";
import { foldCase } from "../../values/fold_case.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toE164 } from "../../values/phone_number.ts";

/** A user as one organization sees it. */
export interface Candidate {
  readonly id: string;
  readonly username: string;
  /** The account's, hashed. */
  readonly password: string;
  /** Of the user's `Cleartext-Password` check in the organization; null when there is none. */
  readonly clearPassword: string | null;
  /** Of the `NT-Password` check, as it was written. */
  readonly ntPassword: string | null;
  readonly passwordUpdated: string | null;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  /** An instant of `SqlDateTime`'s form. */
  readonly dateJoined: string;
  readonly isMember: boolean;
  readonly registration: { readonly method: string; readonly isVerified: boolean } | null;
}

export interface GroupAttribute {
  readonly attribute: string;
  readonly op: string;
  readonly value: string;
}

/** The user's group with the lowest priority number, with what it checks and replies, in the order it was written. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly checks: readonly GroupAttribute[];
  readonly replies: readonly GroupAttribute[];
}

/** A check that sets what passwords are compared with, as FreeRADIUS reads the row: other operators compare. */
function checkedPassword(attribute: string) {
  return sql<string | null>`(select ${radcheck.value} from ${radcheck} where ${radcheck.userId} = ${user.id}
    and ${radcheck.organizationId} = ${given("organizationId")} and ${radcheck.attribute} = ${
    sql.raw(`'${attribute}'`)
  }
    and ${radcheck.op} in (':=', '=', '+='))`;
}

const columns = {
  id: user.id,
  username: user.username,
  password: user.password,
  clearPassword: checkedPassword("Cleartext-Password"),
  ntPassword: checkedPassword("NT-Password"),
  passwordUpdated: user.passwordUpdated,
  isActive: user.isActive,
  isStaff: user.isStaff,
  isSuperuser: user.isSuperuser,
  dateJoined: user.dateJoined,
  membership: organizationUser.id,
  method: registeredUser.method,
  isVerified: registeredUser.isVerified,
};

/** Who an identifier may mean: takes `identifier`, `email`, `phones` (a JSON list) and `userId`. */
export function identifies() {
  return or(
    eq(user.username, given("identifier")),
    eq(user.emailKey, given("email")),
    sql`${user.phoneNumber} in (select value from json_each(${given("phones")}))`,
    eq(user.id, given("userId")),
  );
}

const seenFrom = query(
  columns,
  builder.select(columns).from(user)
    .leftJoin(
      organizationUser,
      and(eq(organizationUser.userId, user.id), eq(organizationUser.organizationId, given("organizationId"))),
    )
    .leftJoin(
      registeredUser,
      and(eq(registeredUser.userId, user.id), eq(registeredUser.organizationId, given("organizationId"))),
    )
    .where(identifies()),
);

const groupFields = { id: radiusGroup.id, name: radiusGroup.name };
const groupOf = query(
  groupFields,
  builder.select(groupFields).from(radusergroup)
    .innerJoin(radiusGroup, eq(radiusGroup.id, radusergroup.groupId))
    .where(
      and(eq(radusergroup.userId, given("userId")), eq(radiusGroup.organizationId, given("organizationId"))),
    )
    .orderBy(asc(radusergroup.priority), asc(radusergroup.id)).limit(1),
);

/** The checks or the replies of a group, in the order they were written. */
function attributesOf(table: typeof radgroupcheck | typeof radgroupreply) {
  const fields = { attribute: table.attribute, op: table.op, value: table.value };
  return query(
    fields,
    builder.select(fields).from(table).where(eq(table.groupId, given("groupId"))).orderBy(asc(table.id)),
  );
}
const checksOf = attributesOf(radgroupcheck);
const repliesOf = attributesOf(radgroupreply);
const rememberedIdentityFields = { userId: loginIdentity.userId };
const rememberedIdentity = query(
  rememberedIdentityFields,
  builder.select(rememberedIdentityFields).from(loginIdentity)
    .where(and(
      eq(loginIdentity.organizationId, given("organizationId")),
      eq(loginIdentity.username, given("username")),
    )),
);

/**
 * Everybody whom an identifier may name (user name exactly, e-mail without regard to case, telephone number with the
 * automatic prefixes), as the organization sees them; those found by e-mail or number come before those found by
 * name, older accounts before newer ones.
 */
export async function findCandidates(
  db: Database,
  organizationId: OrganizationId,
  identifier: string,
  autoPrefixes: readonly string[],
  now: Date,
): Promise<readonly Candidate[]> {
  if (!identifier) return [];
  return await db.cache.read(`candidates ${organizationId} ${identifier}`, now, async () => {
    const rows = await seenFrom(db.directory, {
      organizationId,
      identifier,
      email: foldCase(identifier),
      phones: JSON.stringify(phoneNumbersOf(identifier, autoPrefixes)),
      userId: "",
    });
    return rows.map(toCandidate).sort((a, b) =>
      Number(a.username === identifier) - Number(b.username === identifier) ||
      (a.dateJoined < b.dateJoined ? -1 : 1)
    );
  });
}

/** One user as an organization sees it. */
export async function findCandidate(
  db: Database,
  organizationId: OrganizationId,
  userId: string,
  now: Date,
): Promise<Candidate | null> {
  return await db.cache.read(`candidate ${organizationId} ${userId}`, now, async () => {
    const given = { organizationId, identifier: null, email: null, phones: "[]", userId };
    const [row] = await seenFrom(db.directory, given);
    return row ? toCandidate(row) : null;
  });
}

/**
 * Whose session an accounting packet reports: the member whom the user name names; of several the one who logged in
 * with it last. Null for a stranger.
 */
export async function findSessionOwner(
  db: Database,
  organizationId: OrganizationId,
  username: string,
  autoPrefixes: readonly string[],
  now: Date,
): Promise<Candidate | null> {
  const candidates = await findCandidates(db, organizationId, username, autoPrefixes, now);
  if (candidates.length > 1) {
    const [remembered] = await rememberedIdentity(db.state, { organizationId, username });
    const owner = candidates.find(({ id }) => id === remembered?.userId);
    if (owner) return owner;
  }
  return candidates.find(({ isMember }) => isMember) ?? candidates.find(({ isSuperuser }) => isSuperuser) ??
    null;
}

export async function findGroup(
  db: Database,
  organizationId: OrganizationId,
  userId: string,
  now: Date,
): Promise<Group | null> {
  const group = await db.cache.read(`group ${organizationId} ${userId}`, now, async () => {
    const [found] = await groupOf(db.directory, { organizationId, userId });
    return found ?? null;
  });
  return group && await db.cache.read(`attributes ${group.id}`, now, async () => ({
    ...group,
    checks: await checksOf(db.directory, { groupId: group.id }),
    replies: await repliesOf(db.directory, { groupId: group.id }),
  }));
}

function toCandidate({ membership, method, isVerified, ...row }:
  & {
    [K in keyof Omit<Candidate, "isMember" | "registration">]: Candidate[K];
  }
  & { membership: string | null; method: string | null; isVerified: boolean | null }): Candidate {
  const registration = method === null || isVerified === null ? null : { method, isVerified };
  return { ...row, isMember: membership !== null, registration };
}

/** E.164 numbers that an identifier may mean, with and without the automatic prefixes and a leading zero. */
export function phoneNumbersOf(identifier: string, autoPrefixes: readonly string[]): string[] {
  const spellings = identifier.startsWith("0") ? [identifier, identifier.slice(1)] : [identifier];
  const numbers = ["", ...autoPrefixes].flatMap((prefix) => spellings.map((text) => toE164(prefix + text)));
  return [...new Set(numbers.filter((number) => number !== null))];
}
