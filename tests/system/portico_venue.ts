import { type Client, createClient } from "@libsql/client";
import { fileURLToPath } from "node:url";
import { type ChildProcess, childProcess } from "./child_process.ts";
import { eventually } from "./delay.ts";
import { freeTcpPort } from "./free_port.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const DENO = Deno.execPath();

/** Opens the legacy routes, for their token route; the tests ask no other. */
const LEGACY = { PORTICO_LEGACY_API_TOKEN: "165f9a790787fc38e5cc12c1640db2300648d9a2" };

/** What `portico apply` prints of an organization. */
export interface Organization {
  readonly id: string;
  readonly radius_token: string;
}

/** A file for `portico apply`; the format is the program's. */
export type SetupFile = Readonly<Record<string, unknown>>;

/** A Portico on a data folder and a port of its own, which keep while it is stopped and started. */
export interface PorticoVenue extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseFile: string;
  /** @throws {Error} when the setup file did not name it. */
  readonly organization: (slug: string) => Organization;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Freezes and thaws the process: it keeps its port and answers nothing. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly apply: (setup: SetupFile) => Promise<void>;
  /** `GET /api/v1/freeradius/accounting/` as an organization, newest session first. */
  readonly sessions: (slug: string, query?: string) => Promise<Session[]>;
  /** Refused and accepted logins as stored, oldest first. */
  readonly postAuths: (userName: string) => Promise<PostAuth[]>;
  /** The legacy way to a user token, in the organization `default`. */
  readonly userToken: (userName: string, password: string) => Promise<string>;
  readonly log: () => string;
}

/** What the tests look at in a session of the API. */
export interface Session {
  readonly unique_id: string;
  readonly session_id: string;
  readonly username: string;
  readonly nas_ip_address: string;
  readonly session_time: number;
  readonly input_octets: number;
  readonly output_octets: number;
  readonly called_station_id: string;
  readonly calling_station_id: string;
  readonly terminate_cause: string | null;
  readonly start_time: string;
  readonly stop_time: string | null;
  readonly organization: string;
}

export interface PostAuth {
  readonly organizationId: string;
  readonly reply: string;
  readonly password: string;
  readonly calledStationId: string;
}

/** A venue in a new data folder, filled with `setup`; started unless `started` is false. */
export async function startPortico(
  setup: SetupFile,
  options: { readonly started?: boolean; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<PorticoVenue> {
  const dataFolder = await Deno.makeTempDir({ prefix: "portico-venue-" });
  const databaseFile = `${dataFolder}/portico.db`;
  const port = await freeTcpPort();
  const url = `http://127.0.0.1:${port}`;
  const environment = { ...LEGACY, ...options.environment };
  const organizations: Record<string, Organization> = {};
  const apply = async (file: SetupFile) =>
    void Object.assign(organizations, await applySetup(dataFolder, file, environment));
  const organization = (slug: string) => {
    const found = organizations[slug];
    if (!found) throw new Error(`The setup file names no organization ${slug}`);
    return found;
  };
  const server = serverOf(url, dataFolder, environment);
  await apply(setup);
  if (options.started !== false) await server.start();
  return {
    url,
    port,
    dataFolder,
    databaseFile,
    organization,
    apply,
    ...server,
    sessions: (slug, query = "") => sessions(url, organization(slug), query),
    postAuths: (userName) => postAuths(databaseFile, userName),
    userToken: (userName, password) => userToken(url, userName, password),
    [Symbol.asyncDispose]: async () => {
      server.thaw();
      await server.stop();
      await Deno.remove(dataFolder, { recursive: true });
    },
  };
}

type Server = Pick<PorticoVenue, "start" | "stop" | "freeze" | "thaw" | "log">;

function serverOf(url: string, dataFolder: string, environment: Readonly<Record<string, string>>): Server {
  const args = [
    "run",
    "-A",
    "--quiet",
    MAIN,
    "serve",
    "--http",
    url.replace("http://", ""),
    "--data",
    dataFolder,
  ];
  let server: ChildProcess | undefined;
  let log = "";
  return {
    start: async () => {
      const started = childProcess(DENO, args, environment);
      server = started;
      await answering(url, started).catch(async (fault) => {
        await started.stop("SIGKILL");
        throw fault;
      });
    },
    stop: async () => {
      if (!server) return;
      await server.stop("SIGTERM");
      log += server.output();
      server = undefined;
    },
    freeze: () => server?.signal("SIGSTOP"),
    thaw: () => server?.signal("SIGCONT"),
    log: () => log + (server?.output() ?? ""),
  };
}

async function applySetup(dataFolder: string, file: SetupFile, env: Readonly<Record<string, string>>) {
  const child = new Deno.Command(DENO, {
    args: ["run", "-A", "--quiet", MAIN, "apply", "-", "--data", dataFolder],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(file)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`portico apply: ${decoder.decode(stderr)}`);
  // What `apply` prints is part of its contract.
  return JSON.parse(decoder.decode(stdout)) as Record<string, Organization>;
}

/** Ready is who answers over HTTP, whatever it is. */
async function answering(url: string, server: ChildProcess): Promise<void> {
  await server.says(url);
  await eventually(`an answer of Portico at ${url}`, async () => {
    const answer = await fetch(`${url}/api/v1/freeradius/authorize/`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer;
  });
}

async function sessions(url: string, { id, radius_token }: Organization, query: string): Promise<Session[]> {
  const answer = await fetch(`${url}/api/v1/freeradius/accounting/?page_size=100&${query}`, {
    headers: { Authorization: `Bearer ${id} ${radius_token}` },
  });
  if (!answer.ok) throw new Error(`The session list answered ${answer.status}: ${await answer.text()}`);
  return await answer.json();
}

async function postAuths(databaseFile: string, userName: string): Promise<PostAuth[]> {
  return await withDatabase(databaseFile, async (client) => {
    const sql =
      "SELECT organization_id, reply, pass, calledstationid FROM radpostauth WHERE username = ? ORDER BY id";
    const { rows } = await client.execute({ sql, args: [userName] });
    return rows.map((row) => ({
      organizationId: String(row["organization_id"]),
      reply: String(row["reply"]),
      password: String(row["pass"] ?? ""),
      calledStationId: String(row["calledstationid"] ?? ""),
    }));
  });
}

/** Opens the venue's database file beside the venue. */
export async function withDatabase<T>(databaseFile: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = createClient({ url: `file:${databaseFile}` });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

async function userToken(url: string, userName: string, password: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/account/token/`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username: userName, password }),
  });
  const body: { token?: string } = await answer.json();
  if (!answer.ok || body.token === undefined) {
    throw new Error(`No token: ${answer.status} ${JSON.stringify(body)}`);
  }
  return body.token;
}
