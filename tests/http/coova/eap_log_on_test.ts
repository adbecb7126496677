import { deepEqual, equal, match, ok } from "node:assert/strict";
import type {
  Authority,
  AuthorityAnswer,
  AuthorityRequest,
} from "../../../src/controller/authority/authority.ts";
import type { Station } from "../../../src/controller/station.ts";
import { eapIdentity, eapMd5Response } from "../../support/eap_peer.ts";
import { UamVenue } from "./uam_venue.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const IP = "10.1.0.2";

interface Visit {
  readonly venue: UamVenue;
  station(): Station;
  get(target: string, host?: string): Promise<Told>;
  logOn(message: Uint8Array | string, more?: string): Promise<Told>;
}

/** An answer: its redirect's `res` and `reason`, its WISPr message by element. */
interface Told {
  readonly status: number;
  readonly result: string;
  readonly challenge: string | null;
  readonly message: Readonly<Record<string, string>>;
  readonly body: string;
}

async function withVisit(
  work: (visit: Visit) => Promise<void>,
  { options = {}, authority }: {
    readonly options?: Readonly<Record<string, unknown>>;
    readonly authority?: Authority;
  } = {},
): Promise<void> {
  const venue = await UamVenue.open({
    now: NOW,
    options: {
      interface: ["lan0"],
      address: ["10.1.0.1/24"],
      uamserver: "http://192.0.2.10/login",
      localusers: ["carol:secret"],
      ...options,
    },
    ...authority && { authority },
  });
  venue.meet("00:00:5e:10:00:01", IP);
  const visit: Visit = {
    venue,
    station() {
      const [station] = venue.controller.stations();
      ok(station);
      return station;
    },
    async get(target, host = "10.1.0.1:3990") {
      const text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
      const answer = await venue.send(text, { source: IP, local: { address: "10.1.0.1", port: 3990 } });
      return told(answer);
    },
    logOn(message, more = "") {
      const text = typeof message === "string" ? message : message.toBase64();
      const eap = `WISPrEAPMsg=${encodeURIComponent(text)}&WISPrVersion=2.0`;
      return visit.get(`/logon?username=carol&${eap}${more}`);
    },
  };
  await visit.get("/a", "www.example.org");
  await work(visit);
  await venue.close();
}

function told(answer: Awaited<ReturnType<UamVenue["send"]>>): Told {
  const { status, headers } = answer;
  const body = typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body);
  const location = headers.find(([name]) => name === "Location")?.[1];
  const query = location === undefined ? null : new URL(location).searchParams;
  const elements = [...body.matchAll(/^<(\w+)>(?:(.*)<\/\1>)?\r$/gm)];
  return {
    status,
    body,
    challenge: query?.get("challenge") ?? null,
    result: [query?.get("res"), query?.get("reason")].filter(Boolean).join(" "),
    message: Object.fromEntries(elements.map(([, name = "", text = ""]) => [name, text])),
  };
}

function eapOf({ message }: Told): Uint8Array {
  return Uint8Array.fromBase64(message["EAPMsg"] ?? "");
}

Deno.test("a WISPr 2.0 client logs on by EAP-MD5", () =>
  withVisit(async ({ logOn, station }) => {
    const before = station().challenge;
    const asked = await logOn(eapIdentity("carol"));
    equal(asked.result, "challenge");
    equal(asked.challenge, before);
    const { EAPMsg, ...rest } = asked.message;
    match(EAPMsg ?? "", /^AQIAFgQQ/);
    deepEqual(rest, {
      EAPAuthenticationReply: "",
      MessageType: "121",
      ResponseCode: "10",
      LoginURL: "http://192.0.2.10/login?res=wispr&amp;uamip=10.1.0.1&amp;continue=1&amp;uamport=3990" +
        `&amp;challenge=${before}`,
    });
    equal(station().state, "stranger");

    const accepted = await logOn(eapMd5Response(eapOf(asked), "secret"));
    equal(accepted.result, "success");
    deepEqual(accepted.message, {
      EAPAuthenticationReply: "",
      MessageType: "121",
      ResponseCode: "50",
      EAPMsg: "AwIABA==",
      LogoffURL: "http://10.1.0.1:3990/logoff",
      StatusURL: "http://10.1.0.1:3990/status",
      MaxSessionTime: "0",
      RedirectionURL: "",
    });
    equal(station().state, "open");
    equal(station().userName, "carol");
    equal((await logOn(eapIdentity("carol"))).result, "already");
    equal((await logOn("no base64")).result, "already");
  }));

Deno.test("a wrong answer is refused with a new challenge, and cannot be mended by the same exchange", () =>
  withVisit(async ({ logOn, station }) => {
    const before = station().challenge;
    const asked = await logOn(eapIdentity("carol"));
    const refused = await logOn(eapMd5Response(eapOf(asked), "guess"));
    equal(refused.result, "failed reject");
    deepEqual([refused.message["MessageType"], refused.message["ResponseCode"]], ["121", "100"]);
    ok(refused.challenge !== before);
    equal((await logOn(eapMd5Response(eapOf(asked), "secret"))).result, "failed reject");
    equal(station().state, "stranger");
    const again = await logOn(eapIdentity("carol"));
    equal((await logOn(eapMd5Response(eapOf(again), "secret"))).result, "success");
  }));

Deno.test("an exchange is over with abort, with another log-on, and with the challenge's age", () =>
  withVisit(async ({ logOn, get, venue }) => {
    const ends: readonly (() => Promise<unknown>)[] = [
      async () => {
        await get("/abort");
        await get("/a", "www.example.org");
      },
      () => get("/logon?username=carol&password=00"),
      async () => {
        await venue.passUntil(new Date(NOW.getTime() + 1_300_000));
        await get("/a", "www.example.org");
      },
    ];
    for (const end of ends) {
      const asked = await logOn(eapIdentity("carol"));
      equal(asked.result, "challenge");
      await end();
      equal((await logOn(eapMd5Response(eapOf(asked), "secret"))).result, "failed reject");
    }
  }));

Deno.test("a message that RADIUS cannot carry, or that is not in base64, asks nobody and changes nothing", () =>
  withVisit(async ({ logOn, station, venue, get }) => {
    const before = station();
    for (const text of ["AQ", "====", "A", "a b", "AQ-_", "é"]) {
      const { result, message } = await logOn(text);
      const [shown, code] = text === "AQ" ? ["failed reject", "100"] : ["failed other", "254"];
      equal(result, shown, text);
      equal(message["MessageType"], "121");
      equal(message["ResponseCode"], code, text);
      if (text !== "AQ") continue;
      // That one was asked about: it is base64.
      await get("/a", "www.example.org");
    }
    const longest = await logOn(new Uint8Array(1265));
    equal(longest.result, "failed reject");
    const tooLong = await logOn(new Uint8Array(1266));
    equal(tooLong.result, "failed mtu");
    equal(tooLong.message["ResponseCode"], "253");
    equal(station().state, before.state);
    await venue.memory.deliver();
    equal((await venue.memory.rows("select 1 from radpostauth")).length, 2);
  }));

Deno.test("EAP is asked for with WISPr 2.0 only, and after every other credential", () =>
  withVisit(async ({ get, logOn }) => {
    const eap = `WISPrEAPMsg=${encodeURIComponent(eapIdentity("carol").toBase64())}`;
    equal((await get(`/logon?username=carol&${eap}`)).status, 400);
    equal((await get(`/logon?username=carol&${eap}&WISPrVersion=1.0`)).status, 400);
    const byPassword = await logOn(eapIdentity("carol"), "&password=00");
    deepEqual([byPassword.result, byPassword.message["MessageType"]], ["failed reject", "120"]);
    equal((await logOn(eapIdentity("carol"), "&response=zz")).status, 400);
  }));

Deno.test("a zone without WISPr 2.0 has no EAP", () =>
  withVisit(async ({ logOn }) => {
    equal((await logOn(eapIdentity("carol"))).status, 400);
  }, { options: { nowispr2: true } }));

Deno.test("JSON tells a challenge by nothing but its state", () =>
  withVisit(async ({ get, station }) => {
    const eap = encodeURIComponent(eapIdentity("carol").toBase64());
    const { body } = await get(`/json/logon?username=carol&WISPrEAPMsg=${eap}&WISPrVersion=2.0`);
    deepEqual(JSON.parse(body), { version: "1.0", clientState: 0, nasid: "nas01" });
    equal(station().state, "stranger");
  }));

Deno.test("an authority elsewhere gets its State back, once", async () => {
  const requests: AuthorityRequest[] = [];
  const answers: AuthorityAnswer[] = [
    { kind: "challenge", eapMessage: Uint8Array.of(1, 2, 0, 5, 13), state: Uint8Array.of(1, 1) },
    { kind: "challenge", eapMessage: Uint8Array.of(1, 3, 0, 5, 13), state: Uint8Array.of(2) },
    { kind: "silent" },
    { kind: "accept", attributes: new Map([["Session-Timeout", ["60"]]]) },
  ];
  const authority: Authority = {
    decide(request) {
      requests.push(request);
      const answer = answers.shift();
      ok(answer);
      return Promise.resolve(answer);
    },
  };
  await withVisit(async ({ logOn }) => {
    const results = [];
    for (const octet of [1, 2, 3, 4]) results.push((await logOn(Uint8Array.of(2, octet, 0, 5, 1))).result);
    deepEqual(results, ["challenge", "challenge", "failed timeout", "success"]);
  }, { authority });
  deepEqual(
    requests.map(({ credential }) => credential.kind === "eap" ? credential.state?.toHex() ?? null : "none"),
    [null, "0101", "02", null],
  );
});
