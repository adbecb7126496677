import { equal, ok } from "node:assert/strict";
import type { Guest } from "./venue_guest.ts";
import { INTERNET } from "./network_namespace.ts";
import { step, venueLab } from "./venue_lab.ts";
import { account, type Attribute, GUESTS_ZONE, organization, PASSWORD } from "./venue_setup.ts";

const DOWN = 16_000_000;
const UP = 4_000_000;
const RATES: readonly Attribute[] = [
  ["WISPr-Bandwidth-Max-Down", "=", String(DOWN)],
  // In kbit/s, and before WISPr's.
  ["CoovaChilli-Bandwidth-Max-Up", "=", String(UP / 1000)],
  ["WISPr-Bandwidth-Max-Up", "=", "99000000"],
];

Deno.test("a guest gets the bandwidth that the log-in grants, within 10 % both ways", async (t) => {
  await using lab = await venueLab();
  await lab.venue.apply({
    organizations: [organization([GUESTS_ZONE], { groups: { shaped: RATES } })],
    users: [account("ada", { group: "shaped" }), account("bob", { group: "shaped" }), account("fast")],
  });
  await lab.venue.start();
  const guests = new Map<string, Guest>();
  for (const [index, name] of ["ada", "bob", "fast"].entries()) {
    const guest = await lab.guest(index + 1);
    await guest.lease();
    equal((await guest.logOn(name, PASSWORD)).clientState, 1);
    guests.set(name, guest);
  }
  const guest = (name: string) => guests.get(name) ?? fail(name);

  await step(t, lab, "received", async () => isNear(await transfer(guest("ada"), "-R"), DOWN));
  await step(t, lab, "sent", async () => isNear(await transfer(guest("ada")), UP));
  await step(t, lab, "many connections share one guest's rate", async () => {
    isNear(await transfer(guest("ada"), "-R", "-P", "6"), DOWN);
  });
  await step(t, lab, "a guest without a limit is faster than both by far", async () => {
    const { bitsPerSecond } = await transfer(guest("fast"), "-R");
    ok(bitsPerSecond > 20 * DOWN, `${Math.round(bitsPerSecond / 1e6)} Mbit/s`);
  });
});

function fail(name: string): never {
  throw new Error(`There is no guest ${name}`);
}

interface Measured {
  readonly bitsPerSecond: number;
  readonly retransmissions: number;
}

/** Three seconds of TCP as iperf3 sees them where they arrive; the first one, in which a connection begins, is left out. */
async function transfer(guest: Guest, ...more: readonly string[]): Promise<Measured> {
  const args = ["-c", INTERNET.site, "-J", "-t", "3", "-O", "1", ...more];
  const report = JSON.parse(await guest.namespace.must("iperf3", ...args));
  const { sum_received, sum_sent } = report.end;
  return { bitsPerSecond: sum_received.bits_per_second, retransmissions: sum_sent.retransmits };
}

/** A full packet, and what of it iperf3 counts: the headers of IP and TCP take of the rate too. */
const PACKET = 1500;
const PAYLOAD = 1448;

function isNear({ bitsPerSecond, retransmissions }: Measured, rate: number): void {
  const share = bitsPerSecond * PACKET / PAYLOAD / rate;
  console.log(`${(100 * share).toFixed(1)} % of ${rate / 1e6} Mbit/s, ${retransmissions} retransmissions`);
  ok(share > 0.9 && share < 1.1, `${share} of the rate`);
}
