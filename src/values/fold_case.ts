/** A name without regard to letter case or to how its letters are composed: for uniqueness, never for display. */
export function foldCase(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
