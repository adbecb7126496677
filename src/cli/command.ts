import { parseArgs, type ParseArgsConfig } from "node:util";
import { DomainError } from "../errors.ts";
import type { World } from "./world.ts";

export type CommandOptions = NonNullable<ParseArgsConfig["options"]>;
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

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
  /** What an option is, for its own help. */
  readonly abouts?: ReadonlyMap<string, string>;
  /** Those of its options that are switches, with a word behind them or without: `--nat off`, `--macauth`. */
  readonly switches?: ReadonlySet<string>;
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
      args: withSwitches(args, command.switches ?? new Set()),
      options: { ...COMMON_OPTIONS, ...command.options },
      allowPositionals: true,
    });
    // Options are texts or flags; those that may be repeated, texts.
    return { values: values as OptionValues, positionals };
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message.split(". ")[0] : String(fault);
    throw new DomainError("invalid_input", `portico ${command.name}: ${reason}`);
  }
}

/** What may stand behind a switch; nothing at all is for its default. */
const SWITCH_WORDS: ReadonlySet<string> = new Set(["on", "off", "true", "false", "1", "0", "yes", "no", ""]);

/** `parseArgs()` knows options with a value and options without; a switch is given one. */
function withSwitches(args: readonly string[], switches: ReadonlySet<string>): string[] {
  const written: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "--") return [...written, ...args.slice(at)];
    const next = args[at + 1]?.toLowerCase();
    if (!arg.startsWith("--") || !switches.has(arg.slice(2))) written.push(arg);
    else if (next === undefined || !SWITCH_WORDS.has(next)) written.push(`${arg}=on`);
    else {
      written.push(`${arg}=${next}`);
      at++;
    }
  }
  return written;
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
