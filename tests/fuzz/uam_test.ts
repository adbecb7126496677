import { deepEqual, equal, ok } from "node:assert/strict";
import type { AuthorityAnswer, AuthorityRequest } from "../../src/controller/authority/authority.ts";
import { uamServer } from "../../src/runtime/uam_server.ts";
import { UamVenue } from "../http/coova/uam_venue.ts";
import { judgeUamAnswer, type UamPages } from "./judge_uam_answer.ts";
import { SeededRandom } from "./seeded_random.ts";
import { NASTY, uamRequestPieces } from "./uam_requests.ts";

const REQUESTS = Number(Deno.env.get("UAM_FUZZ_REQUESTS") ?? 100_000);
const WIRE_REQUESTS = 400;
const SEED = Number(Deno.env.get("TEST_SEED") ?? 1);

const NETWORK = { interface: ["lan0"], address: ["10.1.0.1/24", "2001:db8:1::1/64"], domain: "example.test" };
const TEXTS = {
  nasid: `n"'<>&--`,
  ssid: `s"&md=<>--`,
  locationname: `l"</script>`,
  radiuslocationid: "--><b>",
  radiuslocationname: `"&--`,
};
const PAGE = "http://192.0.2.10/login.php";
const OWN_PAGE = "http://10.1.0.1:3990/www/login";
const WELCOME = "http://198.51.100.10/welcome";

interface Kind {
  readonly options: Readonly<Record<string, unknown>>;
  readonly pages: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    options: { uamserver: PAGE, uamsecret: "s", alloworigin: ["http://portal.example"] },
    pages: [PAGE, WELCOME],
  },
  {
    options: {
      uamserver: PAGE,
      uamhomepage: "http://192.0.2.10/home",
      redirurl: true,
      uamsecret: "s",
      nowispr2: true,
    },
    pages: [PAGE, "http://192.0.2.10/home"],
  },
  { options: { nochallenge: true, swapoctets: true, nowispr1: true }, pages: [OWN_PAGE, WELCOME] },
  { options: { macauth: true, macreauth: true, uamserver: PAGE, uamsecret: "s" }, pages: [PAGE, WELCOME] },
];

Deno.test(`${REQUESTS} hostile requests to the UAM port: nothing gets out, nothing malformed changes anything`, async () => {
  const random = new SeededRandom(SEED);
  const statuses = new Map<number, number>();
  let halves = 0;
  let challenges = 0;
  const venues = await Promise.all(
    KINDS.map(async (kind) => ({ kind, venue: await openVenue(kind, random) })),
  );
  for (let number = 0; number < REQUESTS; number++) {
    const { kind, venue } = venues[number % venues.length] ?? venues[0] ?? raise();
    const pieces = uamRequestPieces(random);
    const before = states(venue);
    const answer = await venue.sendOctets(pieces, {
      source: random.oneIn(20) ? "10.1.0.77" : "10.1.0.2",
      local: { address: "10.1.0.1", port: 3990 },
      logsOut: random.oneIn(40),
    });
    try {
      // A MAC authentication that a request before began may end now.
      const isQuiet = !venue.zone.options.macauth;
      if (isQuiet && (!answer || answer.status >= 400)) equal(states(venue), before, "nothing has changed");
      if (!answer) {
        halves++;
        continue;
      }
      const body = typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body);
      if (body.includes("<ResponseCode>10</ResponseCode>")) challenges++;
      // Portico's own pages have tests of their own.
      if (!("version" in answer)) judgeUamAnswer({ ...answer, body }, pagesOf(kind));
    } catch (fault) {
      throw new Error(`request ${number} of seed ${SEED}: ${told(pieces)}`, { cause: fault });
    }
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (number % 50 === 0) {
      venue.memory.clock.pass(random.between(0, 700_000));
      await venue.sweep();
    }
  }
  for (const { venue } of venues) {
    ok((await venue.memory.rows("select * from radacct limit 1")).length, "somebody has logged on");
    await venue.close();
  }
  // Each way through has been taken.
  for (const status of [200, 204, 302, 400, 403, 404]) ok(statuses.get(status), `no ${status}`);
  ok(halves > 0 && challenges > 0);
});

Deno.test(`${WIRE_REQUESTS} of them over the wire: each connection is answered or closed`, async () => {
  const random = new SeededRandom(SEED + 1);
  const [kind = raise()] = KINDS;
  const venue = await openVenue(kind, random);
  const faults: unknown[] = [];
  const server = await uamServer({
    listen: [{ hostname: "127.0.0.1", port: 0 }],
    answer: (request) =>
      venue.handler.answer({ ...request, source: "10.1.0.2", local: { address: "10.1.0.1", port: 3990 } }),
    refusal: (status) => venue.handler.refusal(status),
    reportFault: (fault) => faults.push(fault),
    readingTime: 150,
  });
  const [{ port } = raise()] = server.addresses;
  for (let done = 0; done < WIRE_REQUESTS; done += 20) {
    await Promise.all(Array.from({ length: 20 }, async () => {
      const pieces = uamRequestPieces(random);
      const answer = await converse(port, pieces);
      try {
        judgeWire(answer, pagesOf(kind));
      } catch (fault) {
        throw new Error(`seed ${SEED + 1}: ${told(pieces)}\n→ ${answer.slice(0, 500)}`, { cause: fault });
      }
    }));
  }
  await server.stop();
  await venue.close();
  deepEqual(faults, []);
});

async function openVenue({ options }: Kind, random: SeededRandom): Promise<UamVenue> {
  const authority = { decide: (request: AuthorityRequest) => Promise.resolve(decide(random, request)) };
  const venue = await UamVenue.open({
    now: new Date("2026-11-22T12:00:00Z"),
    options: { ...NETWORK, ...TEXTS, ...options },
    authority,
  });
  venue.meet("00:00:5e:10:00:01", "10.1.0.2");
  return venue;
}

/** Says nasty things, too. */
function decide(random: SeededRandom, { serviceType, credential }: AuthorityRequest): AuthorityAnswer {
  const said = random.pick(NASTY).slice(0, 200);
  const eapMessage = random.octets(random.between(4, 40));
  if (credential.kind === "eap" && random.oneIn(2)) {
    return { kind: "challenge", eapMessage, state: random.octets(16) };
  }
  if (random.oneIn(4)) return { kind: "silent" };
  if (random.oneIn(2)) return { kind: "reject", replyMessage: said };
  const attributes = new Map([
    ["Reply-Message", [said]],
    ["WISPr-Redirection-URL", [random.oneIn(2) ? WELCOME : said]],
    ["Session-Timeout", [String(random.between(0, 900))]],
    ["CoovaChilli-Max-Total-Octets", [String(random.between(0, 5000))]],
  ]);
  if (serviceType === "Framed" && random.oneIn(2)) attributes.set("CoovaChilli-Config", ["splash"]);
  return { kind: "accept", attributes, ...credential.kind === "eap" && { eapMessage } };
}

function pagesOf({ pages, options }: Kind): UamPages {
  return { allowed: pages, secret: String(options.uamsecret ?? "") };
}

/** All that is known of stations, as text. */
function states(venue: UamVenue): string {
  return JSON.stringify(
    venue.controller.stations().map(({ zone: _, ...station }) => station),
    (_, value) => typeof value === "bigint" ? String(value) : value,
  );
}

async function converse(port: number, pieces: readonly Uint8Array[]): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const answered = new Response(connection.readable).text();
  const writer = connection.writable.getWriter();
  // The other end may have closed before it had all.
  for (const piece of pieces) await writer.write(piece).catch(() => {});
  const text = await answered.catch(() => "");
  await writer.close().catch(() => {});
  return text;
}

function judgeWire(answer: string, pages: UamPages): void {
  if (answer === "") return;
  const [head = "", body = ""] = answer.split(/\r\n\r\n([^]*)/);
  const [first = "", ...lines] = head.split("\r\n");
  const [, status, statusText = ""] = /^HTTP\/1\.[01] (\d{3}) (.*)$/.exec(first) ?? [];
  ok(status !== undefined, first);
  const headers = lines.map((line): [string, string] => {
    const at = line.indexOf(": ");
    return [line.slice(0, at), line.slice(at + 2)];
  });
  if (status === "408" || first.startsWith("HTTP/1.1")) return;
  judgeUamAnswer({ status: Number(status), statusText, headers, body }, pages);
}

function told(pieces: readonly Uint8Array[]): string {
  return JSON.stringify(pieces.map((piece) => new TextDecoder("latin1").decode(piece)).join("")).slice(
    0,
    1500,
  );
}

function raise(): never {
  throw new Error("there is none");
}
