import { compare, CONNECTIONS, type Measured, type Side, WARM_UP_SECONDS } from "../compare.ts";
import { atLeast, atMost, type Finding, finding } from "../finding.ts";
import { floorSide, serveFloor } from "../floors.ts";
import { chargeToday, giveOutKeys, type Hotspot, makeHotspot, servePortico } from "../hotspot.ts";
import { firstAnswer, type Program } from "../programs.ts";
import { accountingBodies, authorizeBodies } from "../traffic.ts";
import type { Benchmark, Workbench } from "../workbench.ts";
import { loginSide, requireNoRefusals } from "./logins.ts";

const USERS = 1_000;
const BUDGET_PER_SECOND = 8_000;
const BUDGET_P99_MILLISECONDS = 10;
/** More than that is not expected: so many bodies are made for each second of a run. */
const MOST_PER_SECOND = 20_000;

export const accounting: Benchmark = {
  name: "accounting",
  about:
    `Accounting Start, Interim-Update, Stop over HTTP, durable, ${CONNECTIONS} connections, ${USERS} users`,
  run: (bench) => durableWrites(bench, (program, hotspot) => accountingSide(bench, program, hotspot)),
};

export const consumedTokens: Benchmark = {
  name: "consumed-token",
  about:
    `Log-in that consumes a disposable RADIUS token, durable, ${CONNECTIONS} connections, ${USERS} users`,
  run: (bench) =>
    durableWrites(bench, (program, hotspot) => {
      const count = MOST_PER_SECOND * Math.max(bench.seconds, WARM_UP_SECONDS);
      // Once used they would be repetitions, or refused.
      const fresh = (run: number) => authorizeBodies(hotspot.users, giveOutKeys(hotspot, run * count, count));
      return loginSide(program, hotspot, fresh);
    }),
};

/** @param series tells its sessions from those of another one with the same program. */
export function accountingSide(bench: Workbench, program: Program, hotspot: Hotspot, series = ""): Side {
  const url = `${program.url}/api/v1/freeradius/accounting/`;
  const count = MOST_PER_SECOND * Math.max(bench.seconds, WARM_UP_SECONDS);
  return {
    program,
    load: (run) => ({
      url,
      headers: hotspot.headers,
      bodies: accountingBodies(hotspot.users, `${program.name} ${series}${run}`, count),
    }),
  };
}

async function durableWrites(
  bench: Workbench,
  side: (program: Program, hotspot: Hotspot) => Side,
): Promise<Finding[]> {
  const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "writes-" });
  const hotspot = await makeHotspot(`${folder}/data`, USERS);
  chargeToday(hotspot);
  await using program = await servePortico(hotspot, { name: "portico" });
  await firstAnswer(program, "/healthz");
  await using floor = await serveFloor(bench, "write-own");
  const measured = await compare(bench, { portico: side(program, hotspot), floor: floorSide(floor) });
  requireNoRefusals(hotspot);
  return besideOneInsert(measured.portico, measured.floor);
}

function besideOneInsert(measured: Measured, floor: Measured): Finding[] {
  const { requestsPerSecond, p99, cpuMicroseconds, written, flushes } = measured;
  return [
    finding("requests; floor: one insert through the same group commit", "/s", requestsPerSecond, {
      floor: floor.requestsPerSecond,
      target: atLeast(requestsPerSecond, BUDGET_PER_SECOND, "8,000/s"),
    }),
    finding("  p99", "ms", p99, {
      floor: floor.p99,
      target: atMost(p99, BUDGET_P99_MILLISECONDS, "10 ms"),
    }),
    finding("  processor time of a request", "us", cpuMicroseconds, { floor: floor.cpuMicroseconds }),
    finding("  written to the disk for a request", "KiB", written / 1_024, { floor: floor.written / 1_024 }),
    ...(Number.isFinite(flushes) && flushes > 0
      ? [
        finding("  requests for each flush of the disk, everybody's", "", 1 / flushes, {
          floor: 1 / floor.flushes,
        }),
      ]
      : []),
  ];
}
