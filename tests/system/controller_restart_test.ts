import { deepEqual, equal, match, ok } from "node:assert/strict";
import { box as machine } from "../../src/runtime/box.ts";
import { delay, eventually } from "./delay.ts";
import { INTERNET, type Namespace } from "./network_namespace.ts";
import type { Runtime } from "./portico_process.ts";
import type { Guest } from "./venue_guest.ts";
import { type VenueLab, venueLab } from "./venue_lab.ts";
import { account, GUESTS_ZONE, organization, PASSWORD } from "./venue_setup.ts";

const SITE = "http://www.example.org/";
const DOWNLOAD = 12_000_000;
/** Octets a second, held by the server, so that nothing is lost on the way and both ends count the same. */
const RATE = 3_000_000;

for (const runtime of ["deno", "bun"] satisfies Runtime[]) {
  Deno.test(`on ${runtime} a killed process takes nobody along, and the next one finds all`, async () => {
    await using lab = await openLab(runtime);
    const { venue } = lab;
    const guest = await leased(lab, 1);
    const stranger = await leased(lab, 2);
    await countIn(guest.namespace);
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    const { session } = await guest.json("status");

    const download = guest.curl(
      "--max-time",
      "30",
      "-o",
      "/dev/null",
      "-w",
      "%{size_download}",
      `${SITE}paced/${DOWNLOAD}/${RATE}`,
    );
    await delay(1_000);
    await venue.stop("SIGKILL");
    const before = await countedIn(guest.namespace);
    const refused = await stranger.curl("--max-time", "3", SITE);
    equal(refused.stdout, "");
    await eventually(
      "the download to go on",
      async () => (await countedIn(guest.namespace)).down > before.down + 1_000_000 || undefined,
    );
    // Whoever comes meanwhile gets an address, and is known afterwards.
    const late = await leased(lab, 3);
    await venue.start(runtime);
    equal((await late.logOn("bob", PASSWORD)).clientState, 1);
    equal((await stranger.head(SITE)).status, 302);
    equal((await guest.json("status")).session?.sessionId, session?.sessionId);
    deepEqual(await download.then(({ code, stdout }) => ({ code, stdout })), {
      code: 0,
      stdout: String(DOWNLOAD),
    });

    await guest.json("logoff");
    const record = await lab.ended("ada");
    const counted = await countedIn(guest.namespace);
    deepEqual({ up: record.upOctets, down: record.downOctets }, counted);
    equal(record.terminateCause, "User-Request");
    equal((await lab.records("ada")).length, 1);
  });
}

Deno.test("a process that is told to stop ends the sessions and leaves nothing of its own", async () => {
  await using lab = await openLab(null, { address: ["10.1.0.1/24", "2001:db8:1::1/64"] });
  const { venue, network: { box } } = lab;
  // The kernel gives an interface its queue when it is up for the first time.
  for (const state of ["up", "down"]) await box.must("ip", "link", "set", "lan0", state);
  const untouched = await traces(box);
  await venue.start();
  const guest = await leased(lab, 1);
  equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
  await guest.text(`http://${INTERNET.site}/octets/1000`);
  await venue.stop("SIGTERM");

  const record = await lab.ended("ada");
  equal(record.terminateCause, "NAS-Reboot");
  ok(record.downOctets > 1_000);
  for (const [what, found] of Object.entries(await traces(box))) equal(found, untouched[what], what);
});

Deno.test("guests of an interface that was unplugged go on when it comes back", async () => {
  await using lab = await openLab("bun");
  const { box } = lab.network;
  const guest = await leased(lab, 1);
  equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
  // Whatever it is made of: another one takes its name. It is off, and has no address.
  await box.must("ip", "link", "set", "lan0", "down");
  await box.must("ip", "link", "set", "lan0", "name", "unplugged");
  await box.must("ip", "address", "flush", "dev", "unplugged");
  await box.must("ip", "link", "add", "lan0", "type", "bridge");
  await box.must("ip", "link", "set", "unplugged", "master", "lan0", "up");

  await eventually(
    "the way out",
    async () => (await guest.curl("--max-time", "1", SITE)).code === 0 || undefined,
  );
  equal((await guest.json("status")).clientState, 1);
  await leased(lab, 2);
});

Deno.test("a box whose power failed goes on with its sessions", async () => {
  await using lab = await openLab("deno");
  const { venue } = lab;
  const guest = await leased(lab, 1);
  equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
  await guest.text(`${SITE}octets/100000`);
  const used = await eventually("the octets", async () => {
    const octets = Number((await guest.json("status")).accounting?.inputOctets);
    return octets > 100_000 ? octets : undefined;
  });
  await losePower(lab);
  equal((await guest.curl("--max-time", "1", `http://${INTERNET.site}/`)).stdout, "");
  await venue.start();
  match(await guest.text(`${SITE}octets/100000`), /portico/);
  await guest.json("logoff");
  const record = await lab.ended("ada");
  // What was counted since the last update of the record went with the power.
  ok(record.downOctets > 100_000 && record.downOctets <= 2 * used, `${record.downOctets} octets`);
});

Deno.test("with hold_when_stopped nobody passes a box whose Portico has stopped", async () => {
  await using lab = await openLab("deno", { hold_when_stopped: true, setaddress: false, forwarding: false });
  const { venue } = lab;
  const guest = await leased(lab, 1);
  equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
  await guest.text(SITE);
  await venue.stop("SIGTERM");
  equal((await guest.curl("--max-time", "3", `http://${INTERNET.site}/`)).stdout, "");
  await venue.start();
  equal((await guest.head(SITE)).status, 302);
});

Deno.test("with fail_open everybody passes such a box, with addresses and names, until it is started again", async () => {
  await using lab = await openLab("deno", { fail_open: true });
  const { venue } = lab;
  const guest = await leased(lab, 1);
  equal((await guest.head(SITE)).status, 302);
  await venue.stop("SIGTERM");
  match(await guest.text(SITE), /www\.example\.org/);
  match(await (await leased(lab, 2)).text(SITE), /www\.example\.org/);
  await venue.start();
  equal((await guest.head(SITE)).status, 302);
});

/** What was only in the kernel and in processes is gone. */
async function losePower({ venue, network: { box } }: VenueLab): Promise<void> {
  await venue.stop("SIGKILL");
  const { stdout } = await machine.run("ip", ["netns", "pids", box.name]);
  for (const pid of stdout.split("\n").filter(Boolean)) machine.signal(Number(pid), "SIGKILL");
  await box.must("nft", "flush", "ruleset");
  await box.must("ip", "address", "flush", "dev", "lan0");
  await box.must("ip", "link", "set", "lan0", "down");
  await box.must("sysctl", "-qw", "net.ipv4.ip_forward=0");
}

/** @param runtime Null leaves it to the test to start Portico. */
async function openLab(runtime: Runtime | null, zone: Record<string, unknown> = {}): Promise<VenueLab> {
  const lab = await venueLab();
  try {
    const { box } = lab.network;
    if (zone.setaddress === false) {
      await box.must("ip", "address", "add", "10.1.0.1/24", "dev", "lan0");
      await box.must("ip", "link", "set", "lan0", "up");
      await box.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
    }
    await lab.venue.apply({
      organizations: [organization([{ ...GUESTS_ZONE, ...zone }])],
      users: [account("ada"), account("bob")],
    });
    if (runtime) await lab.venue.start(runtime);
    return lab;
  } catch (fault) {
    await lab[Symbol.asyncDispose]();
    throw fault;
  }
}

async function leased(lab: VenueLab, n: number): Promise<Guest> {
  const guest = await lab.guest(n);
  await guest.lease();
  return guest;
}

const COUNTERS = `table inet test {
  counter up {}
  counter down {}
  chain sent { type filter hook output priority 0; ip daddr ${INTERNET.site} counter name up; }
  chain received { type filter hook input priority 0; ip saddr ${INTERNET.site} counter name down; }
}`;

/** Counts what the guest exchanges with the site, in IP octets, beside Portico. */
async function countIn(namespace: Namespace): Promise<void> {
  const { code, stderr } = await namespace.run("nft", ["-f", "-"], COUNTERS);
  equal(code, 0, stderr);
}

async function countedIn(namespace: Namespace): Promise<{ readonly up: number; readonly down: number }> {
  const listing = await namespace.must("nft", "list", "counters", "table", "inet", "test");
  const octets = (name: string) =>
    Number(new RegExp(`counter ${name} \\{[^}]*bytes (\\d+)`).exec(listing)?.[1]);
  return { up: octets("up"), down: octets("down") };
}

/** Everything that Portico could have left in the box. */
async function traces(box: Namespace): Promise<Record<string, string>> {
  const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
    rules: ["nft", "list", "ruleset"],
    queues: ["tc", "qdisc", "show"],
    classes: ["tc", "class", "show", "dev", "lan0"],
    classesOutside: ["tc", "class", "show", "dev", "wan"],
    links: ["ip", "-o", "link", "show"],
    addresses: ["ip", "-o", "address", "show", "scope", "global"],
    routes: ["ip", "route", "show", "table", "all"],
    routes6: ["ip", "-6", "route", "show", "table", "all", "proto", "static"],
    policies: ["ip", "rule", "show"],
    forwarding: [
      "sysctl",
      "net.ipv4.ip_forward",
      "net.ipv6.conf.all.forwarding",
      "net.ipv6.conf.wan.accept_ra",
      "net.ipv6.conf.lan0.accept_untracked_na",
    ],
  };
  const found: Record<string, string> = {};
  for (const [name, [program, ...args]] of Object.entries(commands)) {
    found[name] = await box.must(program, ...args);
  }
  // From outside: inside the question itself would be among the answers.
  const { stdout } = await machine.run("ip", ["netns", "pids", box.name]);
  return { ...found, processes: stdout };
}
