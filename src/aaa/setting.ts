import * as v from "valibot";

/** A setting, what it is for, and what it is where nobody sets it. */
export function setting<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about)), fallback);
}

/** A setting of a part that is still to come: checked already, so that a configuration can be taken over. */
export function later<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about), v.metadata({ use: "later" })), fallback);
}

/** A setting that means nothing here, and stands in existing configurations. */
export function inert<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about), v.metadata({ use: "never" })), fallback);
}
