/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { createFirstOperator, invitationState } from "../../aaa/identity/first_operator.ts";
import type { IdentityContext } from "../../aaa/identity/identity_context.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { formToken, isOwnForm } from "../form_token.ts";
import { type FormTrouble, readForm } from "../read_form.ts";
import { FORM_TOKEN_FIELD } from "../ui/form.tsx";
import { showPage } from "../ui/page.tsx";
import {
  NOTHING_TYPED,
  readSetupFields,
  refusedBy,
  type SetupErrors,
  setupErrors,
  type SetupFields,
} from "./setup_form.ts";
import { SetupClosedPage, SetupDonePage, SetupPage, SetupTroublePage } from "./setup_pages.tsx";

const TROUBLES = {
  "no form": { status: 415, text: "What was sent is not the form of this page." },
  "too large": { status: 413, text: "What was sent is far larger than this form." },
  "too slow": { status: 408, text: "The form did not arrive within 10 seconds. Go back and send it again." },
  "broken off": { status: 400, text: "The form did not arrive whole. Go back and send it again." },
} as const satisfies Record<FormTrouble, unknown>;

/** Opened by the link that is printed at the first start: makes the account that may do everything. */
export function setupRoutes(deps: Deps): Hono {
  const routes = new Hono({ strict: false });
  routes.onError((fault, c) => {
    deps.reportFault(fault);
    const text = "That did not work, and it is not your fault: the log of Portico says why.";
    return showPage(c, <SetupTroublePage title="Something went wrong" text={text} />, 500);
  });
  routes.get("/setup/:secret", async (c) => {
    const state = await invitationState(identityContext(deps), c.req.param("secret"));
    return state === "valid" ? await ask(deps, c, NOTHING_TYPED, {}, 200) : await closed(c);
  });
  routes.post("/setup/:secret", async (c) => {
    const secret = c.req.param("secret");
    const form = await readForm(c);
    if (typeof form === "string") {
      const { status, text } = TROUBLES[form];
      return await showPage(c, <SetupTroublePage title="That did not arrive" text={text} />, status);
    }
    if (await invitationState(identityContext(deps), secret) !== "valid") return await closed(c);
    const fields = readSetupFields(form);
    if (!isOwnForm(deps, c, form.get(FORM_TOKEN_FIELD) ?? "")) {
      const again =
        "Please send the form again: it did not come from this page, or cookies are switched off.";
      return await ask(deps, c, fields, { form: again }, 403);
    }
    return await create(deps, c, secret, fields);
  });
  return routes;
}

async function create(deps: Deps, c: Context, secret: string, fields: SetupFields): Promise<Response> {
  const errors = setupErrors(fields);
  if (Object.keys(errors).length) return await ask(deps, c, fields, errors, 400);
  const { username, email, password } = fields;
  try {
    await createFirstOperator(identityContext(deps), secret, { username, email, password });
  } catch (fault) {
    if (!(fault instanceof DomainError)) throw fault;
    if (fault.code === "invalid_input") return await ask(deps, c, fields, refusedBy(fault.message), 400);
    const state = await invitationState(identityContext(deps), secret);
    if (state !== "valid") return await closed(c);
    return await ask(deps, c, fields, { form: "This user name or e-mail address is taken." }, 409);
  }
  return await showPage(c, <SetupDonePage username={username} hasDocs={deps.settings.apiDocs} />, 201);
}

function ask(
  deps: Deps,
  c: Context,
  fields: SetupFields,
  errors: SetupErrors,
  status: 200 | 400 | 403 | 409,
): Promise<Response> {
  return showPage(c, <SetupPage fields={fields} errors={errors} token={formToken(deps, c)} />, status);
}

function closed(c: Context): Promise<Response> {
  return showPage(c, <SetupClosedPage />, 404);
}

function identityContext(deps: Deps): IdentityContext {
  return { ...deps, now: deps.now(), actor: "setup link" };
}
