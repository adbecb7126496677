import { type Message, message } from "../../languages/say.ts";
import { COMMON_PASSWORDS } from "./common_passwords.ts";

const LEAST_CHARACTERS = 8;
/** From here on a password is a variation of the name: the share of characters that both have. */
const TOO_SIMILAR = 0.7;

/** What is known about a password's user, by the API's names. */
export type KnownAttributes = Readonly<
  Partial<Record<"username" | "email" | "first_name" | "last_name" | "phone_number", string>>
>;

/** What is wrong with a password that somebody chooses, in Django's words, which clients know; empty when nothing is. */
export function passwordFlaws(password: string, known: KnownAttributes): Message[] {
  const folded = password.toLowerCase();
  return [
    ...similarities(folded, known).slice(0, 1),
    ...([...password].length < LEAST_CHARACTERS
      ? [message("password_too_short", { least: LEAST_CHARACTERS })]
      : []),
    ...(COMMON_PASSWORDS.has(folded.trim()) ? [message("password_too_common")] : []),
    ...(/^\d+$/.test(password) ? [message("password_entirely_numeric")] : []),
  ];
}

function similarities(
  folded: string,
  { username, email, first_name, last_name, phone_number }: KnownAttributes,
) {
  const compared = [
    [username, message("password_like_username")],
    [email, message("password_like_email")],
    [first_name, message("password_like_first_name")],
    [last_name, message("password_like_last_name")],
    [phone_number, message("password_like_phone_number")],
  ] as const;
  return compared.filter(([value]) => isSimilar(folded, (value ?? "").toLowerCase())).map(([, flaw]) => flaw);
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
