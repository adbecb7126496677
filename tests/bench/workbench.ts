import type { Finding } from "./finding.ts";
import { findGenerator, type Generator } from "./load.ts";
import { endAll } from "./programs.ts";

/** What every benchmark gets. */
export interface Workbench {
  /** How long one run of a load takes; whole seconds. */
  readonly seconds: number;
  /** How often each side of a comparison is measured, in turns; medians count. */
  readonly rounds: number;
  /** Sessions in the big ledger. */
  readonly rows: number;
  /** Everything that is written goes below it. */
  readonly folder: string;
  /** For what further benchmarks of the run use too. */
  readonly sharedFolder: string;
  readonly generator: Generator;
  /** Tells whoever waits what takes so long. */
  readonly note: (text: string) => void;
}

export interface Benchmark {
  /** For `--only`. */
  readonly name: string;
  readonly about: string;
  readonly run: (bench: Workbench) => Promise<readonly Finding[]>;
}

/** Makes the folder; it and every process that was started are gone after `use`, also when it is interrupted. */
export async function withWorkbench<T>(
  options: Pick<Workbench, "seconds" | "rounds" | "rows">,
  use: (bench: Workbench) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "portico-bench-" });
  // SQLite's sorting and wrangler's bundling write there too.
  Deno.env.set("TMPDIR", folder);
  const clear = async () => {
    await endAll();
    await Deno.remove(folder, { recursive: true });
  };
  const interrupted = () => {
    console.error("Interrupted");
    void clear().finally(() => Deno.exit(130));
  };
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  try {
    const generator = await findGenerator();
    return await use({
      ...options,
      folder,
      sharedFolder: folder,
      generator,
      note: (text) => console.error(`… ${text}`),
    });
  } finally {
    Deno.removeSignalListener("SIGINT", interrupted);
    Deno.removeSignalListener("SIGTERM", interrupted);
    await clear();
  }
}
