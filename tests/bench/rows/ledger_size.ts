import { compare, CONNECTIONS, type Measured } from "../compare.ts";
import { atMost, type Finding, finding } from "../finding.ts";
import { giveOutKeys, servePortico } from "../hotspot.ts";
import {
  bigAndSmallLedger,
  FEW_ROWS,
  type FilledHotspot,
  leaveMemory,
  LEDGER_USERS,
  smallLedger,
} from "../ledgers.ts";
import { firstAnswer, type Program } from "../programs.ts";
import { authorizeBodies } from "../traffic.ts";
import type { Benchmark, Workbench } from "../workbench.ts";
import { accountingSide } from "./accounting.ts";
import { LASTING_TOKENS, loginSide, requireNoRefusals } from "./logins.ts";

/** Of 3 s each: after some 60,000 more sessions the server has met nearly all pages that the organization's need. */
const WARM_UPS_OF_LEDGER = 8;

export const ledgerSize: Benchmark = {
  name: "rows",
  about: "Log-in and accounting with a big ledger, beside the same with 10 thousand sessions",
  async run(bench) {
    const { rows, many, few } = await bigAndSmallLedger(bench);
    await using big = await serve(many, "big");
    await using small = await serve(few, "small");
    const manyBodies = [...authorizeBodies(many.users, giveOutKeys(many, 0, LEDGER_USERS))];
    const fewBodies = [...authorizeBodies(few.users, giveOutKeys(few, 0, LEDGER_USERS))];

    const login = await compare(bench, {
      big: loginSide(big, many, () => manyBodies),
      small: loginSide(small, few, () => fewBodies),
    });
    const afterStart = await compare(bench, {
      big: accountingSide(bench, big, many),
      small: accountingSide(bench, small, few),
    });
    const accounting = await longAfterStart(bench, big, many);
    requireNoRefusals(many);
    requireNoRefusals(few);
    return [
      ...besideFew("log-in with a token", rows, login),
      ...besideFew("accounting", rows, accounting),
      ...onTheDisk(accounting),
      ...besideFew("accounting, just after the start", rows, afterStart),
      ...onTheDisk(afterStart),
    ];
  },
};

async function serve(hotspot: FilledHotspot, name: string): Promise<Program> {
  await leaveMemory(hotspot);
  const program = await servePortico(hotspot, { name, environment: LASTING_TOKENS });
  await firstAnswer(program, "/healthz");
  return program;
}

/** What was small has many times its ten thousand sessions by then: another takes its place. */
async function longAfterStart(bench: Workbench, big: Program, many: FilledHotspot) {
  const few = await smallLedger(bench);
  await using small = await serve(few, "small");
  return await compare(bench, {
    big: { ...accountingSide(bench, big, many, "long after the start "), warmUps: WARM_UPS_OF_LEDGER },
    small: accountingSide(bench, small, few),
  });
}

interface Compared {
  readonly big: Measured;
  readonly small: Measured;
}

/** @param rows of the big ledger. */
export function besideFew(
  what: string,
  rows: number,
  { big, small }: Compared,
): Finding[] {
  // A request's time on the core, as what it costs: more is worse.
  const [cost, floor] = [1e6 / big.requestsPerSecond, 1e6 / small.requestsPerSecond];
  const sizes = `${rows.toLocaleString("en")} rows; floor: ${FEW_ROWS.toLocaleString("en")}`;
  return [
    finding(`time of a request: ${what}, ${sizes}`, "us", cost, {
      floor,
      target: atMost(cost, floor * 1.2, "1.20 x floor"),
    }),
    finding(`  p99, ${CONNECTIONS} connections`, "ms", big.p99, { floor: small.p99 }),
    finding("  processor time of a request", "us", big.cpuMicroseconds, { floor: small.cpuMicroseconds }),
  ];
}

function onTheDisk({ big, small }: Compared): Finding[] {
  return [
    finding("  written to the disk for a request", "KiB", big.written / 1_024, {
      floor: small.written / 1_024,
    }),
    finding("  read from the disk for a request", "KiB", big.readFromDisk / 1_024, {
      floor: small.readFromDisk / 1_024,
    }),
  ];
}
