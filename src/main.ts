import { Buffer } from "node:buffer";
import process from "node:process";
import { run } from "./cli/run.ts";
import { endProcess } from "./runtime/end_process.ts";
import { environment } from "./runtime/environment.ts";

const code = await run(process.argv.slice(2), {
  environment: environment(),
  now: () => new Date(),
  async readInput() {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk);
    return Buffer.concat(chunks);
  },
  print: (line) => process.stdout.write(`${line}\n`),
  warn: (line) => process.stderr.write(`${line}\n`),
});
endProcess(code);
