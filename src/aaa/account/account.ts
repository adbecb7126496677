import { and, eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { apiToken, organizationUser, registeredUser, user } from "../../storage/schema/users.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { lookupOfApiKey } from "./api_token.ts";

/** How a member's identity was established in one organization. */
export interface Registration {
  readonly method: string;
  readonly isVerified: boolean;
}

/** A user's account as one organization sees it, read from the database at this moment. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  /** E.164. */
  readonly phoneNumber: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string | null;
  readonly location: string;
  /** The stored hash. */
  readonly password: string;
  /** `YYYY-MM-DD` */
  readonly passwordUpdated: string | null;
  /** An instant of `SqlDateTime`'s form. */
  readonly dateJoined: string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  /** A disabled organization has no members. */
  readonly isMember: boolean;
  /** A member who administers the organization. */
  readonly isManager: boolean;
  readonly registration: Registration | null;
}

const columns = {
  id: user.id,
  username: user.username,
  email: user.email,
  phoneNumber: user.phoneNumber,
  firstName: user.firstName,
  lastName: user.lastName,
  birthDate: user.birthDate,
  location: user.location,
  password: user.password,
  passwordUpdated: user.passwordUpdated,
  dateJoined: user.dateJoined,
  isActive: user.isActive,
  isStaff: user.isStaff,
  isSuperuser: user.isSuperuser,
  membership: organizationUser.id,
  isAdmin: organizationUser.isAdmin,
  method: registeredUser.method,
  isVerified: registeredUser.isVerified,
};

function accountWhere(condition: SQL) {
  return query(
    columns,
    builder.select(columns).from(user)
      .leftJoin(
        organizationUser,
        and(
          eq(organizationUser.userId, user.id),
          eq(organizationUser.organizationId, given("organizationId")),
        ),
      )
      .leftJoin(
        registeredUser,
        and(eq(registeredUser.userId, user.id), eq(registeredUser.organizationId, given("organizationId"))),
      )
      .where(condition),
  );
}

const byId = accountWhere(eq(user.id, given("userId")));
const byLookup = accountWhere(
  sql`${user.id} = (select ${sql.raw("user_id")} from ${apiToken} where ${sql.raw("lookup")} = ${
    given("lookup")
  })`,
);

export async function findAccount(
  db: Database,
  organization: OrganizationRecord,
  userId: string,
): Promise<Account | null> {
  const [row] = await byId(db.directory, { organizationId: organization.id, userId });
  return row ? toAccount(row, organization) : null;
}

/** Whose API key that is, active or not, member or not; null for a key that nobody has. */
export async function findAccountByApiKey(
  db: Database,
  keyring: Keyring,
  organization: OrganizationRecord,
  key: string,
): Promise<Account | null> {
  const lookup = lookupOfApiKey(keyring, key);
  if (!lookup) return null;
  const [row] = await byLookup(db.directory, { organizationId: organization.id, lookup });
  return row ? toAccount(row, organization) : null;
}

type Row = Awaited<ReturnType<typeof byId>>[number];

function toAccount(row: Row, organization: OrganizationRecord): Account {
  const { membership, isAdmin, method, isVerified, ...account } = row;
  const isMember = membership !== null && organization.isActive;
  return {
    ...account,
    isMember,
    isManager: isMember && isAdmin === true,
    registration: method === null || isVerified === null ? null : { method, isVerified },
  };
}
