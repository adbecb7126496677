import { compare, CONNECTIONS, type Measured } from "../compare.ts";
import { atMost, type Finding, finding } from "../finding.ts";
import { floorSide, serveFloor } from "../floors.ts";
import { accountUrl, giveOutApiKeys, makeHotspot, servePortico } from "../hotspot.ts";
import { firstAnswer } from "../programs.ts";
import type { Benchmark } from "../workbench.ts";

const USERS = 1_000;
/** What the account API may take where no password is hashed. */
const BUDGET_MILLISECONDS = 100;

export const validations: Benchmark = {
  name: "validate",
  about:
    `Validation of an API key, which gives out a RADIUS token, ${CONNECTIONS} connections, ${USERS} users`,
  async run(bench) {
    const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "validations-" });
    const hotspot = await makeHotspot(`${folder}/data`, USERS);
    const bodies = giveOutApiKeys(hotspot).map((token) => JSON.stringify({ token }));
    await using program = await servePortico(hotspot, { name: "portico" });
    await firstAnswer(program, "/healthz");
    await using read = await serveFloor(bench, "read-libsql");
    await using insert = await serveFloor(bench, "write-own");
    const url = accountUrl(program, "token/validate/");
    const headers = { "Content-Type": "application/json" };
    const measured = await compare(bench, {
      portico: { program, load: () => ({ url, headers, bodies }) },
      read: floorSide(read),
      insert: floorSide(insert),
    });
    return [
      ...besides("a prepared read through @libsql/client", measured.portico, measured.read),
      ...besides("one insert through the same group commit", measured.portico, measured.insert),
    ];
  },
};

function besides(floorName: string, measured: Measured, floor: Measured): Finding[] {
  return [
    finding(`requests; floor: ${floorName}`, "/s", measured.requestsPerSecond, {
      floor: floor.requestsPerSecond,
    }),
    finding("  p99", "ms", measured.p99, {
      floor: floor.p99,
      target: atMost(measured.p99, BUDGET_MILLISECONDS, `${BUDGET_MILLISECONDS} ms`),
    }),
    finding("  processor time of a request", "us", measured.cpuMicroseconds, {
      floor: floor.cpuMicroseconds,
    }),
  ];
}
