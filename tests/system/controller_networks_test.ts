import { deepEqual, equal, ok } from "node:assert/strict";
import { eventually } from "./delay.ts";
import { INTERNET } from "./network_namespace.ts";
import { type Guest, ownIpv6 } from "./venue_guest.ts";
import { globalMac, step, type VenueLab, venueLab } from "./venue_lab.ts";
import { account, organization, PASSWORD } from "./venue_setup.ts";

const SITE = "http://www.example.org/";
const SITE6 = `http://[${INTERNET.site6}]/`;

Deno.test("a box keeps its guests apart from the world until they log on, and from each other's zones", async (t) => {
  await using lab = await venueLab({ lans: ["lan0", "lan1"] });
  await lab.venue.apply({
    organizations: [
      organization([{
        name: "lobby",
        interface: ["lan0"],
        address: ["10.1.0.1/24", "2001:db8:1::1/64"],
        uamdomain: ["garden.example.com"],
      }], { slug: "alpha" }),
      organization([{ name: "terrace", interface: ["lan1"], address: ["10.2.0.1/24"] }], {
        slug: "beta",
      }),
    ],
    users: [
      account("ada", { organization: "alpha" }),
      account("bob", { organization: "beta" }),
      account("cem", { organization: "alpha" }),
    ],
  });
  // The guests' IPv6 network is routed to the box, as a provider does.
  await lab.network.internet.must("ip", "-6", "route", "add", "2001:db8:1::/64", "via", INTERNET.box6);
  await lab.venue.start();
  for (const [behaviour, check] of BEHAVIOUR) await step(t, lab, behaviour, () => check(lab));
});

/** Its own, on both ports, the alias, and the address and the name that log off by being asked. */
const LOG_OFFS = [
  "http://10.1.0.1:3990/json/logoff",
  "http://10.1.0.1/logoff",
  "http://1.0.0.1/json/logoff",
  "http://1.0.0.0/",
  "http://logout/",
];

const inTerrace = { lan: "lan1", portal: "10.2.0.1:3990" };

const BEHAVIOUR: readonly (readonly [string, (lab: VenueLab) => Promise<void>])[] = [
  ["a stranger reaches nothing, and is told at once", async (lab) => {
    const guest = await leased(lab, 1);
    equal((await guest.head(SITE)).status, 302);
    for (
      const url of [
        `https://www.example.org/`,
        "http://www.example.org:8080/",
        `https://[${INTERNET.site6}]/`,
      ]
    ) {
      await ownIpv6(guest);
      const refused = await guest.curl("--write-out", "%{time_total}", url);
      ok(
        refused.code !== 0 && Number(refused.stdout) < 1,
        `${url}: ${refused.code} after ${refused.stdout} s`,
      );
    }
    // Of the box: what a stranger needs, and nothing else, on none of its addresses.
    for (const address of ["10.1.0.1", INTERNET.box, "10.2.0.1"]) {
      await isClosed(guest, `http://${address}:8000/`);
    }
  }],
  ["IPv6 is caught and opened with IPv4, and counted", async (lab) => {
    const guest = await leased(lab, 2);
    const address = await ownIpv6(guest);
    equal((await guest.head(SITE6)).status, 302);
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    const body = await eventually("an answer over IPv6", async () => {
      const { code, stdout } = await guest.curl(`${SITE6}octets/100000`);
      return code === 0 && stdout.length === 100_000 ? stdout : undefined;
    });
    equal(body.length, 100_000);
    const [station] = (await listed(lab)).filter(({ mac }) => mac === guest.mac);
    ok(station?.ip6.includes(address), JSON.stringify(station));
    await guest.json("logoff");
    const record = await lab.ended("ada");
    ok(record.downOctets > 100_000, `${record.downOctets} octets`);
    equal((await guest.head(SITE6)).status, 302);
  }],
  ["a second address of the station, as privacy wants it, passes too", async (lab) => {
    const guest = await leased(lab, 2);
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    for (const address of ["2001:db8:1::beef", "2001:db8:1::beef:1", "2001:db8:1::beef:2"]) {
      await withAddress(guest, address);
      // The very first packet from it.
      const { code, stdout, stderr } = await browse(guest, SITE6, "--interface", address);
      ok(code === 0 && stdout.includes(`<title>[${INTERNET.site6}]`), stderr || stdout);
    }
    await guest.json("logoff");
  }],
  ["what is refused at a second address makes the box know it", async (lab) => {
    const guest = await leased(lab, 2);
    const address = "2001:db8:1::cafe";
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    await withAddress(guest, address);
    const refused = await guest.curl("--interface", address, `https://[${INTERNET.site6}]/`);
    equal(refused.code, 7, refused.stderr);
    await isListed(lab, guest, address);
    ok((await guest.curl("--interface", address, SITE6)).stdout.includes(`<title>[${INTERNET.site6}]`));
    await guest.json("logoff");
  }],
  ["an address that a device tells of passes before it is used", async (lab) => {
    const guest = await leased(lab, 2);
    const { namespace } = guest;
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    await namespace.must("sysctl", "-qw", "net.ipv6.conf.eth0.ndisc_notify=1");
    await namespace.must("ip", "-6", "address", "add", "2001:db8:1::feed/64", "dev", "eth0");
    await isListed(lab, guest, "2001:db8:1::feed");
    const { stdout } = await guest.curl("--interface", "2001:db8:1::feed", SITE6);
    ok(stdout.includes(`<title>[${INTERNET.site6}]`), stdout);
    await guest.json("logoff");
  }],
  ["two organizations on one box do not know each other's guests", async (lab) => {
    const guest = await leased(lab, 3, inTerrace);
    equal((await guest.logOn("ada", PASSWORD)).clientState, 0);
    equal((await guest.logOn("bob", PASSWORD)).clientState, 1);
    const other = await leased(lab, 4);
    equal((await other.logOn("bob", PASSWORD)).clientState, 0);
    equal((await other.logOn("cem", PASSWORD)).clientState, 1);
    // Both are open, and still there is no way from one to the other.
    await guest.text(SITE);
    await other.text(SITE);
    await isClosed(guest, `http://${other.address()}/`);
    await isClosed(other, `http://${guest.address()}/`);
    const [terrace, lobby] = [await lab.records("bob"), await lab.records("cem")];
    ok(terrace[0]?.organizationId !== lobby[0]?.organizationId);
    await guest.json("logoff");
    await other.json("logoff");
  }],
  ["a borrowed address does not pass, nor does a copied MAC address; their owner goes on", async (lab) => {
    const guest = await leased(lab, 4);
    equal((await guest.logOn("cem", PASSWORD)).clientState, 1);
    await guest.text(SITE);
    const { namespace: thief } = await lab.guest(5);
    const asThief = async (mac: string, address: string) => {
      await thief.must("ip", "address", "flush", "dev", "eth0");
      await thief.must("ip", "link", "set", "eth0", "address", mac);
      await thief.must("ip", "address", "add", `${address}/24`, "dev", "eth0");
      await thief.must("ip", "route", "replace", "default", "via", "10.1.0.1");
      return await thief.run("curl", ["-s", "--max-time", "3", `http://${INTERNET.site}/`]);
    };
    ok(!(await asThief(globalMac(5), guest.address())).stdout.includes(INTERNET.site), "a borrowed address");
    ok(!(await asThief(guest.mac, "10.1.0.77")).stdout.includes(INTERNET.site), "a copied MAC address");
    await thief.must("ip", "link", "set", "eth0", "down");
    await eventually("the owner's traffic", async () => {
      const { code, stdout } = await browse(guest, SITE, "--max-time", "2");
      return code === 0 && stdout.includes("<title>www.example.org") || undefined;
    });
    equal((await guest.json("status")).session?.userName, "cem");
    await guest.json("logoff");
  }],
  ["a garden opened by name passes for strangers, with everything below it", async (lab) => {
    const guest = await leased(lab, 6);
    for (const host of ["garden.example.com", "deep.below.garden.example.com"]) {
      ok((await guest.text(`http://${host}/`)).includes(host));
    }
    equal((await guest.head(SITE)).status, 302);
    // Another zone has another garden.
    const stranger = await leased(lab, 7, inTerrace);
    equal((await stranger.head("http://garden.example.com/")).status, 302);
  }],
  ["logging off is answered, whichever of the box's addresses is asked", async (lab) => {
    const guest = await leased(lab, 6);
    for (const url of LOG_OFFS) {
      equal((await guest.logOn("cem", PASSWORD)).clientState, 1);
      // A connection elsewhere, which the log-off ends.
      await guest.text(SITE);
      const { status } = await guest.head(url);
      ok(status === 200 || status === 302, `${url}: ${status}`);
      equal((await guest.json("status")).clientState, 0, url);
      equal((await lab.ended("cem")).terminateCause, "User-Request");
    }
  }],
];

interface Listed {
  readonly zone: string;
  readonly mac: string;
  readonly ip: string;
  readonly ip6: readonly string[];
  readonly state: string;
}

function listed(lab: VenueLab): Promise<readonly Listed[]> {
  return lab.venue.json("station", "list");
}

Deno.test("a zone takes several interfaces, and guests that another DHCP server has given addresses", async (t) => {
  await using lab = await venueLab({ lans: ["lan0", "lan1", "lan2"] });
  await lab.venue.apply({
    organizations: [organization([
      { name: "lobby", interface: ["lan0", "lan1"], address: ["10.1.0.1/24"] },
      { name: "office", interface: ["lan2"], address: ["10.2.0.1/24"], dhcp: false },
    ])],
    users: [account("ada"), account("bob")],
  });
  await lab.venue.start();
  await step(t, lab, "on each of its interfaces", async () => {
    const [here, there] = [await lab.guest(1), await lab.guest(2, { lan: "lan1" })];
    for (const guest of [here, there]) await guest.lease();
    equal((await there.logOn("ada", PASSWORD)).clientState, 1);
    ok((await there.text(SITE)).includes("www.example.org"));
    equal((await here.head(SITE)).status, 302);
  });
  await step(t, lab, "with an address and a DNS server that Portico knows nothing of", async () => {
    const guest = await lab.guest(3, { lan: "lan2", portal: "10.2.0.1:3990" });
    const { namespace } = guest;
    await namespace.must("ip", "address", "add", "10.2.0.50/24", "dev", "eth0");
    await namespace.must("ip", "route", "add", "default", "via", "10.2.0.1");
    await namespace.must("sh", "-c", `echo nameserver ${INTERNET.gateway} > /etc/resolv.conf`);
    equal((await guest.head(SITE)).status, 302);
    equal((await guest.logOn("bob", PASSWORD)).clientState, 1);
    ok((await guest.text(SITE)).includes("www.example.org"));
  });
});

async function isListed(lab: VenueLab, { mac }: Guest, address: string): Promise<void> {
  await eventually(
    `${address} to be known`,
    async () =>
      (await listed(lab)).some((station) => station.mac === mac && station.ip6.includes(address)) ||
      undefined,
  );
}

/** Gives the station one more address of IPv6. */
async function withAddress({ namespace }: Guest, address: string): Promise<void> {
  await namespace.must("ip", "-6", "address", "add", `${address}/64`, "dev", "eth0", "nodad");
}

/** Follows redirects, which lead to no login page. */
async function browse(guest: Guest, url: string, ...args: readonly string[]) {
  const ran = await guest.curl("--location", "--write-out", "\n%{url_effective}", ...args, url);
  equal(ran.stdout.split("\n").at(-1), url, ran.stderr);
  return ran;
}

const known = new Map<string, Guest>();

async function leased(lab: VenueLab, n: number, where?: { lan: string; portal: string }): Promise<Guest> {
  const before = known.get(`${n}`);
  if (before) return before;
  const guest = await lab.guest(n, where);
  known.set(`${n}`, guest);
  await guest.lease();
  return guest;
}

/** Refused at once or without an answer; but nobody answers. */
async function isClosed(guest: Guest, url: string): Promise<void> {
  const { code, stdout } = await guest.curl("--max-time", "2", url);
  deepEqual({ answered: code === 0, stdout }, { answered: false, stdout: "" }, url);
}
