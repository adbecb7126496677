import { compare, CONNECTIONS, type Measured } from "../compare.ts";
import { freeOctets } from "../disk.ts";
import { atMost, type Finding, finding } from "../finding.ts";
import { giveOutKeys, makeHotspot, servePortico } from "../hotspot.ts";
import { fillLedger, OCTETS_OF_ROW } from "../ledger_rows.ts";
import { firstAnswer } from "../programs.ts";
import { authorizeBodies } from "../traffic.ts";
import type { Benchmark, Workbench } from "../workbench.ts";
import { accountingSide } from "./accounting.ts";
import { LASTING_TOKENS, loginSide, requireNoRefusals } from "./logins.ts";

const USERS = 1_000;
const FEW_ROWS = 10_000;

export const ledgerSize: Benchmark = {
  name: "rows",
  about: "Log-in and accounting with a big ledger, beside the same with 10 thousand sessions",
  async run(bench) {
    const rows = affordableRows(bench);
    const [many, few] = [await filledHotspot(bench, rows), await filledHotspot(bench, FEW_ROWS)];
    await using big = await servePortico(many, { name: "big", environment: LASTING_TOKENS });
    await using small = await servePortico(few, { name: "small", environment: LASTING_TOKENS });
    await firstAnswer(big, "/healthz");
    await firstAnswer(small, "/healthz");
    const manyBodies = [...authorizeBodies(many.users, giveOutKeys(many, 0, USERS))];
    const fewBodies = [...authorizeBodies(few.users, giveOutKeys(few, 0, USERS))];

    const login = await compare(bench, {
      big: loginSide(big, many, () => manyBodies),
      small: loginSide(small, few, () => fewBodies),
    });
    const accounting = await compare(bench, {
      big: accountingSide(bench, big, many),
      small: accountingSide(bench, small, few),
    });
    requireNoRefusals(many);
    requireNoRefusals(few);
    const sizes = `${rows.toLocaleString("en")} rows; floor: ${FEW_ROWS.toLocaleString("en")}`;
    return [
      ...besideFew(`log-in with a token, ${sizes}`, login.big, login.small),
      ...besideFew(`accounting, ${sizes}`, accounting.big, accounting.small),
      finding("  written to the disk for a request", "KiB", accounting.big.written / 1_024, {
        floor: accounting.small.written / 1_024,
      }),
    ];
  },
};

/** As many as were asked for, or as fit on the disk with half of it to spare. */
function affordableRows({ rows, folder, note }: Workbench): number {
  const most = Math.floor(freeOctets(folder) / 2 / OCTETS_OF_ROW);
  if (rows <= most) return rows;
  note(`the disk has room for ${most} rows instead of ${rows}`);
  return Math.max(most, FEW_ROWS);
}

async function filledHotspot(bench: Workbench, rows: number) {
  const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: `rows-${rows}-` });
  const hotspot = await makeHotspot(`${folder}/data`, USERS);
  const begunAt = performance.now();
  bench.note(`filling a ledger with ${rows.toLocaleString("en")} sessions`);
  await fillLedger(hotspot, rows, new Date());
  const { size } = await Deno.stat(hotspot.databaseFile);
  const seconds = Math.round((performance.now() - begunAt) / 1_000);
  bench.note(`took ${seconds} s, ${(size / 2 ** 30).toFixed(2)} GiB`);
  return hotspot;
}

function besideFew(what: string, many: Measured, few: Measured): Finding[] {
  // A request's time on the core, as what it costs: more is worse.
  const [cost, floor] = [1e6 / many.requestsPerSecond, 1e6 / few.requestsPerSecond];
  return [
    finding(`time of a request: ${what}`, "us", cost, {
      floor,
      target: atMost(cost, floor * 1.2, "1.20 x floor"),
    }),
    finding(`  p99, ${CONNECTIONS} connections`, "ms", many.p99, { floor: few.p99 }),
    finding("  processor time of a request", "us", many.cpuMicroseconds, { floor: few.cpuMicroseconds }),
  ];
}
