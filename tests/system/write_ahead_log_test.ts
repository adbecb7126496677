import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { movesAfterSync, TRACED_CALLS } from "./log_trace.ts";
import { INTERPRETERS } from "./portico_process.ts";

const WRITER = fileURLToPath(new URL("log_writer.ts", import.meta.url));

for (const runtime of ["deno", "bun"] as const) {
  Deno.test(`on ${runtime} the log is moved after it was synced, and begun anew after the file was`, async () => {
    const folder = await Deno.makeTempDir();
    const [traceFile, database] = [`${folder}/trace`, `${folder}/test.db`];
    try {
      const strace = ["-f", "-y", "-s", "0", "--seccomp-bpf", "-o", traceFile, "-e", `trace=${TRACED_CALLS}`];
      const { success, stderr } = await new Deno.Command("strace", {
        args: [...strace, ...INTERPRETERS[runtime], WRITER, database],
        stdout: "inherit",
        stderr: "piped",
      }).output();
      const { pagesMoved, timesBegunAnew } = movesAfterSync(await Deno.readTextFile(traceFile), database);
      ok(success, new TextDecoder().decode(stderr));
      ok(timesBegunAnew >= 2, `the log was begun anew ${timesBegunAnew} times`);
      ok(pagesMoved > 1_000, `${pagesMoved} pages were moved`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
