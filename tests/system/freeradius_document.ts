/** Where Debian keeps FreeRADIUS's configuration, as docs/freeradius.md names it. */
export const DEBIAN_FOLDER = "/etc/freeradius/3.0";

/** One thing that docs/freeradius.md tells its reader to do; `section` is the number of its heading. */
export type DocumentStep =
  & { readonly section: number; readonly text: string }
  & (
    | { readonly kind: "write" | "append"; readonly path: string }
    | { readonly kind: "in section"; readonly path: string }
    | { readonly kind: "in place of"; readonly path: string; readonly names: readonly string[] }
    | { readonly kind: "shell" }
  );

const INTRODUCTIONS: readonly [RegExp, (groups: readonly string[]) => Introduction][] = [
  [/^File `([^`]+)`:$/, ([path = ""]) => ({ kind: "write", path })],
  [/^At the end of `([^`]+)`:$/, ([path = ""]) => ({ kind: "append", path })],
  [/^In the client's section of `([^`]+)`:$/, ([path = ""]) => ({ kind: "in section", path })],
  [/^In place of (`.+`) in `([^`]+)`:$/, ([names = "", path = ""]) => ({
    kind: "in place of",
    path,
    names: [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  })],
];
type Introduction =
  | { readonly kind: "write" | "append" | "in section"; readonly path: string }
  | { readonly kind: "in place of"; readonly path: string; readonly names: readonly string[] };

/**
 * Reads the steps of docs/freeradius.md in order. A code block belongs to the line before it; shell blocks that
 * work outside FreeRADIUS's folder (installing packages, restarting) are not steps.
 *
 * @throws {Error} when a block is introduced by no line that is understood.
 */
export async function readFreeradiusDocument(): Promise<DocumentStep[]> {
  const lines = (await Deno.readTextFile(new URL("../../docs/freeradius.md", import.meta.url))).split("\n");
  const steps: DocumentStep[] = [];
  let section = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const heading = /^## (?:(\d+)\. )?/.exec(line);
    if (heading) section = Number(heading[1] ?? 0);
    const fence = /^```(\w*)$/.exec(line);
    if (!fence) continue;
    const end = lines.indexOf("```", index + 1);
    const text = lines.slice(index + 1, end).join("\n") + "\n";
    const step = fence[1] === "sh" ? shellStep(text) : fileStep(lines[index - 2] ?? "", text);
    if (step) steps.push({ section, ...step });
    index = end;
  }
  return steps;
}

function shellStep(text: string) {
  if (!text.startsWith(`cd ${DEBIAN_FOLDER}\n`)) return undefined;
  return { kind: "shell" as const, text };
}

function fileStep(introduction: string, text: string) {
  for (const [pattern, read] of INTRODUCTIONS) {
    const match = pattern.exec(introduction);
    if (match) return { ...read(match.slice(1)), text };
  }
  throw new Error(`docs/freeradius.md: what is the block after "${introduction}" for?`);
}

/** Puts `text` behind the opening line of `client NAME {`. */
export function insertIntoClient(clients: string, name: string, text: string): string {
  const opening = `client ${name} {\n`;
  if (!clients.includes(opening)) throw new Error(`docs/freeradius.md: no client ${name}`);
  return clients.replace(opening, () => opening + text);
}

/** Takes the named first-level sections out of a site and puts `text` where the first one was. */
export function replaceSections(site: string, names: readonly string[], text: string): string {
  let place = -1;
  let rest = site;
  for (const name of names) {
    const found = new RegExp(`^\\t${name} \\{\\n[\\s\\S]*?^\\t\\}\\n`, "m").exec(rest);
    if (!found) throw new Error(`docs/freeradius.md: the site has no ${name}`);
    if (place < 0) place = found.index;
    rest = rest.slice(0, found.index) + rest.slice(found.index + found[0].length);
  }
  return rest.slice(0, place) + text + rest.slice(place);
}
