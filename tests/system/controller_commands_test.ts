import { deepEqual, equal, match, ok } from "node:assert/strict";
import { eventually } from "./delay.ts";
import type { Guest } from "./venue_guest.ts";
import { step, type VenueLab, venueLab } from "./venue_lab.ts";
import { account, GUESTS_ZONE, organization, PASSWORD } from "./venue_setup.ts";

const SITE = "http://www.example.org/";

/** What `station list --json` has of each. */
interface Listed {
  readonly zone: string;
  readonly mac: string;
  readonly ip: string;
  readonly ip6: readonly string[];
  readonly state: string;
  readonly session_id: string;
  readonly username: string;
  readonly session_time: number;
  readonly input_octets: number;
  readonly output_octets: number;
}

Deno.test("an operator's commands change a running venue, and drop nobody", async (t) => {
  await using lab = await venueLab({ lans: ["lan0", "lan1"] });
  await lab.venue.apply({
    organizations: [organization([GUESTS_ZONE])],
    users: [account("ada"), account("bob")],
  });
  await lab.venue.start();
  const guest = await leased(lab, 1);
  const listed = async (who = guest) =>
    (await lab.venue.json<readonly Listed[]>("station", "list")).find(({ mac }) => mac === who.mac);

  await step(t, lab, "station list shows strangers", async () => {
    const station = await listed();
    deepEqual([station?.zone, station?.ip, station?.state], ["guests", guest.address(), "stranger"]);
  });
  await step(t, lab, "station authorize lets somebody in, with limits", async () => {
    await lab.venue.portico(
      "station",
      "authorize",
      guest.mac,
      "--username",
      "visitor",
      "--session-timeout",
      "600",
    );
    await isThrough(guest);
    const { clientState, session } = await guest.json("status");
    deepEqual([clientState, session?.userName, session?.sessionTimeout], [1, "visitor", 600]);
    equal((await listed())?.state, "open");
  });
  await step(t, lab, "station show counts as the records do", async () => {
    await guest.text(`${SITE}octets/100000`);
    const station = await eventually("the octets", async () => {
      const now = await lab.venue.json<Listed>("station", "show", guest.mac);
      return now.output_octets > 100_000 ? now : undefined;
    });
    equal(station.username, "visitor");
    ok(station.input_octets < 50_000, "input is from the station");
  });
  await step(t, lab, "station disconnect ends the session", async () => {
    await lab.venue.portico("station", "disconnect", guest.mac);
    equal((await guest.head(SITE)).status, 302);
    equal((await lab.ended("visitor")).terminateCause, "Admin-Reset");
  });
  await step(t, lab, "bypass lets a station through without a session, until it is removed", async () => {
    await lab.venue.portico("bypass", "add", guest.mac, "--zone", "guests");
    await isThrough(guest);
    equal((await listed())?.state, "bypass");
    match(await lab.venue.portico("bypass", "list"), new RegExp(guest.mac, "i"));
    await lab.venue.portico("bypass", "remove", guest.mac, "--zone", "guests");
    equal((await guest.head(SITE)).status, 302);
  });
  await step(t, lab, "a zone made while serving is live at once, and the others' guests go on", async () => {
    equal((await guest.logOn("ada", PASSWORD)).clientState, 1);
    const before = (await guest.json("status")).session?.sessionId;
    const options = ["--name", "terrace", "--interface", "lan1", "--address", "10.2.0.1/24"];
    await lab.venue.portico("zone", "create", "--org", "default", ...options);
    const other = await leased(lab, 2, { lan: "lan1", portal: "10.2.0.1:3990" });
    equal((await other.head(SITE)).status, 302);
    equal((await other.logOn("bob", PASSWORD)).clientState, 1);
    await isThrough(other);
    await isThrough(guest);
    equal((await guest.json("status")).session?.sessionId, before);

    await lab.venue.portico("zone", "set", "terrace", "--uamsecret", "other", "--locationname", "Terrace");
    await isThrough(other);
    await lab.venue.portico("zone", "apply");
    await isThrough(other);
    await isThrough(guest);
    await lab.venue.portico("zone", "remove", "terrace");
    equal((await lab.ended("bob")).terminateCause, "Admin-Reset");
    equal((await other.curl("--max-time", "2", SITE)).stdout, "");
    await isThrough(guest);
    await guest.json("logoff");
  });
});

Deno.test("a station with an account under its MAC address is let in by itself", async (t) => {
  await using lab = await venueLab();
  const guest = await lab.guest(1);
  const name = guest.mac.toUpperCase().replaceAll(":", "-");
  await lab.venue.apply({
    organizations: [
      organization([{ ...GUESTS_ZONE, macauth: true, macsuffix: "@mac", macpasswd: PASSWORD }]),
    ],
    users: [account(`${name}@mac`), account("ada")],
  });
  await lab.venue.start();
  await step(t, lab, "as soon as it has an address", async () => {
    await guest.lease();
    await eventually(
      "the guest to be let in",
      async () => (await guest.json("status")).clientState === 1 || undefined,
    );
    await isThrough(guest);
    equal((await lab.records(`${name}@mac`))[0]?.callingStationId, name);
  });
  await step(t, lab, "any other is caught, and logs on", async () => {
    const other = await leased(lab, 2);
    equal((await other.head(SITE)).status, 302);
    equal((await other.logOn("ada", PASSWORD)).clientState, 1);
    await isThrough(other);
  });
});

async function leased(lab: VenueLab, n: number, where?: { lan: string; portal: string }): Promise<Guest> {
  const guest = await lab.guest(n, where);
  await guest.lease();
  return guest;
}

async function isThrough(guest: Guest): Promise<void> {
  match(await guest.text(SITE), /www\.example\.org/);
}
