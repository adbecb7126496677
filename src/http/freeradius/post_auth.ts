import { Hono } from "hono";
import * as v from "valibot";
import { recordPostAuth } from "../../aaa/access/record_post_auth.ts";
import type { Deps } from "../../deps.ts";
import { optionalText, parseFields, text } from "../fields.ts";
import { notePostAuth } from "../outcome.ts";
import { type AuthenticateRequest, empty, readNasRequest } from "./nas_request.ts";

export const PostAuthFields = v.object({
  username: text(255),
  password: optionalText(4096),
  reply: text(32),
  called_station_id: optionalText(253),
  calling_station_id: optionalText(253),
});

/** Called by rlm_rest in FreeRADIUS's `post-auth` section, for accepts and rejects. */
export function postAuthRoute(deps: Deps, authenticate: AuthenticateRequest): Hono {
  return new Hono({ strict: false }).all("/postauth", async (c) => {
    const { nas, body, now } = await readNasRequest(deps, c, authenticate, "postauth", ["POST"]);
    if (!nas) return empty(200);
    const fields = parseFields(PostAuthFields, body);
    notePostAuth(c, fields.reply);
    await recordPostAuth(deps.db, deps.settings, nas, {
      username: fields.username,
      password: typeof body.password === "string" ? body.password : fields.password ?? "",
      reply: fields.reply,
      calledStationId: fields.called_station_id ?? null,
      callingStationId: fields.calling_station_id ?? null,
    }, now);
    return empty(201);
  });
}
