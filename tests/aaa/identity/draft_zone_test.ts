import { deepEqual, match, ok, rejects } from "node:assert/strict";
import { showSetup } from "../../../src/aaa/identity/show_setup.ts";
import { listZones } from "../../../src/aaa/identity/zones.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const GUESTS = {
  name: "guests",
  interface: ["wlan0"],
  address: ["10.1.0.1/24", "fd00:1::1/64"],
  uamsecret: "greatsecret",
  macpasswd: "mac secret",
  localusers: ["ada:local secret"],
  uamallowed: ["example.org", "tcp:10.9.0.0/16:443"],
  dhcphost: ["AA-BB-CC-DD-EE-FF=10.1.0.9"],
  bypass: ["AABBCCDDEE01", "2001:DB8:0:0::1", "10.1.0.8/30"],
  macauth: true,
};

function withZones(...zones: readonly unknown[]) {
  return { organizations: [{ slug: "alpha", zones }] };
}

Deno.test("apply makes an organization's zones, each option spelled in one way", async () => {
  const { venue, apply, close } = await identityVenue();
  const differences = await apply(withZones(GUESTS, { name: "logical" }));
  deepEqual(differences.filter((text) => text.includes("zone")), [
    "create zone guests",
    "create zone logical",
  ]);
  const [guests, logical] = await listZones(venue.db);
  deepEqual([guests?.name, guests?.organizationSlug, guests?.gate], ["guests", "alpha", "nftables"]);
  deepEqual(guests?.options.dhcphost, ["aa:bb:cc:dd:ee:ff=10.1.0.9"]);
  deepEqual(guests?.options.bypass, ["aa:bb:cc:dd:ee:01", "2001:db8::1", "10.1.0.8/30"]);
  deepEqual([guests?.options.macauth, guests?.options.uamport], [true, 3990]);
  deepEqual([logical?.gate, logical?.options.interface], ["none", []]);
  await close();
});

Deno.test("a zone applied again, or as show prints it, is what it was; its secrets are not shown", async () => {
  const { venue, context, apply, close } = await identityVenue();
  const file = withZones(GUESTS, { name: "logical", is_active: false, uamsecret: "" });
  await apply(file);
  const rows = () => venue.rows("select * from zone");
  const before = await rows();
  deepEqual(await apply(file), []);
  const shown = JSON.parse(JSON.stringify(await showSetup(context())));
  deepEqual(await apply(shown), []);
  deepEqual(await rows(), before);
  ok(!/secret"?[^":]*[a-z]secret|greatsecret|mac secret|local secret/.test(JSON.stringify(shown)));
  const zones = shown.organizations.find(({ slug }: { slug: string }) => slug === "alpha").zones;
  deepEqual(zones[1], { name: "logical", is_active: false, uamsecret: "" });
  deepEqual([zones[0].uamsecret, zones[0].macpasswd, zones[0].localusers], [null, null, null]);
  deepEqual(zones[0].address, GUESTS.address);
  await close();
});

Deno.test("what an entry does not name stays; null takes an option back, but not a secret", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply(withZones(GUESTS));
  deepEqual(
    await apply(withZones({ name: "guests", uamsecret: null, macauth: null, bypass: [], nat: false })),
    ["update zone guests: nat macauth bypass"],
  );
  const [{ options } = {}] = await listZones(venue.db);
  deepEqual(
    [options?.uamsecret, options?.macauth, options?.bypass, options?.nat, options?.address],
    ["greatsecret", false, [], false, GUESTS.address],
  );
  const log = await venue.rows("select action, subject from audit_log where action like 'zone%'");
  deepEqual(log, [
    { action: "zone.create", subject: "guests" },
    { action: "zone.update", subject: "guests: nat, macauth, bypass" },
  ]);
  await close();
});

Deno.test("a zone that is switched off, or whose organization is, is not served", async () => {
  const { venue, apply, close } = await identityVenue();
  const served = async () => (await listZones(venue.db)).map(({ name }) => name);
  await apply(withZones({ name: "one" }, { name: "two" }));
  deepEqual(await served(), ["one", "two"], "the oldest first");
  deepEqual(await apply(withZones({ name: "one", is_active: false })), ["update zone one: is_active"]);
  deepEqual(await served(), ["two"]);
  await apply({ organizations: [{ slug: "alpha", is_active: false }] });
  deepEqual(await served(), []);
  await close();
});

Deno.test("two zones of a file may exchange their networks", async () => {
  const { apply, close } = await identityVenue();
  const zone = (name: string, number: number) => ({
    name,
    interface: [`wlan${number}`],
    address: [`10.${number}.0.1/24`],
  });
  await apply(withZones(zone("one", 1), zone("two", 2)));
  deepEqual(await apply(withZones(zone("one", 2), zone("two", 1))), [
    "update zone one: interface address",
    "update zone two: interface address",
  ]);
  await close();
});

Deno.test("zones that cannot be are refused, and the message names the place", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply({
    organizations: [{
      slug: "beta",
      zones: [
        { name: "there", interface: ["eth5"], address: ["10.5.0.1/16", "fd05::1/64"] },
        { name: "off", is_active: false, interface: ["eth6"], address: ["10.6.0.1/16"] },
      ],
    }],
  });
  const guests = { name: "guests", interface: ["wlan0"], address: ["10.1.0.1/24"] };
  const wrong: readonly [entry: Readonly<Record<string, unknown>>, message: RegExp][] = [
    [{ name: "a b" }, /^name: expected a name: 1 to 50 letters/],
    [{ name: "a/b" }, /^name: expected a name/],
    [{ colour: "red" }, /^colour: there is no such key/],
    [{ interface: "wlan0" }, /^interface: expected a list/],
    [{ interface: ["wlan0", "eth5"] }, /^interface\[1\]: the zone "beta\/there" has the interface eth5/],
    [{ interface: ["wlan0", "wlan0"] }, /^interface\[1\]: wlan0 was there before/],
    [{ interface: ["-j"] }, /^interface\[0\]: expected the name of a network interface/],
    [{ wan: "wlan0" }, /^wan: wlan0 is where the guests are/],
    [{ interface: [], gate: "nftables" }, /^interface: is missing/],
    [{ address: ["fd00::1/64"] }, /^address: is missing: a zone with an interface has an IPv4 address/],
    [
      { address: ["10.5.128.1/24"] },
      /^address\[0\]: 10\.5\.128\.1\/24 overlaps 10\.5\.0\.1\/16 of the zone "beta\/there"/,
    ],
    [{ address: ["10.0.0.1/8"] }, /^address\[0\]: .* overlaps 10\.5\.0\.1\/16/],
    [{ address: ["10.1.0.1/24", "fd05::2/64"] }, /^address\[1\]: fd05::2\/64 overlaps fd05::1\/64/],
    [{ address: ["10.1.0.1/24", "10.1.0.129/25"] }, /^address\[1\]: .* overlaps 10\.1\.0\.1\/24/],
    [{ address: ["10.1.0.0/24"] }, /^address\[0\]: 10\.1\.0\.0\/24 is the address of the network itself/],
    [{ address: ["10.1.0.255/24"] }, /^address\[0\]: .* is the network's broadcast address/],
    [{ address: ["10.1.0.1/24", "fd00:1::/64"] }, /^address\[1\]: .* is the address of the network itself/],
    [{ address: ["10.1.0.1/31"] }, /^address\[0\]: .* has no room for guests/],
    [{ address: ["10.1.0.1/0"] }, /^address\[0\]: .* is the whole internet/],
    [{ address: ["127.0.0.2/8"] }, /^address\[0\]: .* is no address that a box can have/],
    [{ address: ["224.0.0.1/8"] }, /^address\[0\]: .* is no address that a box can have/],
    [{ address: ["10.1.0.1"] }, /^address\[0\]: expected an address with its prefix/],
    [{ dhcpstart: "10.2.0.5" }, /^dhcpstart: 10\.2\.0\.5 is outside 10\.1\.0\.1\/24/],
    [{ dhcpend: "10.1.0.255" }, /^dhcpend: 10\.1\.0\.255 is the network's own or its broadcast/],
    [{ dhcpstart: "10.1.0.9", dhcpend: "10.1.0.8" }, /^dhcpend: 10\.1\.0\.8 comes before dhcpstart/],
    [
      { address: ["10.1.0.1/24", "10.2.0.1/24"], dhcpstart: "10.1.0.9", dhcpend: "10.2.0.8" },
      /^dhcpend: 10\.2\.0\.8 is not in the prefix of dhcpstart/,
    ],
    [{ dhcpstart: "10.1.0.900" }, /^dhcpstart: expected an IPv4 address/],
    [{ dhcphost: ["aa:bb:cc:dd:ee:ff=10.2.0.5"] }, /^dhcphost\[0\]: 10\.2\.0\.5 is outside/],
    [{ dhcphost: ["aa:bb:cc:dd:ee:ff=10.1.0.1"] }, /^dhcphost\[0\]: 10\.1\.0\.1 is the box's own/],
    [{ dhcphost: ["aa:bb:cc:dd:ee:ff"] }, /^dhcphost\[0\]: expected MAC=ADDRESS/],
    [
      { dhcphost: ["aa:bb:cc:dd:ee:ff=10.1.0.5", "AABBCCDDEEFF=10.1.0.6"] },
      /^dhcphost\[1\]: .* was there before/,
    ],
    [{ uamallowed: ["http://example.org"] }, /^uamallowed\[0\]: expected \[proto:\]host/],
    [{ uamallowed: ["x", "ftp:example.org"] }, /^uamallowed\[1\]: expected \[proto:\]host/],
    [{ uamaliasip: "::1" }, /^uamaliasip: expected an IPv4 address/],
    [{ uamport: 65_535 }, /^uamport: expected a whole number from 1 to 65534/],
    [{ macauth: "yes" }, /^macauth: expected true or false/],
    [{ uamsecret: "a\nb" }, /^uamsecret: expected a text without control characters/],
    [{ bypass: ["somebody"] }, /^bypass\[0\]: expected a MAC address, an address or a network/],
    [{ hold_when_stopped: true, fail_open: true }, /^fail_open: either this or hold_when_stopped/],
  ];
  for (const [entry, message] of wrong) {
    await rejects(() => apply(withZones({ name: "fine" }, { ...guests, ...entry })), (fault) => {
      ok(fault instanceof Error);
      const place = /^organizations\[0\]\.zones\[1\]\.(.*)$/.exec(fault.message);
      match(place?.[1] ?? fault.message, message);
      return true;
    }, JSON.stringify(entry));
  }
  await rejects(
    () => apply(withZones(guests, guests)),
    /organizations\[0\]\.zones\[1\]\.name: "guests" was there before/,
  );
  await rejects(
    () =>
      apply({
        organizations: [{ slug: "beta", zones: [{ name: "off", is_active: true, interface: ["eth5"] }] }],
      }),
    /zones\[0\]\.interface\[0\]: the zone "beta\/there" has the interface eth5/,
  );
  deepEqual(await venue.rows("select name from zone order by id"), [{ name: "there" }, { name: "off" }]);
  deepEqual(
    (await apply(withZones({ ...guests, interface: ["eth6"], address: ["10.6.0.1/24"] }))).slice(-1),
    ["create zone guests"],
    "one that is switched off is in nobody's way",
  );
  await close();
});
