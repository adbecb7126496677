import { argv } from "node:process";

/**
 * `deno task build`, run by Bun: the whole program as one file, `dist/portico`, or where the first argument says. It
 * runs from an empty directory; its SQLite is Bun's own, so there is no native addon to unpack.
 */
interface Build {
  readonly success: boolean;
  readonly logs: readonly unknown[];
}

/** The part of Bun that is used here: Deno's compiler, which checks this file, does not know it. */
declare const Bun: { build(options: Record<string, unknown>): Promise<Build> };

const { success, logs } = await Bun.build({
  // The second is started as threads, by its path below what both have in common: src/runtime/threads.ts.
  entrypoints: ["src/main.ts", "src/runtime/hash_worker.ts"],
  target: "bun",
  // Names stay, for the stack traces in people's logs.
  minify: { whitespace: true, syntax: true, identifiers: false },
  // Compiled ahead: the start does not wait for the parser.
  bytecode: true,
  format: "esm",
  compile: { outfile: argv[2] ?? "dist/portico" },
});
if (!success) throw new AggregateError(logs, "The build failed");
