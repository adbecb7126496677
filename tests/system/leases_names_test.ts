import { deepEqual, equal, ok } from "node:assert/strict";
import { mustRun } from "../../src/controller/box.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { eventually } from "./delay.ts";
import { type LeasesLab, leasesLab, udhcpc } from "./leases_lab.ts";
import { askDns } from "./leases_wire.ts";
import { INTERNET } from "./network_namespace.ts";

/** A name server in the internet, with the names that the tests ask for, and all that it was asked. */
async function upstream({ lab: { internet } }: LeasesLab): Promise<{ questions(): Promise<string> }> {
  const folder = await Deno.makeTempDir();
  const log = `${folder}/questions`;
  internet.start("dnsmasq", [
    ...[
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      `--pid-file=${folder}/pid`,
      "--no-hosts",
      "--no-resolv",
    ],
    ...["--no-daemon", "--log-queries", `--log-facility=${log}`, `--listen-address=${INTERNET.site}`],
    ...["--bind-interfaces", "--local-ttl=3600"],
    "--host-record=www.garden.test,192.0.2.7,2001:db8::7",
    "--host-record=garden.test,192.0.2.8",
    "--host-record=www.below.test,192.0.2.9",
    "--host-record=other.test,192.0.2.10",
    "--host-record=notgarden.test,192.0.2.11",
  ], () => {});
  await eventually(
    "the name server",
    async () => (await machine.readText(log))?.includes("started") || undefined,
  );
  return { questions: async () => await machine.readText(log) ?? "" };
}

async function gardenOf({ lab: { box } }: LeasesLab): Promise<void> {
  await mustRun(
    box,
    "nft",
    ["-f", "-"],
    `table inet garden {
  set names4 { type ipv4_addr; timeout 1h; }
  set names6 { type ipv6_addr; timeout 1h; }
}`,
  );
}

Deno.test("the controller's own names are answered here, and nobody else is asked for them", async () => {
  await using venue = await leasesLab({
    domain: "guests.test",
    dns1: INTERNET.site,
    uamaliasname: "portal",
    uamhostname: "box.example.org",
  });
  const { questions } = await upstream(venue);
  await venue.serve();
  const station = await venue.lab.station(1);
  await udhcpc(station);
  const ask = async (name: string, type: "A" | "AAAA" | "PTR" = "A") => {
    const answer = await askDns(station, name, type);
    return answer && [answer.rcode, ...answer.addresses];
  };

  deepEqual(await ask("logout"), [0, "1.0.0.0"]);
  deepEqual(await ask("logout.guests.test"), [0, "1.0.0.0"]);
  deepEqual(await ask("logout", "AAAA"), [0]);
  deepEqual(await ask("portal"), [0, "1.0.0.1"]);
  deepEqual(await ask("portal", "AAAA"), [0]);
  deepEqual(await ask("box.example.org"), [0, "10.1.0.1"]);
  deepEqual(await ask("box.example.org", "AAAA"), [0, "fd00:1:0:0:0:0:0:1"]);
  deepEqual(await ask("printer"), [3]);
  deepEqual(await ask("9.0.168.192.in-addr.arpa", "PTR"), [3]);
  deepEqual(await ask("other.test"), [0, "192.0.2.10"]);

  const asked = await questions();
  ok(asked.includes("other.test"));
  for (const name of ["logout", "portal", "box.example.org", "printer", "in-addr.arpa"]) {
    equal(asked.includes(name), false, name);
  }
});

Deno.test("names of the walled garden fill its sets, and are kept for a short time only", async () => {
  await using venue = await leasesLab({
    dns1: INTERNET.site,
    uamdomain: ["garden.test", ".below.test"],
    uamdomainttl: 45,
  });
  const { questions } = await upstream(venue);
  await gardenOf(venue);
  await venue.serve();
  const station = await venue.lab.station(1);
  await udhcpc(station);
  const elements = async () =>
    (await venue.lab.box.must("nft", "list", "table", "inet", "garden"))
      .match(/\b(192\.0\.2\.\d+|2001:db8::\d+)(?= )/g);

  const first = await askDns(station, "www.garden.test");
  deepEqual([first?.addresses, first?.ttl], [["192.0.2.7"], 45]);
  // The answer comes after the set has it.
  deepEqual(await elements(), ["192.0.2.7"]);
  await askDns(station, "www.garden.test", "AAAA");
  await askDns(station, "garden.test");
  await askDns(station, "www.below.test");
  await askDns(station, "other.test");
  await askDns(station, "notgarden.test");
  deepEqual((await elements())?.sort(), ["192.0.2.7", "192.0.2.8", "192.0.2.9", "2001:db8::7"]);

  // The gate has emptied its sets, and the zones are served again.
  await venue.lab.box.must("nft", "flush", "set", "inet", "garden", "names4");
  await venue.serve();
  await eventually("the cache to be emptied", async () => {
    await askDns(station, "www.garden.test");
    return (await questions()).split("query[A] www.garden.test").length > 2 ? true : undefined;
  });
  deepEqual((await elements())?.sort(), ["192.0.2.7", "2001:db8::7"]);
});

Deno.test("only the zone's stations are answered", async () => {
  await using venue = await leasesLab({ dns1: INTERNET.site });
  await venue.serve();
  const { internet } = venue.lab;
  await internet.must("ip", "route", "add", "10.1.0.0/24", "via", INTERNET.box);

  await internet.must("busybox", "ping", "-c", "1", "-W", "2", "10.1.0.1");
  for (const server of ["10.1.0.1", INTERNET.box]) {
    equal(await askDns(internet, "logout", "A", { server, device: "wan" }), null, server);
  }
  equal(await askDns(venue.lab.box, "logout", "A", { server: "127.0.0.1", device: "lo" }), null);
});

Deno.test("without name servers of its own a zone asks the box's", async () => {
  await using venue = await leasesLab();
  await upstream(venue);
  const folder = `/etc/netns/${venue.lab.box.name}`;
  await machine.writeText(`${folder}/resolv.conf`, `nameserver ${INTERNET.site}\n`, 0o644);
  await venue.serve();
  const station = await venue.lab.station(1);
  await udhcpc(station);

  deepEqual((await askDns(station, "other.test"))?.addresses, ["192.0.2.10"]);
});
