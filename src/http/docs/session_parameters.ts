import type { Parameter, Schema } from "./openapi_types.ts";

/** What lists of sessions can be narrowed to (radius-api 3.9). */
export const FILTERS: readonly Parameter[] = [
  query("username", "Exactly this user name, as the NAS sent it.", { type: "string" }),
  query("called_station_id", "Exactly this.", { type: "string" }),
  query("calling_station_id", "Exactly this.", { type: "string" }),
  query("start_time", "Begun at this time or later: `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS]` or ISO 8601.", {
    type: "string",
  }),
  query("stop_time", "Ended at this time or earlier, so no open sessions.", { type: "string" }),
  query("is_open", "Whether the session is open. Anything else filters nothing.", {
    enum: ["true", "false", "1", "0"],
  }),
];

/** Rows of a page. */
export interface PageSize {
  readonly usual: number;
  readonly most: number;
}

export function pageParameters({ usual, most }: PageSize): readonly Parameter[] {
  return [
    query("page", "A number from 1, or `last`.", { type: "string", default: "1" }),
    query("page_size", "Rows of a page. What is larger is cut down, what is no number is the default.", {
      type: "integer",
      default: usual,
      maximum: most,
    }),
  ];
}

export function query(name: string, description: string, schema: Schema): Parameter {
  return { name, in: "query", description, schema };
}
