import { childProcess } from "./child_process.ts";
import {
  DEBIAN_FOLDER,
  type DocumentStep,
  insertIntoClient,
  readFreeradiusDocument,
  replaceSections,
} from "./freeradius_document.ts";
import { freeUdpPort } from "./free_port.ts";
import type { Organization } from "./portico_venue.ts";

/** A NAS of the document's clients.conf, and the loopback address and secret it has in the tests. */
export interface Nas {
  readonly client: string;
  readonly address: string;
  readonly secret: string;
}

/** Guests type a password or a token; its line in clients.conf names the organization. */
export const LOBBY: Nas = { client: "lobby", address: "127.0.0.2", secret: "lobby-secret-0001" };
/** The same for another organization. */
export const GARDEN: Nas = { client: "garden", address: "127.0.0.3", secret: "garden-secret-0002" };
/** No organization credentials: the user token tells. */
export const PAGES: Nas = { client: "pages", address: "127.0.0.4", secret: "pages-secret-00003" };
/** WPA Enterprise. */
export const OFFICE: Nas = { client: "office", address: "127.0.0.5", secret: "office-secret-0004" };
/** Like PAGES, from an IPv6 address. */
export const PAGES_V6: Nas = { client: "pages-v6", address: "::1", secret: "pages-secret-00005" };

export interface FreeradiusOptions {
  readonly porticoUrl: string;
  /** Whose credentials the clients of the document get. */
  readonly organizations: { readonly lobby: Organization; readonly garden: Organization };
  /** The document's sections to follow; by default all but rlm_sql. */
  readonly sections?: readonly number[];
  /** The clients that get the line of the section about MAC roaming. */
  readonly roaming?: readonly string[];
  /** The database file for rlm_sql. */
  readonly database?: string;
  /** `cleanup_delay` of radiusd.conf, if not Debian's. */
  readonly cleanupDelaySeconds?: number;
  /** Further replacements in the document's files: text, by what. */
  readonly replace?: Readonly<Record<string, string>>;
}

/** A FreeRADIUS of the test's own, on loopback ports. */
export interface FreeradiusServer extends AsyncDisposable {
  readonly folder: string;
  readonly authPort: number;
  readonly acctPort: number;
  /** The ports of the document's "one port for each organization". */
  readonly alphaAuthPort: number;
  readonly alphaAcctPort: number;
  /** Everything it has written so far. */
  readonly log: () => string;
}

/** Debian's folder with the document's steps done in it, checked with `freeradius -C`, started, ready. */
export async function startFreeradius(options: FreeradiusOptions): Promise<FreeradiusServer> {
  const folder = await Deno.makeTempDir({ prefix: "portico-freeradius-" });
  const configuration = `${folder}/raddb`;
  const ports = {
    authPort: await freeUdpPort(),
    acctPort: await freeUdpPort(),
    alphaAuthPort: await freeUdpPort(),
    alphaAcctPort: await freeUdpPort(),
  };
  await copyDebianFolder(folder, configuration, options.cleanupDelaySeconds ?? 5);
  await followDocument(configuration, options, ports);
  await run("freeradius", ["-C", "-d", configuration, "-l", "stdout"]);

  const server = childProcess("freeradius", ["-f", "-d", configuration, "-l", "stdout"]);
  await server.says("Ready to process requests").catch(async (fault) => {
    await server.stop("SIGKILL");
    throw fault;
  });
  return {
    folder: configuration,
    ...ports,
    log: server.output,
    [Symbol.asyncDispose]: async () => {
      await server.stop("SIGTERM");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** As installed, but its state goes to `folder`, it keeps its user, and opens no socket for proxying. */
async function copyDebianFolder(
  folder: string,
  configuration: string,
  cleanupDelaySeconds: number,
): Promise<void> {
  await run("cp", ["-a", DEBIAN_FOLDER, configuration]);
  await Deno.mkdir(`${folder}/log`);
  await Deno.mkdir(`${folder}/run`);
  const path = `${configuration}/radiusd.conf`;
  const text = (await Deno.readTextFile(path))
    .replace(/^logdir = .*$/m, `logdir = ${folder}/log`)
    .replace(/^raddbdir = .*$/m, `raddbdir = ${configuration}`)
    .replace(/^run_dir = .*$/m, `run_dir = ${folder}/run`)
    .replace(/^cleanup_delay = .*$/m, `cleanup_delay = ${cleanupDelaySeconds}`)
    .replace(/^proxy_requests\s*= yes$/m, "proxy_requests = no")
    .replace(/^(\s*)(user|group) = freerad$/mg, "$1# $2: the one who runs the tests");
  await Deno.writeTextFile(path, text);
}

type Ports = Pick<FreeradiusServer, "authPort" | "acctPort" | "alphaAuthPort" | "alphaAcctPort">;

async function followDocument(folder: string, options: FreeradiusOptions, ports: Ports): Promise<void> {
  const sections = options.sections ?? [1, 2, 3, 4, 5, 6, 7];
  const replacements = Object.entries({ ...standardReplacements(options, ports), ...options.replace });
  const fillIn = (text: string) =>
    replacements.reduce((filled, [name, value]) => filled.replaceAll(name, value), text);
  for (const step of await readFreeradiusDocument()) {
    if (step.kind === "in section") {
      for (const client of options.roaming ?? []) await followRoaming(folder, step, client);
    } else if (sections.includes(step.section)) {
      await follow(folder, { ...step, text: fillIn(step.text) });
    }
  }
  if (sections.includes(5)) {
    await Deno.writeTextFile(
      `${folder}/clients.conf`,
      `client pages-v6 {\n\tipaddr = ::1\n\tsecret = "${PAGES_V6.secret}"\n}\n`,
      { append: true },
    );
  }
}

async function followRoaming(folder: string, step: { path: string; text: string }, client: string) {
  const path = step.path.replace(DEBIAN_FOLDER, folder);
  await Deno.writeTextFile(path, insertIntoClient(await Deno.readTextFile(path), client, step.text));
}

async function follow(folder: string, step: DocumentStep): Promise<void> {
  if (step.kind === "shell") {
    await run("sh", ["-e", "-c", step.text.replaceAll(DEBIAN_FOLDER, folder)]);
    return;
  }
  const left = /<[^>\n]*>/.exec(step.text.replaceAll(/^\s*#.*$/mg, ""));
  if (left) throw new Error(`docs/freeradius.md: the tests have no value for ${left[0]}`);
  const path = step.path.replace(DEBIAN_FOLDER, folder);
  if (step.kind === "in place of") {
    const site = replaceSections(await Deno.readTextFile(path), step.names, step.text);
    await Deno.writeTextFile(path, site);
  } else {
    await Deno.writeTextFile(path, step.text, { append: step.kind === "append" });
  }
}

/** What a reader of the document would fill in, and loopback for every address. */
function standardReplacements(options: FreeradiusOptions, ports: Ports): Record<string, string> {
  const { lobby, garden } = options.organizations;
  return {
    "http://127.0.0.1:8000": options.porticoUrl,
    "ipaddr = *": "ipaddr = 127.0.0.1",
    "ipv6addr = ::": "ipv6addr = ::1",
    "port = 1812": `port = ${ports.authPort}`,
    "port = 1813": `port = ${ports.acctPort}`,
    "port = 11812": `port = ${ports.alphaAuthPort}`,
    "port = 11813": `port = ${ports.alphaAcctPort}`,
    ...clientReplacements(LOBBY, "<address of the NAS in the lobby>"),
    ...clientReplacements(GARDEN, "<address of the NAS in the garden>"),
    ...clientReplacements(PAGES, "<address of the NAS of the login pages>"),
    ...clientReplacements(OFFICE, "<address of the access point in the office>"),
    "<id of the lobby's organization>": lobby.id,
    "<token of the lobby's organization>": lobby.radius_token,
    "<id of the garden's organization>": garden.id,
    "<token of the garden's organization>": garden.radius_token,
    "<id of the office's organization>": lobby.id,
    "<token of the office's organization>": lobby.radius_token,
    "<id of alpha>": lobby.id,
    "<token of alpha>": lobby.radius_token,
    ...(options.database === undefined ? {} : { "/var/lib/portico/portico.db": options.database }),
  };
}

function clientReplacements(nas: Nas, address: string): Record<string, string> {
  // Each client's secret is "<its secret>"; the line above it tells which.
  return {
    [`ipaddr = ${address}\n\tsecret = "<its secret>"`]: `ipaddr = ${nas.address}\n\tsecret = "${nas.secret}"`,
  };
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (success) return;
  const decoder = new TextDecoder();
  throw new Error(`${command} ${args.join(" ")} failed:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`);
}
