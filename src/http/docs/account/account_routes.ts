import type { RouteDescription } from "../route_description.ts";
import type { PageSize } from "../session_parameters.ts";
import { passwordRoutes } from "./password_routes.ts";
import { phoneRoutes } from "./phone_routes.ts";
import { registrationRoutes } from "./registration_routes.ts";
import { sessionRoutes } from "./session_routes.ts";
import { signInRoutes } from "./sign_in_routes.ts";

/** What guests and their login pages call. */
export function accountRoutes(pageSize: PageSize): readonly RouteDescription[] {
  return [
    ...registrationRoutes(),
    ...signInRoutes(),
    ...passwordRoutes(),
    ...phoneRoutes(),
    ...sessionRoutes(pageSize),
  ];
}
