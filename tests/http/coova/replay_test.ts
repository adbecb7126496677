import { deepEqual, equal, ok } from "node:assert/strict";
import { capturedSets, readSet } from "./captured_set.ts";
import { replaySet } from "./replay.ts";
import { BROKEN_LOCATIONS, LOCATION_HEADING, REPLAY_RULES } from "./replay_differences.ts";

/** HTTP exchanges of all sets. */
const EXCHANGES = 181;

const sets = capturedSets();

for (const set of sets) {
  Deno.test(`${set}: each captured request is answered as it was, but for what is listed`, async () => {
    const result = await replaySet(set);
    deepEqual(Object.fromEntries([...result.differences].map(sorted)), listed(set));
    deepEqual(result.asked, [], "the authority was asked otherwise");
    equal(result.brokenTexts, BROKEN_LOCATIONS[set] ?? 0);
  });
}

Deno.test("every listed difference is of an exchange that there is, and its reason is documented", () => {
  const page = Deno.readTextFileSync("docs/coova.md");
  const exchanges = new Set(
    sets.flatMap((set) => readSet(set, null).exchanges.map(({ key }) => `${set}/${key.slice(0, 2)}`)),
  );
  equal(exchanges.size, EXCHANGES);
  for (const heading of [LOCATION_HEADING, ...REPLAY_RULES.map((rule) => rule.heading)]) {
    ok(page.includes(`### ${heading}\n`), heading);
  }
  for (const { differences } of REPLAY_RULES) {
    for (const key of Object.keys(differences)) ok(exchanges.has(key), key);
  }
});

function listed(set: string): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { differences } of REPLAY_RULES) {
    for (const [key, lines] of Object.entries(differences)) {
      const [of, number = ""] = key.split("/");
      if (of === set) all[number] = [...all[number] ?? [], ...lines].sort();
    }
  }
  return all;
}

function sorted([key, lines]: readonly [string, readonly string[]]): [string, string[]] {
  return [key.slice(0, 2), [...lines].sort()];
}
