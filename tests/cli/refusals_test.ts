import { deepEqual, equal, match } from "node:assert/strict";
import { RUNTIMES, withCommandLine } from "./command_line.ts";

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: a limit that is no number is warned about, and refusals can be asked for`, () =>
    withCommandLine(runtime, async ({ run }) => {
      const checks = [["Max-Daily-Session", ":=", "3h"], ["Simultaneous-Use", ":=", "2"]];
      const setup = { organizations: [{ slug: "alpha", groups: [{ name: "guests", checks }] }] };
      const applied = await run(["apply", "-"], { input: JSON.stringify(setup) });
      equal(applied.code, 0, applied.stderr);
      match(
        applied.stderr,
        /^WARNING: Max-Daily-Session of group guests in alpha is no whole number \("3h"\)/,
      );
      equal(applied.stderr.trimEnd().split("\n").length, 1);

      const asked = await run(["refusals", "--org", "alpha", "--json"]);
      deepEqual(JSON.parse(asked.stdout), { refusals: [] });
      const unknown = await run(["refusals", "--org", "nobody"]);
      equal(unknown.code, 1);
      match(unknown.stderr, /There is no organization "nobody"/);
    }));
}
