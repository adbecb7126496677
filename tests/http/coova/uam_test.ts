import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AuthorityAnswer, AuthorityRequest } from "../../../src/controller/authority/authority.ts";
import type { Station } from "../../../src/controller/station.ts";
import type { UamAnswer } from "../../../src/http/coova/uam_answer.ts";
import { toHex } from "../../../src/values/hex.ts";
import { fromHex } from "./captured_set.ts";
import { UamVenue } from "./uam_venue.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const IP = "10.1.0.2";
const OWN = "10.1.0.1:3990";
const SITE = "www.example.org";
const PORTAL = {
  interface: ["lan0"],
  address: ["10.1.0.1/24", "2001:db8:1::1/64"],
  uamserver: "http://192.0.2.10/login.php",
  nochallenge: true,
};

/** CHAP, with the password "x" and ident 0. */
function answerTo(key: Uint8Array): string {
  return createHash("md5").update("\0x").update(key).digest("hex");
}

interface Asking {
  readonly host?: string;
  readonly source?: string;
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly logsOut?: boolean;
}

/** A venue with one stranger in it, whose users are accepted with these attributes. */
async function withVenue(
  options: Readonly<Record<string, unknown>>,
  work: (venue: TestVenue) => Promise<void>,
  attributes: Readonly<Record<string, string>> = {},
): Promise<void> {
  const asked: AuthorityRequest[] = [];
  const authority = {
    decide(request: AuthorityRequest): Promise<AuthorityAnswer> {
      asked.push(request);
      const { credential } = request;
      const isRight = credential.kind === "password"
        ? credential.password !== "wrong"
        : credential.kind === "chap" && toHex(credential.response) === answerTo(credential.challenge);
      return Promise.resolve(
        isRight
          ? {
            kind: "accept",
            attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, [value]])),
          }
          : { kind: "reject", replyMessage: "No" },
      );
    },
  };
  const venue = await UamVenue.open({ now: NOW, options: { ...PORTAL, ...options }, authority });
  venue.meet("00:00:5e:10:00:01", IP);
  await work({
    venue,
    asked,
    station: () => {
      const [station] = venue.controller.stations();
      if (!station) throw new Error("nobody is there");
      return station;
    },
    async get(target, { host = OWN, source = IP, method = "GET", headers = [], logsOut = false } = {}) {
      const text = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n");
      const answer = await venue.send(text, { source, local: { address: "10.1.0.1", port: 3990 }, logsOut });
      const { body } = answer;
      if (typeof body === "string") return { ...answer, body };
      return { ...answer, body: new TextDecoder().decode(body) };
    },
  });
  await venue.close();
}

interface TestVenue {
  readonly venue: UamVenue;
  readonly asked: readonly AuthorityRequest[];
  station(): Station;
  get(target: string, asking?: Asking): Promise<UamAnswer>;
}

function header(answer: UamAnswer, name: string): string {
  return answer.headers.find(([one]) => one === name)?.[1] ?? "";
}

function parameters(answer: UamAnswer): URLSearchParams {
  equal(answer.status, 302, answer.body);
  return new URL(header(answer, "Location")).searchParams;
}

Deno.test("a station that nobody knows, or that is denied, is answered 403 in its language", () =>
  withVenue({ macauth: true, macauthdeny: true, macpasswd: "wrong" }, async ({ venue, get, station }) => {
    const unknown = await get("/json/status", { source: "10.1.0.99", headers: ["Accept-Language: de"] });
    equal(unknown.status, 403);
    match(unknown.body, /^Dieses Gerät ist in diesem Netz nicht bekannt/);
    await venue.settled();
    ok(station().isDenied);
    equal((await get("/status")).status, 403);
  }));

Deno.test("our own names know our own pages only, and never become the original URL", () =>
  withVenue(
    { uamaliasname: "login", uamhostname: "box", domain: "example.test", uamaliasip: "192.0.2.1" },
    async ({ get, station }) => {
      await get("/wanted", { host: SITE });
      const own = [
        OWN,
        "10.1.0.1",
        "1.0.0.1",
        "192.0.2.1:80",
        "login",
        "LOGIN.example.test",
        "box.example.test.",
        "[2001:db8:1::1]:3990",
        "[2001:DB8:1:0::1]",
      ];
      for (const host of own) {
        for (
          const path of [
            "/favicon.ico",
            "/login/",
            "/json/refresh",
            "/JSON/status",
            "/json/s",
            "/constructor",
          ]
        ) {
          equal((await get(path, { host })).status, 404, `${host}${path}`);
        }
        equal(parameters(await get("/", { host })).get("userurl"), `http://${SITE}/wanted`, host);
      }
      equal(station().originalUrl, `http://${SITE}/wanted`);
      equal(
        parameters(await get("/favicon.ico", { host: SITE })).get("userurl"),
        `http://${SITE}/favicon.ico`,
      );
      equal(parameters(await get("http://whole.example/a")).get("userurl"), "http://whole.example/a");
    },
  ));

Deno.test("pages of other sites that are called like ours are caught, unless they are a log-on", () =>
  withVenue({}, async ({ get, station }) => {
    equal(parameters(await get("/login", { host: SITE })).get("res"), "notyet");
    equal(station().originalUrl, `http://${SITE}/login`);
    equal((await get("/login")).status, 400);
    equal(JSON.parse((await get("/json/logon?username=ada&password=x", { host: SITE })).body).clientState, 1);
  }));

Deno.test("HEAD is answered like GET, any other method 400 without a change", () =>
  withVenue({}, async ({ get, station }) => {
    const asked = await get("/a", { host: SITE });
    deepEqual(await get("/a", { host: SITE, method: "HEAD" }), asked);
    const before = station();
    for (const method of ["POST", "PUT", "OPTIONS", "DELETE", "get"]) {
      equal((await get("/json/logon?username=ada&password=x", { method })).status, 400, method);
      equal((await get("/b", { host: SITE, method })).status, 400, method);
    }
    deepEqual(station(), before);
  }));

Deno.test("with uamallowpost POST is GET, whatever its body says", () =>
  withVenue({ uamallowpost: true }, async ({ get, venue, station, asked }) => {
    deepEqual(await get("/a", { host: SITE, method: "POST" }), await get("/a", { host: SITE }));
    const body = "username=ada&password=x";
    const headers = `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}`;
    const from = { source: IP, local: { address: "10.1.0.1", port: 3990 } };
    const send = (target: string) =>
      venue.send(`POST ${target} HTTP/1.1\r\nHost: ${OWN}\r\n${headers}\r\n\r\n${body}`, from);
    equal((await send("/logon")).status, 400);
    equal((await send("/logon?username=bob&password=x")).status, 302);
    deepEqual([asked.length, station().userName], [1, "bob"]);
    equal((await get("/b", { host: SITE, method: "PUT" })).status, 400);
  }));

Deno.test("scripts of the origins that the zone names may read the answers, and no others", () =>
  withVenue(
    { alloworigin: ["http://portal.example/app/", "https://other.example:8443"] },
    async ({ get }) => {
      const from = (origin: string, method = "GET") =>
        get("/json/status", { method, headers: [`Origin: ${origin}`] });
      for (const origin of ["http://portal.example", "https://other.example:8443"]) {
        const answer = await from(origin);
        deepEqual(answer.headers.slice(-3), [
          ["Content-Type", "text/javascript"],
          ["Access-Control-Allow-Origin", origin],
          ["Vary", "Origin"],
        ]);
        const preflight = await from(origin, "OPTIONS");
        deepEqual([preflight.status, header(preflight, "Access-Control-Allow-Methods")], [204, "GET, HEAD"]);
      }
      for (
        const origin of [
          "https://portal.example",
          "http://portal.example:8080",
          "null",
          "http://evil.example",
        ]
      ) {
        equal(header(await from(origin), "Access-Control-Allow-Origin"), "");
        equal((await from(origin, "OPTIONS")).status, 400);
      }
    },
  ));

Deno.test("an open station's own test for captivity gets the answer that it wants, a stranger's is caught", () =>
  withVenue({}, async ({ get, station }) => {
    await get("/page", { host: SITE });
    const probe = () => get("/generate_204", { host: "connectivitycheck.gstatic.com" });
    equal(parameters(await probe()).get("res"), "notyet");
    equal(station().originalUrl, `http://${SITE}/page`, "what its owner wanted stays");
    await get("/logon?username=ada&password=x");
    const free = await probe();
    deepEqual([free.status, free.body], [204, ""]);
    equal(parameters(await get("/page", { host: SITE })).get("res"), "already");
  }));

Deno.test("a log-on line is good once, even after the session ended by itself", () =>
  withVenue({ nochallenge: false, uamsecret: "s" }, async ({ venue, get, asked }) => {
    const { challenge } = JSON.parse((await get("/json/status")).body);
    const key = createHash("md5").update(fromHex(challenge)).update("s").digest();
    const line = `/json/logon?username=ada&response=${answerTo(key)}`;
    equal(JSON.parse((await get(line)).body).clientState, 1);
    const [station] = venue.controller.stations();
    if (station) await venue.controller.logOff(station, "Idle-Timeout");
    equal(JSON.parse((await get(line)).body).clientState, 0);
    equal(asked.length, 1, "nobody is asked again");
    equal(parameters(await get(line.slice(5))).get("reason"), "reject", "it answers no other challenge");
  }));

Deno.test("whoever comes to the log-out address is logged off, whatever it asks for", () =>
  withVenue({ domain: "example.test" }, async ({ get, station }) => {
    const ways: readonly (readonly [string, Asking])[] = [
      ["/anything", { logsOut: true, host: SITE }],
      ["/www/login", { logsOut: true }],
      ["/", { host: "1.0.0.0" }],
      ["/", { host: "logout" }],
      ["/x", { host: "Logout.example.test:80" }],
    ];
    for (const [path, asking] of ways) {
      await get("/logon?username=ada&password=x");
      equal(station().state, "open");
      equal(parameters(await get(path, asking)).get("res"), "logoff");
      equal(station().state, "stranger");
    }
  }));

Deno.test("a station with an IPv6 address alone is sent to the zone's IPv6 address", () =>
  withVenue({ uamserver: "" }, async ({ venue, get }) => {
    venue.meet("00:00:5e:10:00:02", "2001:db8:1::2");
    const answer = await get("/a", { host: SITE, source: "2001:db8:1:0::2" });
    ok(header(answer, "Location").startsWith("http://[2001:db8:1::1]:3990/www/login?res=notyet&"));
    const sent = parameters(answer);
    deepEqual([sent.get("uamip"), sent.get("ip")], ["[2001:db8:1::1]", "2001:db8:1::2"]);
    match(answer.body, /<AbortLoginURL>http:\/\/\[2001:db8:1::1\]:3990\/abort</);
    ok(header(await get("/a", { host: SITE }), "Location").startsWith("http://10.1.0.1:3990/www/login?"));
  }));

Deno.test("who is held at the splash page passes after a log-on, or after its own confirmation", () =>
  withVenue({ macauth: true }, async ({ venue, get, station }) => {
    await venue.settled();
    equal(station().state, "splash");
    equal(parameters(await get("/a", { host: SITE })).get("res"), "splash");
    equal(JSON.parse((await get("/json/status")).body).clientState, 3);
    equal((await get("/logon?username=")).status, 400);
    equal(parameters(await get("/logon?continue=1")).get("res"), "success");
    equal(station().state, "open");
    equal((await get("/logon?continue=1")).status, 400);
  }, { "CoovaChilli-Config": "splash" }));

Deno.test("macreauth tries a caught station again by its address", () =>
  withVenue({ macauth: true, macreauth: true, macpasswd: "wrong" }, async ({ venue, get, asked }) => {
    await venue.settled();
    equal(asked.length, 1);
    await get("/a", { host: SITE });
    await venue.settled();
    equal(asked.length, 2);
  }));

Deno.test("the form of WISPr is that of the last log-on", () =>
  withVenue({}, async ({ get }) => {
    const status = async () => /<(\w+Reply)>/.exec((await get("/status")).body)?.[1];
    equal(await status(), "AuthenticationPollReply");
    await get("/logon?username=ada&password=wrong&WISPrVersion=2.0");
    equal(await status(), "StatusReply");
    await get("/logon?username=ada&password=wrong");
    equal(await status(), "AuthenticationPollReply");
  }));

Deno.test("userurl and lang of a log-on are told back, if they are fit to be", () =>
  withVenue({}, async ({ get, station }) => {
    const failed = parameters(
      await get(
        "/logon?username=ada&password=wrong&lang=abcdefghijklmnopq&userurl=http%253A%252F%252Fa.example%252F",
      ),
    );
    deepEqual([failed.get("lang"), failed.get("userurl"), failed.get("reply")], [
      "abcdefghijklmno",
      "http://a.example/",
      "No",
    ]);
    for (
      const url of [
        "javascript:alert(1)",
        "//evil.example/",
        "http://a.example/\r\nX:y",
        "http://u:p@b.example/",
      ]
    ) {
      await get(`/logoff?userurl=${encodeURIComponent(encodeURIComponent(url))}`);
      equal(station().originalUrl, "http://a.example/", url);
    }
    await get("/logoff?userurl=http%3A%2F%2Fb.example%2F");
    equal(station().originalUrl, "http://b.example/");
  }));

Deno.test("a malformed log-on changes nothing and asks nobody", () =>
  withVenue({ nochallenge: false }, async ({ get, station, asked }) => {
    await get("/a", { host: SITE });
    const before = station();
    for (
      const query of [
        "",
        "username=ada",
        "password=00",
        "username=&password=00",
        "username=ada&response=xyz",
        "username=ada&ntresponse=-",
        "username=ada&password=zz",
        "Username=ada&Password=00",
        `username=${"a".repeat(254)}&password=00`,
        `username=${"%C3%BC".repeat(127)}&password=00`,
        "username=ada&chapchallenge=00&chappassword=00",
        "username=ada&WISPrEAPMsg=AQEABQE%3D",
        "username=ada&password=00&callback=alert(1)",
      ]
    ) equal((await get(`/json/logon?userurl=http://evil.example/&${query}`)).status, 400, query);
    deepEqual(station(), before);
    equal(asked.length, 0);
  }));

Deno.test("a redirect leads nowhere but to the login page, the home page or the authority's page", () =>
  withVenue({
    uamserver: "http://192.0.2.10/größe?a=1",
    uamhomepage: "http://192.0.2.10/häuser",
    uamsecret: "s",
  }, async ({ get }) => {
    const location = header(await get("/status", { host: "evil.example" }), "Location");
    ok(location.startsWith("http://192.0.2.10/gr%c3%b6%c3%9fe?a=1&res=notyet&"), location);
    const home = header(await get("/a", { host: SITE }), "Location");
    ok(
      home.startsWith("http://192.0.2.10/h%c3%a4user?loginurl=http%3a%2f%2f192.0.2.10%2fgr%25c3%25b6"),
      home,
    );
  }));
