import type { ContractCase } from "./contract_case.ts";

/** Cases that need one and the same server. */
export interface CaseGroup {
  readonly environment: Readonly<Record<string, string>>;
  readonly cases: readonly ContractCase[];
}

/** Every case of every file in `cases/`, by the environment they ask for, the default one first. */
export async function caseGroups(): Promise<CaseGroup[]> {
  const groups = new Map<string, { environment: Record<string, string>; cases: ContractCase[] }>([
    ["[]", { environment: {}, cases: [] }],
  ]);
  for (const one of await allCases()) {
    const environment = { ...one.environment };
    const key = JSON.stringify(Object.entries(environment).sort());
    const group = groups.get(key) ?? { environment, cases: [] };
    group.cases.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function allCases(): Promise<ContractCase[]> {
  const folder = new URL("./cases/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".ts"));
  const modules = await Promise.all(names.sort().map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module, index) => {
    // The folder holds nothing else; a file without cases is a mistake worth stopping for.
    const cases = module.cases as ContractCase[] | undefined;
    if (!Array.isArray(cases)) throw new Error(`tests/contract/cases/${names[index]} exports no cases`);
    return cases.map((one) => ({ ...one, name: `${names[index]?.replace(/\.ts$/, "")}: ${one.name}` }));
  });
}
