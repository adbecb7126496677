/**
 * `deno task bench`: prints what was measured, beside its floor measured in the same run and its target. A target that
 * is missed is no failure; a figure that could not be had is one.
 */
import { parseArgs } from "node:util";
import { header, tableLine } from "./finding.ts";
import { accounting, consumedTokens } from "./rows/accounting.ts";
import { binary } from "./rows/binary.ts";
import { controller } from "./rows/controller.ts";
import { ledgerSize } from "./rows/ledger_size.ts";
import { passwordLogins, tokenLogins } from "./rows/logins.ts";
import { ownSessions, ownUsage } from "./rows/own_use.ts";
import { passwordStorm } from "./rows/password_storm.ts";
import { signIns } from "./rows/sign_ins.ts";
import { validations } from "./rows/validations.ts";
import { workerBundle } from "./rows/worker_bundle.ts";
import { type Benchmark, withWorkbench, type Workbench } from "./workbench.ts";

const BENCHMARKS: readonly Benchmark[] = [
  tokenLogins,
  passwordLogins,
  accounting,
  consumedTokens,
  signIns,
  validations,
  // Before accounting changes the ledgers.
  ownSessions,
  ownUsage,
  ledgerSize,
  binary,
  workerBundle,
  passwordStorm,
  controller,
];

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    rows: { type: "string", default: "10000000" },
  },
});

const unknown = values.only.filter((name) => !BENCHMARKS.some((one) => one.name === name));
if (unknown.length) {
  console.error(`--only takes ${BENCHMARKS.map(({ name }) => name).join(", ")}; not ${unknown.join(", ")}`);
  Deno.exit(2);
}
const options = {
  seconds: wholeNumber("seconds", values.seconds),
  rounds: wholeNumber("rounds", values.rounds),
  rows: wholeNumber("rows", values.rows),
};
const chosen = BENCHMARKS.filter(({ name }) => !values.only.length || values.only.includes(name));

const failed = await withWorkbench(options, async (bench) => {
  console.log(
    `Load: ${bench.generator}; ${bench.rounds} runs of ${bench.seconds} s for each side, in turns; medians\n`,
  );
  console.log(header());
  let failed = 0;
  for (const benchmark of chosen) failed += await runOne(benchmark, bench);
  return failed;
});
if (failed) Deno.exit(1);

/** 1 when there are no figures. */
async function runOne({ name, about, run }: Benchmark, bench: Workbench): Promise<0 | 1> {
  console.log(`\n${about} (${name})`);
  const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: `${name}-` });
  try {
    for (const finding of await run({ ...bench, folder })) console.log(tableLine(finding));
    return 0;
  } catch (fault) {
    console.log(`  could not be measured: ${fault instanceof Error ? fault.message : fault}`);
    return 1;
  } finally {
    // The next one may want the disk.
    await Deno.remove(folder, { recursive: true });
  }
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  console.error(`--${option} takes a whole number, not ${text}`);
  Deno.exit(2);
}
