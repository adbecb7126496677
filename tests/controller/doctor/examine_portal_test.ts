import { deepEqual, ok } from "node:assert/strict";
import type { CertificateState } from "../../../src/controller/doctor/examination.ts";
import { complaints, examined, testZone } from "./scripted_box.ts";

const PUBLIC = {
  "getent ahosts portal.example.net": "203.0.113.9   STREAM portal.example.net\n203.0.113.9   DGRAM\n",
};
const PRIVATE = { "getent ahosts portal.example.net": "10.9.0.4   STREAM\n" };
const PAGE = { uamserver: "http://portal.example.net/login", uamsecret: "greatsecret" };

Deno.test("a login page on the internet needs an alias of the public range other than 1.0.0.1", async () => {
  const judged = (uamaliasip: string) =>
    complaints({ zones: [testZone({ ...PAGE, uamaliasip })], programs: PUBLIC });
  const fix = "portico zone set default/guests --uamaliasip 192.0.2.1";
  const sentence =
    "warning login page: The login page is on the internet, and browsers refuse its scripts the box's private " +
    "address;";
  deepEqual(await judged("1.0.0.1"), [
    `${sentence} they make HTTPS of the alias 1.0.0.1. Pages that only redirect need nothing → ${fix}`,
  ]);
  for (const alias of ["", "10.9.9.9", "192.168.0.9", "169.254.1.1", "100.64.0.1", "127.0.0.9"]) {
    deepEqual(await judged(alias), [
      `${sentence} there is no alias of the public range. Pages that only redirect need nothing → ${fix}`,
    ]);
  }
  for (const alias of ["192.0.2.1", "1.0.0.2", "1.1.1.1", "203.0.113.77"]) deepEqual(await judged(alias), []);
  deepEqual(await complaints({ zones: [testZone(PAGE)], programs: PRIVATE }), []);
  const literal = testZone({ ...PAGE, uamserver: "http://203.0.113.9/login" });
  deepEqual((await complaints({ zones: [literal] })).length, 1);
});

Deno.test("a login page on this box, or Portico's own, needs neither alias nor secret", async () => {
  deepEqual(await complaints({ zones: [testZone()] }), []);
  deepEqual(await complaints({ zones: [testZone({ uamserver: "http://198.51.100.2:8080/login" })] }), []);
});

Deno.test("a login page that cannot be found, is on HTTPS, or shares no secret is told", async () => {
  const zone = (
    options: Readonly<Record<string, string | boolean>>,
  ) => [testZone({ ...PAGE, uamaliasip: "192.0.2.1", ...options })];
  deepEqual(await complaints({ zones: zone({}) }), [
    "bad login page: The login page cannot be reached: DNS knows no address of portal.example.net → " +
    "portico zone set default/guests --uamserver URL",
  ]);
  const [https] = await complaints({
    zones: zone({ uamserver: "https://portal.example.net/" }),
    programs: PUBLIC,
  });
  ok(https?.startsWith("warning login page: The login page is on HTTPS, and the box answers by HTTP"));
  const [open] = await complaints({ zones: zone({ uamsecret: "" }), programs: PUBLIC });
  ok(open?.endsWith("→ portico zone set default/guests --uamsecret SECRET"));
  const [clear] = await complaints({ zones: zone({ nochallenge: true }), programs: PUBLIC });
  ok(clear?.startsWith("warning login page: Passwords cross the network in clear text"));
});

Deno.test("zones without a network have their login page looked at all the same", async () => {
  const zones = [testZone({ interface: [], address: [], ...PAGE, uamsecret: "" })];
  deepEqual((await complaints({ zones, programs: PRIVATE })).length, 1);
});

Deno.test("a certificate is told to be wrong, to end soon, or to be for a name that does not lead guests here", async () => {
  const at = (state: CertificateState, options = {}, programs = {}) =>
    complaints({ certificate: () => Promise.resolve(state), zones: [testZone(options)], programs });
  deepEqual(await at({ kind: "bad", complaint: "the certificate has ended" }), [
    "bad certificate: Telephones are not told of the captive portal API: the certificate has ended",
  ]);
  const fine = {
    kind: "good",
    hostname: "hotspot.example.org",
    validTo: new Date("2027-01-31T00:00:00Z"),
  } as const;
  deepEqual(await at(fine, { uamhostname: "hotspot.example.org" }), []);
  const known = { "getent ahosts hotspot.example.org": "10.1.0.1 STREAM\n" };
  deepEqual(await at(fine, {}, known), []);
  deepEqual(await at(fine), [
    "warning certificate: hotspot.example.org, the certificate's name, does not lead this zone's guests to the box → " +
    "portico zone set default/guests --uamhostname hotspot.example.org",
  ]);
  const ending = { ...fine, validTo: new Date("2026-12-01T00:00:00Z") };
  deepEqual(await at(ending, {}, known), [
    "warning certificate: The certificate for hotspot.example.org ends soon, on 2026-12-01",
  ]);
  const found = await examined({ certificate: () => Promise.resolve(fine), programs: known });
  ok(found.some(({ text }) => text === "The certificate is for hotspot.example.org, until 2027-01-31"));
});
