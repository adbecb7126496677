import { deepEqual, equal, match } from "node:assert/strict";
import type { UamAnswer } from "../../../src/http/coova/uam_answer.ts";
import { SentBack } from "../../../src/http/coova/sent_back.ts";
import { testZone } from "../../support/memory_controller.ts";
import { UamVenue } from "./uam_venue.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const MAC = "00:00:5e:10:00:01";
const IP = "10.1.0.2";
const PRIVATE = "2001:db8:1::beef";
const SITE = "www.example.org";
const LOGIN = "http://192.0.2.10/login.php";
const ZONE = {
  interface: ["lan0"],
  address: ["10.1.0.1/24", "2001:db8:1::1/64"],
  uamserver: LOGIN,
  nochallenge: true,
};

/** A guest of a zone, who has logged on with an IPv4 address alone. */
async function guestOf(options: Readonly<Record<string, unknown>> = {}) {
  const accept = { kind: "accept", attributes: new Map() } as const;
  const venue = await UamVenue.open({
    now: NOW,
    options: { ...ZONE, ...options },
    authority: { decide: () => Promise.resolve(accept) },
  });
  venue.meet(MAC, IP);
  const get = async (target: string, host: string, source = PRIVATE, method = "GET") => {
    const text = `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    const octets = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const answer = await venue.sendOctets([octets], {
      source,
      local: { address: "2001:db8:1::1", port: 3990 },
    });
    if (!answer) throw new Error("the request is not whole");
    return answer;
  };
  await get("/logon?username=ada&password=x", "10.1.0.1:3990", IP);
  return { venue, get };
}

function sentTo({ status, headers }: Pick<UamAnswer, "status" | "headers">): string {
  equal(status, 302);
  return headers.find(([name]) => name === "Location")?.[1] ?? "";
}

function isSentToLogin(answer: Pick<UamAnswer, "status" | "headers">): void {
  const location = sentTo(answer);
  deepEqual([location.split("?")[0], new URL(location).searchParams.get("res")], [LOGIN, "already"]);
}

Deno.test("a guest under a new address is sent where it wanted to go, as soon as the address passes, and not for ever", async () => {
  const { venue, get } = await guestOf();
  const { promise, resolve } = Promise.withResolvers<void>();
  const { gate } = venue;
  const open = gate.open.bind(gate);
  gate.open = (station) => promise.then(() => open(station));
  const passing = () => [...gate.opened.values()].flatMap(({ addresses }) => addresses);

  venue.meet(MAC, PRIVATE);
  let isAnswered = false;
  const answer = get("/\xc3\xbc/a%20b?c=d&e=%C3%BC", SITE).finally(() => isAnswered = true);
  await venue.settled();
  deepEqual([isAnswered, passing()], [false, [IP]]);
  resolve();

  const first = await answer;
  equal(sentTo(first), `http://${SITE}/%c3%bc/a%20b?c=d&e=%C3%BC`);
  deepEqual(passing(), [IP, PRIVATE]);
  for (let time = 1; time < 10; time++) equal(sentTo(await get("/a", SITE)), `http://${SITE}/a`);
  isSentToLogin(await get("/a", SITE));
  isSentToLogin(await get("/%C3%BC/a%20b?c=d&e=%C3%BC", SITE, IP));
  await venue.close();
});

Deno.test("what is asked of another site on port 80 is sent back whatever its path, and nothing else is", async () => {
  const { venue, get } = await guestOf();
  venue.meet(MAC, PRIVATE);
  equal(sentTo(await get("/logoff", SITE)), `http://${SITE}/logoff`);
  equal(sentTo(await get("/json/status", `${SITE}:80`)), `http://${SITE}:80/json/status`);
  equal(sentTo(await get("/", "[2001:db8:ff::80]")), "http://[2001:db8:ff::80]/");
  equal(sentTo(await get("http://whole.example/a", SITE)), "http://whole.example/a");
  equal(sentTo(await get("/head", SITE, PRIVATE, "HEAD")), `http://${SITE}/head`);
  equal((await get("/generate_204", "connectivitycheck.gstatic.com")).status, 204);
  equal((await get("/json/status", "[2001:db8:1::1]:3990")).status, 200);
  equal((await get("/json/status", "box.example.org:3990")).status, 200);
  for (const host of ["[2001:db8:1::1]", "1.0.0.1"]) isSentToLogin(await get("/", host));
  // Octets that are no text cannot be sent back.
  isSentToLogin(await get("/octets\xff", SITE));
  equal((await get("/a", SITE, PRIVATE, "POST")).status, 400);
  equal(venue.controller.stations()[0]?.state, "open");
  await venue.close();
});

Deno.test("a new lease is a new address too; one that passes since the log-on, or for long, is not", async () => {
  const { venue, get } = await guestOf();
  isSentToLogin(await get("/a", SITE, IP));
  venue.meet(MAC, "10.1.0.9");
  equal(sentTo(await get("/a", SITE, "10.1.0.9")), `http://${SITE}/a`);
  venue.memory.clock.at = new Date(NOW.getTime() + 29_000);
  equal(sentTo(await get("/b", SITE, "10.1.0.9")), `http://${SITE}/b`);
  venue.memory.clock.at = new Date(NOW.getTime() + 30_000);
  isSentToLogin(await get("/c", SITE, "10.1.0.9"));
  await venue.close();
});

Deno.test("an address that the gate does not open leads to the login page", async () => {
  const { venue, get } = await guestOf();
  const { gate } = venue;
  gate.open = () => Promise.reject(new Error("no more room"));
  venue.meet(MAC, PRIVATE);
  isSentToLogin(await get("/a", SITE));
  isSentToLogin(await get("/a", SITE, IP));
  match(String(venue.memory.faults[0]), /a station's new address/);
  await venue.controller.stop();
  await venue.memory.close();
});

Deno.test("without a network there are no new addresses", async () => {
  const { venue, get } = await guestOf({ gate: "none" });
  venue.meet(MAC, PRIVATE);
  isSentToLogin(await get("/a", SITE));
  await venue.close();
});

Deno.test("a stranger is caught under an address that was a guest's", async () => {
  const { venue, get } = await guestOf();
  venue.meet(MAC, PRIVATE);
  equal(sentTo(await get("/a", SITE)), `http://${SITE}/a`);
  venue.meet("00:00:5e:10:00:02", PRIVATE);
  const stranger = new URL(sentTo(await get("/a", SITE)));
  deepEqual([stranger.searchParams.get("res"), stranger.searchParams.get("userurl")], [
    "notyet",
    `http://${SITE}/a`,
  ]);
  await venue.close();
});

Deno.test("who is sent back again and again ends at the login page, for a while", () => {
  const [zone, next] = [testZone(), testZone({}, "next")];
  const sentBack = new SentBack();
  const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
  for (let time = 0; time < 10; time++) equal(sentBack.send(zone, IP, after(time)), true);
  equal(sentBack.send(zone, IP, after(29)), false);
  equal(sentBack.send(zone, PRIVATE, after(29)), true);
  equal(sentBack.send(next, IP, after(29)), true);
  equal(sentBack.send(zone, IP, after(30)), true);
  // The clock was set back.
  equal(sentBack.send(zone, IP, new Date(NOW.getTime() - 30_000)), true);
});
