import { deepEqual, equal, ok } from "node:assert/strict";
import type { Traffic } from "../../src/controller/gate/gate.ts";
import { eventually } from "./delay.ts";
import { gateVenue, type Guest, INTERNET, listens, webServer } from "./gate_venue.ts";

const traffic = (up: number, down: number, octets: number): Traffic => ({
  upOctets: up * octets,
  downOctets: down * octets,
  upPackets: up,
  downPackets: down,
});

Deno.test("counters tell the octets of IP that passed, each way, and only of who is open", async () => {
  await using venue = await gateVenue();
  const { gate } = venue;
  const [guest, other] = [await venue.guest(1), await venue.guest(2)];
  const key = `${venue.zone.id} ${guest.station.mac}`;
  await guest.pings(INTERNET.site);
  await gate.open(guest.station);
  deepEqual((await gate.traffic()).get(key), traffic(0, 0, 0));

  for (let n = 0; n < 3; n++) ok(await guest.pings(INTERNET.site, 1000));
  for (let n = 0; n < 2; n++) ok(await guest.pings(INTERNET.site6, 1000));
  await guest.pings("10.1.0.1", 1000);
  await other.pings(INTERNET.site, 1000);
  deepEqual([...await gate.traffic()], [[key, traffic(5, 5, 1000)]]);

  let kept: Traffic | null = null;
  deepEqual(
    await gate.close(guest.station, (passed) => Promise.resolve(void (kept = passed))),
    traffic(5, 5, 1000),
  );
  deepEqual(kept, traffic(5, 5, 1000));
  deepEqual([...await gate.traffic()], []);

  await gate.open(guest.station);
  deepEqual((await gate.traffic()).get(key), traffic(0, 0, 0), "a new session begins at nothing");
});

Deno.test("what could not be stored is told again, and nobody passes meanwhile", async () => {
  await using venue = await gateVenue();
  const { gate } = venue;
  const guest = await venue.guest(1);
  await gate.open(guest.station);
  ok(await guest.pings(INTERNET.site, 500));
  const failing = gate.close(guest.station, () => Promise.reject(new Error("the disk is full")));
  equal(await failing.catch((fault) => fault.message), "the disk is full");
  equal(await guest.pings(INTERNET.site), false);
  deepEqual(await gate.close(guest.station), traffic(1, 1, 500));
  deepEqual(await gate.close(guest.station), traffic(0, 0, 0));
});

Deno.test("a process after a crash finds its stations; their downloads and counters go on", async () => {
  await using venue = await gateVenue();
  const { gate, lab } = venue;
  const [guest, other] = [await venue.guest(1), await venue.guest(2)];
  await gate.open({ ...guest.station, bandwidthDown: 20_000_000 });
  await gate.open(other.station);
  const download = await startDownload(guest, lab.internet);
  await eventually("the download", async () => await passed(gate, guest) > 1_000_000 || undefined);

  const next = venue.anotherGate();
  const before = await passed(gate, guest);
  await next.apply(venue.zones, [{ ...guest.station, bandwidthDown: 20_000_000 }]);
  ok(await passed(next, guest) >= before, "nothing is forgotten");
  equal(await other.pings(INTERNET.site), false, "who is not named is not open any more");
  equal(await download(), 10_000_000, "the download is whole");
  const total = await next.close(guest.station);
  ok(total.downOctets > 10_000_000 && total.downOctets < 11_000_000, `${total.downOctets} octets`);
  await next.remove();
});

Deno.test("a table that somebody flushed is written again, and what was counted before stays", async () => {
  await using venue = await gateVenue();
  const { gate, lab } = venue;
  const guest = await venue.guest(1);
  await gate.open(guest.station);
  ok(await guest.pings(INTERNET.site, 700));
  await gate.traffic();
  await lab.box.must("nft", "flush", "ruleset");
  equal(await passed(gate, guest), 700);
  equal(venue.faults.length, 1);
  ok(await guest.pings(INTERNET.site, 700));
  deepEqual(await gate.close(guest.station), traffic(2, 2, 700));
  equal(await guest.pings(INTERNET.site), false);
});

Deno.test("a closed station's download stops at once, and what the station still sends is refused", async () => {
  await using venue = await gateVenue();
  const { gate, lab } = venue;
  const guest = await venue.guest(1);
  await gate.open({ ...guest.station, bandwidthDown: 8_000_000 });
  const download = await startDownload(guest, lab.internet, 5);
  const talk = await startTalk(guest);
  await eventually("the download", async () => await passed(gate, guest) > 300_000 || undefined);
  const total = await gate.close(guest.station);
  const at = performance.now();
  await talk();
  ok(performance.now() - at < 1500, `the guest noticed after ${performance.now() - at} ms`);
  ok(await download() < 2_000_000, "it is cut");
  await gate.open(guest.station);
  ok(await passed(gate, guest) < 2000, "nothing of it goes on when the station is opened again");
  ok(total.downOctets > 300_000);
  const flows = (await lab.box.run("conntrack", ["-L", "--orig-src", guest.address])).stdout;
  ok(!flows.includes("dport=8000"), flows);
});

Deno.test("tables of others stay as they are, and nothing of the gate is left at the end", async () => {
  await using venue = await gateVenue([{ uamallowed: [INTERNET.second] }]);
  const { gate, lab: { box } } = venue;
  const guest = await venue.guest(1);
  const mine =
    "table inet mine {\n\tset s {\n\t\ttype ipv4_addr\n\t\telements = { 192.0.2.1 }\n\t}\n\n\tchain forward {\n" +
    "\t\ttype filter hook forward priority filter; policy accept;\n\t\tudp dport 4321 drop\n\t}\n}\n";
  await box.run("nft", ["-f", "-"], mine);
  const before = await box.must("tc", "qdisc", "show");
  await gate.open({ ...guest.station, bandwidthUp: 1_000_000, bandwidthDown: 1_000_000 });
  await gate.apply(venue.zones, [guest.station]);
  equal(await box.must("nft", "list", "table", "inet", "mine"), mine);
  await gate.remove();
  equal(await box.must("nft", "list", "ruleset"), mine);
  equal(await box.must("tc", "qdisc", "show"), before);
});

Deno.test("stopped, a zone holds or lets pass, as it was told", async () => {
  await using held = await gateVenue([{ hold_when_stopped: true }]);
  const guest = await held.guest(1);
  await held.gate.open(guest.station);
  await held.gate.remove();
  equal(await guest.pings(INTERNET.site), false);
  await held.gate.apply(held.zones, [guest.station]);
  ok(await guest.pings(INTERNET.site), "applied again, it is as before");

  await using open = await gateVenue([{ fail_open: true }]);
  const stranger = await open.guest(1);
  await open.gate.remove();
  await open.network.restore();
  ok(await stranger.pings(INTERNET.site));
  ok(await stranger.pings(INTERNET.site6));
});

async function passed(
  gate: { traffic(): Promise<ReadonlyMap<string, Traffic>> },
  guest: Guest,
): Promise<number> {
  return (await gate.traffic()).get(`${guest.station.zoneId} ${guest.station.mac}`)?.downOctets ?? 0;
}

/** Ten million octets from port 8000 of the internet. @returns what waits for the end and tells how much arrived. */
async function startDownload(guest: Guest, internet: Parameters<typeof webServer>[0], mostSeconds = 30) {
  await webServer(internet, "x".repeat(10_000_000), 8000);
  await listens(internet, 8000);
  const done = guest.run("curl", [
    "-s",
    "--max-time",
    `${mostSeconds}`,
    "-o",
    "/dev/null",
    "-w",
    "%{size_download}",
    `http://${INTERNET.site}:8000/`,
  ]);
  return async () => Number((await done).stdout);
}

/** A request of which the guest sends a bit all the time, and which never ends. @returns what waits until it is refused. */
async function startTalk(guest: Guest) {
  const talk = guest.run("timeout", [
    "20",
    "bash",
    "-c",
    `exec 3<>/dev/tcp/${INTERNET.site}/8000 && printf 'GET / HTTP/1.1\\r\\n' >&3
    while printf 'a: b\\r\\n' >&3; do sleep 0.05; done 2>/dev/null`,
  ]);
  await eventually("its connection", async () => {
    const { stdout } = await guest.run("ss", ["-Htn", "state", "established", "dport = :8000"]);
    return stdout.trim().split("\n").length > 1 || undefined;
  });
  return () => talk;
}
