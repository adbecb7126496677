import { addDays, localDay } from "../../values/local_day.ts";
import { isUsablePassword } from "../credentials/password_hash.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { Candidate } from "./find_user.ts";

/** Days count in the organization's calendar; a user without a usable password has none that could expire. */
export function passwordExpired(
  settings: Settings,
  { timeZone }: OrganizationRecord,
  { isStaff, password, passwordUpdated }: Pick<Candidate, "isStaff" | "password" | "passwordUpdated">,
  now: Date,
): boolean {
  const days = (isStaff && settings.staffUserPasswordExpiration) || settings.userPasswordExpiration;
  if (!days || !passwordUpdated || !isUsablePassword(password)) return false;
  return addDays(passwordUpdated, days) < localDay(timeZone, now.getTime()).day;
}
