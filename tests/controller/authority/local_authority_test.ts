import { deepEqual, equal, match } from "node:assert/strict";
import { v7 as uuid } from "uuid";
import * as v from "valibot";
import { chapResponse } from "../../../src/aaa/credentials/chap.ts";
import type { Credential } from "../../../src/aaa/credentials/credential.ts";
import { ZoneOptions } from "../../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { AuthorityAnswer } from "../../../src/controller/authority/authority.ts";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import { grantOf } from "../../../src/controller/sessions/grant_of.ts";
import { uamCredential, uamKey } from "../../../src/controller/uam_credential.ts";
import { radcheck } from "../../../src/storage/schema/groups.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

const CALLED = "02-00-5E-00-00-FE";
const CALLING = "02-00-5E-10-00-01";
const octets = (text: string) => new TextEncoder().encode(text);
const password = (text: string): Credential => ({ kind: "password", password: text });

function zoneOf({ id, slug }: TestOrganization, options: v.InferInput<typeof ZoneOptions> = {}): Zone {
  return {
    id: uuid(),
    organizationId: id,
    organizationSlug: slug,
    name: "guests",
    gate: "none",
    options: v.parse(ZoneOptions, options),
  };
}

function decide(
  { deps }: MemoryVenue,
  zone: Zone,
  userName: string,
  credential: Credential,
  lang?: string,
): Promise<AuthorityAnswer> {
  return localAuthority(deps).decide({
    zone,
    userName,
    credential,
    serviceType: "Login",
    calledStationId: CALLED,
    callingStationId: CALLING,
    framedIpAddress: "10.1.0.2",
    sessionId: "179531185700000001",
    ...(lang && { lang }),
  }, deps.now());
}

/** Once what goes on after answers is done. */
async function postAuths(venue: MemoryVenue) {
  await venue.deliver();
  return await venue.rows(
    "select username, pass, reply, calledstationid, callingstationid, reason from radpostauth order by id",
  );
}

function attributesOf(answer: AuthorityAnswer): Record<string, readonly string[]> {
  return answer.kind === "accept" ? Object.fromEntries(answer.attributes) : { [answer.kind]: [] };
}

Deno.test("an accept has the group's replies and what is left of the quotas, as text, and is recorded", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [["Max-Daily-Session", ":=", "3600"], ["Max-Daily-Session-Traffic", ":=", "10000000000"]],
    replies: [
      ["Idle-Timeout", "=", "500"],
      ["reply:Class", "=", "gold"],
      ["control:Cleartext-Password", ":=", "never told"],
      ["WISPr-Redirection-URL", "+=", "http://example.org/"],
      ["WISPr-Redirection-URL", "+=", "welcome"],
    ],
  });
  await venue.addUser({
    username: "ada",
    password: "secret",
    organizations: [organization],
    groups: [group],
  });

  const answer = await decide(venue, zoneOf(organization), "ada", password("secret"));
  deepEqual(attributesOf(answer), {
    "Idle-Timeout": ["500"],
    "Class": ["gold"],
    "WISPr-Redirection-URL": ["http://example.org/", "welcome"],
    "Session-Timeout": ["3600"],
    "CoovaChilli-Max-Total-Octets": ["1410065408"],
    "CoovaChilli-Max-Total-Gigawords": ["2"],
  });
  deepEqual(await postAuths(venue), [{
    username: "ada",
    pass: "",
    reply: "Access-Accept",
    calledstationid: CALLED,
    callingstationid: CALLING,
    reason: null,
  }]);
  await venue.close();
});

Deno.test("a refusal tells the guest nothing, and the record says why", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  await venue.addUser({ username: "ada", password: "secret", organizations: [organization] });
  const zone = zoneOf(organization);
  const chap: Credential = {
    kind: "chap",
    ident: 0,
    challenge: new Uint8Array(16),
    response: new Uint8Array(16),
  };

  const refused = { kind: "reject", replyMessage: null };
  deepEqual(await decide(venue, zone, "ada", password("wrong")), refused);
  deepEqual(await decide(venue, zone, "nobody", password("wrong")), refused);
  deepEqual(await decide(venue, zone, "ada", chap), refused);
  deepEqual(
    (await postAuths(venue)).map(({ username, pass, reply, reason }) => [username, pass, reply, reason]),
    [
      ["ada", "********", "Access-Reject", "wrong_credential"],
      ["nobody", "********", "Access-Reject", "unknown_user"],
      ["ada", "", "Access-Reject", "needs_clear_password"],
    ],
  );
  await venue.close();
});

Deno.test("a used-up quota is told in the language of the log-on", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const checks = [["Max-Daily-Session", ":=", "0"]] as const;
  const group = await venue.addGroup(organization.id, { checks });
  await venue.addUser({
    username: "ada",
    password: "secret",
    organizations: [organization],
    groups: [group],
  });

  const told = async (lang?: string) => {
    const answer = await decide(venue, zoneOf(organization), "ada", password("secret"), lang);
    return answer.kind === "reject" ? answer.replyMessage ?? "" : answer.kind;
  };
  match(await told(), /daily usage time/);
  match(await told("it-IT"), /tempo/);
  match(await told("xx"), /daily usage time/);
  await venue.close();
});

Deno.test("an organization that is disabled, or gone, refuses everybody, local users too", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization({ isActive: false });
  await venue.addUser({ username: "ada", password: "secret", organizations: [organization] });
  const zone = zoneOf(organization, { localusers: ["carol:local pass"] });

  equal((await decide(venue, zone, "ada", password("secret"))).kind, "reject");
  equal((await decide(venue, zone, "carol", password("local pass"))).kind, "reject");
  const [first] = await postAuths(venue);
  equal(first?.["reason"], "organization_disabled");
  await venue.client.execute("delete from organization");
  venue.db.cache.clear();
  equal((await decide(venue, zone, "ada", password("secret"))).kind, "reject");
  await venue.close();
});

Deno.test("too many passwords waiting is silence, without a record", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const { passwords, ...deps } = venue.deps;
  const busy = {
    ...deps,
    passwords: {
      ...passwords,
      verify: () => Promise.resolve({ kind: "overloaded", retryAfterSeconds: 1 } as const),
    },
  };
  const answer = await decide({ ...venue, deps: busy }, zoneOf(organization), "ada", password("secret"));
  deepEqual(answer, { kind: "silent" });
  deepEqual(await postAuths(venue), []);
  await venue.close();
});

Deno.test("local users are let in by password and CHAP; whoever is none of them is asked about as ever", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  await venue.addUser({ username: "carol", password: "account", organizations: [organization] });
  const zone = zoneOf(organization, { localusers: ["carol:local pass:1", "empty:x"] });
  const { crypto } = venue.deps;
  const challenge = crypto.randomBytes(16);
  const chap = (text: string): Credential => ({
    kind: "chap",
    ident: 3,
    challenge,
    response: chapResponse(crypto, 3, octets(text), challenge),
  });

  deepEqual(await decide(venue, zone, "carol", password("local pass")), {
    kind: "accept",
    attributes: new Map(),
  });
  equal((await decide(venue, zone, "carol", chap("local pass"))).kind, "accept");
  deepEqual(await postAuths(venue), []);
  equal((await decide(venue, zone, "carol", password("account"))).kind, "accept");
  for (const wrong of [password("1"), password("local pass:1"), password(""), chap("local")]) {
    equal((await decide(venue, zone, "carol", wrong)).kind, "reject");
  }
  equal((await decide(venue, zone, "Carol", password("local pass"))).kind, "reject");
  await venue.close();
});

Deno.test("a station is known by its address as an account: its password or its check's", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ username: `${CALLING}@mac`, organizations: [organization] });
  const at = toSqlDateTime(venue.deps.now());
  await venue.db.directory.insert(radcheck).values({
    id: uuid(),
    username: user.username,
    userId: user.id,
    organizationId: organization.id,
    attribute: "Cleartext-Password",
    value: "station",
    created: at,
    modified: at,
  });
  const zone = zoneOf(organization, { macauth: true, macsuffix: "@mac", macpasswd: "station" });

  equal((await decide(venue, zone, `${CALLING}@mac`, password("station"))).kind, "accept");
  equal((await decide(venue, zone, CALLING, password("station"))).kind, "reject");
  equal((await decide(venue, zone, `${CALLING}@mac`, password(CALLING))).kind, "reject");
  await venue.close();
});

Deno.test("a terminate time without a zone is the organization's; the quota counts under any vendor's name", async () => {
  const venue = await memoryVenue({ settings: { trafficCounterReplyName: "Mikrotik-Total-Limit" } });
  const organization = await venue.addOrganization({ settings: { timeZone: "Asia/Tokyo" } });
  const group = await venue.addGroup(organization.id, {
    checks: [["Max-Daily-Session-Traffic", ":=", "3000000000"]],
    replies: [["WISPr-Session-Terminate-Time", "=", "2026-11-23T00:30:00"]],
  });
  await venue.addUser({
    username: "ada",
    password: "secret",
    organizations: [organization],
    groups: [group],
  });
  const zone = zoneOf(organization);

  const answer = await decide(venue, zone, "ada", password("secret"));
  deepEqual(attributesOf(answer), {
    "WISPr-Session-Terminate-Time": ["2026-11-22T15:30:00Z"],
    "Mikrotik-Total-Limit": ["3000000000"],
    "CoovaChilli-Max-Total-Octets": ["3000000000"],
  });
  const grant = answer.kind === "accept" ? grantOf(answer.attributes, zone.options, venue.deps.now()) : null;
  equal(grant && !("kind" in grant) && grant.maxTotalOctets, 3_000_000_000n);
  await venue.close();
});

Deno.test("what a login page computes logs in: a RADIUS token by PAP and CHAP over the challenge", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ username: "tom", organizations: [organization] });
  const zone = zoneOf(organization, { uamsecret: "greatsecret" });
  const { crypto } = venue.deps;
  const challenge = crypto.randomBytes(16).toHex();
  const key = uamKey(crypto, challenge, "greatsecret");
  const pages: ((token: string) => [string, string])[] = [
    (token) => ["password", octets(token).map((octet, at) => octet ^ (key[at % 16] ?? 0)).toHex()],
    (token) => ["response", chapResponse(crypto, 0, octets(token), key).toHex()],
  ];
  for (const page of pages) {
    const parameters = new Map([page(await venue.token(user, organization))]);
    const credential = uamCredential(crypto, zone.options, challenge, parameters);
    equal(credential && (await decide(venue, zone, "tom", credential)).kind, "accept");
  }
  await venue.close();
});
