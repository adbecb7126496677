import { Hono } from "hono";
import { type BatchContext, makeBatch, planBatch, type PlannedBatch } from "../../aaa/identity/batches.ts";
import { sendCredentials } from "../../aaa/messages/send_credentials.ts";
import type { Deps } from "../../deps.ts";
import type { Language } from "../../languages/say.ts";
import { toBatch } from "../batch_fields.ts";
import { batchJson } from "../batch_json.ts";
import { allowMethods, invalidFields } from "../problem.ts";
import { readBody } from "../read_body.ts";
import { requestLanguage } from "../request_language.ts";
import { throttle } from "../throttle.ts";
import { authenticateLegacyRequest } from "./legacy_request.ts";
import { patientAnswer } from "./patient_answer.ts";

/** What a form has around its file. */
const FORM_OCTETS = 65_536;

/** Makes users by a prefix or from a file, in the installation's one organization. */
export function legacyBatchRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/batch", async (c) => {
    const { settings } = deps;
    const now = deps.now();
    const { organization } = await authenticateLegacyRequest(deps, c, {}, now);
    await throttle(deps, c, "others");
    allowMethods(c, "POST");

    const isForm = /^multipart\//i.test(c.req.header("content-type") ?? "");
    const body = await readBody(c, isForm ? settings.maxFileSize + FORM_OCTETS : undefined);
    const sent = await toBatch(body, settings.maxFileSize);
    const context = { ...deps, now, actor: "legacy API token", pause };
    const planned = await planBatch(context, { ...sent, organization });
    if (planned.kind === "refused") throw invalidFields(planned.errors);
    return await patientAnswer(deps, make(context, planned, requestLanguage(c)), 201);
  });
}

async function make(
  context: BatchContext & Pick<Deps, "wakeOutbox" | "reportFault">,
  planned: PlannedBatch,
  language: Language,
) {
  const made = await makeBatch(context, planned);
  if (made.kind === "refused") return { status: 400, body: made.errors };
  const { organization } = planned.request;
  // The users are there, and their passwords are in the answer too.
  await sendCredentials(context, organization, made, language, context.now).catch(context.reportFault);
  return { status: 201, body: batchJson(made, context.settings.timeZone) };
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
