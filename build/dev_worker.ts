/**
 * `deno task dev:worker`: the Worker under wrangler dev, against a libSQL server of its own with its data in
 * `data/worker`. Ctrl-C stops both.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { secretFromFile } from "../src/runtime/secret_key.ts";
import { freePort, startSqld, stopGroup } from "./sqld.ts";
import { wranglerCommand } from "./wrangler.ts";

const FOLDER = "data/worker";
const USUAL_PORT = 8787;

const sqld = await startSqld(`${FOLDER}/sqld`);
const port = await isFree(USUAL_PORT) ? USUAL_PORT : await freePort();
const wrangler = startWrangler(port);

console.log(`Portico as a Worker: http://127.0.0.1:${port} (in a moment)
Its database: ${sqld.url}; fill it with
  PORTICO_DATABASE_URL=${sqld.url} deno task portico apply FILE --data ${FOLDER}
Its jobs run when http://127.0.0.1:${port}/cdn-cgi/local/scheduled is asked for. Ctrl-C stops everything.
`);

await Promise.race([ended(wrangler), ended(sqld.process), told("SIGINT"), told("SIGTERM")]);
await stopGroup(wrangler);
await sqld.stop();
Deno.exit(wrangler.exitCode ?? 0);

/** The port of the database is another one each time, so everything goes in as variables. */
function startWrangler(port: number): ChildProcess {
  const variables = {
    PORTICO_DATABASE_URL: sqld.url,
    PORTICO_SECRET_KEY: secretFromFile(`${FOLDER}/secret.key`),
    ASSUMED_ADDRESS: "127.0.0.1",
  };
  const file = `${FOLDER}/variables.env`;
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`);
  Deno.writeTextFileSync(file, lines.join(""), { mode: 0o600 });
  const { command, args, cwd, env } = wranglerCommand([
    ...["dev", "--ip", "127.0.0.1", "--port", String(port), "--env-file", file],
    ...["--persist-to", `${FOLDER}/wrangler`, "--show-interactive-dev-session=false"],
  ]);
  return spawn(command, args, {
    cwd,
    env: { ...Deno.env.toObject(), ...env },
    detached: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

function ended(process: ChildProcess): Promise<void> {
  return new Promise((resolve) => process.once("exit", () => resolve()));
}

function told(signal: Deno.Signal): Promise<void> {
  return new Promise((resolve) => Deno.addSignalListener(signal, () => resolve()));
}
