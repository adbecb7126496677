import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import * as v from "valibot";
import {
  isStronglyVerified,
  isVerifiedEnough,
  registrationMethods,
} from "../../../src/aaa/account/registration_methods.ts";
import { Settings } from "../../../src/aaa/settings.ts";
import { applySetup } from "../../../src/aaa/identity/apply_setup.ts";
import { changeOrganization, changesByName } from "../../../src/aaa/identity/organizations.ts";
import { parseSetup } from "../../../src/aaa/identity/setup_file.ts";
import { showSetup } from "../../../src/aaa/identity/show_setup.ts";
import { readConfig } from "../../../src/config.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const BANK = { bank_card: { label: "Bank card", strong: true, authorize_unverified: true } };
const settings = v.parse(Settings, { registrationMethods: BANK, authorizeUnverifiedMethods: ["email"] });

Deno.test("strong methods are those that tell who somebody is, and only once they have", () => {
  const strong = [...registrationMethods(settings).values()].filter((method) => method.strong);
  deepEqual(strong.map(({ name }) => name), ["manual", "mobile_phone", "saml", "bank_card"]);
  ok(isStronglyVerified(settings, { method: "bank_card", isVerified: true }));
  ok(!isStronglyVerified(settings, { method: "bank_card", isVerified: false }));
  ok(!isStronglyVerified(settings, { method: "email", isVerified: true }));
  ok(!isStronglyVerified(settings, { method: "never_heard_of", isVerified: true }));
  ok(!isStronglyVerified(settings, null));
});

Deno.test("the network is open to the verified, and to those whose method says so", () => {
  ok(isVerifiedEnough(settings, { method: "", isVerified: true }));
  ok(isVerifiedEnough(settings, { method: "bank_card", isVerified: false }));
  ok(isVerifiedEnough(settings, { method: "email", isVerified: false }));
  ok(!isVerifiedEnough(settings, { method: "mobile_phone", isVerified: false }));
  ok(!isVerifiedEnough(settings, null));
});

Deno.test("a built-in method may be defined anew", () => {
  const own = v.parse(Settings, { registrationMethods: { email: { strong: true } } });
  ok(isStronglyVerified(own, { method: "email", isVerified: true }));
  equal(registrationMethods(own).get("email")?.label, "E-mail address");
});

Deno.test("configurations that name unknown methods are refused with a sentence", () => {
  const refusal = (environment: Record<string, string>) => {
    let message = "";
    throws(() => readConfig({ environment }), (fault) => {
      message = String(fault);
      return true;
    });
    return message;
  };
  match(
    refusal({ PORTICO_USER_SETTABLE_REGISTRATION_METHODS: "email,retina" }),
    /PORTICO_USER_SETTABLE_REGISTRATION_METHODS: there is no registration method "retina"; there are "", "manual"/,
  );
  match(refusal({ PORTICO_AUTHORIZE_UNVERIFIED_METHODS: "retina" }), /there is no registration method/);
  match(refusal({ PORTICO_REGISTRATION_METHODS: '{"Retina!": {}}' }), /expected names of letters/);
  match(refusal({ PORTICO_REGISTRATION_METHODS: '{"retina": {"fast": true}}' }), /expected methods by name/);
  const config = readConfig({
    environment: {
      PORTICO_REGISTRATION_METHODS: '{"retina": {"label": "Retina", "strong": true}}',
      PORTICO_USER_SETTABLE_REGISTRATION_METHODS: ",retina",
    },
  });
  deepEqual(config.userSettableRegistrationMethods, ["", "retina"]);
});

Deno.test("an organization's list is set, shown and taken back; unknown methods are refused", async () => {
  const { venue, context, close } = await identityVenue();
  const change = (registration_methods: unknown) =>
    changeOrganization(context(), "default", changesByName([["registration_methods", registration_methods]]));
  await change(["", "email"]);
  deepEqual(await venue.rows("select registration_methods from organization_radius_settings"), [
    { registration_methods: '["","email"]' },
  ]);
  const { organizations } = await showSetup(context());
  deepEqual(Object(organizations[0]?.settings).registration_methods, ["", "email"]);
  await change(["retina"]).then(
    () => ok(false, "taken"),
    (fault) =>
      match(String(fault), /settings\.registration_methods: there is no registration method "retina"/),
  );
  await change(null);
  deepEqual(await venue.rows("select registration_methods from organization_radius_settings"), [
    { registration_methods: null },
  ]);
  await close();
});

Deno.test("a setup file that gives somebody an unknown method is refused", async () => {
  const { context, close } = await identityVenue();
  const setup = (method: string) =>
    parseSetup({ users: [{ username: "ada", organizations: ["default"], method }] });
  await applySetup(context(), setup("retina")).then(
    () => ok(false, "taken"),
    (fault) => match(String(fault), /users\[0\]\.method: there is no registration method "retina"/),
  );
  await applySetup(context(), setup("saml"));
  await close();
});
