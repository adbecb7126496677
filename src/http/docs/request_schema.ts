import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { Schema } from "./openapi_types.ts";

const UNWRITTEN = ["bigint", "custom", "instance"];

/**
 * What clients may send, made from the schema that checks it. Checks that JSON Schema has no words for are told by
 * `documentedAs()`.
 *
 * @throws {Error} for a field that nothing tells about.
 */
export function requestSchema(fields: v.GenericSchema): Schema {
  const schema = toJsonSchema(fields, {
    typeMode: "input",
    target: "draft-2020-12",
    ignoreActions: ["check"],
    overrideAction: ({ valibotAction }) => documentedJsonSchema(valibotAction),
    // They stand only where `documentedAs()` says what comes over the wire.
    overrideSchema: ({ valibotSchema: { type } }) => UNWRITTEN.includes(type) ? {} : undefined,
  });
  // The fields of our requests use no more of JSON Schema than `Schema` has.
  return withoutNullAlternatives(schema as Schema);
}

function documentedJsonSchema(action: object): JsonSchema | undefined {
  if (!("metadata" in action)) return undefined;
  const { metadata } = action;
  return typeof metadata === "object" && metadata && "jsonSchema" in metadata
    // `documentedAs()` takes nothing else.
    ? metadata.jsonSchema as JsonSchema
    : undefined;
}

/** `{type: ["string", "null"]}` instead of alternatives, one of them null: that is how readers see it best. */
function withoutNullAlternatives({ properties = {}, ...schema }: Schema): Schema {
  const simple = Object.entries(properties).map(([name, property]): [string, Schema] => {
    const [value, nothing, ...more] = property.anyOf ?? [];
    const isNullable = value?.type !== undefined && nothing?.type === "null" && !more.length;
    return [name, isNullable ? { ...value, type: [value.type ?? [], "null" as const].flat() } : property];
  });
  return { ...schema, properties: Object.fromEntries(simple) };
}
