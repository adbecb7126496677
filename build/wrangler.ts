import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How to run the pinned wrangler under Deno, from any folder and without anything on the PATH. */
export function wranglerCommand(args: readonly string[]) {
  return {
    command: Deno.execPath(),
    args: ["run", "-A", "--quiet", `${ROOT}node_modules/wrangler/wrangler-dist/cli.js`, ...args],
    cwd: ROOT,
    // No calls home, and no warnings about what wrangler itself depends on.
    env: {
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      WRANGLER_HIDE_BANNER: "true",
      NODE_NO_WARNINGS: "1",
    },
  };
}

/** What wrangler.toml asks the runtime to be. */
export async function compatibility(): Promise<{ date: string; flags: string[] }> {
  const text = await Deno.readTextFile(`${ROOT}wrangler.toml`);
  const date = /^compatibility_date = "([^"]+)"/m.exec(text)?.[1];
  const flags = /^compatibility_flags = \[([^\]]*)\]/m.exec(text)?.[1];
  if (!date || flags === undefined) throw new Error("wrangler.toml names no compatibility date or flags");
  return { date, flags: [...flags.matchAll(/"([^"]+)"/g)].map(([, flag = ""]) => flag) };
}

/**
 * Bundles the Worker as `wrangler deploy` would, without deploying it: the script, texts it imports, and
 * `bundle-meta.json`, which is esbuild's account of what is in it.
 *
 * @param folder an absolute path; made when missing.
 */
export async function bundleWorker(folder: string): Promise<void> {
  const { command, ...options } = wranglerCommand(["deploy", "--dry-run", "--metafile", "--outdir", folder]);
  const { success, stdout, stderr } = await new Deno.Command(command, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(
      `wrangler could not bundle the Worker:\n${decoder.decode(stdout)}${decoder.decode(stderr)}`,
    );
  }
}
