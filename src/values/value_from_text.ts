import type * as v from "valibot";

/** How a value is written where only text can be: in an environment variable, on a command line. */
export type TextKind = "flag" | "number" | "text" | "list" | "structure";

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  "1": true,
  "0": false,
  on: true,
  off: false,
  yes: true,
  no: false,
};

/** Lists are of texts; every other array and every object is a structure. */
export function textKindOf(schema: v.GenericSchema): TextKind {
  switch (schema.type) {
    case "boolean":
      return "flag";
    case "number":
      return "number";
    case "string":
    case "picklist":
      return "text";
    case "array":
      return "item" in schema && isOfText(schema.item) ? "list" : "structure";
    default:
      return "structure";
  }
}

/**
 * Flags as `true`, `1`, `on`, `yes` and their opposites, lists with commas (nothing at all is the empty list),
 * structures as JSON. A text that cannot be read comes back as it is, so that the schema says what it expected.
 */
export function valueFromText(kind: TextKind, text: string): unknown {
  const trimmed = text.trim();
  switch (kind) {
    case "text":
      return text;
    case "flag":
      return FLAGS[trimmed.toLowerCase()] ?? text;
    case "number":
      return /^-?\d+$/.test(trimmed) ? Number(trimmed) : text;
    case "list":
      return trimmed ? trimmed.split(",").map((item) => item.trim()) : [];
    case "structure":
      try {
        return JSON.parse(trimmed);
      } catch {
        return text;
      }
  }
}

function isOfText(item: unknown): boolean {
  return typeof item === "object" && item !== null && "type" in item && item.type === "string";
}
