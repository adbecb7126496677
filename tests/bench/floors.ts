import type { Side } from "./compare.ts";
import type { Floor } from "./floor_server.ts";
import { BUN, firstAnswer, type Program, ROOT, startProgram } from "./programs.ts";
import type { Workbench } from "./workbench.ts";

/** Starts one of the floors on a database of its own. */
export async function serveFloor(bench: Workbench, floor: Floor): Promise<Program> {
  const folder = await Deno.makeTempDir({ dir: bench.folder, prefix: `${floor}-` });
  const program = await startProgram({
    name: floor,
    command: [BUN, `${ROOT}tests/bench/floor_server.ts`, floor, folder],
    logFile: `${folder}/log`,
  });
  await firstAnswer(program, "/");
  return program;
}

export function floorSide(program: Program): Side {
  return { program, load: () => ({ url: `${program.url}/` }) };
}
