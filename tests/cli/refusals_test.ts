import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { openFile } from "../../src/runtime/file_client.ts";
import { RUNTIMES, withCommandLine } from "./command_line.ts";

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: a limit that is no number is warned about, and refusals can be asked for`, () =>
    withCommandLine(runtime, async ({ run, data }) => {
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
      const client = openFile(join(data, "portico.db"));
      await client.execute(`insert into access_refusal
        (organization_id, username, callingstationid, refused_at, reason, explanation, rule, rule_value, counted)
        select id, 'ada', 'aa:bb', '2026-11-22 12:00:00.250000', 'quota_reached', 'It is used up', 'R', '1', '2'
        from organization where slug = 'alpha'`);
      client.close();
      const [refusal] = JSON.parse((await run(["refusals", "--json"])).stdout).refusals;
      deepEqual(refusal, {
        refused_at: "2026-11-22T12:00:00.250Z",
        organization: "alpha",
        username: "ada",
        user_id: null,
        called_station_id: null,
        calling_station_id: "aa:bb",
        reason: "quota_reached",
        explanation: "It is used up",
        rule: "R",
        rule_value: "1",
        counted: "2",
      });
      const { stdout } = await run(["refusals"]);
      equal(stdout, '2026-11-22 12:00:00 UTC  alpha  "ada" (aa:bb)  It is used up\n');
      const unknown = await run(["refusals", "--org", "nobody"]);
      equal(unknown.code, 1);
      match(unknown.stderr, /There is no organization "nobody"/);
    }));
}
