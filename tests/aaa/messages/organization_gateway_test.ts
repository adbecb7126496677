import { deepEqual, doesNotMatch, equal, ok, rejects } from "node:assert/strict";
import { findOrganizationGateway } from "../../../src/aaa/messages/organization_gateway.ts";
import { showSetup } from "../../../src/aaa/identity/show_setup.ts";
import { readConfig } from "../../../src/config.ts";
import { openOutbox } from "../../../src/jobs/deliver_outbox.ts";
import { openSenders } from "../../../src/runtime/message_senders.ts";
import { enqueueSms } from "../../../src/storage/outbox.ts";
import type { OrganizationId } from "../../../src/values/organization_id.ts";
import { httpGateway } from "../../support/http_gateway.ts";
import { identityVenue } from "../../support/identity_venue.ts";
import { testSms } from "../../support/test_messages.ts";

const GATEWAY = {
  webhook: "https://sms.example/?to={to}",
  headers: { "X-Key": "s3cret" },
  body: "text={body}",
};
const setup = (sms_gateway: unknown) => ({ organizations: [{ slug: "alpha", settings: { sms_gateway } }] });

Deno.test("an organization's gateway is a secret: sealed, shown as null, unchanged by null, gone by nothing", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply(setup(GATEWAY));
  const gateway = async () => {
    const [row] = await venue.rows("select id from organization where slug = 'alpha'");
    return await findOrganizationGateway(venue.db, venue.deps, row?.id as OrganizationId);
  };
  const expected = {
    kind: "webhook",
    url: GATEWAY.webhook,
    method: "POST",
    headers: GATEWAY.headers,
    body: GATEWAY.body,
    accepted: "",
  };
  deepEqual(await gateway(), expected);
  const stored = await venue.rows("select sms_gateway from organization_radius_settings");
  doesNotMatch(JSON.stringify(stored), /s3cret|example/);

  deepEqual(await apply(setup(GATEWAY)), [], "the same again is no change");
  const shown = await showSetup(context());
  const alpha = shown.organizations.find(({ slug }) => slug === "alpha");
  deepEqual((alpha?.settings as Record<string, unknown>).sms_gateway, null);
  doesNotMatch(JSON.stringify(shown), /s3cret/);
  deepEqual(await apply(shown), []);
  deepEqual(await gateway(), expected);

  deepEqual(await apply(setup("twilio:AC1:t0ken")), ["update organization alpha: sms_gateway"]);
  deepEqual(await gateway(), {
    kind: "twilio",
    account: "AC1",
    token: "t0ken",
    origin: "https://api.twilio.com",
  });
  deepEqual(await apply(setup("")), ["update organization alpha: sms_gateway"]);
  equal(await gateway(), null);
  await close();
});

Deno.test("a gateway that cannot be is refused, its place named and its secret not", async () => {
  const { apply, close } = await identityVenue();
  for (
    const wrong of [
      "log",
      "file:/etc/passwd",
      7,
      { webhook: "https://s3cret@x/", method: "GET" },
      { webhook: "https://x/", body: "s3cret" },
      { webhook: "https://x/", secret: "s3cret" },
    ]
  ) {
    await rejects(() => apply(setup(wrong)), (fault: Error) => {
      ok(/^organizations\[0\]\.settings\.sms_gateway: /.test(fault.message), fault.message);
      doesNotMatch(fault.message, /s3cret/);
      return true;
    });
  }
  await close();
});

Deno.test("an organization's text messages go through its own gateway, everybody else's through the installation's", async () => {
  const { venue, apply, close } = await identityVenue();
  const [ours, theirs] = [await httpGateway(), await httpGateway()];
  await apply({
    organizations: [
      { slug: "alpha", settings: { sms_gateway: `webhook:${theirs.url}` } },
      { slug: "beta" },
    ],
  });
  const config = readConfig({ environment: { PORTICO_SMS: `webhook:${ours.url}` } });
  const outbox = openOutbox({ ...venue.deps, ...openSenders(config, venue.deps, null), observe: () => {} });
  const rows = await venue.rows("select id, slug from organization where slug in ('alpha', 'beta')");
  for (const { id, slug } of rows) {
    const organization = {
      id: id as OrganizationId,
      slug: String(slug),
      hasOwnGateway: slug === "alpha",
    };
    await venue.client.batch([
      enqueueSms(venue.deps, testSms(`for ${slug}`, { organization }), venue.clock.at),
    ], "write");
  }
  outbox.wake();
  await outbox.idle();
  const bodies = (calls: readonly { body: string }[]) => calls.map(({ body }) => JSON.parse(body).body);
  deepEqual([bodies(ours.calls), bodies(theirs.calls)], [["for beta"], ["for alpha"]]);
  await ours.close();
  await theirs.close();
  await close();
});
