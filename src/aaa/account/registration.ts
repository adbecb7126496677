import type { InStatement } from "@libsql/client";
import { message } from "../../languages/say.ts";
import { changeDirectory, isConflict } from "../../storage/database.ts";
import { isConstraintFailure } from "../../storage/rows.ts";
import type { AccessContext } from "../access/access_context.ts";
import { phoneNumbersOf } from "../access/find_user.ts";
import { LOGIN_PAGE_PATIENCE_MS } from "../credentials/password_verifier.ts";
import { newRadiusToken } from "../credentials/radius_token.ts";
import { newId } from "../identity/identity_context.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { newApiToken } from "./api_token.ts";
import { type NewAccount, newAccountStatements } from "./new_account.ts";
import {
  type FieldFlaws,
  flawsAmongOthers,
  flawsOfForm,
  identifiersOf,
  missingField,
  type SignUpForm,
} from "./sign_up_form.ts";
import { type AccountVisit, sendConfirmation } from "./send_confirmation.ts";
import { expectNobodyMeant, findHolders, type MemberOf, organizationsOfSimilar } from "./similar_accounts.ts";

const ATTEMPTS = 8;

export type SignUpContext = AccessContext & { readonly wakeOutbox: () => void };

/** Who signs up where. */
export type SignUpVisit = AccountVisit & { readonly organization: OrganizationRecord };

export type SignUp =
  | {
    readonly kind: "signed_up";
    /** 40 lower-case hex digits; null where the address must be confirmed first. */
    readonly key: string | null;
    /** Not good before its owner has logged in. */
    readonly radiusUserToken: string;
  }
  | { readonly kind: "refused"; readonly flaws: FieldFlaws }
  /** Nothing is wrong with what was sent, but this field is missing. */
  | { readonly kind: "incomplete"; readonly field: string }
  /** Somebody who has an account elsewhere can log in with it here. */
  | { readonly kind: "similar"; readonly organizations: readonly MemberOf[] }
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };

type Refusal = Exclude<SignUp, { readonly kind: "signed_up" | "overloaded" }>;

/**
 * Makes an account and its membership (radius-api 5.1), all of it or nothing. Names, addresses and numbers are kept
 * unique by the database: of those who want the same at once one gets it, and the others are told what they would have
 * been told later.
 */
export async function signUp(context: SignUpContext, visit: SignUpVisit, form: SignUpForm): Promise<SignUp> {
  const { usernameKey, emailKey, phoneNumber } = identifiersOf(form, visit.organization);
  const inTurn = (what: string, value: string | null, work: () => Promise<SignUp>) =>
    value === null ? work() : context.db.turns.take(`sign up ${what} ${value}`, work);
  // Whoever is late would have hashed for nothing. All take these turns in this order, so nobody waits in a circle.
  return await inTurn(
    "name",
    usernameKey,
    () =>
      inTurn(
        "address",
        emailKey,
        () => inTurn("number", phoneNumber, () => attemptSignUp(context, visit, form)),
      ),
  );
}

async function attemptSignUp(
  context: SignUpContext,
  visit: SignUpVisit,
  form: SignUpForm,
): Promise<SignUp> {
  const { organization, now } = visit;
  const id = newId({ ...context, now });
  let password: string | undefined;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const refusal = await refusalOf(context, visit, form);
    if (refusal) return refusal;
    const { username = "", password1 = "" } = form.fields;
    if (password === undefined) {
      const hashed = await context.passwords.hashNow(id, password1, now.getTime(), LOGIN_PAGE_PATIENCE_MS);
      if (hashed.kind === "overloaded") return hashed;
      password = hashed.encoded;
    }
    try {
      return await store(
        context,
        visit,
        { ...identifiersOf(form, organization), id, username, password },
        form,
      );
    } catch (fault) {
      // Somebody was faster: look again at what there is now.
      if (!isConstraintFailure(fault) && !isConflict(fault)) throw fault;
    }
  }
  throw new Error("Cannot sign somebody up: the database refuses the account, and nobody has what it wants");
}

async function refusalOf(
  context: SignUpContext,
  { organization, now }: SignUpVisit,
  form: SignUpForm,
): Promise<Refusal | null> {
  const { db, settings } = context;
  const holders = await findHolders(db, identifiersOf(form, organization), nameNumbers(context, form));
  const flaws = flawsAmongOthers(form, flawsOfForm(form, organization, settings, now), holders);
  const organizations = organizationsOfSimilar(holders, organization.id, new Set(Object.keys(flaws)));
  if (organizations) return { kind: "similar", organizations };
  const all = { ...flaws, ...passwordsDiffer(form) };
  if (Object.keys(all).length) return { kind: "refused", flaws: all };
  const missing = missingField(form, organization);
  return missing ? { kind: "incomplete", field: missing } : null;
}

function passwordsDiffer({ fields: { password1, password2 } }: SignUpForm): FieldFlaws {
  if (password1 === undefined || password2 === undefined || password1 === password2) return {};
  return { non_field_errors: [message("passwords_differ")] };
}

function nameNumbers({ settings }: SignUpContext, { fields: { username = "" } }: SignUpForm): string[] {
  return phoneNumbersOf(username, settings.authBackendAutoPrefixes);
}

async function store(
  context: SignUpContext,
  visit: SignUpVisit,
  account: Pick<NewAccount, "id" | "username" | "password" | "usernameKey" | "emailKey" | "phoneNumber">,
  form: SignUpForm,
): Promise<SignUp> {
  const { fields } = form;
  const { settings } = context;
  const { organization, now } = visit;
  const allowed = (field: keyof OrganizationRecord["profileFields"]) =>
    organization.profileFields[field] === "disabled" ? undefined : fields[field];
  const email = fields.email ?? null;
  const directory = newAccountStatements(context, organization, {
    ...account,
    email,
    firstName: allowed("first_name") ?? "",
    lastName: allowed("last_name") ?? "",
    location: allowed("location") ?? "",
    birthDate: allowed("birth_date") ?? null,
    method: fields.method ?? "",
  }, now);
  const member = { userId: account.id, organizationId: organization.id };
  const api = settings.emailVerification === "mandatory" ? null : newApiToken(context, account.id, now);
  const radius = newRadiusToken(context, member, { canAuth: false, passwordBased: null }, now);
  const mail = email !== null && settings.emailVerification !== "none"
    ? [sendConfirmation(context, visit, { id: account.id, username: account.username, email })]
    : [];
  const alone = expectNobodyMeant(account.usernameKey, nameNumbers(context, form));
  await write(context, [alone, ...directory, ...(api ? [api.insert] : [])], [radius.insert, ...mail]);
  if (mail.length) context.wakeOutbox();
  return { kind: "signed_up", key: api?.key ?? null, radiusUserToken: radius.key };
}

/** At once where both are one database; else the account first, to which keys and mails belong. */
async function write({ db }: SignUpContext, directory: InStatement[], state: InStatement[]): Promise<void> {
  if (db.directory === db.state) return await changeDirectory(db, [...directory, ...state]);
  await changeDirectory(db, directory);
  await db.state.$client.batch(state, "write");
}
