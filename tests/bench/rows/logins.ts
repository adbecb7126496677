import { compare, CONNECTIONS, type Measured, type Side } from "../compare.ts";
import { atLeast, atMost, type Finding, finding } from "../finding.ts";
import { floorSide, serveFloor } from "../floors.ts";
import {
  chargeToday,
  countRefusals,
  giveOutKeys,
  type Hotspot,
  makeHotspot,
  PASSWORD,
  servePortico,
} from "../hotspot.ts";
import { firstAnswer, type Program } from "../programs.ts";
import { authorizeBodies } from "../traffic.ts";
import type { Benchmark, Workbench } from "../workbench.ts";

/** Tokens that are good for one log-in have a benchmark of their own. */
export const LASTING_TOKENS = { PORTICO_DISPOSABLE_RADIUS_USER_TOKEN: "false" };
const TOKEN_USERS = 1_000;
/** Each costs a slow hash before the first run. */
const PASSWORD_USERS = 50;

export const tokenLogins: Benchmark = {
  name: "token",
  about: `Log-in with a RADIUS token over HTTP, ${CONNECTIONS} connections, ${TOKEN_USERS} users`,
  run: (bench) =>
    logins(bench, TOKEN_USERS, (hotspot) => giveOutKeys(hotspot, 0, TOKEN_USERS), () => Promise.resolve()),
};

export const passwordLogins: Benchmark = {
  name: "password",
  about: `Log-in with a remembered password over HTTP, ${CONNECTIONS} connections, ${PASSWORD_USERS} users`,
  run: (bench) => logins(bench, PASSWORD_USERS, ({ users }) => users.map(() => PASSWORD), logInOnce),
};

async function logins(
  bench: Workbench,
  userCount: number,
  passwordsOf: (hotspot: Hotspot) => string[],
  prepare: (program: Program, hotspot: Hotspot, bodies: readonly string[]) => Promise<void>,
): Promise<Finding[]> {
  const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "logins-" });
  const hotspot = await makeHotspot(`${folder}/data`, userCount);
  chargeToday(hotspot);
  const bodies = [...authorizeBodies(hotspot.users, passwordsOf(hotspot))];
  await using program = await servePortico(hotspot, { name: "portico", environment: LASTING_TOKENS });
  await firstAnswer(program, "/healthz");
  await prepare(program, hotspot, bodies);
  await using libsql = await serveFloor(bench, "read-libsql");
  await using own = await serveFloor(bench, "read-own");
  const measured = await compare(bench, {
    portico: loginSide(program, hotspot, () => bodies),
    libsql: floorSide(libsql),
    own: floorSide(own),
  });
  requireNoRefusals(hotspot);
  return [
    ...besides("a prepared read through @libsql/client", measured.portico, measured.libsql),
    ...besides("a prepared read through our own client", measured.portico, measured.own),
  ];
}

export function loginSide(
  program: Program,
  hotspot: Hotspot,
  bodies: (run: number) => Iterable<string>,
): Side {
  const url = `${program.url}/api/v1/freeradius/authorize/`;
  return { program, load: (run) => ({ url, headers: hotspot.headers, bodies: bodies(run) }) };
}

/** @throws {Error} when a log-in was refused: that is another path than the one to measure. */
export function requireNoRefusals(hotspot: Hotspot): void {
  const refusals = countRefusals(hotspot);
  if (refusals) throw new Error(`${refusals} log-ins were refused`);
}

function besides(floorName: string, measured: Measured, floor: Measured): Finding[] {
  return [
    finding(`requests; floor: ${floorName}`, "/s", measured.requestsPerSecond, {
      floor: floor.requestsPerSecond,
      target: atLeast(measured.requestsPerSecond, floor.requestsPerSecond / 2, "0.50 x floor"),
    }),
    finding("  p99", "ms", measured.p99, {
      floor: floor.p99,
      target: atMost(measured.p99, floor.p99 * 2, "2.00 x floor"),
    }),
    finding("  processor time of a request", "us", measured.cpuMicroseconds, {
      floor: floor.cpuMicroseconds,
    }),
  ];
}

/** From then on each password is remembered for five minutes. */
async function logInOnce(program: Program, { headers }: Hotspot, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const answer = await fetch(`${program.url}/api/v1/freeradius/authorize/`, {
      method: "POST",
      headers,
      body,
    });
    await answer.body?.cancel();
  }
}
