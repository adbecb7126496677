import { type ChildProcess, spawn } from "node:child_process";
import { openSync, readdirSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./sqld.ts";

/** A Worker in the runtime that Cloudflare runs, without wrangler's proxy in front. */
export interface Workerd {
  readonly url: string;
  readonly process: ChildProcess;
}

/**
 * Starts a bundle of `bundleWorker()` on a free loopback port. It leads a process group of its own.
 *
 * @param bundle the folder; `workerd.capnp` and `workerd.log` are written into it.
 * @param variables what wrangler.toml's `[vars]` and the secrets are on Cloudflare.
 */
export async function startWorkerd(
  bundle: string,
  compatibility: { readonly date: string; readonly flags: readonly string[] },
  variables: Readonly<Record<string, string>>,
): Promise<Workerd> {
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(bundle, "workerd.capnp");
  writeFileSync(config, configText(address, bundle, compatibility, variables));
  const log = openSync(join(bundle, "workerd.log"), "a");
  const process = spawn(workerdBinary(), ["serve", config], { detached: true, stdio: ["ignore", log, log] });
  return { url: `http://${address}`, process };
}

/** The binary that the pinned wrangler brings along. */
function workerdBinary(): string {
  const wrangler = realpathSync(
    fileURLToPath(new URL("../node_modules/wrangler/package.json", import.meta.url)),
  );
  const { default: path } = createRequire(wrangler)("workerd") as { default: string };
  return path;
}

function configText(
  address: string,
  bundle: string,
  compatibility: { readonly date: string; readonly flags: readonly string[] },
  variables: Readonly<Record<string, string>>,
): string {
  const bindings = Object.entries(variables).map(([name, text]) =>
    `(name = ${quoted(name)}, text = ${quoted(text)})`
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "portico", worker = .portico),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = ${quoted(address)}, http = (), service = "portico")],
);
const portico :Workerd.Worker = (
  modules = [${modulesOf(bundle).join(", ")}],
  compatibilityDate = ${quoted(compatibility.date)},
  compatibilityFlags = [${compatibility.flags.map(quoted).join(", ")}],
  bindings = [${bindings.join(", ")}],
);
`;
}

/** The entry first, as workerd wants it; everything else in the folder is text that it imports. */
function modulesOf(bundle: string): string[] {
  const names = readdirSync(bundle).filter((name) =>
    !/^README\.md$|\.map$|^bundle-meta\.json$|^workerd\./.test(name)
  );
  return [
    '(name = "worker.js", esModule = embed "worker.js")',
    ...names.filter((name) => name !== "worker.js").map((name) =>
      `(name = ${quoted(name)}, text = embed ${quoted(name)})`
    ),
  ];
}

// Cap'n Proto strings are C's; JSON's differ from those only in \u, which no name or variable here contains.
function quoted(text: string): string {
  return JSON.stringify(text);
}
