import { gzipSync } from "node:zlib";
import { bundleWorker } from "./wrangler.ts";

/** Octets, compressed with gzip unless told otherwise. */
export interface WorkerSize {
  /** The script's part that runs at the start of an isolate. */
  readonly eager: number;
  /** Its part that is evaluated at the first use of an `import()`. */
  readonly lazy: number;
  /** What that is, uncompressed, the biggest first. */
  readonly lazyModules: readonly { readonly path: string; readonly octets: number }[];
  /** Texts beside the script. */
  readonly texts: readonly { readonly name: string; readonly size: number }[];
}

/** The parts of esbuild's metafile that are used here. */
interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly { path: string; kind: string }[] }>>;
  readonly outputs: Readonly<
    Record<string, {
      readonly entryPoint?: string;
      readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
    }>
  >;
}

/**
 * Bundles the Worker and weighs it. The script is one file: how much of its compressed size is lazy is reckoned by the
 * share of its octets.
 */
export async function workerSize(): Promise<WorkerSize> {
  const folder = await Deno.makeTempDir({ prefix: "portico-worker-" });
  try {
    await bundleWorker(folder);
    const metafile: Metafile = JSON.parse(await Deno.readTextFile(`${folder}/bundle-meta.json`));
    const script = gzipSync(await Deno.readFile(`${folder}/worker.js`)).length;
    const { share, modules } = lazyPart(metafile);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    const texts = names.filter((name) => !/^(worker\.js(\.map)?|bundle-meta\.json|README\.md)$/.test(name));
    return {
      eager: Math.round(script * (1 - share)),
      lazy: Math.round(script * share),
      lazyModules: modules,
      texts: texts.map((name) => ({ name, size: gzipSync(Deno.readFileSync(`${folder}/${name}`)).length })),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function lazyPart({ inputs, outputs }: Metafile) {
  const script = Object.values(outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (!script?.entryPoint) throw new Error("esbuild's metafile names no entry point");
  const eager = new Set<string>();
  const reached = [script.entryPoint];
  for (let path = reached.pop(); path !== undefined; path = reached.pop()) {
    if (eager.has(path)) continue;
    eager.add(path);
    const imports = inputs[path]?.imports ?? [];
    reached.push(...imports.filter(({ kind }) => kind !== "dynamic-import").map(({ path }) => path));
  }
  const modules = Object.entries(script.inputs)
    // What wrangler adds by itself is imported by nobody, and runs at the start.
    .filter(([path]) => !eager.has(path) && importedByAny(inputs, path))
    .map(([path, { bytesInOutput }]) => ({ path, octets: bytesInOutput }))
    .filter(({ octets }) => octets > 0)
    .sort((a, b) => b.octets - a.octets);
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  const all = sum(Object.values(script.inputs).map(({ bytesInOutput }) => bytesInOutput));
  return { modules, share: sum(modules.map(({ octets }) => octets)) / all };
}

function importedByAny(inputs: Metafile["inputs"], path: string): boolean {
  return Object.values(inputs).some(({ imports }) => imports.some((one) => one.path === path));
}

if (import.meta.main) {
  const { eager, lazy, lazyModules, texts } = await workerSize();
  const kib = (octets: number) => `${(octets / 1024).toFixed(1).padStart(7)} KiB`;
  console.log(`${kib(eager)} gzip  loaded at the start (budget 300 KiB)`);
  console.log(`${kib(lazy)} gzip  loaded at first use:`);
  for (const { path, octets } of lazyModules) {
    console.log(`  ${kib(octets)}  ${path.replace(/^.*node_modules\//, "")}`);
  }
  for (const { name, size } of texts) console.log(`${kib(size)} gzip  text ${name}`);
}
