import { equal } from "node:assert/strict";
import { applySetup } from "../../../src/aaa/identity/apply_setup.ts";
import { parseSetup } from "../../../src/aaa/identity/setup_file.ts";
import { SECRET_HASH } from "../../contract/hotspot.ts";
import { type MemoryVenue, memoryVenue, type MemoryVenueOptions } from "../memory_venue.ts";
import { type Browser, loginPagesBrowser } from "./browser.ts";
import { type CaptivePortal, captivePortal } from "./captive_portal.ts";
import { loginPagesProxy, type Proxy } from "./proxy.ts";

/** What an organization of a story is, by the setup file's keys. */
export interface LobbyOrganization {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly groups?: readonly unknown[];
}

export interface DeviceOptions {
  /** The page's language; English unless told. */
  readonly language?: string;
  /** The same tab as another device has. */
  readonly tab?: Map<string, string>;
  readonly mac?: string;
  /** Puts something in place of the app's own answer. */
  readonly tamper?: (path: string, answer: Response) => Response | Promise<Response>;
}

/** A guest's device on the login pages of one organization, behind that organization's portal. */
export interface Device {
  readonly browser: Browser;
  readonly portal: CaptivePortal;
  readonly proxy: Proxy;
}

/** A venue whose guests use the OpenWISP login pages. */
export interface Lobby {
  readonly venue: MemoryVenue;
  /** Adds users; their password is `secret` and they are members of all organizations unless told. */
  users(...users: Readonly<Record<string, unknown>>[]): Promise<void>;
  device(slug: string, options?: DeviceOptions): Device;
  /** Codes that were sent to a number, the oldest first. */
  codes(to: string): Promise<readonly string[]>;
  /** Uid and token of the reset links that were mailed to an address. */
  resetLinks(to: string): Promise<readonly { readonly uid: string; readonly token: string }[]>;
  credentials(slug: string): { readonly authorization: string };
  /** Nothing failed behind anybody's back. */
  close(): Promise<void>;
}

export async function lobby(
  organizations: Readonly<Record<string, LobbyOrganization>>,
  options: MemoryVenueOptions = {},
): Promise<Lobby> {
  const venue = await memoryVenue(options);
  const apply = async (setup: unknown) => {
    const { db, settings, crypto, serverKey, passwords, now } = venue.deps;
    const context = { db, settings, crypto, serverKey, passwords, now: now(), actor: "test" };
    return (await applySetup(context, parseSetup(setup))).organizations;
  };
  const slugs = Object.keys(organizations);
  const made = await apply({
    organizations: slugs.map((slug) => ({ slug, name: slug, ...organizations[slug] })),
  });
  const credentials = (slug: string) => ({
    authorization: `Bearer ${made[slug]?.id} ${made[slug]?.radius_token}`,
  });
  return {
    venue,
    credentials,
    async users(...users) {
      const defaults = { organizations: slugs, password_hash: SECRET_HASH };
      await apply({ users: users.map((user) => ({ ...defaults, ...user })) });
    },
    device(slug, { language = "en", tab, mac, tamper } = {}) {
      const portal = captivePortal(async (endpoint, body) => {
        const response = await venue.fetch(`/api/v1/freeradius/${endpoint}/`, {
          method: "POST",
          headers: { "content-type": "application/json", ...credentials(slug) },
          body: JSON.stringify(body),
        });
        return { status: response.status, text: await response.text() };
      }, mac);
      const proxy = loginPagesProxy({
        slug,
        async fetch(path, init) {
          const answer = await venue.fetch(path, init);
          return tamper ? await tamper(path, answer) : answer;
        },
        languages: [language, "en-US"],
        browserLanguages: "en-US,en;q=0.9",
      });
      const verifiesNumbers = organizations[slug]?.settings?.sms_verification === true;
      return {
        portal,
        proxy,
        browser: loginPagesBrowser({ proxy, portal, verifiesNumbers, ...(tab && { tab }) }),
      };
    },
    async codes(to) {
      await venue.deliver();
      return venue.sent.sms.filter((sms) => sms.to === to).map(({ body }) => /\d{6}/.exec(body)?.[0] ?? "");
    },
    async resetLinks(to) {
      await venue.deliver();
      return venue.sent.mails.filter((mail) => mail.to === to).flatMap(({ text }) => {
        const [, uid, token] = /\/password\/reset\/confirm\/([^/\s]+)\/([^/\s]+)/.exec(text) ?? [];
        return uid && token ? [{ uid, token }] : [];
      });
    },
    async close() {
      await venue.close();
      equal(venue.faults.length, 0, String(venue.faults[0]));
    },
  };
}
