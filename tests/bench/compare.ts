import { median } from "./finding.ts";
import { flushesOfDisk } from "./disk.ts";
import { type Load, type LoadReport, runLoad } from "./load.ts";
import type { Program } from "./programs.ts";
import type { Workbench } from "./workbench.ts";

/** A program under load. */
export interface Side {
  readonly program: Program;
  /** @param run counts them; the first ones warm it up. */
  readonly load: (run: number) => Pick<Load, "url" | "headers" | "bodies">;
  /** How many runs, one when nothing is said. */
  readonly warmUps?: number;
}

/** Medians of the runs of one side. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p99: number;
  readonly cpuMicroseconds: number;
  /** Octets that the program wrote to the disk, per request. */
  readonly written: number;
  /** Octets that the kernel had not in memory, per request. */
  readonly readFromDisk: number;
  /** Of the whole disk while it ran, per request; NaN where the kernel does not tell. */
  readonly flushes: number;
}

export const CONNECTIONS = 32;
/** Until the just-in-time compiler has seen enough. */
export const WARM_UP_SECONDS = 3;

/**
 * Warms all sides up, then measures them in turns, A B A B, so that whatever else the machine is doing meets each of
 * them.
 */
export async function compare<Name extends string>(
  bench: Workbench,
  sides: Readonly<Record<Name, Side>>,
): Promise<Record<Name, Measured>> {
  // The keys of the record that was given.
  const names = Object.keys(sides) as Name[];
  const runs = new Map<Name, Measured[]>(names.map((name) => [name, []]));
  for (const name of names) {
    for (let run = 0; run < warmUps(sides[name]); run++) {
      await measure(bench, sides[name], run, WARM_UP_SECONDS);
    }
  }
  for (let round = 0; round < bench.rounds; round++) {
    for (const name of names) {
      const run = warmUps(sides[name]) + round;
      runs.get(name)?.push(await measure(bench, sides[name], run, bench.seconds));
    }
  }
  const medians = names.map((name) => [name, mediansOf(runs.get(name) ?? [])] as const);
  return Object.fromEntries(medians) as Record<Name, Measured>;
}

function warmUps(side: Side): number {
  return side.warmUps ?? 1;
}

async function measure(
  bench: Workbench,
  { program, load }: Side,
  run: number,
  seconds: number,
): Promise<Measured> {
  const [cpuBefore, writtenBefore] = [program.cpuMicroseconds(), program.written()];
  const readBefore = program.readFromDisk();
  const flushesBefore = flushesOfDisk(bench.folder);
  const report: LoadReport = await runLoad(bench.generator, bench.folder, {
    ...load(run),
    connections: CONNECTIONS,
    seconds,
  });
  const { requests, p99 } = report;
  return {
    requestsPerSecond: requests / report.seconds,
    p99,
    cpuMicroseconds: (program.cpuMicroseconds() - cpuBefore) / requests,
    written: (program.written() - writtenBefore) / requests,
    readFromDisk: (program.readFromDisk() - readBefore) / requests,
    flushes: (flushesOfDisk(bench.folder) - flushesBefore) / requests,
  };
}

function mediansOf(runs: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => median(runs.map((run) => run[key]));
  return {
    requestsPerSecond: of("requestsPerSecond"),
    p99: of("p99"),
    cpuMicroseconds: of("cpuMicroseconds"),
    written: of("written"),
    readFromDisk: of("readFromDisk"),
    flushes: of("flushes"),
  };
}
