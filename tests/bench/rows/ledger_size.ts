import { compare, CONNECTIONS, type Measured } from "../compare.ts";
import { atMost, type Finding, finding } from "../finding.ts";
import { giveOutKeys, servePortico } from "../hotspot.ts";
import { bigAndSmallLedger, FEW_ROWS, LEDGER_USERS } from "../ledgers.ts";
import { firstAnswer } from "../programs.ts";
import { authorizeBodies } from "../traffic.ts";
import type { Benchmark } from "../workbench.ts";
import { accountingSide } from "./accounting.ts";
import { LASTING_TOKENS, loginSide, requireNoRefusals } from "./logins.ts";

export const ledgerSize: Benchmark = {
  name: "rows",
  about: "Log-in and accounting with a big ledger, beside the same with 10 thousand sessions",
  async run(bench) {
    const { rows, many, few } = await bigAndSmallLedger(bench);
    await using big = await servePortico(many, { name: "big", environment: LASTING_TOKENS });
    await using small = await servePortico(few, { name: "small", environment: LASTING_TOKENS });
    await firstAnswer(big, "/healthz");
    await firstAnswer(small, "/healthz");
    const manyBodies = [...authorizeBodies(many.users, giveOutKeys(many, 0, LEDGER_USERS))];
    const fewBodies = [...authorizeBodies(few.users, giveOutKeys(few, 0, LEDGER_USERS))];

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
    return [
      ...besideFew("log-in with a token", rows, login),
      ...besideFew("accounting", rows, accounting),
      finding("  written to the disk for a request", "KiB", accounting.big.written / 1_024, {
        floor: accounting.small.written / 1_024,
      }),
    ];
  },
};

/** @param rows of the big ledger. */
export function besideFew(
  what: string,
  rows: number,
  { big, small }: { readonly big: Measured; readonly small: Measured },
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
