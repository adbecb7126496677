import { deepEqual, equal } from "node:assert/strict";
import { type FreeradiusServer, LOBBY, type Nas, PAGES_V6, startFreeradius } from "./freeradius_server.ts";
import { type PorticoVenue, type Session, startPortico } from "./portico_venue.ts";
import { sendRadius, type SentAttribute } from "./radius_client.ts";

const SETUP = {
  organizations: [{ slug: "alpha", name: "Alpha" }, { slug: "beta", name: "Beta" }, {
    slug: "default",
    name: "Default",
  }],
  users: [
    { username: "ada", password: "ada's secret", organizations: ["alpha", "beta"] },
    { username: "tom", password: "tom's secret", organizations: ["default"] },
  ],
};
const GIGAWORD = 4_294_967_296;

Deno.test("accounting through the documented FreeRADIUS", async (t) => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius(serverFor(portico));
  const account = accountingOf(freeradius);

  await t.step("Start, Interim-Update and Stop are one session, its octets over 4 GiB added up", async () => {
    const who: SentAttribute[] = [
      ["User-Name", "ada"],
      ["NAS-IP-Address", "10.0.0.1"],
      ["Called-Station-Id", "AA-BB-CC-DD-EE-FF:net"],
      ["Calling-Station-Id", "02-00-00-00-00-01"],
    ];
    await account(LOBBY, "Start", "g-1", ...who);
    await account(LOBBY, "Interim-Update", "g-1", ...who, ["Acct-Session-Time", 60], ...octets(2, 10, 0, 20));
    deepEqual(totals(await only(portico, "g-1")), [60, 2 * GIGAWORD + 10, 20, false]);
    await account(LOBBY, "Stop", "g-1", ...who, ["Acct-Session-Time", 90], [
      "Acct-Terminate-Cause",
      "User-Request",
    ], ...octets(3, 5, 1, 0));
    const session = await only(portico, "g-1");
    deepEqual(totals(session), [90, 3 * GIGAWORD + 5, GIGAWORD, true]);
    deepEqual(
      [session.username, session.nas_ip_address, session.terminate_cause, session.calling_station_id],
      ["ada", "10.0.0.1", "User-Request", "02-00-00-00-00-01"],
    );
  });

  await t.step("a NAS that does not give its address is known by the one it sends from", async () => {
    await account(LOBBY, "Start", "src-4", ["User-Name", "ada"]);
    equal((await only(portico, "src-4")).nas_ip_address, LOBBY.address);
    await portico.userToken("tom", "tom's secret");
    await account(PAGES_V6, "Start", "src-6", ["User-Name", "tom"]);
    equal((await only(portico, "src-6", "default")).nas_ip_address, "::1");
  });

  await t.step("a session id that is no UTF-8 does not lose the session", async () => {
    await account(LOBBY, "Start", Uint8Array.from([0x69, 0x64, 0xe9]), ["User-Name", "ada"]);
    equal((await only(portico, "id=E9")).username, "ada");
  });

  await t.step("Accounting-On closes the sessions of that NAS and organization", async () => {
    const nas: SentAttribute[] = [["NAS-IP-Address", "10.0.0.2"], ["Called-Station-Id", "booted"]];
    await account(LOBBY, "Start", "on-1", ["User-Name", "ada"], ...nas);
    await account(LOBBY, "Start", "on-2", ["User-Name", "ada"], ["NAS-IP-Address", "10.0.0.3"], [
      "Called-Station-Id",
      "booted",
    ]);
    await account(LOBBY, "Accounting-On", "boot", ...nas);
    const [first, second] = [await only(portico, "on-1"), await only(portico, "on-2")];
    deepEqual([first.stop_time === null, first.terminate_cause], [false, "NAS-Reboot"]);
    equal(second.stop_time, null);
    await account(LOBBY, "Accounting-Off", "boot", ...nas);
  });
});

Deno.test("a configuration with acct_counters64 counts the same", async () => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius({
    ...serverFor(portico),
    replace: {
      "%{Acct-Input-Octets}": "%{Acct-Input-Octets64}",
      "%{Acct-Output-Octets}": "%{Acct-Output-Octets64}",
      "\tacct_unique\n": "\tacct_unique\n\tacct_counters64\n",
    },
  });
  const account = accountingOf(freeradius);
  await account(LOBBY, "Start", "c-1", ["User-Name", "ada"]);
  await account(
    LOBBY,
    "Interim-Update",
    "c-1",
    ["User-Name", "ada"],
    ["Acct-Session-Time", 60],
    ...octets(2, 10, 0, 20),
  );
  deepEqual(totals(await only(portico, "c-1")), [60, 2 * GIGAWORD + 10, 20, false]);
});

function serverFor(portico: PorticoVenue) {
  const organizations = { lobby: portico.organization("alpha"), garden: portico.organization("beta") };
  return { porticoUrl: portico.url, organizations, sections: [1, 2, 3, 4, 5] };
}

function accountingOf({ acctPort, folder }: FreeradiusServer) {
  return async (nas: Nas, status: string, sessionId: string | Uint8Array, ...more: SentAttribute[]) => {
    const attributes: SentAttribute[] = [
      ["Acct-Status-Type", status],
      ["Acct-Session-Id", sessionId],
      ...more,
    ];
    const { code } = await sendRadius({ kind: "acct", nas, port: acctPort, folder, attributes });
    equal(code, "Accounting-Response");
  };
}

const octets = (
  inGigawords: number,
  input: number,
  outGigawords: number,
  output: number,
): SentAttribute[] => [
  ["Acct-Input-Gigawords", inGigawords],
  ["Acct-Input-Octets", input],
  ["Acct-Output-Gigawords", outGigawords],
  ["Acct-Output-Octets", output],
];

async function only(portico: PorticoVenue, sessionId: string, slug = "alpha"): Promise<Session> {
  const found = (await portico.sessions(slug)).filter(({ session_id }) => session_id === sessionId);
  equal(found.length, 1, `${found.length} sessions are called ${sessionId}`);
  // One was just counted.
  return found[0] as Session;
}

function totals(session: Session) {
  return [session.session_time, session.input_octets, session.output_octets, session.stop_time !== null];
}
