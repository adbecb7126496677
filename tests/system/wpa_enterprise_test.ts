import { deepEqual, equal } from "node:assert/strict";
import { type EapLogin, eapLogin, OUTER_NAME } from "./eapol_client.ts";
import { OFFICE, startFreeradius } from "./freeradius_server.ts";
import { startPortico } from "./portico_venue.ts";
import { sendRadius } from "./radius_client.ts";

const SETUP = {
  organizations: [
    { slug: "alpha", name: "Alpha", groups: [{ name: "single", checks: [["Simultaneous-Use", ":=", "1"]] }] },
    { slug: "beta", name: "Beta" },
  ],
  users: [
    { username: "ada", password: "ada's secret", organizations: ["alpha"] },
    { username: "zoë", password: "pässwörd€😀", organizations: ["alpha"] },
    { username: "bob", password: "bob's secret", organizations: ["beta"] },
    { username: "simon", password: "simon's secret", organizations: ["alpha"], group: "single" },
  ],
};

Deno.test("WPA Enterprise: EAP-TTLS with PAP inside, through the documented FreeRADIUS", async (t) => {
  await using portico = await startPortico(SETUP);
  await using freeradius = await startFreeradius({
    porticoUrl: portico.url,
    organizations: { lobby: portico.organization("alpha"), garden: portico.organization("beta") },
  });
  const join = (userName: string, password: string, more: Partial<EapLogin> = {}) =>
    eapLogin({
      nas: OFFICE,
      port: freeradius.authPort,
      userName,
      password,
      station: "02:00:00:00:00:01",
      ...more,
    });

  await t.step("a right password is accepted, and the access point learns the real name", async () => {
    const { result, userNames } = await join("ada", "ada's secret");
    deepEqual([result, userNames], ["accept", ["ada"]]);
  });

  await t.step("a name and a password outside ASCII are accepted", async () => {
    equal((await join("zoë", "pässwörd€😀")).result, "accept");
  });

  await t.step("a wrong password and another organization's user are refused", async () => {
    equal((await join("ada", "a guess")).result, "reject");
    equal((await join("bob", "bob's secret")).result, "reject");
  });

  await t.step("both outcomes are recorded under the inner name", async () => {
    const recorded = (await portico.postAuths("ada")).map((
      { reply, calledStationId },
    ) => [reply, calledStationId]);
    deepEqual(recorded, [
      ["Access-Accept", "AA-BB-CC-DD-EE-FF:office"],
      ["Access-Reject", "AA-BB-CC-DD-EE-FF:office"],
    ]);
    deepEqual(await portico.postAuths(OUTER_NAME), []);
  });

  await t.step("Simultaneous-Use counts the station inside the tunnel", async () => {
    equal((await join("simon", "simon's secret")).result, "accept");
    const started = await sendRadius({
      kind: "acct",
      nas: OFFICE,
      port: freeradius.acctPort,
      folder: freeradius.folder,
      attributes: [
        ["Acct-Status-Type", "Start"],
        ["Acct-Session-Id", "wpa-1"],
        ["User-Name", "simon"],
        ["Called-Station-Id", "AA-BB-CC-DD-EE-FF:office"],
        ["Calling-Station-Id", "02-00-00-00-00-01"],
      ],
    });
    equal(started.code, "Accounting-Response");
    equal((await join("simon", "simon's secret")).result, "accept");
    equal((await join("simon", "simon's secret", { station: "02:00:00:00:00:02" })).result, "reject");
    const [session] = await portico.sessions("alpha", "username=simon");
    equal(session?.session_id, "wpa-1");
  });
});
