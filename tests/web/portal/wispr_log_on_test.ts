import { equal, match, ok } from "node:assert/strict";
import { portableCrypto } from "../../../src/runtime/portable_crypto.ts";
import { uamCredential } from "../../../src/controller/uam_credential.ts";
import { portalRoutes } from "../../../src/web/portal/portal_routes.tsx";
import { memoryController, testZone } from "../../support/memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const SOURCE = "10.1.0.5";

/** The sign-in page of a zone, as a WISPr client meets it: where it is sent. */
function pageOf(options: Readonly<Record<string, unknown>> = {}, uamBase?: string) {
  const zone = testZone({ address: ["10.1.0.1/24"], ...options });
  const controller = memoryController([zone], () => NOON);
  const portal = portalRoutes({
    controller,
    crypto: portableCrypto,
    now: () => NOON,
    reportFault: (fault) => {
      throw fault;
    },
    ...uamBase !== undefined && { uamBase: () => uamBase },
  });
  const { challenge } = controller.withChallenge(controller.put(SOURCE));
  const loginUrl = `http://10.1.0.1:3990/www/login?res=wispr&uamip=10.1.0.1&uamport=3990`;
  const ask = async (query: string, fields?: Readonly<Record<string, string>> | string) => {
    const body = typeof fields === "object" ? new URLSearchParams(fields) : fields;
    const init = body === undefined ? {} : { method: "POST", body };
    const response = await portal.request(`${loginUrl}${query}`, init, { zone, source: SOURCE });
    return { status: response.status, location: response.headers.get("location") ?? "" };
  };
  return { zone, controller, challenge, ask };
}

function query(location: string): URLSearchParams {
  return new URLSearchParams(location.split("?")[1]);
}

Deno.test("a WISPr client's password is sent on as the UAM port takes it, hidden by challenge and secret", async () => {
  const { ask, zone, challenge, controller } = pageOf({ uamsecret: "greatsecret" });
  const password = "pässword & more than sixteen octets";
  const { status, location } = await ask(`&challenge=${challenge}`, {
    UserName: "ada+b@example.org",
    Password: password,
    button: "Login",
    OriginatingServer: "http://www.example.org/",
    WISPrVersion: "2.0",
  });
  equal(status, 302);
  match(location, /^\.\.\/logon\?username=ada%2Bb%40example\.org&password=[0-9a-f]+&WISPrVersion=2\.0$/);
  const credential = uamCredential(portableCrypto, zone.options, challenge, query(location));
  ok(credential?.kind === "password");
  equal(credential.password, password);
  equal(controller.asked.length, 0);
});

Deno.test("EAP is sent on, by POST and by GET", async () => {
  const { ask, challenge } = pageOf();
  const there = "../logon?username=ada&WISPrEAPMsg=AgEACAFhZGE%3D&WISPrVersion=2.0";
  const fields = { UserName: "ada", WISPrEAPMsg: "AgEACAFhZGE=", WISPrVersion: "2.0" };
  equal((await ask(`&challenge=${challenge}`, fields)).location, there);
  equal((await ask(`&continue=1&challenge=${challenge}&${new URLSearchParams(fields)}`)).location, there);
});

Deno.test("a plus of base64 that the client has not encoded is one", async () => {
  const { ask, challenge } = pageOf();
  const there = "../logon?username=ada&WISPrEAPMsg=Ag%2B%2FAA%3D%3D&WISPrVersion=2.0";
  const fields = "UserName=ada&WISPrEAPMsg=Ag+/AA==&WISPrVersion=2.0";
  equal(
    (await ask(`&challenge=${challenge}`, Object.fromEntries(new URLSearchParams(fields)))).location,
    there,
  );
  equal((await ask(`&challenge=${challenge}&${fields}`)).location, there);
});

Deno.test("without a challenge passwords are sent on as they are", async () => {
  const { ask } = pageOf({ nochallenge: true });
  const { location } = await ask("", { UserName: "ada", Password: "a&b" });
  equal(location, "../logon?username=ada&password=a%26b");
});

Deno.test("who has not got the station's challenge, or says nothing, is told where to begin", async () => {
  const { ask, challenge, controller } = pageOf();
  const fields = { UserName: "ada", Password: "secret" };
  for (
    const [sent, body] of [
      ["", fields],
      ["&challenge=00", fields],
      [`&challenge=${challenge}`, {}],
      [`&challenge=${challenge}`, { UserName: "ada" }],
      [`&challenge=${challenge}`, { Password: "secret" }],
      [`&challenge=${challenge}`, "{}"],
    ] as const
  ) equal((await ask(sent, body)).location, "../prelogin", JSON.stringify([sent, body]));
  equal(controller.asked.length, 0);
});

Deno.test("over TLS the UAM port is elsewhere", async () => {
  const { ask, challenge } = pageOf({}, "http://10.1.0.1:3990");
  const { location } = await ask(`&challenge=${challenge}`, { UserName: "ada", Password: "secret" });
  match(location, /^http:\/\/10\.1\.0\.1:3990\/logon\?username=ada&password=/);
});

Deno.test("somebody with a browser gets the page there, too", async () => {
  const { ask, challenge } = pageOf();
  equal((await ask(`&challenge=${challenge}`)).status, 200);
});
