import type { RouteDescription } from "../route_description.ts";

/** What guests and their login pages call. */
export function accountRoutes(): readonly RouteDescription[] {
  return [];
}
