import { refuse } from "./identity_draft.ts";
import type { AttributeEntry } from "./setup_file.ts";

interface AttributeRow {
  readonly attribute: string;
  readonly op: string;
  readonly value: string;
}

/**
 * What the rows shall be, or undefined when they are that already; their order means nothing. An entry without a value
 * keeps the one there is.
 *
 * @throws {DomainError} invalid_input when there is none to keep.
 */
export function wantedAttributes(
  rows: readonly AttributeRow[],
  entries: readonly AttributeEntry[],
  path: string,
  key: string,
): AttributeRow[] | undefined {
  const known = new Map(rows.map((row) => [row.attribute, row]));
  const wanted = entries.map(([attribute, op, given], at) => {
    const value = given ?? known.get(attribute)?.value;
    if (value === undefined) {
      throw refuse(path, `${key}[${at}][2]`, `expected a value: ${attribute} has none yet`);
    }
    return { attribute, op, value };
  });
  const same = rows.length === wanted.length && wanted.every(({ attribute, op, value }) => {
    const row = known.get(attribute);
    return row?.op === op && row.value === value;
  });
  return same ? undefined : wanted;
}
