import { deepEqual, equal, match } from "node:assert/strict";
import { portalRoutes } from "../../../src/web/portal/portal_routes.tsx";
import { accept, controllerVenue, reject } from "../../support/controller_venue.ts";

const MAC = "02:00:00:00:00:05";
const ADDRESS = "10.1.0.5";

Deno.test("on the real controller the page opens a session, shows it, ends it with a record, and takes no form twice", async () => {
  const made = await controllerVenue();
  const portal = portalRoutes({
    controller: made.controller,
    now: made.venue.deps.now,
    crypto: made.venue.deps.crypto,
    reportFault: (fault) => made.faults.push(fault),
  });
  const ask = async (path: string, fields?: Readonly<Record<string, string>>) => {
    const init = fields && { method: "POST", body: new URLSearchParams(fields) };
    const visit = { zone: made.zone, source: ADDRESS };
    const response = await portal.request(`http://10.1.0.1:3990/www/${path}`, init ?? {}, visit);
    return {
      status: response.status,
      location: response.headers.get("location"),
      html: await response.text(),
    };
  };
  const tokenOf = (html: string) => /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? "";
  await made.arrive(MAC, ADDRESS);
  made.whereabouts.neighbours.push({ zoneId: made.zone.id, mac: MAC, address: ADDRESS });

  // Refused, then with the form of the refusal.
  made.authority.answer = () => reject("Not today");
  const first = { form_token: tokenOf((await ask("login")).html), username: "ada", password: "wrong" };
  const refused = await ask("login", first);
  match(refused.html, /role="alert">Not today</);
  made.authority.answer = () => accept({ "Session-Timeout": "600" });
  const second = { form_token: tokenOf(refused.html), username: "ada", password: "secret" };
  // An impatient finger.
  const answers = await Promise.all([ask("login", second), ask("login", second)]);
  deepEqual(answers.map(({ location }) => location), ["status", "status"]);
  deepEqual(made.authority.requests.map(({ credential }) => credential), [
    { kind: "password", password: "wrong" },
    { kind: "password", password: "secret" },
  ]);

  made.gate.send({ zoneId: made.zone.id, mac: MAC }, ADDRESS, 400_000, 2_000_000);
  await made.pass(60);
  const { html } = await ask("status");
  match(html, /<dd><bdi>ada<\/bdi><\/dd>.*<dd>1 min<\/dd>.*<dd>9 mins<\/dd>.*<dd>2\.4 MB<\/dd>/);
  equal((await ask("logout", { form_token: tokenOf(html) })).location, "login?res=logoff");
  equal((await ask("status")).location, "login?over");
  deepEqual((await made.records()).map(({ username, seconds, cause }) => [username, seconds, cause]), [
    ["ada", 60, "User-Request"],
  ]);

  // What opened a session once opens no other.
  equal((await ask("login", second)).status, 409);
  equal(made.station(MAC).state, "stranger");
  deepEqual(made.faults, []);
  await made.close();
});
