import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type DocumentedAnswer, readAccountApiDocument, readAnswer } from "./account_api_document.ts";
import { freeTcpPort } from "./free_port.ts";
import { startProcess } from "./portico_process.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Before what each block writes. */
const MARK = "@@@ block ";

/** The reader's commands: curl says what the answer's status and headers are. */
const READERS_SHELL = `set -eu
portico() { "${Deno.execPath()}" run -A --quiet "${MAIN}" "$@"; }
curl() { command curl -sSi "$@"; }
`;

Deno.test("every command of docs/account-api.md runs as it stands there, and is answered as it says", async (t) => {
  const { environment, address, commands } = await readAccountApiDocument();
  const folder = await Deno.makeTempDir({ prefix: "portico-account-api-" });
  const port = await freeTcpPort();
  // The document's paths are relative to where its reader stands.
  const settings = Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(":", `:${folder}/`)]),
  );
  const dataFolder = `${folder}/data`;
  const server = await startProcess({ runtime: "deno", dataFolder, port, environment: settings });
  try {
    const script = commands.map(({ shell }) => `printf '\\n${MARK}\\n'\n${shell}\n`).join("")
      .replaceAll(address, `127.0.0.1:${port}`);
    const said = await runShell(READERS_SHELL + script, folder, { PORTICO_DATA: dataFolder });
    const answers = said.split(`${MARK}\n`).slice(1);
    for (const [index, { section, shell, answer }] of commands.entries()) {
      if (!answer) continue;
      const asked = /curl (?!-s)\S+/.exec(shell)?.[0];
      await t.step(
        `${section}: ${asked}, ${answer.status}`,
        () => isAnswered(readAnswer(answers[index] ?? ""), answer),
      );
    }
  } finally {
    await server.stop("SIGTERM");
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("docs/account-api.md shows every endpoint of the account API", async () => {
  const { commands } = await readAccountApiDocument();
  const shown = commands.flatMap(({ shell, answer }) => answer ? [shell] : []).join("\n");
  for (
    const path of [
      "/ -H",
      "/token/ ",
      "/token/validate/",
      "/session/",
      "/usage/",
      "/phone/token/ ",
      "/phone/token/active/",
      "/phone/verify/",
      "/phone/change/",
      "/password/change/",
      "/password/reset/ ",
      "/password/reset/confirm/",
      "/registration-method/",
    ]
  ) ok(shown.includes(path), path);
});

async function runShell(script: string, cwd: string, env: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", script],
    cwd,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  equal(code, 0, `${decoder.decode(stdout).slice(-1_000)}\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

function isAnswered(answer: DocumentedAnswer, documented: DocumentedAnswer): void {
  match(documented.status, /^\d{3} \w/);
  equal(answer.status, documented.status);
  for (const [name, value] of documented.headers) equal(answer.headers.get(name), value, name);
  deepEqual(answer.body, documented.body);
}
