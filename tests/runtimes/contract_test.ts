import { caseGroups } from "../contract/all_cases.ts";
import { TARGETS } from "./harness.ts";

const groups = await caseGroups();

for (const { name, start } of TARGETS) {
  Deno.test(`the contract holds on ${name}`, async (t) => {
    for (const { environment, cases } of groups) {
      const target = await start({ environment });
      try {
        for (const { name, run } of cases) {
          const held = await t.step(name, () => run(target));
          if (!held) console.log(`The end of what it logged:\n${target.log().slice(-2_000)}`);
        }
      } finally {
        await target.stop();
      }
    }
  });
}
