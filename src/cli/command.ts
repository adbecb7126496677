import { parseArgs, type ParseArgsConfig } from "node:util";
import { DomainError } from "../errors.ts";
import type { World } from "./world.ts";

export type CommandOptions = NonNullable<ParseArgsConfig["options"]>;
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** One of the program's commands. */
export interface Command {
  /** `org set`, and what follows it: `S KEY=VALUE…`. */
  readonly name: string;
  readonly operands: string;
  /** One line for the list of commands. */
  readonly about: string;
  /** More, for its own help. */
  readonly help?: string;
  readonly options: CommandOptions;
  readonly run: (world: World, values: OptionValues, operands: readonly string[]) => Promise<void>;
}

/** What every command takes. */
export const COMMON_OPTIONS = {
  data: { type: "string" },
  config: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const satisfies CommandOptions;

/** @throws {DomainError} invalid_input for options that the command does not have. */
export function parseCommandLine(command: Command, args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...COMMON_OPTIONS, ...command.options },
      allowPositionals: true,
    });
    // None of the options may be repeated.
    return { values: values as OptionValues, positionals };
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message.split(". ")[0] : String(fault);
    throw new DomainError("invalid_input", `portico ${command.name}: ${reason}`);
  }
}

export function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** @throws {DomainError} invalid_input when the option is missing. */
export function required(values: OptionValues, name: string): string {
  const value = textOf(values, name);
  if (value === undefined) throw new DomainError("invalid_input", `--${name} is missing`);
  return value;
}

/** The options that are texts, for `configFor()`. */
export function textsOf(values: OptionValues): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A secret on standard input; one newline at its end is not part of it, other white space is. */
export async function readSecret(world: World): Promise<string> {
  const octets = await world.readInput();
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    throw new DomainError("invalid_input", "Standard input is not UTF-8");
  }
  const secret = text.replace(/\r?\n$/, "");
  if (!secret) throw new DomainError("invalid_input", "Standard input is empty: expected a secret");
  return secret;
}
