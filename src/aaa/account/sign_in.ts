import type { Language } from "../../languages/say.ts";
import type { AccessContext } from "../access/access_context.ts";
import { checkPassword } from "../access/check_password.ts";
import { attemptedAccount, beginAttempt } from "../access/failed_attempts.ts";
import { findCandidates } from "../access/find_user.ts";
import { LOGIN_PAGE_PATIENCE_MS } from "../credentials/password_verifier.ts";
import { issueRadiusToken } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { type Account, findAccount, findAccountByApiKey } from "./account.ts";
import { type AccountView, accountView } from "./account_view.ts";
import { issueApiToken } from "./api_token.ts";
import { joinOrganization } from "./join_organization.ts";
import { findLoginState, noteLogIn, noteVisit } from "./login_state.ts";
import { takeMagicLink } from "./magic_link.ts";
import { isStronglyVerified } from "./registration_methods.ts";

/** Who is at the door of which organization. */
export interface Visitor {
  readonly organization: OrganizationRecord;
  /** What she reads, from now on. */
  readonly language: Language;
  readonly now: Date;
}

/** Why the right credential does not open this organization. */
export type Closed =
  | "organization_disabled"
  | "registration_disabled"
  /** The organization has no settings: nobody can join it. */
  | "organization_unfinished"
  | "not_a_member";

export type SignIn =
  | {
    readonly kind: "signed_in";
    readonly view: AccountView;
    /** The API key: 40 lower-case hex digits. */
    readonly key: string;
    /** False for who is deactivated, or is still to prove who she is: the client goes on from there. */
    readonly admitted: boolean;
  }
  | { readonly kind: "wrong_credential" }
  | { readonly kind: "closed"; readonly why: Closed; readonly username: string }
  /** `too_many_attempts` at this account; `too_many_logins` at once, anybody's. */
  | {
    readonly kind: "wait";
    readonly why: "too_many_attempts" | "too_many_logins";
    readonly seconds: number;
  };

/**
 * Logs somebody in by password (radius-api 5.2). Whoever has an account elsewhere becomes a member, where that is
 * allowed. An unknown name, a wrong password and an account without one cost the same time and get the same answer.
 *
 * @param login.username whatever identifies a user: name, e-mail address, telephone number.
 */
export async function signIn(
  context: AccessContext,
  visitor: Visitor,
  login: { readonly username: string; readonly password: string },
): Promise<SignIn> {
  const { db, settings } = context;
  const { organization, now } = visitor;
  const prefixes = settings.authBackendAutoPrefixes;
  const named = await findCandidates(db, organization.id, login.username, prefixes, now);
  const attempt = await beginAttempt(db, attemptedAccount(context, named, login.username), now);
  if (attempt.kind === "exhausted") {
    return { kind: "wait", why: "too_many_attempts", seconds: attempt.retryAfterSeconds };
  }
  const check = await checkPassword(context, named, login.password, now, LOGIN_PAGE_PATIENCE_MS);
  if (check.kind === "wrong") return { kind: "wrong_credential" };
  await attempt.forgive();
  if (check.kind === "overloaded") {
    return { kind: "wait", why: "too_many_logins", seconds: check.retryAfterSeconds };
  }
  const account = await findAccount(db, organization, check.candidate.id);
  return account ? await enter(context, visitor, account) : { kind: "wrong_credential" };
}

/** Logs somebody in by a magic link, which makes nobody a member (radius-api 14.3). */
export async function signInByLink(
  context: AccessContext,
  visitor: Visitor,
  token: string,
): Promise<SignIn> {
  const account = await takeMagicLink(context, visitor.organization, token, visitor.now);
  if (!account) return { kind: "wrong_credential" };
  const why = closedTo(visitor.organization, account);
  if (why) return { kind: "closed", why, username: account.username };
  return await admit(context, visitor, account, false);
}

export type Resumption =
  | { readonly kind: "resumed"; readonly view: AccountView }
  | { readonly kind: "unknown_key" }
  | { readonly kind: "closed"; readonly why: Closed; readonly username: string };

/** Somebody comes back with her API key (radius-api 5.3), deactivated and unverified ones too: they are told so. */
export async function resume(context: AccessContext, visitor: Visitor, key: string): Promise<Resumption> {
  const { db } = context;
  const { organization, language, now } = visitor;
  const account = await findAccountByApiKey(db, context, organization, key);
  if (!account) return { kind: "unknown_key" };
  const why = closedTo(organization, account);
  if (why) return { kind: "closed", why, username: account.username };

  const { passwordBased } = await findLoginState(db, account.id);
  const [radiusUserToken] = await Promise.all([
    radiusTokenFor(context, visitor, account, passwordBased),
    db.state.$client.batch([noteVisit({ userId: account.id, language }, now)], "write"),
  ]);
  const issued = { radiusUserToken, passwordBased };
  return { kind: "resumed", view: await accountView(context, organization, account, issued, now) };
}

/** Lets in who proved a password: a member at once, others after they have joined. */
async function enter(context: AccessContext, visitor: Visitor, account: Account): Promise<SignIn> {
  const { organization, now } = visitor;
  const why = closedTo(organization, account);
  if (why !== "not_a_member") {
    return why
      ? { kind: "closed", why, username: account.username }
      : await admit(context, visitor, account, true);
  }
  if (!organization.hasSettings) {
    return { kind: "closed", why: "organization_unfinished", username: account.username };
  }
  if (!organization.registrationEnabled) {
    return { kind: "closed", why: "registration_disabled", username: account.username };
  }
  // A deactivated account joins nothing; its owner is told what she would be told as a member.
  const member = account.isActive ? await joinOrganization(context, organization, account, now) : account;
  return await admit(context, visitor, member, true);
}

/** Gives out the keys; the log-in is on disk when they are. */
async function admit(
  context: AccessContext,
  visitor: Visitor,
  account: Account,
  passwordBased: boolean,
): Promise<SignIn> {
  const { db, settings } = context;
  const { organization, language, now } = visitor;
  const [key, radiusUserToken] = await Promise.all([
    issueApiToken(db, context, account.id, now),
    radiusTokenFor(context, visitor, account, passwordBased),
    db.state.$client.batch([noteLogIn({ userId: account.id, language }, passwordBased, now)], "write"),
  ]);
  const verified = !organization.needsIdentityVerification ||
    isStronglyVerified(settings, account.registration);
  return {
    kind: "signed_in",
    view: await accountView(context, organization, account, { radiusUserToken, passwordBased }, now),
    key,
    admitted: account.isActive && verified,
  };
}

/** Superusers need no membership, and find no door closed. */
function closedTo(organization: OrganizationRecord, account: Account): Closed | null {
  if (account.isMember || account.isSuperuser) return null;
  return organization.isActive ? "not_a_member" : "organization_disabled";
}

/** Null for somebody who may not use this organization's network anyway. */
async function radiusTokenFor(
  context: AccessContext,
  { organization, now }: Visitor,
  account: Account,
  passwordBased: boolean,
): Promise<string | null> {
  if (!account.isMember && !account.isSuperuser) return null;
  const member = { userId: account.id, organizationId: organization.id };
  const renew = context.settings.disposableRadiusUserToken;
  return await issueRadiusToken(context.db, context, member, { canAuth: true, renew, passwordBased }, now);
}
