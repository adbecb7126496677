import { equal, ok } from "node:assert/strict";
import { eventually } from "./delay.ts";
import type { Guest } from "./venue_guest.ts";
import { type Recorded, step, type VenueLab, venueLab } from "./venue_lab.ts";
import { account, type Attribute, type Groups, GUESTS_ZONE, organization, PASSWORD } from "./venue_setup.ts";

const MIBIT = 1_000_000;
const QUOTA = 3_000_000;

/** By what ends their sessions; each has one account, of the same name. */
const GROUPS: Groups = {
  timed: [["Session-Timeout", "=", "3"]],
  idler: [["Idle-Timeout", "=", "3"]],
  small: [["CoovaChilli-Max-Total-Octets", "=", String(QUOTA)], [
    "WISPr-Bandwidth-Max-Down",
    "=",
    String(8 * MIBIT),
  ]],
  sender: [["CoovaChilli-Max-Output-Octets", "=", String(QUOTA)], [
    "WISPr-Bandwidth-Max-Up",
    "=",
    String(8 * MIBIT),
  ]],
};

Deno.test("limits end sessions in time", async (t) => {
  await using lab = await venueLab();
  await lab.venue.apply({
    organizations: [organization([GUESTS_ZONE], { groups: GROUPS })],
    users: Object.keys(GROUPS).map((group) => account(group, { group })),
  });
  await lab.venue.start();
  for (const [index, [behaviour, check]] of LIMITS.entries()) {
    await step(t, lab, behaviour, async () => {
      const guest = await lab.guest(index + 1);
      await guest.lease();
      await check(lab, guest);
    });
  }
});

const LIMITS: readonly (readonly [string, (lab: VenueLab, guest: Guest) => Promise<void>])[] = [
  ["a session timeout, within a second", async (lab, guest) => {
    const { passedUntil, record } = await watchEnd(lab, guest, "timed");
    equal(record.terminateCause, "Session-Timeout");
    isWithin(passedUntil - record.startedAt.getTime() - 3_000, 1_000, "the session timeout");
  }],
  ["a terminate time, within a second; afterwards nobody is let in", async (lab, guest) => {
    // Whole seconds, as the attribute has.
    const end = new Date(Math.ceil(Date.now() / 1000 + 5) * 1000);
    const replies: Attribute[] = [[
      "WISPr-Session-Terminate-Time",
      "=",
      end.toISOString().replace(/\.000Z$/, "+00:00"),
    ]];
    await lab.venue.apply({
      organizations: [organization([], { groups: { leavers: replies } })],
      users: [account("leaver", { group: "leavers" })],
    });
    const { passedUntil, record } = await watchEnd(lab, guest, "leaver");
    equal(record.terminateCause, "Session-Timeout");
    isWithin(passedUntil - end.getTime(), 1_000, "the terminate time");
    equal((await guest.logOn("leaver", PASSWORD)).clientState, 0);
  }],
  ["an idle timeout, within two seconds of the last packet and the timeout", async (lab, guest) => {
    equal((await guest.logOn("idler", PASSWORD)).clientState, 1);
    await guest.text("http://www.example.org/");
    const silentSince = Date.now();
    const record = await lab.ended("idler");
    equal(record.terminateCause, "Idle-Timeout");
    const lived = (record.stoppedAt?.getTime() ?? 0) - silentSince;
    ok(lived >= 2_000, `ended after only ${lived} ms of silence`);
    isWithin(lived - 3_000, 2_000, "the idle timeout");
  }],
  ["a quota of a shaped guest, within a second's traffic", async (lab, guest) => {
    equal((await guest.logOn("small", PASSWORD)).clientState, 1);
    await guest.curl("--output", "/dev/null", "http://www.example.org/octets/9000000");
    const record = await lab.ended("small");
    equal(record.terminateCause, "Session-Timeout");
    const all = record.upOctets + record.downOctets;
    isWithin(all - QUOTA, MIBIT, "the quota in octets");
    await isOut(guest);
  }],
  ["what a guest may send, in the client's view of output", async (lab, guest) => {
    equal((await guest.logOn("sender", PASSWORD)).clientState, 1);
    const file = `${lab.folder}/upload`;
    await Deno.writeFile(file, new Uint8Array(9_000_000));
    await guest.curl("--upload-file", file, "http://www.example.org/");
    const record = await lab.ended("sender");
    equal(record.terminateCause, "Session-Timeout");
    isWithin(record.upOctets - QUOTA, MIBIT, "the quota in octets");
  }],
];

/** Logs on and takes a stream to its end; when its last octet was sent, and the session's record. */
async function watchEnd(
  lab: VenueLab,
  guest: Guest,
  userName: string,
): Promise<{ readonly passedUntil: number; readonly record: Recorded }> {
  equal((await guest.logOn(userName, PASSWORD)).clientState, 1);
  const { stdout } = await guest.curl("--no-buffer", "--max-time", "6", "http://www.example.org/ticks");
  const record = await lab.ended(userName);
  await isOut(guest);
  return { passedUntil: Number(stdout.trim().split("\n").at(-1)), record };
}

/** Port 80 answers with the portal's redirect again. */
async function isOut(guest: Guest): Promise<void> {
  await eventually("the guest to be caught again", async () => {
    const { status } = await guest.head("http://www.example.org/");
    return status === 302 || undefined;
  });
}

/** Writes the figure, too: what a limit is overrun by is what people ask. */
function isWithin(over: number, most: number, what: string): void {
  console.log(`${what}: overrun by ${over}`);
  ok(over >= -100 && over <= most, `${what} was overrun by ${over}, which may be ${most}`);
}
