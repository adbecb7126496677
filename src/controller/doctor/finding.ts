/** What an examination found out about one thing. */
export interface Finding {
  /** What was looked at, in a word: `nft`, `interface`. */
  readonly check: string;
  /** `bad`: guests cannot use the zone before it is fixed. `warning`: some of them will miss something. */
  readonly state: "good" | "warning" | "bad";
  /** As `organization/name`; null for the box as a whole. */
  readonly zone: string | null;
  /** A sentence. */
  readonly text: string;
  /** The command that helps, or null where there is no single one. */
  readonly fix: string | null;
}

export function good(check: string, text: string): Finding {
  return { check, state: "good", zone: null, text, fix: null };
}

export function warning(check: string, text: string, fix: string | null = null): Finding {
  return { check, state: "warning", zone: null, text, fix };
}

export function bad(check: string, text: string, fix: string | null = null): Finding {
  return { check, state: "bad", zone: null, text, fix };
}
