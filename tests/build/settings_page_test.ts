import { deepEqual, equal } from "node:assert/strict";
import { settingsPage } from "../../build/settings_page.ts";
import { KNOBS } from "../../src/config.ts";

/** As `deno fmt` leaves it: tables are padded, paragraphs are broken anew. */
const bare = (text: string) =>
  text.replace(/\s+/g, " ").replace(/-{3,}/g, "---").replaceAll("|---", "| ---").replaceAll("---|", "--- |");

Deno.test("docs/settings.md says what the schema says (else: deno task docs)", () => {
  equal(bare(Deno.readTextFileSync("docs/settings.md")), bare(settingsPage()));
});

Deno.test("a setting that is said to be for later is read nowhere, and every other one is", () => {
  const source = sources("src").join("\n");
  const read = (name: string) => new RegExp(`(settings|config)\\??\\.${name}\\b`).test(source);
  const named = (name: string) => new RegExp(`\\b${name}\\b`).test(source);
  deepEqual(KNOBS.filter(({ name, use }) => use !== "now" && read(name)).map(({ name }) => name), []);
  // These have one value only so far.
  const listeners = ["radius", "radiusAcct", "radsec"];
  const unread = KNOBS.filter(({ name, use }) => use === "now" && !named(name)).map(({ name }) => name);
  deepEqual(unread.filter((name) => !listeners.includes(name)), []);
});

function sources(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return sources(path);
    return /\.tsx?$/.test(name) && path !== "src/config.ts" && path !== "src/aaa/settings.ts"
      ? [Deno.readTextFileSync(path)]
      : [];
  });
}
