import type { Parameter, Schema } from "../openapi_types.ts";
import {
  detailResponse,
  invalidQuery,
  jsonResponse,
  methodResponse,
  type RouteDescription,
  throttledResponse,
} from "../route_description.ts";
import { SESSION_EXAMPLE, SESSION_SCHEMA } from "../session_schema.ts";
import { FILTERS, pageParameters, type PageSize, query } from "../session_parameters.ts";
import { accountPath, memberOperation } from "./account_description.ts";

const STATION = "In any spelling: neither letter case nor `:` or `-` count.";
const ALSO_HERE = ["start_time", "stop_time", "is_open"];
const OWN_FILTERS: readonly Parameter[] = [
  query("calling_station_id", STATION, { type: "string" }),
  query("called_station_id", STATION, { type: "string" }),
  ...FILTERS.filter(({ name }) => ALSO_HERE.includes(name)),
];

const QUOTAS: Schema = {
  type: "object",
  required: ["checks"],
  properties: {
    checks: {
      type: "array",
      items: {
        type: "object",
        required: ["attribute", "op", "value", "result", "type"],
        properties: {
          attribute: { type: "string" },
          op: { type: "string" },
          value: { type: "string", description: "The limit, as it was written." },
          result: {
            type: "integer",
            format: "int64",
            description: "What is used of it: never more than the limit, 0 where nothing can be counted.",
          },
          type: {
            type: ["string", "null"],
            enum: ["bytes", "seconds"],
            description:
              "From the attribute's name, else from `PORTICO_RADIUS_ATTRIBUTES_TYPE_MAP`, else null.",
          },
        },
      },
    },
  },
};

/** What guests see of their own use. */
export function sessionRoutes(pageSize: PageSize): readonly RouteDescription[] {
  return [
    {
      path: accountPath("session/"),
      get: memberOperation({
        summary: "Own sessions",
        description:
          "The newest first, under whatever name they were opened. `Link` leads to the other pages " +
          "(RFC 8288); the word `next` is in it only where there is a next one. No membership is asked for.",
        parameters: [...OWN_FILTERS, ...pageParameters(pageSize)],
        responses: {
          ...methodResponse("POST"),
          ...throttledResponse,
          "200": jsonResponse("One page.", { type: "array", items: SESSION_SCHEMA }, [SESSION_EXAMPLE]),
          "400": invalidQuery,
          "404": detailResponse("There is no such page, or no such organization.", "Invalid page."),
        },
      }),
    },
    {
      path: accountPath("usage/"),
      get: memberOperation({
        summary: "Own quotas",
        description:
          "The checks of the guest's group that a counter handles, in the order they were written.",
        responses: {
          ...methodResponse("POST"),
          ...throttledResponse,
          "200": jsonResponse("What is used of each.", QUOTAS, {
            checks: [
              { attribute: "Max-Daily-Session", op: ":=", value: "10800", result: 261, type: "seconds" },
              {
                attribute: "Max-Daily-Session-Traffic",
                op: ":=",
                value: "3000000000",
                result: 1_522_976_418,
                type: "bytes",
              },
            ],
          }),
          "404": detailResponse(
            "The guest has no group here, or there is no such organization.",
            "Not found.",
          ),
        },
      }),
    },
  ];
}
