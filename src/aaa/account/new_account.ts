import type { InStatement } from "@libsql/client";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { emailAddress, organizationUser, registeredUser, user } from "../../storage/schema/users.ts";
import { localDay } from "../../values/local_day.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Crypto } from "../credentials/crypto.ts";
import { newId } from "../identity/identity_context.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Identifiers } from "./similar_accounts.ts";

/** An account that somebody makes for herself, and how she will prove who she is. */
export interface NewAccount extends Identifiers {
  readonly id: string;
  readonly username: string;
  readonly usernameKey: string | null;
  readonly email: string | null;
  /** The stored hash. */
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly location: string;
  /** `YYYY-MM-DD` */
  readonly birthDate: string | null;
  /** The name of a registration method. */
  readonly method: string;
}

const insertUser = compiled(
  builder.insert(user).values({
    id: given("id"),
    username: given("username"),
    usernameKey: given("usernameKey"),
    email: given("email"),
    emailKey: given("emailKey"),
    password: given("password"),
    firstName: given("firstName"),
    lastName: given("lastName"),
    location: given("location"),
    phoneNumber: given("phoneNumber"),
    birthDate: given("birthDate"),
    passwordUpdated: given("today"),
    dateJoined: given("now"),
    modified: given("now"),
  }),
);
const insertMember = compiled(
  builder.insert(organizationUser).values({
    id: given("membershipId"),
    userId: given("id"),
    organizationId: given("organizationId"),
    created: given("now"),
    modified: given("now"),
  }),
);
const insertRegistration = compiled(
  builder.insert(registeredUser).values({
    id: given("registrationId"),
    userId: given("id"),
    organizationId: given("organizationId"),
    method: given("method"),
    modified: given("now"),
  }),
);
const insertAddress = compiled(
  builder.insert(emailAddress).values({
    userId: given("id"),
    email: given("email"),
    emailKey: given("emailKey"),
    primary: true,
  }),
);

/**
 * What makes the account, its membership with the organization's default group, its registration record (unverified)
 * and its e-mail address (unverified), for one batch. It fails (`isConstraintFailure()`) when somebody has the name, the
 * address or the number.
 */
export function newAccountStatements(
  { crypto }: { readonly crypto: Crypto },
  organization: Pick<OrganizationRecord, "id" | "timeZone">,
  account: NewAccount,
  now: Date,
): InStatement[] {
  const at = toSqlDateTime(now);
  const values = {
    ...account,
    organizationId: organization.id,
    membershipId: newId({ crypto, now }, 1),
    registrationId: newId({ crypto, now }, 2),
    today: localDay(organization.timeZone, now.getTime()).day,
    now: at,
  };
  return [
    insertUser(values),
    insertMember(values),
    {
      // Drizzle builds no such insert. There is one default group at most, and perhaps none.
      sql: `insert into radusergroup (id, username, groupname, priority, user_id, group_id, created, modified)
        select ?, ?, name, 1, ?, id, ?, ? from radius_group where organization_id = ? and "default" = 1`,
      args: [newId({ crypto, now }, 3), account.username, account.id, at, at, organization.id],
    },
    insertRegistration(values),
    ...(account.email === null ? [] : [insertAddress(values)]),
  ];
}
