import { Hono } from "hono";
import * as v from "valibot";
import { obtainRadiusToken } from "../../aaa/access/obtain_radius_token.ts";
import { findOrganizationBySlug } from "../../aaa/identity/organization_record.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { message } from "../../languages/say.ts";
import { parseFields, text } from "../fields.ts";
import { allowMethods, invalidFields, throttled } from "../problem.ts";
import { readBody } from "../read_body.ts";
import { throttle } from "../throttle.ts";
import { mentionLegacySwitch } from "./legacy_request.ts";

export const ObtainTokenFields = v.object({ username: text(254), password: text(4096, { verbatim: true }) });

/** A guest's name and password for a RADIUS password; the one legacy route that needs no token. */
export function obtainTokenRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/token", async (c) => {
    const { db, settings } = deps;
    const now = deps.now();
    mentionLegacySwitch(deps, c);
    const organization = settings.legacyApiToken
      ? await findOrganizationBySlug(db, settings, settings.legacyOrganization, now)
      : null;
    if (!organization?.isActive) throw new DomainError("forbidden", "Nobody can log in here");
    await throttle(deps, c, "obtain_auth_token");
    allowMethods(c, "POST");

    const login = parseFields(ObtainTokenFields, await readBody(c));
    const obtained = await obtainRadiusToken(deps, organization, login, now);
    switch (obtained.kind) {
      case "issued":
        return c.json({ token: obtained.key });
      case "refused":
        throw invalidFields({ non_field_errors: [message("invalid_credentials")] });
      case "wait":
        throw throttled(obtained.seconds);
    }
  });
}
