import { ok } from "node:assert/strict";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MOST_LINES = 300;

/**
 * Who may import whom, from the ground up: each layer itself and what is named here. A path's layer is the longest
 * entry that it begins with.
 */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  "errors.ts": [],
  "values/": [],
  "languages/": [],
  "storage/": ["values/", "errors.ts"],
  "aaa/": ["storage/", "languages/", "values/", "errors.ts"],
  "controller/": ["aaa/", "storage/", "languages/", "values/", "errors.ts"],
  "deps.ts": ["controller/", "aaa/", "storage/", "values/", "errors.ts"],
  "radius/wire/": [],
  "radius/": ["radius/wire/", "deps.ts", "controller/", "aaa/", "storage/", "values/", "errors.ts"],
  "http/": ["deps.ts", "controller/", "aaa/", "storage/", "languages/", "values/", "errors.ts"],
  "web/": ["deps.ts", "controller/", "aaa/", "storage/", "languages/", "values/", "errors.ts"],
  "app.ts": [
    "http/",
    "web/",
    "deps.ts",
    "controller/",
    "aaa/",
    "storage/",
    "languages/",
    "values/",
    "errors.ts",
  ],
  "guest_app.ts": [
    "http/",
    "web/",
    "deps.ts",
    "controller/",
    "aaa/",
    "storage/",
    "languages/",
    "values/",
    "errors.ts",
  ],
  "config.ts": ["aaa/", "values/", "errors.ts"],
  "jobs/": ["deps.ts", "controller/", "aaa/", "storage/", "languages/", "values/", "errors.ts"],
  "runtime/": [
    "config.ts",
    "deps.ts",
    "controller/",
    "aaa/",
    "storage/",
    "languages/",
    "values/",
    "errors.ts",
  ],
  "cli/": [
    "app.ts",
    "guest_app.ts",
    "config.ts",
    "jobs/",
    "runtime/",
    "radius/",
    "http/",
    "web/",
    "deps.ts",
    "controller/",
    "aaa/",
    "storage/",
    "languages/",
    "values/",
    "errors.ts",
  ],
  "main.ts": ["cli/", "runtime/", "config.ts", "deps.ts", "errors.ts"],
  "worker_zones.ts": ["http/", "web/", "deps.ts", "controller/", "aaa/"],
  "worker.ts": [
    "app.ts",
    "worker_zones.ts",
    "config.ts",
    "jobs/",
    "runtime/",
    "deps.ts",
    "aaa/",
    "storage/",
    "values/",
    "errors.ts",
  ],
};

/** Files beside src/ that become part of the program. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  "storage/": ["migrations/"],
  "http/": ["node_modules/@scalar/"],
  "cli/": ["deno.json"],
};

/** What code must not say, and where it may all the same. */
const BANS: readonly { readonly what: RegExp; readonly why: string; readonly allowed: readonly string[] }[] =
  [
    {
      what: /\b(Deno|Bun|process)\.\w|"cloudflare:/,
      why: "names a runtime: put it into src/runtime/",
      allowed: ["runtime/", "main.ts", "worker.ts"],
    },
    {
      what: /"node:[\w/]+"/,
      why: "needs Node's modules: declare a port and implement it in src/runtime/",
      allowed: ["runtime/", "cli/", "main.ts", "worker.ts"],
    },
    {
      what: /\bDate\.now\(|\bnew Date\(\s*\)|\bperformance\.now\(/,
      why: "reads the clock: take `now` as an argument or from Deps",
      allowed: ["runtime/", "cli/", "main.ts", "worker.ts"],
    },
    {
      what: /from "(hono|@hono\/|hono\/)/,
      why: "speaks HTTP: decisions and tables know no edge",
      allowed: [
        "http/",
        "web/",
        "app.ts",
        "guest_app.ts",
        "deps.ts",
        "controller/",
        "runtime/",
        "cli/",
        "worker.ts",
        "main.ts",
      ],
    },
    {
      what: /\bset(Timeout|Interval|Immediate)\(/,
      why: "waits: a decision answers at once",
      allowed: [
        "http/",
        "web/",
        "radius/",
        "controller/",
        "jobs/",
        "runtime/",
        "cli/",
        "main.ts",
        "worker.ts",
      ],
    },
    {
      what: /^export default\b|\bexport \{[^}]*\bas default\b/m,
      why: "has a default export: give it its name",
      allowed: ["worker.ts"],
    },
  ];

interface SourceFile {
  /** From `src/`, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  /** Without comments, on the lines where it was. */
  readonly code: string;
}

const sources = [...filesBelow("src")].map(readSource);

Deno.test("imports point down, as the layers say", () => {
  report(sources.flatMap(({ path, code }) => {
    const layer = layerOf(path);
    if (!layer) return [`src/${path} belongs to no layer: name it in tests/architecture_test.ts`];
    const allowed = [layer, ...LAYERS[layer] ?? []];
    return relativeImports(path, code).flatMap(({ line, target }) => {
      if (!target.startsWith("src/")) {
        const embedded = OUTSIDE[layer]?.some((prefix) => target.startsWith(prefix));
        return embedded ? [] : [`src/${path}:${line} imports ${target}, which is outside src/`];
      }
      const to = layerOf(target.slice(4));
      if (to && allowed.includes(to)) return [];
      return [`src/${path}:${line} imports ${target}, but ${layer} may only use ${allowed.join(", ")}`];
    });
  }));
});

Deno.test("each layer says only what it may", () => {
  report(
    sources.flatMap(({ path, code }) =>
      BANS.filter(({ allowed }) => !allowed.some((prefix) => path.startsWith(prefix))).flatMap(
        ({ what, why }) => {
          const found = what.exec(code);
          return found ? [`src/${path}:${lineAt(code, found.index)} ${why} (${found[0].trim()})`] : [];
        },
      )
    ),
  );
});

Deno.test(`no source file is longer than ${MOST_LINES} lines`, () => {
  const build = [...filesBelow("build")].map(readSource);
  report(
    [...sources.map((file) => ({ ...file, path: `src/${file.path}` })), ...build]
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ path, lines }) => `${path} has ${lines} lines: more than one idea lives there`),
  );
});

Deno.test("files and folders are named in snake case", () => {
  const names = [...filesBelow("src"), ...filesBelow("tests"), ...filesBelow("build")];
  report(
    names.filter((path) => !/^([a-z0-9_]+\/)*[a-z0-9_]+\.((d|config)\.)?tsx?$/.test(path)).map((path) =>
      `${path}: expected small letters, digits and _`
    ),
  );
});

function* filesBelow(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* filesBelow(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function readSource(path: string): SourceFile {
  const text = Deno.readTextFileSync(join(ROOT, path));
  return {
    path: path.replace(/^src\//, ""),
    lines: text.trimEnd().split("\n").length,
    code: text.replace(/"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (piece) => {
      return piece.startsWith('"') ? piece : piece.replace(/[^\n]/g, " ");
    }),
  };
}

function layerOf(path: string): string | undefined {
  return Object.keys(LAYERS).filter((layer) => path.startsWith(layer)).sort((a, b) => b.length - a.length)[0];
}

function relativeImports(path: string, code: string): { line: number; target: string }[] {
  const folder = resolve(ROOT, "src", path, "..");
  return [...code.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]+)"/g)].map((found) => ({
    line: lineAt(code, found.index),
    target: relative(ROOT, resolve(folder, found[1] ?? "")),
  }));
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split("\n").length;
}

function report(violations: readonly string[]): void {
  ok(!violations.length, `\n  ${violations.join("\n  ")}`);
}
