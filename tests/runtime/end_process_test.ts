import { deepEqual, ok } from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RUNTIMES } from "../cli/command_line.ts";

const MODULE = JSON.stringify(new URL("../../src/runtime/end_process.ts", import.meta.url).href);

for (const [runtime, [program = "", ...args]] of Object.entries(RUNTIMES)) {
  for (
    const [what, script, isQuick] of [
      ["that is done ends at once", "", true],
      ["in which something goes on ends all the same", "setInterval(() => {}, 1000);", false],
    ] as const
  ) {
    Deno.test(`${runtime}: a process ${what}, with its code`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "portico-end-"));
      const file = join(folder, "end.ts");
      writeFileSync(file, `${script}\nconst { endProcess } = await import(${MODULE});\nendProcess(3);\n`);
      const began = performance.now();
      const code = await new Promise((resolve) => {
        execFile(program, [...args.slice(0, -1), file], { timeout: 20_000 }, (fault) => resolve(fault?.code));
      });
      const took = performance.now() - began;
      rmSync(folder, { recursive: true });
      deepEqual(code, 3);
      ok(isQuick || took >= 1000, String(took));
    });
  }
}
