/** What a command may touch besides the database. */
export interface World {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** All of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
  /** Standard output. */
  readonly print: (line: string) => void;
  /** Standard error. */
  readonly warn: (line: string) => void;
}
