import type { Context } from "hono";
import type { Controller } from "../../controller/controller.ts";
import type { Station } from "../../controller/station.ts";
import { type Language, type Message, message, say } from "../../languages/say.ts";
import { readForm } from "../read_form.ts";
import { FORM_TOKEN_FIELD } from "../ui/form.tsx";
import { goTo } from "./go_to.ts";
import { LONGEST_FIELD } from "./portal_pages.tsx";
import { loginTokenOf, renderLogin } from "./show_login.tsx";

interface Filled {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

/** The sign-in form was sent: the status page, or the form again with what is wrong. */
export async function logOnByForm(
  deps: { readonly controller: Controller },
  c: Context,
  language: Language,
  station: Station,
): Promise<Response> {
  const form = await readForm(c);
  if (station.state !== "stranger" && station.state !== "splash") return goTo("status");
  const again = (next: Station, filled: Parameters<typeof renderLogin>[3], status: 400 | 403 | 409 | 503) =>
    renderLogin(c, language, deps.controller.withChallenge(next), filled, status);
  if (typeof form === "string") return await again(station, wrong(language, "", "portal_form_broken"), 400);

  const filled = readFields(form);
  const errors = complaints(language, filled);
  if (errors.username || errors.password) {
    return await again(station, { username: filled.username, errors }, 400);
  }
  // Sent by another site, from a page of before, or twice.
  if (!filled.token || filled.token !== loginTokenOf(station)) {
    return await again(station, wrong(language, filled.username, "portal_form_stale"), 409);
  }
  const outcome = await deps.controller.logOn(station, {
    userName: filled.username,
    credential: { kind: "password", password: filled.password },
    challenge: station.challenge,
    lang: language,
  });
  switch (outcome.kind) {
    case "accepted":
    case "already":
      return goTo("status");
    case "refused": {
      const text = outcome.replyMessage || say(language, message("invalid_credentials"));
      const notice = { kind: "wrong", text } as const;
      return await again(outcome.station, { username: filled.username, notice }, 403);
    }
    case "expired":
      return await again(outcome.station, wrong(language, filled.username, "portal_form_stale"), 409);
    // A form has no EAP.
    case "challenge":
    case "silent":
      return await again(outcome.station, wrong(language, filled.username, "portal_no_answer"), 503);
  }
}

function readFields(form: URLSearchParams): Filled {
  return {
    token: form.get(FORM_TOKEN_FIELD) ?? "",
    // Keyboards of telephones put a space behind a word.
    username: (form.get("username") ?? "").trim(),
    password: form.get("password") ?? "",
  };
}

function complaints(language: Language, { username, password }: Filled) {
  const tooLong = message("portal_text_too_long", { longest: LONGEST_FIELD });
  const complaint = (text: string, missing: Message) =>
    text === "" ? missing : text.length > LONGEST_FIELD ? tooLong : null;
  const said = (text: Message | null) => text ? say(language, text) : undefined;
  return {
    username: said(complaint(username, message("portal_username_missing"))),
    password: said(complaint(password, message("portal_password_missing"))),
  };
}

function wrong(
  language: Language,
  username: string,
  key: "portal_form_broken" | "portal_form_stale" | "portal_no_answer",
) {
  return { username, notice: { kind: "wrong", text: say(language, message(key)) } } as const;
}
