import { deepEqual, equal } from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { delay } from "./delay.ts";
import { eapLogin } from "./eapol_client.ts";
import { type FreeradiusServer, LOBBY, OFFICE, startFreeradius } from "./freeradius_server.ts";
import { type PorticoVenue, startPortico } from "./portico_venue.ts";
import { sendRadius } from "./radius_client.ts";

const SETUP = {
  organizations: [{ slug: "alpha", name: "Alpha" }, { slug: "beta", name: "Beta" }],
  users: [{ username: "ada", password: "ada's secret", organizations: ["alpha"] }],
};
const SILENCE = { login: "none", accounting: "none", eap: "none" };
const ANSWERS = { login: "Access-Accept", accounting: "Accounting-Response", eap: "accept" };

Deno.test("while Portico cannot answer, FreeRADIUS keeps silent, and is back with it", async (t) => {
  await using portico = await startPortico(SETUP, { started: false });
  await using freeradius = await startFreeradius(serverFor(portico));

  await t.step("FreeRADIUS starts while Portico is down, and rejects nobody", async () => {
    deepEqual(await everyWay(freeradius, 3), SILENCE);
  });

  await t.step("once Portico is up, the next packet of each kind is answered", async () => {
    await portico.start();
    deepEqual(await everyWay(freeradius, 10), ANSWERS);
  });

  await t.step("Portico stopped after it had answered: silence", async () => {
    await portico.stop();
    deepEqual(await everyWay(freeradius, 3), SILENCE);
  });

  await t.step("an accounting packet sent again and again is answered when Portico is back", async () => {
    const answered = account(freeradius, 1, 30);
    await delay(2000);
    await portico.start();
    equal(await answered, "Accounting-Response");
    deepEqual(await everyWay(freeradius, 10), ANSWERS);
  });

  await t.step("Portico frozen, so that nothing is answered in time: silence", async () => {
    portico.freeze();
    deepEqual(await everyWay(freeradius, 7), SILENCE);
    portico.thaw();
    deepEqual(await everyWay(freeradius, 10), ANSWERS);
  });
});

Deno.test("a server in Portico's place that answers 503: silence", async () => {
  await using portico = await startPortico(SETUP, { started: false });
  await using freeradius = await startFreeradius(serverFor(portico));
  await using _stub = await stubAt(portico.port, () => [503, ""]);
  deepEqual(await everyWay(freeradius, 3), SILENCE);
});

Deno.test("a report of an accepted login that fails does not undo the login", async () => {
  await using portico = await startPortico(SETUP, { started: false });
  await using freeradius = await startFreeradius(serverFor(portico));
  for (const status of [500, 403, 400, 401]) {
    await using _stub = await stubAt(
      portico.port,
      (path) => path.endsWith("/authorize/") ? [200, '{"control:Auth-Type":"Accept"}'] : [status, ""],
    );
    equal(await logIn(freeradius, 10), "Access-Accept", `post-auth answered ${status}`);
    equal(await join(freeradius, 10), "accept", `post-auth answered ${status}`);
  }
});

Deno.test("a packet of an EAP tunnel that ended in silence gets no reject when it is repeated", async () => {
  await using portico = await startPortico(SETUP, { started: false });
  await using freeradius = await startFreeradius({ ...serverFor(portico), cleanupDelaySeconds: 2 });
  // eapol_test repeats after 3 s, when FreeRADIUS has forgotten the packet and the tunnel.
  equal(await join(freeradius, 8), "none");
  equal(freeradius.log().includes("No EAP session matching state"), true);
});

function serverFor(portico: PorticoVenue) {
  const organizations = { lobby: portico.organization("alpha"), garden: portico.organization("beta") };
  return { porticoUrl: portico.url, organizations };
}

async function everyWay(freeradius: FreeradiusServer, patienceSeconds: number) {
  const [login, accounting, eap] = await Promise.all([
    logIn(freeradius, patienceSeconds),
    account(freeradius, patienceSeconds, 1),
    join(freeradius, patienceSeconds),
  ]);
  return { login, accounting, eap };
}

async function logIn({ authPort, folder }: FreeradiusServer, patienceSeconds: number) {
  const { code } = await sendRadius({
    kind: "auth",
    nas: LOBBY,
    port: authPort,
    folder,
    attributes: [["User-Name", "ada"], ["User-Password", "ada's secret"]],
    patienceSeconds,
  });
  return code;
}

async function account({ acctPort, folder }: FreeradiusServer, patienceSeconds: number, times: number) {
  const { code } = await sendRadius({
    kind: "acct",
    nas: LOBBY,
    port: acctPort,
    folder,
    attributes: [["User-Name", "ada"], ["Acct-Status-Type", "Start"], ["Acct-Session-Id", "outage"]],
    patienceSeconds,
    times,
  });
  return code;
}

async function join({ authPort }: FreeradiusServer, patienceSeconds: number) {
  const { result } = await eapLogin({
    nas: OFFICE,
    port: authPort,
    userName: "ada",
    password: "ada's secret",
    station: "02:00:00:00:00:01",
    patienceSeconds,
  });
  return result;
}

/** A server that answers every request with what `answer` says of its path. */
async function stubAt(
  port: number,
  answer: (path: string) => readonly [number, string],
): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const [status, body] = answer(request.url ?? "");
      response.writeHead(status, { "Content-Type": "application/json" }).end(body);
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
