import { deepEqual, equal } from "node:assert/strict";
import { LOBBY, startFreeradius } from "./freeradius_server.ts";
import { startPortico } from "./portico_venue.ts";
import { sendRadius } from "./radius_client.ts";

const SETUP = {
  organizations: [{
    slug: "alpha",
    name: "Alpha",
    groups: [{
      name: "guests",
      default: true,
      checks: [["Max-Daily-Session", ":=", "10800"], ["Max-Daily-Session-Traffic", ":=", "5000000000"]],
      replies: [["Idle-Timeout", "=", "500"]],
    }],
  }],
  users: [
    {
      username: "clara",
      password: "clara's own secret",
      organizations: ["alpha"],
      checks: [["Cleartext-Password", ":=", "clear as day"]],
      replies: [["Session-Timeout", "=", "77"]],
    },
    {
      username: "zoë",
      password: "zoë's own secret",
      organizations: ["alpha"],
      checks: [["Cleartext-Password", ":=", "schlüssel"]],
    },
    { username: "ada", password: "ada's secret", organizations: ["alpha"] },
  ],
};

Deno.test("Debian's rlm_sql on Portico's database file, with its stock queries", async (t) => {
  await using portico = await startPortico(SETUP);
  const alpha = portico.organization("alpha");
  await using freeradius = await startFreeradius({
    porticoUrl: portico.url,
    organizations: { lobby: alpha, garden: alpha },
    sections: [1, 2, 3, 4, 5, 9],
    database: portico.databaseFile,
  });
  const logIn = (userName: string, password: string) =>
    sendRadius({
      kind: "auth",
      nas: LOBBY,
      port: freeradius.authPort,
      folder: freeradius.folder,
      attributes: [["User-Name", userName], ["User-Password", password]],
      patienceSeconds: 6,
    });
  const isClara = async () => {
    const { code, attributes } = await logIn("clara", "clear as day");
    deepEqual([code, attributes], ["Access-Accept", { "Session-Timeout": ["77"], "Idle-Timeout": ["500"] }]);
    equal((await logIn("clara", "clara's own secret")).code, "Access-Reject");
  };

  await t.step("a Cleartext-Password in radcheck authenticates, beside a running Portico", isClara);

  await t.step("so it does outside ASCII", async () => {
    equal((await logIn("zoë", "schlüssel")).code, "Access-Accept");
    equal((await logIn("zoë", "schluessel")).code, "Access-Reject");
  });

  await t.step("everybody else is asked of Portico", async () => {
    equal((await logIn("ada", "ada's secret")).code, "Access-Accept");
    equal((await logIn("ada", "a guess")).code, "Access-Reject");
    equal((await logIn("nobody", "a guess")).code, "Access-Reject");
  });

  await t.step("and it authenticates through rlm_sql alone, with Portico stopped", async () => {
    await portico.stop();
    await isClara();
    equal((await logIn("ada", "ada's secret")).code, "none");
  });
});

Deno.test("rlm_sql without its database file: silence, no reject", async () => {
  await using portico = await startPortico(SETUP);
  const alpha = portico.organization("alpha");
  await using freeradius = await startFreeradius({
    porticoUrl: portico.url,
    organizations: { lobby: alpha, garden: alpha },
    sections: [1, 2, 3, 4, 5, 9],
    database: `${portico.dataFolder}/absent.db`,
  });
  const { code } = await sendRadius({
    kind: "auth",
    nas: LOBBY,
    port: freeradius.authPort,
    folder: freeradius.folder,
    attributes: [["User-Name", "clara"], ["User-Password", "clear as day"]],
    patienceSeconds: 3,
  });
  equal(code, "none");
});
