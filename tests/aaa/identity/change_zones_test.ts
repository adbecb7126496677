import { deepEqual, rejects } from "node:assert/strict";
import { changeZone, createZone, removeZone } from "../../../src/aaa/identity/change_zones.ts";
import { findZone, listStoredZones, listZones } from "../../../src/aaa/identity/zones.ts";
import { identityVenue } from "../../support/identity_venue.ts";

Deno.test("a zone is made, changed and taken away", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply({ organizations: [{ slug: "alpha", is_active: false }] });
  const made = await createZone(context(), "default", "guests", { macauth: true, mtu: 1400 });
  deepEqual(await listStoredZones(venue.db), [made]);
  deepEqual([made.organizationSlug, made.gate, made.isActive], ["default", "none", true]);

  const changed = await changeZone(context(), "guests", undefined, ({ options }) => ({
    mtu: options.mtu + 1,
    macauth: null,
    is_active: false,
  }));
  deepEqual([changed.options.mtu, changed.options.macauth, changed.isActive], [1401, false, false]);
  deepEqual(await listZones(venue.db), []);

  deepEqual(await removeZone(context(), "default/guests", undefined), changed);
  deepEqual(await listStoredZones(venue.db), []);
  deepEqual(
    await venue.rows("select action, subject from audit_log where action like 'zone.%'"),
    [
      { action: "zone.create", subject: "guests" },
      { action: "zone.update", subject: "guests: is_active, mtu, macauth" },
      { action: "zone.remove", subject: "guests" },
    ],
  );
  await close();
});

Deno.test("a zone whose name several organizations use is named with its organization", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply({
    organizations: [
      { slug: "alpha", zones: [{ name: "guests" }] },
      { slug: "beta", zones: [{ name: "guests" }, { name: "staff" }] },
    ],
  });
  const zones = await listStoredZones(venue.db);
  const found = (reference: string, slug?: string) => findZone(zones, reference, slug).organizationSlug;
  deepEqual([found("alpha/guests"), found("beta/guests"), found("staff")], ["alpha", "beta", "beta"]);
  deepEqual([found("guests", "alpha"), found("beta/guests", "beta")], ["alpha", "beta"]);
  const refused = (reference: string, slug: string | undefined, message: RegExp) =>
    rejects(() => removeZone(context(), reference, slug), message);
  await refused(
    "guests",
    undefined,
    /Several zones have the name "guests": say which of alpha\/guests, beta\/guests/,
  );
  await refused("guest", undefined, /There is no zone "guest"/);
  await refused("staff", "alpha", /There is no zone "staff" in "alpha"/);
  await refused("beta/guests", "alpha", /There is no zone "beta\/guests" in "alpha"/);
  await close();
});

Deno.test("a zone that is there, or whose organization is not, is not made", async () => {
  const { context, close } = await identityVenue();
  await createZone(context(), "default", "guests", {});
  await rejects(
    () => createZone(context(), "default", "guests", {}),
    /"default" has one that is named "guests"/,
  );
  await rejects(() => createZone(context(), "nowhere", "guests", {}), /There is no organization "nowhere"/);
  await rejects(
    () => createZone(context(), "default", "x", { dhcpstart: "10.0.0.9" }),
    /^DomainError: dhcpstart:/,
  );
  await close();
});
