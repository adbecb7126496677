import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type CommandLine, type Outcome, RUNTIMES, withCommandLine } from "./command_line.ts";

const SETUP = JSON.stringify({
  organizations: [{
    slug: "alpha",
    token: "sesame",
    groups: [{ name: "guests", default: true }],
    nas: [{ address: "10.0.0.0/24", shortname: "lobby", secret: "short" }],
  }],
  users: [{ username: "ada", password: "pässword", organizations: ["alpha"], verified: true }],
});

function refused({ code, stdout, stderr }: Outcome, message: RegExp): void {
  equal(code, 1, stderr);
  equal(stdout, "");
  match(stderr, message);
  equal(stderr.trimEnd().split("\n").length, 1, stderr);
}

async function json(
  { run }: CommandLine,
  args: readonly string[],
  input?: string,
): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run([...args, "--json"], input === undefined ? {} : { input });
  equal(code, 0, stderr);
  equal(stdout.trimEnd().split("\n").length, 1);
  return JSON.parse(stdout);
}

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: every command says in JSON what it made`, () =>
    withCommandLine(runtime, async (commandLine) => {
      const made = await json(commandLine, ["org", "create", "--slug", "alpha", "--name", "Alpha"]);
      deepEqual(Object.keys(made), ["id", "slug", "radius_token"]);
      const changed = await json(commandLine, [
        "org",
        "set",
        "alpha",
        "token=sesame",
        "time_zone=Europe/Rome",
      ]);
      deepEqual(changed, { id: made.id, slug: "alpha", radius_token: "sesame" });
      deepEqual(await json(commandLine, ["org", "show", "alpha"]), changed);
      const user = ["user", "create", "--org", "alpha", "--username", "ada", "--password-stdin"];
      const ada = await json(commandLine, [...user, "--phone", "+39 366 524 3702", "--verified"], " p w \n");
      deepEqual(Object.keys(ada), ["id"]);
      const nas = [
        "nas",
        "add",
        "--org",
        "alpha",
        "--address",
        "10.0.0.0/24",
        "--shortname",
        "x",
        "--secret-stdin",
      ];
      deepEqual(Object.keys(await json(commandLine, nas, "0123456789abcdef")), ["id"]);
      const admin = ["admin", "create", "--username", "root", "--email", "r@example.org", "--password-stdin"];
      deepEqual(Object.keys(await json(commandLine, admin, "x")), ["id"]);
      deepEqual(await json(commandLine, ["delete_old_radacct", "365"]), { deleted: 0 });
      deepEqual(await json(commandLine, ["delete_old_postauth", "365"]), { deleted: 0 });
      deepEqual(await json(commandLine, ["cleanup_stale_radacct"]), { closed: 0 });
      const { organizations, users } = await json(commandLine, ["show"]);
      ok(Array.isArray(organizations) && Array.isArray(users));
      deepEqual(users.map(({ username }) => username), ["ada", "root"]);
    }));

  Deno.test(`${runtime}: what cannot be done is refused in one line`, () =>
    withCommandLine(runtime, async ({ run }) => {
      await run(["apply", "-"], { input: SETUP });
      const wrong: readonly [args: readonly string[], message: RegExp, input?: string | Uint8Array][] = [
        [["org", "create", "--slug", "alpha", "--name", "X"], /the slug is taken/],
        [["org", "create", "--slug", "a b", "--name", "X"], /slug: expected a slug/],
        [["org", "create", "--slug", "b"], /--name is missing/],
        [["org", "set", "alpha", "tme_zone=UTC"], /^tme_zone: an organization has no such setting/],
        [["org", "set", "alpha", "time_zone=Mars"], /time_zone: expected the name of a time zone/],
        [["org", "set", "alpha", "gigawords_replies=perhaps"], /gigawords_replies: expected true or false/],
        [["org", "set", "alpha", "is_active"], /expected KEY=VALUE, not "is_active"/],
        [["org", "set", "nowhere", "name=x"], /There is no organization "nowhere"/],
        [["user", "create", "--org", "alpha", "--username", "bob"], /--password-stdin is missing/],
        [
          ["user", "create", "--org", "alpha", "--username", "bob", "--password-stdin"],
          /Standard input is empty/,
          "\n",
        ],
        [
          ["user", "create", "--org", "alpha", "--username", "ADA", "--password-stdin"],
          /already a member/,
          "x",
        ],
        [
          ["user", "create", "--org", "alpha", "--username", "bob", "--password-stdin"],
          /Standard input is not UTF-8/,
          new Uint8Array([0xff]),
        ],
        [
          ["nas", "add", "--org", "alpha", "--address", "10.0.0.0/24", "--shortname", "x", "--secret-stdin"],
          /has one at/,
          "x",
        ],
        [["delete_old_radacct"], /expected DAYS/],
        [["delete_old_radacct", "-1"], /Unknown option '-1'|expected a whole number/],
        [["delete_old_radacct", "soon"], /expected a whole number/],
        [["apply", "-"], /standard input is not JSON/, '{"users": ['],
        [["apply", "/nowhere.json"], /Cannot read \/nowhere\.json/],
        [["apply", "-"], /^users\[0\]\.nme: there is no such key/, '{"users":[{"username":"x","nme":1}]}'],
        [["apply"], /expected one FILE or -/],
        [["org", "make"], /There is no command "org make"/],
        [["org", "set", "alpha", "slug=default"], /the slug is taken/],
        [["org", "set", "alpha", "sms_meta_data=[1]"], /sms_meta_data: expected a JSON object/],
        [["apply", "-"], /^expected an object/, "[]"],
        [["aply", "-"], /There is no command "aply -"/],
        [["show", "--colour"], /Unknown option '--colour'/],
        [["serve", "--http", "8000"], /^--http: expected an address with a port/],
      ];
      for (const [args, message, input = ""] of wrong) refused(await run(args, { input }), message);
    }));

  Deno.test(`${runtime}: apply prints tokens by slug and nothing else, warns, and rests when repeated`, () =>
    withCommandLine(runtime, async ({ run, data }) => {
      const dry = await run(["apply", "-", "--dry-run"], { input: SETUP });
      equal(JSON.parse(dry.stdout)[0].name, "alpha", dry.stderr);
      equal(existsSync(data), false, "a dry run writes nothing");

      const first = await run(["apply", "-"], { input: SETUP });
      equal(first.code, 0);
      const printed = JSON.parse(first.stdout);
      deepEqual(Object.keys(printed), ["alpha"]);
      equal(printed.alpha.radius_token, "sesame");
      match(first.stderr, /^WARNING: the secret of NAS 10\.0\.0\.0\/24 in alpha is shorter/);
      equal(statSync(data).mode & 0o777, 0o700);
      equal(statSync(join(data, "secret.key")).mode & 0o777, 0o600);

      equal((await run(["apply", "-"], { input: SETUP })).stdout, first.stdout);
      equal((await run(["apply", "-", "--dry-run"], { input: SETUP })).stdout, "[]\n");
      const shown = await run(["show"]);
      equal((await run(["apply", "-", "--dry-run"], { input: shown.stdout })).stdout, "[]\n");
      equal((await run(["apply", "-"], { input: '{"organizations": []}' })).stdout, "{}\n");
    }));

  Deno.test(`${runtime}: two applies at once are both applied`, () =>
    withCommandLine(runtime, async ({ run }) => {
      const file = (name: string) =>
        JSON.stringify({
          organizations: [{ slug: "shared" }, { slug: name }],
          users: Array.from(
            { length: 200 },
            (_, at) => ({ username: `${name}-${at}`, organizations: ["shared"] }),
          ),
        });
      const outcomes = await Promise.all(
        ["a", "b", "c"].map((name) => run(["apply", "-"], { input: file(name) })),
      );
      deepEqual(outcomes.map(({ code, stderr }) => [code, stderr]), [[0, ""], [0, ""], [0, ""]]);
      const { users, organizations } = JSON.parse((await run(["show", "--json"])).stdout);
      equal(users.length, 600);
      equal(organizations.length, 5);
    }));
}

Deno.test("both runtimes work on the same data", () =>
  withCommandLine("deno", async ({ run }) => {
    await run(["apply", "-"], { input: SETUP });
    equal((await run(["apply", "-", "--dry-run"], { input: SETUP, runtime: "bun" })).stdout, "[]\n");
  }));

Deno.test("help and version are there without an installation", () =>
  withCommandLine("deno", async ({ run, data }) => {
    match((await run(["--help"])).stdout, /portico COMMAND/);
    match((await run(["--version"])).stdout, /^portico \d+\.\d+\.\d+/);
    for (const command of ["serve", "apply", "show", "org create", "user create", "delete_old_radacct"]) {
      const { code, stdout } = await run([...command.split(" "), "--help"]);
      equal(code, 0);
      match(stdout, new RegExp(`^portico ${command}`));
    }
    for (const beginning of [["org"], ["org", "--help"], ["user", "-h"]]) {
      const { code, stdout } = await run(beginning);
      equal(code, 0);
      match(stdout, new RegExp(`^  ${beginning[0]} create `, "m"));
      doesNotMatch(stdout, /^ {2}serve/m);
    }
    equal(existsSync(data), false);
  }));

Deno.test("a command leaves unknown settings to serve, and takes those it needs from anywhere", () =>
  withCommandLine("deno", async ({ run, data }) => {
    const environment = { PORTICO_NO_SUCH: "1", PORTICO_EXTRA_NAS_TYPES: '[["Toaster","Toaster"]]' };
    const input =
      '{"organizations":[{"slug":"a","nas":[{"address":"::1","shortname":"x","secret":"0123456789abcdef","type":"Toaster"}]}]}';
    equal((await run(["apply", "-"], { input, environment })).code, 0);
    refused(await run(["serve"], { environment }), /^PORTICO_NO_SUCH: there is no such setting/);
    await Deno.writeTextFile(join(data, "portico.json"), '{"sms_cooldown": "soon"}');
    refused(await run(["show"]), /data\/portico\.json: sms_cooldown: expected a whole number/);
    await Deno.writeTextFile(join(data, "portico.json"), '{"data": "elsewhere"}');
    refused(await run(["serve"]), /this file is in the folder that it would name/);
    await Deno.writeTextFile(join(data, "portico.json"), "{");
    refused(await run(["serve"]), /portico\.json: expected a JSON object/);
    refused(
      await run(["serve", "--config", "/nowhere.json"]),
      /Cannot read the configuration \/nowhere\.json/,
    );
  }));
