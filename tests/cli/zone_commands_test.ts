import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/run.ts";
import type { Station } from "../../src/controller/station.ts";
import { controlServer } from "../../src/runtime/control_socket.ts";
import { RUNTIMES, withCommandLine } from "./command_line.ts";
import { testZone } from "../support/memory_controller.ts";
import { operatedController, testSession, testStation } from "../support/operated_controller.ts";

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

interface Commands {
  readonly data: string;
  /** Runs one command in this process; what it printed, without the last line's end. */
  readonly portico: (line: string, input?: string) => Promise<Outcome>;
  /** The same with `--json`; what it printed. */
  readonly json: (line: string) => Promise<unknown>;
  /** Runs a venue on the folder; what its controller is asked from then on. */
  readonly venue: (...stations: Station[]) => Promise<Venue>;
}

interface Venue {
  /** What its zones wait for. */
  readonly waits: string[];
  readonly done: readonly string[];
  readonly controller: ReturnType<typeof operatedController>["controller"];
}

const guests = testZone();

async function withCommands(test: (commands: Commands) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portico-zones-"));
  const data = join(folder, "data");
  const closing: (() => Promise<void>)[] = [];
  let seconds = 0;
  const portico = async (line: string, input = ""): Promise<Outcome> => {
    const [out, error]: string[][] = [[], []];
    const code = await run(wordsOf(line), {
      environment: { PORTICO_DATA: data },
      now: () => new Date(Date.UTC(2026, 10, 22, 12, 0, ++seconds)),
      readInput: () => Promise.resolve(new TextEncoder().encode(input)),
      print: (text) => out?.push(text),
      warn: (text) => error?.push(text),
    });
    return { code, out: out?.join("\n") ?? "", error: error?.join("\n") ?? "" };
  };
  try {
    await test({
      data,
      portico,
      async json(line) {
        const { code, out, error } = await portico(`${line} --json`);
        equal(code, 0, error);
        return JSON.parse(out);
      },
      async venue(...stations) {
        const { controller, done } = operatedController([guests], stations);
        const now = () => new Date("2026-11-22T13:02:03Z");
        const path = join(data, "control.sock");
        const waits: string[] = [];
        const server = await controlServer({ path, controller, now, waits: () => waits, reportFault() {} });
        closing.push(server.close);
        return { controller, done, waits };
      },
    });
  } finally {
    for (const close of closing) await close();
    rmSync(folder, { recursive: true });
  }
}

/** As a shell takes a line apart; `""` is an empty word. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

function refused({ code, out, error }: Outcome, message: RegExp): void {
  deepEqual([code, out], [1, ""], error);
  match(error, message);
  equal(error.split("\n").length, 1, error);
}

Deno.test("a zone is made with any of its options, in any of their spellings", () =>
  withCommands(async ({ json }) => {
    const made = await json(
      "zone create --org default --name guests --interface wlan0 --interface wlan1,wlan2 --address 10.1.0.1/24" +
        " --address fd00::1/64 --macauth --nat off --redirurl=yes --swapoctets TRUE --forwarding 0 --uamport 4000" +
        ' --uamallowed "example.org, tcp:10.9.0.1:443" --uamsecret s --localusers ada:pw --bypass AABBCCDDEEFF',
    );
    const { id, ...summary } = made as { readonly id: string };
    match(id, /^[0-9a-f-]{36}$/);
    deepEqual(summary, {
      name: "guests",
      organization: "default",
      is_active: true,
      gate: "nftables",
      interface: ["wlan0", "wlan1", "wlan2"],
      address: ["10.1.0.1/24", "fd00::1/64"],
      live: false,
    });
    const shown = await json("zone show guests") as Readonly<Record<string, unknown>>;
    const { macauth, nat, redirurl, swapoctets, forwarding, uamport, uamallowed, bypass, mtu } = shown;
    deepEqual({ macauth, nat, redirurl, swapoctets, forwarding, uamport, uamallowed, bypass, mtu }, {
      macauth: true,
      nat: false,
      redirurl: true,
      swapoctets: true,
      forwarding: false,
      uamport: 4000,
      uamallowed: ["example.org", "tcp:10.9.0.1:443"],
      bypass: ["aa:bb:cc:dd:ee:ff"],
      mtu: 1500,
    });
    deepEqual([shown.uamsecret, shown.localusers, shown.macpasswd], [null, null, ""]);
  }));

Deno.test("zone set changes what is named; an empty value takes it back to its default", () =>
  withCommands(async ({ json, portico }) => {
    await json(
      "zone create --org default --name guests --macauth --mtu 1400 --uamsecret s --bypass 10.0.0.1",
    );
    await json('zone set guests --uamsecret "" --mtu= --bypass "" --nasid lobby --macauth no');
    const { organizations } = JSON.parse((await portico("show --json")).out);
    deepEqual(organizations[0].zones, [{
      name: "guests",
      is_active: true,
      uamsecret: "",
      nasid: "lobby",
      macauth: false,
    }]);
    deepEqual(
      await json("zone set --macauth guests --is_active off").then((zone) => zoneOf(zone).is_active),
      false,
    );
    deepEqual(zoneOf(await json("zone show default/guests")).macauth, true);
  }));

Deno.test("what cannot be is refused in one line", () =>
  withCommands(async ({ portico }) => {
    await portico("org create --slug alpha --name Alpha");
    await portico("zone create --org default --name guests --interface wlan0 --address 10.1.0.1/24");
    await portico("zone create --org alpha --name guests");
    const wrong: readonly [line: string, message: RegExp][] = [
      ["zone create --name x", /^--org is missing$/],
      ["zone create --org default", /^--name is missing$/],
      ["zone create --org nowhere --name x", /^There is no organization "nowhere"$/],
      ["zone create --org default --name guests", /has one that is named "guests"/],
      ["zone create --org default --name a/b", /^name: expected a name/],
      ["zone create --org default --name x --colour red", /Unknown option '--colour'/],
      ["zone create --org default --name x --interface wlan0", /^address: is missing/],
      [
        "zone create --org default --name x --interface wlan0 --address 10.2.0.1/24",
        /^interface\[0\]: the zone "default\/guests" has the interface wlan0$/,
      ],
      ["zone create --org default --name x --mtu many", /^mtu: expected a whole number from 576 to 9000$/],
      ["zone create --org default --name x --nat=maybe", /^nat: expected true or false$/],
      ["zone create --org default --name x --nat maybe", /unexpected "maybe"/],
      ["zone create --org default --name x --wan", /'--wan <value>' argument missing/],
      ["zone set guests --macauth", /^Several zones have the name "guests": say which of /],
      ["zone set default/guests", /expected an option/],
      ["zone set --macauth", /expected one ZONE/],
      ["zone set nowhere --macauth", /^There is no zone "nowhere"$/],
      ["zone show guests extra", /expected one ZONE/],
      ["zone set guests --nat maybe", /expected one ZONE, not guests and maybe: a switch takes on or off/],
      ["zone remove guests --org beta", /^There is no zone "guests" in "beta"$/],
      ["bypass add 10.0.0.1", /^--zone is missing: there are default\/guests, alpha\/guests$/],
      ["bypass add somebody --zone alpha/guests", /^"somebody": expected a MAC address, an address/],
      [
        "bypass remove 10.0.0.1 --zone alpha/guests",
        /^There is no bypass for 10\.0\.0\.1 in the zone "guests"$/,
      ],
      ["bypass add", /expected one MAC address or IP address/],
      ["bypass list --zone nowhere", /^There is no zone "nowhere"$/],
    ];
    for (const [line, message] of wrong) refused(await portico(line), message);
  }));

Deno.test("zones are listed and taken away", () =>
  withCommands(async ({ portico, json }) => {
    await portico("org create --slug alpha --name Alpha");
    await portico("zone create --org default --name guests --interface wlan0 --address 10.1.0.1/24");
    await portico("zone create --org alpha --name lobby --is_active off");
    equal(
      (await portico("zone list")).out,
      "ZONE            ACTIVE  GATE      INTERFACE  ADDRESS\n" +
        "default/guests  on      nftables  wlan0      10.1.0.1/24\n" +
        "alpha/lobby     off     none",
    );
    const all = await json("zone list") as readonly unknown[];
    deepEqual(all.map((zone) => zoneOf(zone).name), ["guests", "lobby"]);
    deepEqual((await json("zone list --org alpha") as readonly unknown[]).map((zone) => zoneOf(zone).name), [
      "lobby",
    ]);
    match((await portico("zone show guests")).out, /^interface +wlan0$/m);
    match(
      (await portico("zone remove guests")).out,
      /^Removed the zone default\/guests: id .*; no venue runs/,
    );
    deepEqual(zoneOf(await json("zone remove lobby")).name, "lobby");
    deepEqual(await json("zone list"), []);
  }));

Deno.test("a venue that runs follows each change at once, and only changes that concern it", () =>
  withCommands(async ({ portico, json, venue }) => {
    await portico("zone list");
    const { done, controller, waits } = await venue();
    const reloads = () => done.filter((what) => what === "reload").length;
    match(
      (await portico("zone create --org default --name guests")).out,
      /^Created the zone default\/guests: id .*; the running venue has followed$/,
    );
    equal(reloads(), 1);
    equal(zoneOf(await json("zone set guests --macauth")).live, true);
    equal(zoneOf(await json("bypass add 02-00-00-00-00-07")).live, true);
    deepEqual(await json("zone apply"), { zones: ["default/guests"], live: true });
    equal(reloads(), 4);
    const apply = (zone: unknown) =>
      portico("apply -", JSON.stringify({ organizations: [{ slug: "default", zones: [zone] }] }));
    equal((await apply({ name: "guests", mtu: 1400 })).code, 0);
    equal(reloads(), 5);
    equal((await apply({ name: "guests", mtu: 1400 })).code, 0);
    await portico("org set default email=a@example.org");
    equal(reloads(), 5, "nothing of a zone has changed");
    await portico("org set default is_active=off");
    equal(reloads(), 6);

    waits.push("There is no interface eth9 here: its zone opens when it comes");
    deepEqual((await portico("zone set guests --interface eth9 --address 10.1.0.1/24")).error, waits[0]);

    controller.reload = () => Promise.reject(new Error("nft: Operation not permitted"));
    refused(
      await portico("zone set guests --mtu 1300"),
      /^The zone "guests" is saved, but the running venue could not follow: .*nft: Operation not permitted$/,
    );
    equal(zoneOf(await json("zone show guests")).mtu, 1300);
  }));

Deno.test("a bypass is one spelling of a MAC address or a network, and is made once", () =>
  withCommands(async ({ portico, json }) => {
    await portico("zone create --org default --name guests");
    const made = { organization: "default", zone: "guests", bypass: "02:00:00:00:00:0a", live: false };
    deepEqual(await json("bypass add 0200.0000.000A"), made);
    deepEqual(await json("bypass add 02:00:00:00:00:0a --zone default/guests"), made);
    equal(
      (await portico("bypass add 10.0.0.0/30")).out,
      "10.0.0.0/30 passes in guests without logging on, as soon as portico serve runs on this folder",
    );
    deepEqual(await json("bypass list"), [
      { organization: "default", zone: "guests", bypass: "02:00:00:00:00:0a" },
      { organization: "default", zone: "guests", bypass: "10.0.0.0/30" },
    ]);
    equal(
      (await portico("bypass list")).out,
      "ZONE            BYPASS\ndefault/guests  02:00:00:00:00:0a\ndefault/guests  10.0.0.0/30",
    );
    deepEqual(await json("bypass remove 02-00-00-00-00-0A"), made);
    deepEqual(await json("bypass list"), [{
      organization: "default",
      zone: "guests",
      bypass: "10.0.0.0/30",
    }]);
  }));

Deno.test("stations are listed, shown, let in and disconnected while a venue runs", () =>
  withCommands(async ({ portico, json, venue }) => {
    await portico("zone list");
    const ada = testStation(guests, 2, { state: "open", session: testSession("ada"), ip6: ["fd00::2"] });
    const { done } = await venue(testStation(guests, 1), ada);
    const listed = await json("station list") as readonly Readonly<Record<string, unknown>>[];
    deepEqual(listed.map(({ state }) => state), ["stranger", "open"]);
    const keys =
      "zone mac ip ip6 state session_id username started_at session_time input_octets output_octets";
    for (const station of listed) deepEqual(Object.keys(station), keys.split(" "));
    equal(
      (await portico("station list --zone guests")).out,
      "ZONE    MAC                ADDRESSES         STATE     USER  TIME      INPUT / OUTPUT  SESSION\n" +
        "guests  02:00:00:00:00:01  10.1.0.1          stranger\n" +
        "guests  02:00:00:00:00:02  10.1.0.2 fd00::2  open      ada   01:02:03  100 B / 2.0 kB  179531855700000001",
    );
    match((await portico("station show ada")).out, /^max_total_octets +5000000000$/m);
    equal(zoneOf(await json("station show 10.1.0.1")).mac, "02:00:00:00:00:01");
    const authorize =
      "station authorize 02-00-00-00-00-01 --username carl --session-timeout 60 --zone guests";
    equal((await portico(authorize)).out, "02:00:00:00:00:01 passes in guests: session 179531855700000001");
    equal(
      (await portico("station disconnect ada")).out,
      "Ended the session 179531855700000001 of ada on 02:00:00:00:00:02 in guests",
    );
    deepEqual((await json("station disconnect carl") as readonly unknown[]).length, 1);
    deepEqual(done, [
      "admit 02:00:00:00:00:01 carl 60",
      "log off 02:00:00:00:00:02 Admin-Reset",
      "log off 02:00:00:00:00:01 Admin-Reset",
    ]);
    refused(await portico("station authorize 02:00:00:00:00:99"), /it has to connect to the network first/);
    refused(
      await portico("station authorize 02:00:00:00:00:01 --session-timeout soon"),
      /expected seconds, not "soon"/,
    );
    refused(await portico("station show eve"), /^No station "eve" is known$/);
    refused(await portico("station list --zone lobby"), /^There is no zone "lobby"$/);
  }));

Deno.test("without a running venue stations are nobody's, and that is said in one line", () =>
  withCommands(async ({ portico, data }) => {
    const lines = [
      "station list",
      "station list --json",
      "station show x",
      "station disconnect x",
      "station authorize 02:00:00:00:00:01",
      "zone apply",
    ];
    for (const line of lines) {
      refused(await portico(line), /^No venue runs on the folder .*: start it with portico serve$/);
    }
    ok(!existsSync(data), "asking leaves no trace");
  }));

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: the program makes zones and bypasses`, () =>
    withCommandLine(runtime, async ({ run }) => {
      const made = await run([
        "zone",
        "create",
        "--org",
        "default",
        "--name",
        "guests",
        "--macauth",
        "--json",
      ]);
      deepEqual([made.code, made.stderr, JSON.parse(made.stdout).gate], [0, "", "none"]);
      const added = await run(["bypass", "add", "02-00-00-00-00-01"]);
      equal(
        added.stdout,
        "02:00:00:00:00:01 passes in guests without logging on, as soon as portico serve runs on this folder\n",
      );
      const { code, stdout, stderr } = await run(["station", "list"]);
      deepEqual([code, stdout], [1, ""]);
      match(stderr, /^No venue runs on the folder .*\n$/);
    }));
}

/** What a command prints about a zone or a station. */
function zoneOf(value: unknown): Readonly<Record<string, unknown>> {
  // Each of these commands prints an object.
  return value as Readonly<Record<string, unknown>>;
}
