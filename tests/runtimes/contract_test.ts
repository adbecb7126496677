import { caseGroups } from "../contract/all_cases.ts";
import { TARGETS } from "./harness.ts";

const groups = await caseGroups();

for (const { name, start } of TARGETS) {
  Deno.test(`the contract holds on ${name}`, async (t) => {
    for (const { environment, cases } of groups) {
      const target = await start({ environment });
      try {
        for (const { name, run } of cases) await t.step(name, () => run(target));
      } finally {
        await target.stop();
      }
    }
  });
}
