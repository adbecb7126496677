import type { Database } from "../../storage/database.ts";
import { passwordExpired } from "../access/password_expired.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { Account } from "./account.ts";
import { findPendingNumber } from "./pending_number.ts";

/** The user object of radius-api 5.0, spelled and ordered as clients know it. */
export interface AccountView {
  readonly username: string;
  readonly email: string | null;
  readonly phone_number: string | null;
  readonly first_name: string;
  readonly last_name: string;
  readonly birth_date: string | null;
  readonly location: string;
  readonly is_active: boolean;
  /** Null without a registration record in this organization, as `method`. */
  readonly is_verified: boolean | null;
  readonly method: string | null;
  readonly password_expired: boolean;
  readonly radius_user_token: string | null;
}

/** What was given out just now. */
export interface Issued {
  readonly radiusUserToken: string | null;
  /** Whether a password stands behind it: only then can that have expired. */
  readonly passwordBased: boolean;
}

/** How an account looks to its owner in one organization. A number that is still to be verified there is *the* number. */
export async function accountView(
  { db, settings }: { readonly db: Database; readonly settings: Settings },
  organization: OrganizationRecord,
  account: Account,
  { radiusUserToken, passwordBased }: Issued,
  now: Date,
): Promise<AccountView> {
  return {
    username: account.username,
    email: account.email,
    phone_number: await findPendingNumber(db, organization.id, account.id) ?? account.phoneNumber,
    first_name: account.firstName,
    last_name: account.lastName,
    birth_date: account.birthDate,
    location: account.location,
    is_active: account.isActive,
    is_verified: account.registration?.isVerified ?? null,
    method: account.registration?.method ?? null,
    password_expired: passwordBased && passwordExpired(settings, organization, account, now),
    radius_user_token: radiusUserToken,
  };
}
