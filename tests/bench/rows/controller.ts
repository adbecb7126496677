import { spawnSync } from "node:child_process";
import type { Looked } from "../controller_stations.ts";
import { atMost, type Finding, finding, median } from "../finding.ts";
import { BUN, ownEnvironment, ROOT, SERVER_CORE } from "../programs.ts";
import type { Benchmark, Workbench } from "../workbench.ts";

const STATIONS = 2_000;
const ACCOUNTS = 2_500;
/** The default, and the shortest that RADIUS lets anybody ask for. */
const INTERVALS = [300, 60] as const;
const MOST_SHARE = 0.05;
const MOST_MILLISECONDS = 10;

export const controller: Benchmark = {
  name: "controller",
  about: `${STATIONS} stations with sessions and traffic behind a box; floor: the same process without any`,
  async run(bench) {
    const findings: Finding[] = [];
    for (const interval of INTERVALS) findings.push(...await lookAfter(bench, interval));
    return findings;
  },
};

async function lookAfter(bench: Workbench, interval: number): Promise<Finding[]> {
  const runs: Looked[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    runs.push(await runOnce(bench, `${interval}-${round}`, interval));
  }
  const of = (figure: (run: Looked) => number) => median(runs.map(figure));
  const share = of(({ fullShare }) => fullShare);
  const besideWrites = (part: number) => ({
    logOn: of(({ logOns }) => percentile(logOns, part)),
    floor: of(({ writes }) => percentile(writes, part)),
  });
  const [slow, usual] = [besideWrites(0.99), besideWrites(0.5)];
  return [
    finding(`sweep, and updates every ${interval} s: % of a core`, "", 100 * share, {
      floor: 100 * of(({ emptyShare }) => emptyShare),
      target: atMost(share, MOST_SHARE, "5"),
    }),
    finding("  p99 of a log-on meanwhile; floor: two rows, each synced", "ms", slow.logOn, {
      floor: slow.floor,
      target: atMost(slow.logOn, MOST_MILLISECONDS, `${MOST_MILLISECONDS} ms`),
    }),
    finding("  its median", "ms", usual.logOn, { floor: usual.floor }),
  ];
}

async function runOnce({ folder, seconds }: Workbench, name: string, interval: number): Promise<Looked> {
  const data = `${folder}/${name}`;
  await fill(data);
  const script = `${ROOT}tests/bench/controller_stations.ts`;
  return JSON.parse(run(["taskset", "-c", `${SERVER_CORE}`, BUN, script, data, STATIONS, interval, seconds]));
}

/** Accounts whose password is known to CHAP, in the groups that every organization has. */
async function fill(data: string): Promise<void> {
  const users = Array.from({ length: ACCOUNTS }, (_, n) => ({
    username: `guest${n}`,
    organizations: ["bench"],
    checks: [["Cleartext-Password", ":=", "Secret-123"]],
  }));
  const file = `${data}.setup.json`;
  await Deno.writeTextFile(
    file,
    JSON.stringify({ organizations: [{ slug: "bench", name: "Benchmark" }], users }),
  );
  run([BUN, `${ROOT}src/main.ts`, "apply", file, "--data", data]);
}

function run([program = "", ...args]: readonly (string | number)[]): string {
  const { status, stdout, stderr } = spawnSync(`${program}`, args.map(String), {
    env: ownEnvironment(),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
  return stdout;
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}
