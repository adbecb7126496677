import { atMost, type Finding, finding, median } from "../finding.ts";
import { makeHotspot } from "../hotspot.ts";
import { BUN, firstAnswer, ROOT, startProgram } from "../programs.ts";
import type { Benchmark } from "../workbench.ts";

const STARTS = 10;
const BUDGET_MILLISECONDS = 150;
const BUDGET_MEMORY = 120 * 1024 * 1024;
/** After its first answer a program has work to finish, and memory to give back. */
const IDLE_MILLISECONDS = 2_000;

interface Started {
  readonly milliseconds: number;
  readonly memory: number;
}

export const binary: Benchmark = {
  name: "binary",
  about: "The binary on an existing data folder; floor: a compiled Hono hello world of the same Bun",
  async run(bench) {
    const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: "binary-" });
    // Built anew: dist/portico may be of another day.
    await bun(["build/binary.ts", `${folder}/portico`]);
    await bun(["build", "--compile", "tests/bench/hello_server.ts", "--outfile", `${folder}/hello`]);
    const { folder: data } = await makeHotspot(`${folder}/data`, 10);
    const environment = { PORTICO_SECRET_KEY: "a-secret-of-32-characters-or-more" };
    const logFile = `${folder}/log`;
    const portico = {
      name: "binary",
      command: [`${folder}/portico`, "serve", "--data", data],
      environment,
      logFile,
    };
    const hello = { name: "hello", command: [`${folder}/hello`], logFile };
    const runs: { portico: Started; hello: Started }[] = [];
    for (let i = 0; i < STARTS; i++) {
      // Memory takes its time, and differs less: the last start will do.
      const idle = i === STARTS - 1;
      runs.push({ portico: await start(portico, idle), hello: await start(hello, idle) });
    }
    return findings(runs.map(({ portico }) => portico), runs.map(({ hello }) => hello));
  },
};

async function start(program: Parameters<typeof startProgram>[0], idle: boolean): Promise<Started> {
  await using started = await startProgram(program);
  await firstAnswer(started, "/healthz");
  const milliseconds = performance.now() - started.startedAt;
  if (idle) await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
  return { milliseconds, memory: started.memory() };
}

function findings(portico: readonly Started[], hello: readonly Started[]): Finding[] {
  const typical = (runs: readonly Started[]) => median(runs.map(({ milliseconds }) => milliseconds));
  const memory = (runs: readonly Started[]) => runs.at(-1)?.memory ?? NaN;
  const [milliseconds, octets] = [typical(portico), memory(portico)];
  return [
    finding(`from start to first answer, median of ${STARTS}`, "ms", milliseconds, {
      floor: typical(hello),
      target: atMost(milliseconds, BUDGET_MILLISECONDS, "150 ms"),
    }),
    finding("resident memory, idle", "MiB", octets / 2 ** 20, {
      floor: memory(hello) / 2 ** 20,
      target: atMost(octets, BUDGET_MEMORY, "120 MiB"),
    }),
  ];
}

async function bun(args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(BUN, {
    args,
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`bun ${args.join(" ")}:\n${new TextDecoder().decode(stderr)}`);
}
