import { foldCase } from "../../values/fold_case.ts";
import { localDay } from "../../values/local_day.ts";
import { randomAlphanumeric } from "../credentials/random_text.ts";
import { type IdentityDraft, refuse, type UserRow } from "./identity_draft.ts";
import type { UserEntry } from "./setup_file.ts";

/** A password to be set: its hash, and how it is recognized when the same file is applied again. */
export interface NewPassword {
  readonly encoded: string;
  readonly applied: string;
}

/** Makes the account what the entry says, apart from its memberships; a user that is not there is made. */
export function draftUser(
  draft: IdentityDraft,
  entry: UserEntry,
  path: string,
  password: NewPassword | undefined,
): UserRow {
  const user = draft.byUsername.get(foldCase(entry.username)) ?? newUser(draft, entry.username);
  if (user.username !== entry.username) {
    throw refuse(
      path,
      "username",
      `"${entry.username}" and the user "${user.username}" differ only in letter case`,
    );
  }
  const note = (field: string) => draft.differences.changed("user", user.username, field);
  const fields: Partial<UserRow> = {
    ...profileOf(entry),
    ...(entry.phone === undefined ? {} : { phoneNumber: entry.phone }),
    ...(entry.active === undefined ? {} : { isActive: entry.active }),
    ...(entry.staff === undefined ? {} : { isStaff: entry.staff }),
    ...(entry.superuser === undefined ? {} : { isSuperuser: entry.superuser }),
  };
  for (const [field, value] of Object.entries(fields)) {
    if (draft.users.change(user, { [field]: value })) note(FIELD_NAMES[field] ?? field);
  }
  if (password) {
    draft.users.change(user, {
      password: password.encoded,
      appliedPassword: password.applied,
      passwordUpdated: today(draft),
    });
    note("password");
  }
  draftEmail(draft, user, entry);
  return user;
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  phoneNumber: "phone",
  isActive: "active",
  isStaff: "staff",
  isSuperuser: "superuser",
  firstName: "first_name",
  lastName: "last_name",
  birthDate: "birth_date",
  expirationDate: "expiration_date",
};

function profileOf(entry: UserEntry): Partial<UserRow> {
  const fields = {
    firstName: entry.first_name,
    lastName: entry.last_name,
    birthDate: entry.birth_date,
    location: entry.location,
    company: entry.company,
    url: entry.url,
    bio: entry.bio,
    notes: entry.notes,
    expirationDate: entry.expiration_date,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function newUser(draft: IdentityDraft, username: string): UserRow {
  draft.differences.created("user", username);
  return draft.addUser({
    id: draft.newId(),
    username,
    usernameKey: foldCase(username),
    email: null,
    emailKey: null,
    // Django's mark for a password that nothing matches.
    password: `!${randomAlphanumeric(draft.context.crypto, 40)}`,
    firstName: "",
    lastName: "",
    bio: "",
    url: "",
    company: "",
    location: "",
    phoneNumber: null,
    birthDate: null,
    notes: "",
    passwordUpdated: null,
    appliedPassword: null,
    expirationDate: null,
    isActive: true,
    isStaff: false,
    isSuperuser: false,
    dateJoined: draft.now,
    modified: draft.now,
  });
}

/** The account's address, and whether it was verified; an address that was there before stays as a further one. */
function draftEmail(draft: IdentityDraft, user: UserRow, entry: UserEntry): void {
  const { email, email_verified: verified } = entry;
  const note = (field: string) => draft.differences.changed("user", user.username, field);
  const changed = email !== undefined &&
    draft.users.change(user, { email, emailKey: email === null ? null : foldCase(email) });
  if (changed) note("email");
  if (user.email === null || user.emailKey === null) return;
  const addresses = draft.emailsOf(user.id);
  const known = addresses.find(({ emailKey }) => emailKey === user.emailKey);
  if (known) {
    if (changed) draft.emails.change(known, { email: user.email, primary: true });
    if (verified !== undefined && draft.emails.change(known, { verified })) note("email_verified");
  } else if (changed || verified) {
    draft.emails.add({
      id: 0,
      userId: user.id,
      email: user.email,
      emailKey: user.emailKey,
      verified: verified ?? false,
      primary: true,
    });
    if (verified) note("email_verified");
  }
  if (!changed) return;
  for (const other of addresses) {
    if (other !== known) draft.emails.change(other, { primary: false });
  }
}

function today({ context }: IdentityDraft): string {
  return localDay(context.settings.timeZone, context.now.getTime()).day;
}
