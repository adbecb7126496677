import process from "node:process";

/** The environment as it is now. */
export function environment(): Record<string, string | undefined> {
  return { ...process.env };
}
