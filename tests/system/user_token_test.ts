import { deepEqual, equal } from "node:assert/strict";
import { delay } from "./delay.ts";
import { type FreeradiusServer, LOBBY, type Nas, PAGES, startFreeradius } from "./freeradius_server.ts";
import { type PorticoVenue, startPortico } from "./portico_venue.ts";
import { sendRadius, type SentAttribute } from "./radius_client.ts";

const SETUP = {
  organizations: [
    { slug: "default", name: "Default", settings: { mac_addr_roaming_enabled: true } },
    { slug: "beta", name: "Beta" },
  ],
  users: [
    { username: "ada", password: "ada's secret", organizations: ["default"] },
    { username: "rose", password: "rose's secret", organizations: ["default"] },
  ],
};

Deno.test("user tokens, without organization credentials", async (t) => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius(serverFor(portico));
  const logIn = loginsOf(freeradius);

  await t.step(
    "a disposable token is good for its NAS and station for 30 seconds, and then never again",
    async () => {
      const token = await portico.userToken("ada", "ada's secret");
      const [first, second] = [station("02-00-00-00-00-01"), station("02-00-00-00-00-02")];
      const accepted = await logIn(PAGES, "ada", token, ...first);
      const acceptedAt = Date.now();
      equal(accepted.code, "Access-Accept");
      deepEqual(accepted.attributes["Session-Timeout"], ["10800"]);
      equal((await logIn(PAGES, "ada", token, ...first)).code, "Access-Accept");
      equal((await logIn(PAGES, "ada", token, ...second)).code, "Access-Reject");
      await delay(acceptedAt + 30_500 - Date.now());
      equal((await logIn(PAGES, "ada", token, ...first)).code, "Access-Reject");
    },
  );

  await t.step("the report of a refusal goes to the organization of the user's token", async () => {
    equal((await logIn(PAGES, "ada", "a guess", ["Called-Station-Id", "guessed"])).code, "Access-Reject");
    const recorded = (await portico.postAuths("ada")).find(({ calledStationId }) =>
      calledStationId === "guessed"
    );
    equal(recorded?.organizationId, portico.organization("default").id);
  });

  await t.step("a user without a token is refused", async () => {
    equal((await logIn(PAGES, "rose", "rose's secret")).code, "Access-Reject");
  });
});

Deno.test("MAC roaming", async (t) => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius({ ...serverFor(portico), roaming: ["lobby"] });
  const logIn = loginsOf(freeradius);
  const account = accountingOf(freeradius);
  const mac = "02-AB-CD-EF-00-01";

  await t.step("a station without an open session is refused", async () => {
    equal((await logIn(PAGES, mac, mac, ...station(mac))).code, "Access-Reject");
  });

  await t.step("a station with one is let in by its address, in every spelling", async () => {
    await portico.userToken("rose", "rose's secret");
    equal(
      await account(PAGES, "Start", "roam-1", ["User-Name", "rose"], ...station(mac)),
      "Accounting-Response",
    );
    for (
      const [nas, name] of [
        [PAGES, mac],
        [PAGES, "02:ab:cd:ef:00:01"],
        [LOBBY, mac],
        [LOBBY, "02abcdef0001"],
        [LOBBY, "02ab.cdef.0001"],
      ] as const
    ) {
      equal(
        (await logIn(nas, name, name, ...station(mac, "elsewhere"))).code,
        "Access-Accept",
        `${nas.client} ${name}`,
      );
    }
  });

  await t.step("what it uses at the next access point is accounted to the guest", async () => {
    const sent: SentAttribute[] = [["User-Name", "02abcdef0001"], ...station(mac, "elsewhere")];
    equal(await account(LOBBY, "Start", "roam-2", ...sent), "Accounting-Response");
    const sessions = await portico.sessions("default", "username=rose");
    equal(sessions.some(({ called_station_id }) => called_station_id === "elsewhere"), true);
  });

  await t.step("people with names still log in there with the NAS's organization", async () => {
    equal((await logIn(LOBBY, "rose", "rose's secret")).code, "Access-Accept");
  });
});

function serverFor(portico: PorticoVenue) {
  const organizations = { lobby: portico.organization("default"), garden: portico.organization("beta") };
  return { porticoUrl: portico.url, organizations, sections: [1, 2, 3, 4, 5] };
}

const station = (calling: string, called = "AA-BB-CC-DD-EE-FF:net"): SentAttribute[] => [
  ["Called-Station-Id", called],
  ["Calling-Station-Id", calling],
];

function loginsOf({ authPort, folder }: FreeradiusServer) {
  return (nas: Nas, userName: string, password: string, ...more: SentAttribute[]) => {
    const attributes: SentAttribute[] = [["User-Name", userName], ["User-Password", password], ...more];
    return sendRadius({ kind: "auth", nas, port: authPort, folder, attributes });
  };
}

function accountingOf({ acctPort, folder }: FreeradiusServer) {
  return async (nas: Nas, status: string, sessionId: string, ...more: SentAttribute[]) => {
    const attributes: SentAttribute[] = [
      ["Acct-Status-Type", status],
      ["Acct-Session-Id", sessionId],
      ...more,
    ];
    return (await sendRadius({ kind: "acct", nas, port: acctPort, folder, attributes })).code;
  };
}
