import * as v from "valibot";
import { message } from "../languages/say.ts";
import { choice, complaint, documentedAs, optionalCount, optionalText, parseFields, text } from "./fields.ts";
import { type FieldErrors, invalidFields } from "./problem.ts";
import type { Body } from "./read_body.ts";

const REQUIRED = message("field_required");

/** A calendar date, `""` or null for none. */
const optionalDate = v.pipe(
  optionalText(32),
  v.check(
    (value) => !value || isDate(value),
    complaint("invalid_date"),
  ),
);

/** What a batch of users is made of (radius-api 6.1). */
export const BatchFields = v.object({
  name: text(128),
  strategy: choice(["prefix", "csv"]),
  prefix: optionalText(20),
  number_of_users: v.optional(v.nullable(v.unwrap(optionalCount()))),
  /** Five columns, without a header (radius-api 6.4). */
  csvfile: v.optional(v.nullable(v.pipe(
    v.union(
      [v.instance(File), v.literal("")],
      "The submitted data was not a file. Check the encoding type on the form.",
    ),
    documentedAs({ type: "string", format: "binary" }),
  ))),
  expiration_date: optionalDate,
});

export interface SentBatch {
  readonly name: string;
  readonly expirationDate: string | null;
  readonly users:
    | { readonly strategy: "prefix"; readonly prefix: string; readonly count: number }
    | { readonly strategy: "csv"; readonly file: Uint8Array };
}

/**
 * @param largestFile octets.
 * @throws {HttpProblem} 400 with every field's messages.
 */
export async function toBatch(body: Body, largestFile: number): Promise<SentBatch> {
  const fields = parseFields(BatchFields, body);
  const file = fields.csvfile instanceof File && (fields.csvfile.name || fields.csvfile.size)
    ? fields.csvfile
    : null;
  const { name, prefix, number_of_users: count } = fields;
  const expirationDate = fields.expiration_date || null;
  if (fields.strategy === "prefix") {
    refuse({
      ...(!prefix && { prefix: [REQUIRED] }),
      ...(count == null && { number_of_users: [REQUIRED] }),
      ...(file && { __all__: ["A batch with a prefix takes no file."] }),
    });
    return {
      name,
      expirationDate,
      users: { strategy: "prefix", prefix: prefix ?? "", count: Number(count) },
    };
  }
  refuse({
    ...(!file && { csvfile: [REQUIRED] }),
    ...(file && !file.size && { csvfile: ["The submitted file is empty."] }),
    ...(file && file.size > largestFile &&
      { csvfile: [`The file is larger than ${largestFile} octets.`] }),
    ...(prefix && { __all__: ["A batch from a file takes no prefix."] }),
  });
  const octets = new Uint8Array(await file?.arrayBuffer() ?? []);
  return { name, expirationDate, users: { strategy: "csv", file: octets } };
}

function refuse(errors: FieldErrors): void {
  if (Object.keys(errors).length) throw invalidFields(errors);
}

/** `YYYY-MM-DD`, of a day that exists. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) &&
    new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;
}
