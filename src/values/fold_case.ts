/** Composing letters takes the square of their number, and no name that anybody has is nearly as long. */
const LONGEST = 1024;

/** A name without regard to letter case or to how its letters are composed: for uniqueness, never for display. */
export function foldCase(text: string): string {
  return text.length > LONGEST ? text : text.normalize("NFKC").toLowerCase();
}
