import * as v from "valibot";
import { type Message, message, type MessageKey, type ValuesOf } from "../languages/say.ts";
import { LARGEST_INT64 } from "../values/octets.ts";
import { ownText } from "../values/own_text.ts";
import { invalidFields, type Text } from "./problem.ts";
import type { Body } from "./read_body.ts";

/**
 * What the API's documentation says in place of checks that JSON Schema has no words for. It stands right after a
 * pipe's first schema: what comes after a transformation is no longer about what clients send.
 */
export const documentedAs = <Input>(jsonSchema: Readonly<Record<string, unknown>>) =>
  v.metadata<Input, { readonly jsonSchema: Readonly<Record<string, unknown>> }>({ jsonSchema });

/** No text that anybody wrote begins with this. */
const COMPLAINT = "\0";

/** A message as valibot's checks take it, who know texts only; `parseFields()` turns it back. */
export function complaint<Key extends MessageKey>(key: Key, ...values: ValuesOf<Key>): string {
  return COMPLAINT + JSON.stringify(message(key, ...values));
}

/**
 * A text of at most `longest` characters, surrounding white space cut off. Numbers are taken as their text, as clients
 * of loose languages send them. Messages are the ones existing clients show.
 */
export function text(
  longest: number,
  options: {
    readonly blank?: boolean;
    /** White space around it belongs to it: a password. */
    readonly verbatim?: boolean;
  } = {},
) {
  const blank = options.blank ?? false;
  const written = (sent: string | number) => options.verbatim ? String(sent) : String(sent).trim();
  const fault = (sent: unknown) => isText(sent) ? wrongText(written(sent), longest, blank) : noText(sent);
  // One check and one transformation: an accounting packet has 22 texts, most of them short or empty.
  return v.pipe(
    v.custom<string | number>(
      (sent) => sent === "" ? blank : fault(sent) === null,
      ({ input }) => fault(input) ?? "",
    ),
    documentedAs({ type: "string", ...(blank ? {} : { minLength: 1 }), maxLength: longest }),
    v.transform((sent) => {
      const value = written(sent);
      return value.length < String(sent).length ? ownText(value) : value;
    }),
  );
}

function isText(sent: unknown): sent is string | number {
  return typeof sent === "string" || Number.isSafeInteger(sent);
}

function noText(sent: unknown): string {
  return sent === null ? complaint("field_null") : complaint("invalid_text");
}

function wrongText(value: string, longest: number, blank: boolean): string | null {
  if (value === "") return blank ? null : complaint("field_blank");
  if (!value.isWellFormed()) return complaint("invalid_text");
  if (value.includes("\0")) return complaint("null_characters");
  const fits = value.length <= longest || [...value].length <= longest;
  return fits ? null : complaint("text_too_long", { longest });
}

/** Like `text()`, but it may be left out, empty or null. */
export const optionalText = (longest: number) => v.nullish(text(longest, { blank: true }));

/** One of a few texts. */
export function choice<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, ({ received, input }) => {
    if (received === "undefined") return complaint("field_required");
    return received === "null"
      ? complaint("field_null")
      : complaint("invalid_choice", { choice: shown(input) });
  });
}

/** What a client sent, for a message: not more of it than people read, and nothing that UTF-8 cannot carry. */
function shown(input: unknown): string {
  // An object may have a `toString` of its own, which is no function.
  const text = typeof input === "object" ? "…" : String(input);
  return (text.length > 60 ? `${text.slice(0, 59)}…` : text).toWellFormed();
}

/** A 64-bit count: an integer or its decimal text, `""` for not sent. */
export function optionalCount() {
  return v.optional(v.pipe(
    v.custom<string | number | bigint>(
      (sent) => sent === "" || wrongCount(sent) === null,
      ({ input }) => wrongCount(input) ?? "",
    ),
    documentedAs({ type: ["integer", "string"], format: "int64", minimum: 0, pattern: "^[0-9]*$" }),
    v.transform(toCount),
  ));
}

function wrongCount(sent: unknown): string | null {
  const value = typeof sent === "string" ? sent.trim() : sent;
  if (value === "" || (typeof value === "string" && CERTAIN_COUNT.test(value))) return null;
  if (value === null) return complaint("field_null");
  if (!isInteger(value)) return complaint("invalid_integer");
  const count = toBigInt(value);
  if (count < 0n) return complaint("integer_too_small", { least: 0 });
  return count <= LARGEST_INT64 ? null : complaint("integer_too_large", { most: String(LARGEST_INT64) });
}

/** In range, whatever its digits. */
const CERTAIN_COUNT = /^[0-9]{1,18}$/;

function toCount(sent: string | number | bigint): bigint | undefined {
  const value = typeof sent === "string" ? sent.trim() : sent;
  return value === "" ? undefined : toBigInt(value);
}

function isInteger(value: unknown): value is string | number | bigint {
  if (typeof value === "string") return /^[+-]?[0-9]{1,400}(\.0*)?$/.test(value);
  return typeof value === "bigint" || Number.isInteger(value);
}

function toBigInt(value: string | number | bigint): bigint {
  return BigInt(typeof value === "string" ? value.replace(/\.0*$/, "") : value);
}

const ABORT_PIPE_EARLY = { abortPipeEarly: true };

/**
 * Checks a body against its fields; keys that no field names are ignored.
 *
 * @throws {HttpProblem} 400 with every field's messages.
 */
export function parseFields<Entries extends v.ObjectEntries>(
  schema: Fields<Entries>,
  body: Body,
): v.InferOutput<Fields<Entries>> {
  const result = v.safeParse(schema, body, ABORT_PIPE_EARLY);
  if (result.success) return result.output;
  throw invalidFields(errorsOf(result.issues));
}

type Fields<Entries extends v.ObjectEntries> = v.ObjectSchema<
  Entries,
  v.ErrorMessage<v.ObjectIssue> | undefined
>;

/** The same for whoever has more to check: the fields that are right, and the messages of the others. */
export function checkFields<Entries extends v.ObjectEntries>(
  schema: Fields<Entries>,
  body: Body,
): {
  readonly fields: Partial<v.InferOutput<Fields<Entries>>>;
  readonly errors: Readonly<Record<string, readonly Text[]>>;
} {
  const result = v.safeParse(schema, body, ABORT_PIPE_EARLY);
  if (result.success) return { fields: result.output, errors: {} };
  const errors = errorsOf(result.issues);
  const right = Object.entries(result.output as object).filter(([name]) => !Object.hasOwn(errors, name));
  // What has no message is as its field's schema wants it.
  return { fields: Object.fromEntries(right) as Partial<v.InferOutput<Fields<Entries>>>, errors };
}

function errorsOf(issues: readonly v.BaseIssue<unknown>[]): Readonly<Record<string, readonly Text[]>> {
  const errors: Record<string, Text[]> = {};
  for (const issue of issues) {
    const field = String(issue.path?.[0]?.key ?? "non_field_errors");
    const text = issue.type === "object" ? message("field_required") : fromComplaint(issue.message);
    (errors[field] ??= []).push(text);
  }
  return errors;
}

function fromComplaint(text: string): Text {
  if (!text.startsWith(COMPLAINT)) return text;
  // Nothing but `complaint()` writes this.
  return JSON.parse(text.slice(COMPLAINT.length)) as Message;
}
