import { equal, rejects } from "node:assert/strict";
import * as v from "valibot";
import { resetLink } from "../../../src/aaa/account/password_reset.ts";
import { changeOrganization, changesByName } from "../../../src/aaa/identity/organizations.ts";
import { Settings } from "../../../src/aaa/settings.ts";
import { readConfig } from "../../../src/config.ts";
import { OrganizationId } from "../../../src/values/organization_id.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const ID = "0193503f-4c2b-7c1e-9f6a-2d8b5e40c7a1";
const UID = ID.replaceAll("-", "");
const ALPHA = { id: v.parse(OrganizationId, ID), slug: "alpha", passwordResetUrl: null };
const linkOf = (
  settings: v.InferInput<typeof Settings>,
  organization: Parameters<typeof resetLink>[1] = ALPHA,
) => resetLink(v.parse(Settings, settings), organization, ID, "t-1");

Deno.test("a reset link follows the organization, else its entry, else that of all, else the default", () => {
  const own = { ...ALPHA, passwordResetUrl: "https://own.example/{uid}/{token}" };
  const passwordResetUrls = {
    [ID]: "https://one.example/{organization}/{uid}/{token}",
    __all__: "https://all.example/{organization}/{uid}/{token}",
  };
  equal(linkOf({ passwordResetUrls }, own), `https://own.example/${UID}/t-1`);
  equal(linkOf({ passwordResetUrls }), `https://one.example/alpha/${UID}/t-1`);
  equal(
    linkOf({ passwordResetUrls: { __all__: passwordResetUrls.__all__ } }),
    `https://all.example/alpha/${UID}/t-1`,
  );
  const standard = `https://wifi.example.org/alpha/password/reset/confirm/${UID}/t-1`;
  equal(linkOf({ siteDomain: "wifi.example.org" }), standard);
  equal(linkOf({ siteDomain: "wifi.example.org", passwordResetUrls: {} }), standard);
});

Deno.test("a reset link's template is filled in once, every time a name stands in it, and no other name", () => {
  const passwordResetUrl = "https://x.example/{organization}/{uid}/{token}?again={token}&{other}";
  const organization = { ...ALPHA, slug: "token", passwordResetUrl };
  equal(linkOf({}, organization), `https://x.example/token/${UID}/t-1?again=t-1&{other}`);
});

Deno.test("an organization's address for resets is a web address with uid and token", async () => {
  const { context, apply, close } = await identityVenue();
  await apply({ organizations: [{ slug: "alpha" }] });
  const set = (url: string) =>
    changeOrganization(context(), "alpha", changesByName([["password_reset_url", url]]));
  for (
    const url of [
      "https://x.example/{uid}",
      "https://x.example/{token}",
      "javascript:alert('{uid}{token}')",
      "/{uid}/{token}",
      `https://x.example/{uid}/{token}/${"x".repeat(200)}`,
    ]
  ) await rejects(set(url), /password_reset_url: expected/, url);
  for (const url of ["https://{site}:8443/{organization}/{uid}/{token}", "http://x/{uid}/{token}", ""]) {
    await set(url);
  }
  await close();
});

Deno.test("the site is a domain, with or without a port, not an address", async () => {
  for (const domain of ["wifi.example.org", "localhost:8080", "[::1]:80"]) {
    equal(readConfig({ environment: { PORTICO_SITE_DOMAIN: domain } }).siteDomain, domain);
  }
  for (const wrong of ["https://wifi.example.org", "wifi.example.org/x", "a b", ""]) {
    await rejects(
      // Async, so that what it throws is a rejection.
      // deno-lint-ignore require-await
      async () => readConfig({ environment: { PORTICO_SITE_DOMAIN: wrong } }),
      /PORTICO_SITE_DOMAIN: expected a domain/,
    );
  }
  equal(readConfig({ environment: { PORTICO_PASSWORD_RESET_TIMEOUT: "600" } }).passwordResetTimeout, 600);
});
