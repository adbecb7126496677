import { caseGroups } from "./all_cases.ts";
import { inProcess } from "./in_process.ts";
import { CONTRACT_ENVIRONMENT } from "./setup_side.ts";

for (const { environment, cases } of await caseGroups()) {
  const differing = Object.entries(environment).map(([name, value]) => ` ${name}=${value}`).join("");
  Deno.test(`the contract holds in this process${differing}`, async (t) => {
    const { target, close } = await inProcess({ ...CONTRACT_ENVIRONMENT, ...environment });
    for (const { name, run } of cases) await t.step(name, () => run(target));
    await close();
  });
}
