import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Deps } from "../deps.ts";

const COOKIE = "portico_form";
const ID = /^[0-9a-f]{32}$/;

/**
 * A hidden field's value that only a page of ours in the same browser can have (CSRF): tied to a cookie that no other
 * site can read or send. Browsers hide where a form was sent from when its page asks for `no-referrer`, so that an
 * `Origin` header would not do.
 */
export function formToken(deps: Deps, c: Context): string {
  const sent = getCookie(c, COOKIE);
  const id = sent && ID.test(sent) ? sent : deps.crypto.randomBytes(16).toHex();
  setCookie(c, COOKIE, id, {
    path: "/",
    httpOnly: true,
    sameSite: "Lax",
    secure: new URL(c.req.url).protocol === "https:",
  });
  return tokenOf(deps, id);
}

/** Whether a form was filled in on a page that we gave to the same browser. */
export function isOwnForm(deps: Deps, c: Context, sent: string): boolean {
  const id = getCookie(c, COOKIE);
  if (!id || !ID.test(id)) return false;
  const encoder = new TextEncoder();
  return deps.crypto.equal(encoder.encode(tokenOf(deps, id)), encoder.encode(sent));
}

function tokenOf({ crypto, serverKey }: Deps, id: string): string {
  return crypto.hmacSha256(serverKey, `form ${id}`).toHex();
}
