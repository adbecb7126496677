/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import {
  type Confirmable,
  type Confirmation,
  confirmEmail,
  readConfirmation,
} from "../../aaa/account/email_confirmation.ts";
import { sendLinkAgain } from "../../aaa/account/send_confirmation.ts";
import type { Deps } from "../../deps.ts";
import { acceptedLanguage } from "../../languages/accept_language.ts";
import { type Language, message } from "../../languages/say.ts";
import { showPage } from "../ui/page.tsx";
import {
  ConfirmedPage,
  ConfirmPage,
  ExpiredPage,
  FaultPage,
  SentAgainPage,
  UnknownLinkPage,
} from "./confirm_email_pages.tsx";

/** Where the link in a confirmation mail leads. GET shows, POST does: mails are read by programs too. */
export function confirmEmailRoutes(deps: Deps): Hono {
  const routes = new Hono({ strict: false });
  routes.onError((fault, c) => {
    deps.reportFault(fault);
    return showPage(c, <FaultPage language={languageOf(c)} />, 500);
  });
  routes.get("/confirm-email/:token", async (c) => {
    const confirmation = await readConfirmation(deps, c.req.param("token"), deps.now());
    return await show(c, languageOf(c), confirmation);
  });
  routes.post("/confirm-email/:token", async (c) => {
    const token = c.req.param("token");
    const confirmation = await confirmEmail(deps, token, deps.now());
    return confirmation.kind === "expired"
      ? await sendAgain(deps, c, confirmation.about)
      : await show(c, languageOf(c), confirmation);
  });
  return routes;
}

async function sendAgain(deps: Deps, c: Context, about: Confirmable): Promise<Response> {
  const language = languageOf(c);
  const visit = { language, now: deps.now(), requestUrl: c.req.url };
  const again = await sendLinkAgain(deps, visit, about);
  if (again.kind === "sent") return await showPage(c, <SentAgainPage language={language} />);
  const trouble = message("too_many_attempts", { seconds: again.secondsLeft });
  c.header("Retry-After", String(again.secondsLeft));
  return await showPage(c, <ExpiredPage language={language} about={about} trouble={trouble} />, 429);
}

function show(c: Context, language: Language, confirmation: Confirmation): Promise<Response> {
  switch (confirmation.kind) {
    case "open":
      return showPage(c, <ConfirmPage language={language} about={confirmation.about} />);
    case "done":
      return showPage(c, <ConfirmedPage language={language} about={confirmation.about} />);
    case "expired":
      return showPage(c, <ExpiredPage language={language} about={confirmation.about} />, 410);
    case "unknown":
      return showPage(c, <UnknownLinkPage language={language} />, 404);
  }
}

function languageOf(c: Context): Language {
  return acceptedLanguage(c.req.header("accept-language")) ?? "en";
}
