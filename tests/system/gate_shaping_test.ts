import { deepEqual, equal, ok } from "node:assert/strict";
import { gateVenue, type Guest, INTERNET, listens } from "./gate_venue.ts";

const SECONDS = 3;
const DEVICES = ["lan0", "wan"];

Deno.test("a station is held to its bandwidth each way, and few of its packets are lost", async () => {
  await using venue = await gateVenue();
  const { lab, gate } = venue;
  const [guest, free] = [await venue.guest(1), await venue.guest(2)];
  await startMeter(venue);
  const [bandwidthUp, bandwidthDown] = [6_000_000, 12_000_000];
  await gate.open({ ...guest.station, bandwidthUp, bandwidthDown });
  await gate.open(free.station);
  for (const [direction, wanted] of [["up", bandwidthUp], ["down", bandwidthDown]] as const) {
    const { rate, lost } = await measure(guest, direction);
    ok(rate > wanted * 0.9 && rate < wanted * 1.1, `${direction}: ${rate} bit/s instead of ${wanted}`);
    ok(lost < 150, `${direction}: ${lost} segments were sent again`);
  }
  ok((await measure(free, "down", 1)).rate > 100_000_000, "others are not held up");

  await gate.open({ ...guest.station, bandwidthUp, bandwidthDown: 3_000_000 });
  const { rate } = await measure(guest, "down");
  ok(rate > 2_700_000 && rate < 3_300_000, `changed: ${rate} bit/s instead of 3000000`);
  await gate.close(guest.station);
  for (const device of DEVICES) equal(await lab.box.must("tc", "class", "show", "dev", device), "");
});

Deno.test("a qdisc that somebody chose stays, and it is said that nobody is held up there", async () => {
  await using venue = await gateVenue();
  const { lab: { box }, gate, faults } = venue;
  const guest = await venue.guest(1);
  await box.must("tc", "qdisc", "add", "dev", "wan", "root", "handle", "9:", "pfifo", "limit", "77");
  await gate.open({ ...guest.station, bandwidthUp: 1_000_000, bandwidthDown: 1_000_000 });
  ok(await guest.pings(INTERNET.site));
  equal(faults.length, 1);
  ok(String(faults[0]).includes("wan") && String(faults[0]).includes("pfifo"), String(faults[0]));
  await gate.remove();
  ok((await box.must("tc", "qdisc", "show", "dev", "wan")).startsWith("qdisc pfifo 9: root"));
});

Deno.test("five hundred stations that are open, counted and shaped pass as fast as plain routing", async () => {
  await using venue = await gateVenue([{ nat: false }]);
  const { lab, gate, zone } = venue;
  const guest = await venue.guest(1);
  await lab.internet.must("ip", "route", "add", "10.1.0.0/24", "via", INTERNET.box);
  await startMeter(venue);
  const others = Array.from({ length: 500 }, (_, n) => ({
    zoneId: zone.id,
    mac: `02:bb:00:00:${(n >> 8).toString(16).padStart(2, "0")}:${(n & 255).toString(16).padStart(2, "0")}`,
    addresses: [`10.1.${2 + (n >> 8)}.${n & 255}`, `fd00:1::1:${n.toString(16)}`],
    bandwidthUp: 5_000_000,
    bandwidthDown: 5_000_000,
  }));
  const fast = { ...guest.station, bandwidthUp: 90_000_000_000, bandwidthDown: 90_000_000_000 };
  // The best of each counts, in turns: the machine may have other things to do, for a while and for either. Plain
  // routing has a queue on its devices, as every real one has.
  let [gated, plain] = [0, 0];
  for (let turn = 0; turn < 3 || (turn < 10 && gated < plain * 0.9); turn++) {
    await gate.apply(venue.zones, [fast, ...others]);
    gated = Math.max(gated, (await measure(guest, "down", 1)).rate);
    await gate.remove();
    for (const device of DEVICES) {
      await lab.box.must("tc", "qdisc", "add", "dev", device, "root", "handle", "1:", "pfifo");
    }
    plain = Math.max(plain, (await measure(guest, "down", 1)).rate);
    for (const device of DEVICES) await lab.box.must("tc", "qdisc", "del", "dev", device, "root");
  }
  // Within 10 %; 3 more are the measurement's own.
  ok(gated > plain * 0.87, `${gated} bit/s through the gate, ${plain} bit/s without it`);
  deepEqual(venue.faults, []);
});

async function startMeter(
  { lab }: { readonly lab: { readonly internet: Guest | Parameters<typeof listens>[0] } },
) {
  lab.internet.start("iperf3", ["-s"], () => {});
  await listens(lab.internet, 5201);
}

/** A TCP transfer: bits of payload a second at the receiver, and segments sent again. */
async function measure(guest: Guest, direction: "up" | "down", seconds = SECONDS) {
  const way = direction === "down" ? ["-R"] : [];
  const { end } = JSON.parse(
    await guest.must("iperf3", "-J", "-c", INTERNET.site, "-t", `${seconds}`, ...way),
  );
  return { rate: Number(end.sum_received.bits_per_second), lost: Number(end.sum_sent.retransmits) };
}
