import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import type { MemoryVenue, TestOrganization, TestUser } from "../../support/memory_venue.ts";
import type { UserOptions } from "../../support/directory_rows.ts";

export const OWN = "+393665243702";
export const NEW = "+393331234567";
export const THIRD = "+393289876543";

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** Somebody at the login pages: forms, an API key. */
export interface PhoneGuest {
  readonly user: TestUser;
  readonly key: string;
  ask(organization: TestOrganization, from?: string): Promise<Answer>;
  active(organization: TestOrganization): Promise<Answer>;
  verify(organization: TestOrganization, code: string): Promise<Answer>;
  change(organization: TestOrganization, number: string): Promise<Answer>;
  record(organization: TestOrganization): Promise<{ method: unknown; verified: boolean } | null>;
  number(): Promise<unknown>;
}

export async function phoneGuest(venue: MemoryVenue, options: UserOptions): Promise<PhoneGuest> {
  const user = await venue.addUser(options);
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  const send = (
    { slug }: TestOrganization,
    endpoint: string,
    fields: Record<string, string> | null,
    from = "127.0.0.1",
  ) =>
    call(venue, slug, endpoint, {
      method: fields ? "POST" : "GET",
      from,
      headers: {
        authorization: `Bearer ${key}`,
        // GET has it too: so do the pages.
        "content-type": "application/x-www-form-urlencoded",
      },
      ...(fields && { body: new URLSearchParams(fields).toString() }),
    });
  return {
    user,
    key,
    ask: (organization, from) => send(organization, "phone/token/", { phone_number: THIRD }, from),
    active: (organization) => send(organization, "phone/token/active/", null),
    verify: (organization, code) => send(organization, "phone/verify/", { code }),
    change: (organization, number) => send(organization, "phone/change/", { phone_number: number }),
    async record(organization) {
      const [row] = await venue.rows(
        "select method, is_verified from registered_user where user_id = ? and organization_id = ?",
        [user.id, organization.id],
      );
      return row ? { method: row.method, verified: row.is_verified === 1 } : null;
    },
    async number() {
      const [row] = await venue.rows("select phone_number from user where id = ?", [user.id]);
      return row?.phone_number;
    },
  };
}

/** A request to the account API of an organization. */
export async function call(
  venue: MemoryVenue,
  slug: string,
  endpoint: string,
  init: Parameters<MemoryVenue["fetch"]>[1],
): Promise<Answer> {
  const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/${endpoint}`, init);
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text: await response.text(),
  };
}

/** What an answer says; undefined for none. */
export const json = ({ text }: Answer) => text === "" ? undefined : JSON.parse(text);

/** The code in the newest message to a number. */
export async function codeFor(venue: MemoryVenue, number: string): Promise<string> {
  await venue.deliver();
  const sms = venue.sent.sms.findLast(({ to }) => to === number);
  return /[0-9]{4,8}/.exec(sms?.body ?? "")?.[0] ?? "";
}

/** Another code than the one sent. */
export const wrong = (code: string) => (code.startsWith("0") ? "1" : "0") + code.slice(1);
