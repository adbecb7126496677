import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { authenticateLegacyNas, type Nas } from "../../aaa/access/authenticate_nas.ts";
import type { Deps } from "../../deps.ts";
import { clientAddress } from "../client_address.ts";
import type { Body } from "../read_body.ts";

/** Installations whose operator was told; strangers are told nothing. */
const told = new WeakSet<Deps>();

/** The installation's one token, in header or query (radius-api 16); the body says nothing about who asks. */
export function authenticateLegacyRequest(deps: Deps, c: Context, _body: Body, now: Date): Promise<Nas> {
  mentionLegacySwitch(deps, c);
  return authenticateLegacyNas(deps, {
    authorization: c.req.header("authorization"),
    token: c.req.query("token"),
    clientAddress: clientAddress(deps, c),
  }, now);
}

/** Tells the log, once, that a client came for what is not switched on. */
export function mentionLegacySwitch(deps: Deps, c: Context): void {
  if (deps.settings.legacyApiToken || told.has(deps)) return;
  told.add(deps);
  getLogger("portico").warn(
    "A client of django-freeradius was refused at {path}: PORTICO_LEGACY_API_TOKEN is not set (docs/legacy.md)",
    { path: c.req.path },
  );
}
