import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Hono } from "hono";
import type { Zone } from "../src/aaa/identity/zones.ts";
import { createGuestApp } from "../src/guest_app.ts";
import type { ListenAddress } from "../src/values/listen_address.ts";
import { type MemoryController, memoryController, testZone } from "./support/memory_controller.ts";
import { memoryVenue } from "./support/memory_venue.ts";

const API = "/captive-portal/api";
const GUEST = "10.1.0.5";

interface Guests {
  readonly app: Hono;
  readonly controller: MemoryController;
  /** What the API says to an address, with its status. */
  ask(from?: string): Promise<{ status: number; headers: Headers; json: unknown }>;
  get(path: string, from?: string, headers?: HeadersInit): Promise<Response>;
  pass(milliseconds: number): void;
}

async function withGuests(
  options: {
    readonly zones?: readonly Zone[];
    readonly publicUrl?: string;
    readonly uam?: ListenAddress;
  },
  test: (guests: Guests) => Promise<void>,
): Promise<void> {
  const publicUrl = options.publicUrl ?? "https://wifi.example.org";
  const venue = await memoryVenue({ settings: { publicUrl } });
  const zones = options.zones ?? [testZone({ address: ["10.1.0.1/24", "2001:db8:1::1/64"] })];
  const controller = memoryController(zones, venue.deps.now);
  const app = createGuestApp({ ...venue.deps, controller, uam: options.uam ?? null });
  const get = async (path: string, from = GUEST, headers: HeadersInit = {}) =>
    await app.request(`https://wifi.example.org${path}`, { headers }, { from });
  try {
    await test({
      app,
      controller,
      get,
      pass: (milliseconds) => venue.clock.pass(milliseconds),
      async ask(from) {
        const { status, headers, ...response } = await get(API, from).then(async (answer) => ({
          status: answer.status,
          headers: answer.headers,
          json: await answer.json(),
        }));
        return { status, headers, ...response };
      },
    });
  } finally {
    await venue.close();
  }
}

Deno.test("the API tells each station of itself, before, during and after its session", () =>
  withGuests({}, async ({ controller, ask, pass }) => {
    controller.put(GUEST);
    const before = await ask();
    equal(before.headers.get("content-type"), "application/captive+json");
    equal(before.headers.get("cache-control"), "private, no-store");
    const portal = { "user-portal-url": "https://wifi.example.org/www/login" };
    deepEqual(before.json, { captive: true, ...portal });

    controller.open(GUEST, { sessionTimeout: 3600, maxTotalOctets: 5_000_000n }, {
      upOctets: 1_000_000,
      downOctets: 1_500_000,
    });
    pass(10_500);
    const during = { captive: false, ...portal, "can-extend-session": false };
    deepEqual((await ask()).json, { ...during, "seconds-remaining": 3589, "bytes-remaining": 2_500_000 });

    controller.open(GUEST);
    deepEqual((await ask()).json, during);
    await controller.logOff(controller.at(GUEST), "User-Request");
    deepEqual((await ask()).json, { captive: true, ...portal });
  }));

Deno.test("IPv6 is as good as IPv4, and two stations do not hear of each other", () =>
  withGuests({}, async ({ controller, ask }) => {
    controller.put(GUEST);
    controller.open("2001:db8:1::7", { sessionTimeout: 60 });
    match(JSON.stringify((await ask("2001:db8:1::7")).json), /"captive":false.*"seconds-remaining":60/);
    match(JSON.stringify((await ask()).json), /"captive":true/);
  }));

Deno.test("who is held at the splash page is captive, who passes without a session is not", () =>
  withGuests({}, async ({ controller, ask }) => {
    const portal = { "user-portal-url": "https://wifi.example.org/www/login" };
    controller.open(GUEST, { splash: true, sessionTimeout: 60 });
    deepEqual((await ask()).json, { captive: true, ...portal });
    controller.put(GUEST, { state: "bypass", session: null });
    deepEqual((await ask()).json, { captive: false, ...portal });
    controller.put(GUEST, { state: "stranger", isDenied: true });
    deepEqual((await ask()).json, { captive: true });
  }));

Deno.test("an address of the zone that nobody is known by yet is captive, one from elsewhere is none of ours", () =>
  withGuests({}, async ({ ask, get }) => {
    deepEqual((await ask("10.1.0.77")).json, {
      captive: true,
      "user-portal-url": "https://wifi.example.org/www/login",
    });
    for (const stranger of ["192.0.2.1", "10.2.0.5", "2001:db8:2::7", ""]) {
      equal((await ask(stranger)).status, 403, stranger);
      const page = await get("/www/login", stranger);
      deepEqual([page.status, /We do not see your device/.test(await page.text())], [403, true], stranger);
    }
  }));

Deno.test("a venue's information may be told of the station, percent-encoded", () => {
  const venueinfourl = "https://venue.example/?m=%{m}&M=%{M}&i=%{i}&n=%{n}&s=%{s}&t=%{t}&x=%{x}&y=100%";
  const zone = testZone({ address: ["10.1.0.1/24"], venueinfourl, nasid: "lobby & bar" });
  return withGuests({ zones: [zone] }, async ({ controller, ask }) => {
    const { sessionId } = controller.put(GUEST);
    deepEqual((await ask()).json, {
      captive: true,
      "user-portal-url": "https://wifi.example.org/www/login",
      "venue-info-url": "https://venue.example/?m=02-00-00-00-00-01&M=020000000001&i=10.1.0.5" +
        `&n=lobby%20%26%20bar&s=${sessionId}&t=1795348800&x=%{x}&y=100%`,
    });
  });
});

Deno.test("somebody else's login page is opened by the zone's own UAM listener, over TLS at first", () => {
  const options = { uamserver: "https://pages.example/login" };
  const zone = testZone({
    ...options,
    gate: "nftables",
    address: ["10.1.0.1/24", "2001:db8:1::1/64"],
    uamport: 3991,
  });
  return withGuests({ zones: [zone] }, async ({ controller, ask, get }) => {
    controller.open(GUEST);
    deepEqual((await ask()).json, {
      captive: false,
      "user-portal-url": "https://wifi.example.org/captive-portal/login",
      "can-extend-session": true,
    });
    const login = await get("/captive-portal/login");
    deepEqual([login.status, login.headers.get("location")], [302, "http://10.1.0.1:3991/prelogin"]);
    const overIpv6 = await get("/captive-portal/login", "2001:db8:1::7");
    equal(overIpv6.headers.get("location"), "http://[2001:db8:1::1]:3991/prelogin");

    const thought = { zones: [testZone(options, "back room")], uam: { hostname: "0.0.0.0", port: 3990 } };
    await withGuests(thought, async ({ get }) => {
      const { headers } = await get("/captive-portal/login", "192.0.2.1");
      equal(headers.get("location"), "http://wifi.example.org:3990/zone/back%20room/prelogin");
    });
    await withGuests({ zones: thought.zones }, async ({ get }) => {
      const { headers } = await get("/captive-portal/login", "192.0.2.1");
      equal(headers.get("location"), "../www/login");
    });
  });
});

Deno.test("addresses begin with public_url, whatever the request calls us; without one with what it was sent to", async () => {
  const portal = async (publicUrl: string) => {
    let text = "";
    await withGuests({ publicUrl }, async ({ app }) => {
      const init = { headers: { host: "evil.example" } };
      text = await (await app.request(`https://10.1.0.1:8443${API}`, init, { from: GUEST })).text();
    });
    return /"user-portal-url":"([^"]*)"/.exec(text)?.[1];
  };
  equal(await portal("https://wifi.example.org:8443/portico"), "https://wifi.example.org:8443/www/login");
  equal(await portal("http://wifi.example.org"), "https://10.1.0.1:8443/www/login");
});

Deno.test("a guest of each zone gets that zone's page", () => {
  const zones = ["Lobby", "Bar"].map((locationname, index) =>
    testZone({ address: [`10.${index + 1}.0.1/24`], locationname }, locationname.toLowerCase())
  );
  return withGuests({ zones }, async ({ controller, get }) => {
    controller.put("10.2.0.5", { zone: zones[1] ?? testZone() });
    const { status, headers } = await get("/", "10.2.0.5");
    deepEqual([status, headers.get("location")], [302, "www/login"]);
    match(await (await get("/www/login", "10.2.0.5")).text(), /<header class="brand">.*Bar<\/header>/);
  });
});

Deno.test("nothing else is served to guests, but where our mails lead", () =>
  withGuests({}, async ({ controller, get }) => {
    controller.put(GUEST);
    for (
      const path of [
        "/healthz",
        "/metrics",
        "/setup/x",
        "/api/v1/docs/",
        "/captive-portal/",
        "/captive-portal/x",
      ]
    ) {
      equal((await get(path)).status, 404, path);
    }
    const confirm = await get("/confirm-email/nonsense");
    deepEqual([confirm.status, /This link opens nothing/.test(await confirm.text())], [404, true]);
    ok((await get("/portico.css")).ok);
    ok((await get("/www/portico.css")).ok);
  }));
