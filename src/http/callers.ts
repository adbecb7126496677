import type { Hono } from "hono";

/** Who may call a route. The route itself sees to it, at the point where its contract wants it. */
export type Caller =
  | "anybody"
  /** FreeRADIUS: an organization's credentials, or a user's RADIUS token, from an allowed host. */
  | "nas"
  /** An old installation's FreeRADIUS and scripts: its one token. */
  | "legacy client"
  /** Whoever knows a guest's password. */
  | "guest"
  /** A guest with an API key: `Authorization: Bearer`. */
  | "key holder"
  /** The same, the key in the body. */
  | "key in body"
  /** The hosts that a setting names. */
  | "metrics host"
  /** Whoever has the one-time link. */
  | "invited";

const declared = new WeakMap<Hono, Map<string, Caller>>();

/** Serves routes below a path. The app serves nothing in another way, so that every route says who may call it. */
export function serveTo(app: Hono, caller: Caller, path: string, routes: Hono): void {
  const known = app.routes.length;
  app.route(path, routes);
  const callers = declared.get(app) ?? new Map<string, Caller>();
  declared.set(app, callers);
  for (const route of app.routes.slice(known)) callers.set(route.path, caller);
}

/** Paths as the URL map has them, `/setup/:secret`, without a slash at their end. */
export function callersOf(app: Hono): ReadonlyMap<string, Caller> {
  return declared.get(app) ?? new Map();
}
