import { COMMON_PASSWORDS } from "./common_passwords.ts";

const LEAST_CHARACTERS = 8;
/** From here on a password is a variation of the name: the share of characters that both have. */
const TOO_SIMILAR = 0.7;

/** The rules for whoever chooses a password. */
export const PASSWORD_RULES =
  "At least 8 characters, not only digits, not too similar to the user name, and not one that many people use.";

/**
 * What is wrong with a password that somebody chooses, in Django's words, which clients know; empty when nothing is.
 *
 * @param attributes what is known about its user, by what it is called: `{ username: "ada" }`.
 */
export function passwordFlaws(password: string, attributes: Readonly<Record<string, string>>): string[] {
  const folded = password.toLowerCase();
  const similar = Object.entries(attributes).filter(([, value]) => isSimilar(folded, value.toLowerCase()));
  return [
    ...similar.slice(0, 1).map(([name]) => `The password is too similar to the ${name}.`),
    ...([...password].length < LEAST_CHARACTERS
      ? [`This password is too short. It must contain at least ${LEAST_CHARACTERS} characters.`]
      : []),
    ...(COMMON_PASSWORDS.has(folded.trim()) ? ["This password is too common."] : []),
    ...(/^\d+$/.test(password) ? ["This password is entirely numeric."] : []),
  ];
}

function isSimilar(password: string, value: string): boolean {
  return [...value.split(/[^\p{L}\p{N}_]+/u), value].some((part) =>
    part !== "" && sharedPart(password, part) >= TOO_SIMILAR
  );
}

/** How many characters two texts have in common, wherever they stand: 1 for all, 0 for none. */
function sharedPart(a: string, b: string): number {
  const left = new Map<string, number>();
  for (const character of b) left.set(character, (left.get(character) ?? 0) + 1);
  let shared = 0;
  for (const character of a) {
    const available = left.get(character) ?? 0;
    if (!available) continue;
    left.set(character, available - 1);
    shared++;
  }
  return 2 * shared / ([...a].length + [...b].length);
}
