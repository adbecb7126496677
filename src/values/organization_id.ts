import * as v from "valibot";

/** An organization's UUID, lower case with dashes. */
export const OrganizationId = v.pipe(
  v.string(),
  v.transform((text) => text.toLowerCase()),
  v.uuid("Expected a UUID"),
  v.brand("OrganizationId"),
);
export type OrganizationId = v.InferOutput<typeof OrganizationId>;
