import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { box as machine } from "../../src/runtime/box.ts";
import { childProcess } from "./child_process.ts";
import { eventually } from "./delay.ts";
import { type LeasesLab, leasesLab, seenAs, udhcpc } from "./leases_lab.ts";
import { stationMac } from "./network_namespace.ts";

const SUPERVISOR = fileURLToPath(new URL("leases_supervisor.ts", import.meta.url));
const URL_OF_API = "https://guests.example.org/api";

/** What runs in the box, by its command line. */
async function programsOf({ lab: { box } }: LeasesLab): Promise<readonly string[]> {
  const { stdout } = await machine.run("ip", ["netns", "pids", box.name]);
  const lines = await Promise.all(
    stdout.split("\n").filter(Boolean).map((pid) => machine.commandLine(Number(pid))),
  );
  return lines.flatMap((line) => line?.join(" ") ?? []);
}

Deno.test("a process that was killed leaves its DHCP server to the next one, which knows all leases", async () => {
  await using venue = await leasesLab({}, { captivePortalUrl: () => URL_OF_API });
  const supervisor = childProcess("deno", [
    "run",
    "-A",
    "--no-check",
    SUPERVISOR,
    venue.lab.box.name,
    venue.root,
  ]);
  await supervisor.says("served");
  const first = await udhcpc(await venue.lab.station(1));
  const before = await venue.dnsmasqId();
  await supervisor.stop("SIGKILL");

  const second = await udhcpc(await venue.lab.station(2));
  equal(await venue.dnsmasqId(), before);
  await venue.serve();

  equal(await venue.dnsmasqId(), before);
  deepEqual(venue.faults, []);
  equal(await seenAs(venue.seen, stationMac(1)), first.ip);
  equal(await seenAs(venue.seen, stationMac(2)), second.ip);
  const third = await udhcpc(await venue.lab.station(3));
  equal(await seenAs(venue.seen, stationMac(3)), third.ip);
  const programs = await programsOf(venue);
  equal(programs.filter((line) => line.includes("portal_advertisement")).length, 1);
  // The dead process's own ended with the next line that it had to write.
  equal(programs.filter((line) => line.startsWith("ip monitor")).length, 1);
});

Deno.test("other options restart the DHCP server; leases and their stations stay", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  const lease = await udhcpc(await venue.lab.station(1));
  await seenAs(venue.seen, stationMac(1));
  const before = await venue.dnsmasqId();

  await venue.serve({ domain: "other.test" });

  notEqual(await venue.dnsmasqId(), before);
  ok(await venue.dnsmasqId());
  deepEqual(venue.gone, []);
  const station = await venue.lab.station(1);
  await station.must("ip", "address", "flush", "dev", "eth0", "scope", "global");
  const again = await udhcpc(station);
  deepEqual([again.ip, again.domain], [lease.ip, "other.test"]);
});

Deno.test("a DHCP server that dies is started again, and said so", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  await udhcpc(await venue.lab.station(1));
  const before = await venue.dnsmasqId();

  machine.signal(before ?? 0, "SIGKILL");
  await eventually("another one", async () => {
    const now = await venue.dnsmasqId();
    return now && now !== before ? true : undefined;
  });

  deepEqual(venue.faults, ['dnsmasq of the zone "guests" has ended, and is started again']);
  await udhcpc(await venue.lab.station(2));
  deepEqual(venue.gone, []);
});

Deno.test("a port that another program has is named, and taken once it is free", async () => {
  await using venue = await leasesLab();
  const { box } = venue.lab;
  const folder = await Deno.makeTempDir();
  await box.must(
    "dnsmasq",
    ...["--conf-file=/dev/null", "--listen-address=10.1.0.1", "--bind-interfaces"],
    `--pid-file=${folder}/pid`,
  );
  const other = Number(await machine.readText(`${folder}/pid`));
  await venue.serve();

  equal(venue.faults.length, 1);
  match(
    venue.faults[0] ?? "",
    /^Stations of the zone "guests" get no addresses and no DNS: .* port 53 \(DNS\)/,
  );
  machine.signal(other, "SIGTERM");
  await eventually("the server", async () => await venue.dnsmasqId() ?? undefined);
  await udhcpc(await venue.lab.station(1));
  equal(venue.faults.length, 1);
});

Deno.test("an interface that was unplugged and comes back is served again", async () => {
  await using venue = await leasesLab({}, { captivePortalUrl: () => URL_OF_API });
  const { box } = venue.lab;
  await venue.serve();
  const { ip } = await udhcpc(await venue.lab.station(1));
  // Whatever it is made of: another one takes its name and its address.
  await box.must("ip", "link", "set", "lan0", "down");
  await box.must("ip", "link", "set", "lan0", "name", "unplugged");
  await box.must("ip", "address", "flush", "dev", "unplugged");
  await box.must("ip", "link", "add", "lan0", "type", "bridge");
  await box.must("ip", "link", "set", "unplugged", "master", "lan0", "up");
  await box.must("ip", "address", "add", "10.1.0.1/24", "dev", "lan0");
  await box.must("ip", "link", "set", "lan0", "up");

  await venue.serve();

  equal((await udhcpc(await venue.lab.station(2))).router, "10.1.0.1");
  equal((await udhcpc(await venue.lab.station(3))).router, "10.1.0.1");
  match(ip ?? "", /^10\.1\.0\./);
});

Deno.test("stopped in order it leaves nothing but the leases; a zone that is no more leaves nothing", async () => {
  await using venue = await leasesLab({}, { captivePortalUrl: () => URL_OF_API });
  await venue.serve();
  await udhcpc(await venue.lab.station(1));
  const files = () => [...Deno.readDirSync(venue.folder)].map(({ name }) => name);
  ok(files().includes("dnsmasq.conf"));
  for (const { name } of Deno.readDirSync(venue.folder)) {
    // The process id's file is dnsmasq's own.
    if (name === "dnsmasq.pid" || name === "portal_advertisement.pid") continue;
    equal((Deno.statSync(`${venue.folder}/${name}`).mode ?? 0) & 0o077, 0, name);
  }

  await venue.whereabouts.stop();

  deepEqual(files(), ["leases"]);
  deepEqual(
    await eventually("the monitor's end", async () => {
      const programs = await programsOf(venue);
      return programs.length ? undefined : programs;
    }),
    [],
  );

  await venue.serve();
  await venue.whereabouts.serve([], () => {}, () => {});
  deepEqual([...Deno.readDirSync(venue.root)], []);
  equal(await venue.dnsmasqId(), null);
});
