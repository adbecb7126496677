import { deepEqual, equal, ok } from "node:assert/strict";
import { type FreeradiusServer, GARDEN, LOBBY, type Nas, startFreeradius } from "./freeradius_server.ts";
import { type PorticoVenue, startPortico } from "./portico_venue.ts";
import { type RadiusReply, sendRadius, type SentAttribute } from "./radius_client.ts";

const AWKWARD_PASSWORD = `"}],\\ 'x' %{User-Name} $y`;

const SETUP = {
  organizations: [
    {
      slug: "alpha",
      name: "Alpha",
      groups: [
        {
          name: "short",
          checks: [["Max-Daily-Session", ":=", "100"]],
          replies: [["Idle-Timeout", "=", "500"]],
        },
        { name: "vast", checks: [["Max-Daily-Session-Traffic", ":=", "5000000000"]] },
        { name: "single", checks: [["Simultaneous-Use", ":=", "1"]] },
        {
          name: "vendors",
          checks: [],
          replies: [
            ["Reply-Message", "=", "50% off, %{User-Name}"],
            ["WISPr-Bandwidth-Max-Down", "=", "2000000"],
            ["pfSense-Max-Total-Octets", "=", "1000"],
            ["CoovaChilli-Bandwidth-Max-Up", "=", "512"],
            ["ChilliSpot-Max-Input-Octets", "=", "2000"],
            ["Session-Timeout", "=", "600"],
          ],
        },
      ],
    },
    {
      slug: "beta",
      name: "Beta",
      settings: { gigawords_replies: true },
      groups: [{ name: "vast", checks: [["Max-Daily-Session-Traffic", ":=", "5000000000"]] }],
    },
  ],
  users: [
    { username: "ada", password: "ada's secret", organizations: ["alpha", "beta"] },
    { username: "bob", password: "bob's secret", organizations: ["beta"] },
    { username: "quinn", password: "quinn's secret", organizations: ["alpha"], group: "short" },
    { username: "vera", password: "vera's secret", organizations: ["alpha", "beta"], group: "vast" },
    { username: "simon", password: "simon's secret", organizations: ["alpha"], group: "single" },
    { username: "victor", password: AWKWARD_PASSWORD, organizations: ["alpha"], group: "vendors" },
    { username: "zoë", password: "pässwörd€😀", organizations: ["alpha"] },
  ],
};

Deno.test("a captive portal with PAP, through the documented FreeRADIUS", async (t) => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius({
    porticoUrl: portico.url,
    organizations: { lobby: portico.organization("alpha"), garden: portico.organization("beta") },
  });
  const guests = guestsOf(freeradius);
  for (const [behaviour, check] of [...LOGINS, ...SESSIONS]) {
    await t.step(behaviour, () => check({ portico, freeradius, ...guests }));
  }
});

interface Scene extends ReturnType<typeof guestsOf> {
  readonly portico: PorticoVenue;
  readonly freeradius: FreeradiusServer;
}
type Behaviour = readonly [string, (scene: Scene) => Promise<void>];

function guestsOf(freeradius: FreeradiusServer) {
  const { folder, authPort, acctPort } = freeradius;
  return {
    logIn: (
      nas: Nas,
      userName: string | Uint8Array,
      password: string | Uint8Array,
      ...more: SentAttribute[]
    ) =>
      sendRadius({
        kind: "auth",
        nas,
        port: authPort,
        folder,
        attributes: [["User-Name", userName], ["User-Password", password], ...more],
      }),
    account: (nas: Nas, status: string, sessionId: string, ...more: SentAttribute[]) =>
      sendRadius({
        kind: "acct",
        nas,
        port: acctPort,
        folder,
        attributes: [["Acct-Status-Type", status], ["Acct-Session-Id", sessionId], ...more],
      }),
  };
}

const station = (address: string): SentAttribute[] => [
  ["Called-Station-Id", "AA-BB-CC-DD-EE-FF:net"],
  ["Calling-Station-Id", address],
];

function isRefusal(reply: RadiusReply, message?: string): void {
  equal(reply.code, "Access-Reject");
  deepEqual(reply.attributes, message === undefined ? {} : { "Reply-Message": [message] });
}

const LOGINS: readonly Behaviour[] = [
  ["a right password is accepted with what is left of the limits", async ({ portico, logIn }) => {
    const reply = await logIn(LOBBY, "ada", "ada's secret", ...station("02-00-00-00-00-01"));
    equal(reply.code, "Access-Accept");
    deepEqual(reply.attributes, {
      "Session-Timeout": ["10800"],
      "CoovaChilli-Max-Total-Octets": ["3000000000"],
    });
    deepEqual(await portico.postAuths("ada"), [{
      organizationId: portico.organization("alpha").id,
      reply: "Access-Accept",
      password: "",
      calledStationId: "AA-BB-CC-DD-EE-FF:net",
    }]);
  }],
  ["a wrong password, an unknown user and another organization's user are refused alike", async (scene) => {
    const { portico, logIn } = scene;
    const replies = await Promise.all([
      logIn(LOBBY, "ada", "a guess"),
      logIn(LOBBY, "nobody", "ada's secret"),
      logIn(LOBBY, "bob", "bob's secret"),
    ]);
    replies.forEach((reply) => isRefusal(reply));
    const [recorded] = await portico.postAuths("nobody");
    equal(recorded?.reply, "Access-Reject");
    ok(!recorded?.password.includes("ada's secret"));
  }],
  ["a password with quotes, backslashes and FreeRADIUS's own syntax arrives as typed", async ({ logIn }) => {
    equal((await logIn(LOBBY, "victor", AWKWARD_PASSWORD)).code, "Access-Accept");
  }],
  ["replies of every vendor and a text with a percent sign arrive whole", async ({ logIn }) => {
    const { attributes } = await logIn(LOBBY, "victor", AWKWARD_PASSWORD);
    deepEqual(attributes, {
      "Reply-Message": ["50% off, %{User-Name}"],
      "WISPr-Bandwidth-Max-Down": ["2000000"],
      "pfSense-Max-Total-Octets": ["1000"],
      "CoovaChilli-Bandwidth-Max-Up": ["512"],
      "CoovaChilli-Max-Input-Octets": ["2000"],
      "Session-Timeout": ["600"],
    });
  }],
  ["a name and a password outside ASCII are accepted", async ({ logIn }) => {
    equal((await logIn(LOBBY, "zoë", "pässwörd€😀")).code, "Access-Accept");
  }],
  ["octets that are no UTF-8 are refused, and the refusal is recorded", async ({ portico, logIn }) => {
    const latin1 = Uint8Array.from("zoë", (letter) => letter.charCodeAt(0));
    const replies = await Promise.all([
      logIn(LOBBY, latin1, "pässwörd€😀"),
      logIn(LOBBY, "zoë", latin1),
      logIn(LOBBY, "zo\u0001ë", "pässwörd€😀"),
    ]);
    replies.forEach((reply) => isRefusal(reply));
    equal((await portico.postAuths("zo=EB"))[0]?.reply, "Access-Reject");
  }],
  ["a network's name that is no UTF-8 does not hinder the login", async ({ logIn }) => {
    const called = Uint8Array.from("AA-BB-CC-DD-EE-FF:Caf\xe9", (letter) => letter.charCodeAt(0));
    const reply = await logIn(LOBBY, "ada", "ada's secret", ["Called-Station-Id", called]);
    equal(reply.code, "Access-Accept");
  }],
  ["a limit over 4 GiB is clamped", async ({ logIn }) => {
    const { attributes } = await logIn(LOBBY, "vera", "vera's secret");
    deepEqual(attributes, { "CoovaChilli-Max-Total-Octets": ["4294967295"] });
  }],
  ["a limit over 4 GiB is split where the organization wants it", async ({ logIn }) => {
    const { attributes } = await logIn(GARDEN, "vera", "vera's secret");
    deepEqual(attributes, {
      "CoovaChilli-Max-Total-Octets": ["705032704"],
      "CoovaChilli-Max-Total-Gigawords": ["1"],
    });
  }],
  ["CHAP is refused: there is no password to compare", async ({ freeradius }) => {
    isRefusal(
      await sendRadius({
        kind: "auth",
        nas: LOBBY,
        port: freeradius.authPort,
        folder: freeradius.folder,
        attributes: [["User-Name", "ada"], ["CHAP-Password", "ada's secret"]],
      }),
    );
  }],
];

const SESSIONS: readonly Behaviour[] = [
  ["a used-up quota refuses with its text and no attribute of an accept", async ({ logIn, account }) => {
    equal((await logIn(LOBBY, "quinn", "quinn's secret")).code, "Access-Accept");
    const used = await account(LOBBY, "Stop", "q-1", ["User-Name", "quinn"], ["Acct-Session-Time", 100]);
    equal(used.code, "Accounting-Response");
    const reply = await logIn(LOBBY, "quinn", "quinn's secret");
    isRefusal(reply, "Your maximum daily usage time has been reached");
  }],
  ["Simultaneous-Use refuses a second station until the first has stopped", async ({ logIn, account }) => {
    const [first, second] = [station("02-00-00-00-01-01"), station("02-00-00-00-01-02")];
    equal((await logIn(LOBBY, "simon", "simon's secret", ...first)).code, "Access-Accept");
    await account(LOBBY, "Start", "s-1", ["User-Name", "simon"], ...first);
    const refused = await logIn(LOBBY, "simon", "simon's secret", ...second);
    isRefusal(refused, "You are already logged in - access denied");
    await account(LOBBY, "Stop", "s-1", ["User-Name", "simon"], ["Acct-Session-Time", 5], ...first);
    equal((await logIn(LOBBY, "simon", "simon's secret", ...second)).code, "Access-Accept");
  }],
  ["one user with one station in two organizations has two sessions", async ({ portico, account }) => {
    const sent: SentAttribute[] = [
      ["User-Name", "ada"],
      ["NAS-IP-Address", "10.9.8.7"],
      ...station("02-00-00-00-00-01"),
    ];
    for (const nas of [LOBBY, GARDEN]) {
      equal((await account(nas, "Start", "twin", ...sent)).code, "Accounting-Response");
    }
    await account(GARDEN, "Stop", "twin", ["Acct-Session-Time", 7], ["Acct-Output-Octets", 70], ...sent);
    const [alpha] = await portico.sessions("alpha", "username=ada");
    const [beta] = await portico.sessions("beta", "username=ada");
    equal(alpha?.unique_id, beta?.unique_id);
    deepEqual([alpha?.stop_time, alpha?.output_octets], [null, 0]);
    deepEqual([beta?.stop_time === null, beta?.output_octets], [false, 70]);
    deepEqual(
      [alpha?.organization, beta?.organization],
      [portico.organization("alpha").id, portico.organization("beta").id],
    );
  }],
  ["the port tells the organization, also of a refusal", async ({ portico, freeradius }) => {
    const logIn = (password: string) =>
      sendRadius({
        kind: "auth",
        nas: { ...LOBBY, client: "garden", address: GARDEN.address, secret: GARDEN.secret },
        port: freeradius.alphaAuthPort,
        folder: freeradius.folder,
        attributes: [["User-Name", "quinn"], ["User-Password", password], ["Called-Station-Id", "by-port"]],
      });
    isRefusal(await logIn("a guess"));
    equal((await logIn("quinn's secret")).attributes["Reply-Message"]?.length, 1);
    const recorded = (await portico.postAuths("quinn")).filter(({ calledStationId }) =>
      calledStationId === "by-port"
    );
    deepEqual(recorded.map(({ organizationId }) => organizationId), [
      portico.organization("alpha").id,
      portico.organization("alpha").id,
    ]);
    const response = await sendRadius({
      kind: "acct",
      nas: GARDEN,
      port: freeradius.alphaAcctPort,
      folder: freeradius.folder,
      attributes: [["User-Name", "quinn"], ["Acct-Status-Type", "Start"], ["Acct-Session-Id", "by-port"]],
    });
    equal(response.code, "Accounting-Response");
    const sessions = await portico.sessions("alpha", "username=quinn");
    equal(sessions.filter(({ session_id }) => session_id === "by-port").length, 1);
  }],
];
