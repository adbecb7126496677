import * as v from "valibot";
import { setting } from "../setting.ts";
import { Text } from "../setting_values.ts";
import { gatewayFromText, type SmsGateway, type Webhook, webhookComplaint } from "./sms_gateway.ts";
import { parseSmtpUrl, type SmtpServer } from "./smtp_server.ts";

function matching(expected: string, pattern: RegExp) {
  return v.pipe(v.string(expected), v.regex(pattern, expected));
}

/** Where messages go. */
export const messageSettings = {
  sms: setting(
    matching(
      "expected log, file:PATH, webhook:URL or twilio:ACCOUNT:TOKEN",
      /^(log|file:.+|webhook:https?:\/\/.+|twilio:[^:]+:.+)$/,
    ),
    "log",
    "Where text messages go: `log`, `file:PATH` (a JSON line each), `webhook:URL`, `twilio:ACCOUNT:TOKEN`. " +
      "[messages.md](messages.md) has it all.",
  ),
  smsWebhookMethod: setting(
    v.picklist(["POST", "PUT", "GET"], "expected POST, PUT or GET"),
    "POST",
    "How the webhook is called.",
  ),
  smsWebhookHeaders: setting(
    v.record(v.string(), v.string("expected texts"), "expected an object of headers"),
    {},
    "Headers of the call, such as `Authorization`.",
  ),
  smsWebhookBody: setting(
    Text,
    "",
    "What is sent, with `{to}`, `{body}` and others in it; empty for JSON of our own.",
  ),
  smsWebhookAccepted: setting(
    Text,
    "",
    "What the answer contains when the message was accepted; empty: every status from 200 to 299 says so.",
  ),
  mail: setting(
    matching("expected log, file:DIR, smtp://… or smtps://…", /^(log|file:.+|smtps?:\/\/.+)$/),
    "log",
    "Where mail goes: `log`, `file:DIR` (a file each), `smtp://USER:PASSWORD@HOST`, `smtps://…`.",
  ),
  mailFrom: setting(
    matching(
      "expected an address, or a name and an address as in Hotel Sole <wifi@example.org>",
      /^$|^[^\s<>@,"]+@[^\s<>@,"]+$|^[^<>@,;:"\\\p{Cc}]+ <[^\s<>@,"]+@[^\s<>@,"]+>$/u,
    ),
    "",
    "Whom mail is from: an address, or `Name <address>`. Empty: the user of `mail` if that is an address, else " +
      "`no-reply@` and `site_domain`.",
  ),
};

type MessageSettings = v.InferOutput<v.ObjectSchema<typeof messageSettings, undefined>>;

/** Where text messages go, read. */
export type SmsDestination =
  | { readonly kind: "log" }
  | { readonly kind: "file"; readonly path: string }
  | SmsGateway;

/** Where mail goes, read. */
export type MailDestination =
  | { readonly kind: "log" }
  | { readonly kind: "file"; readonly folder: string }
  | { readonly kind: "smtp"; readonly server: SmtpServer };

const NAMES = { url: "sms", headers: "smsWebhookHeaders", body: "smsWebhookBody" } as const;

/** What the settings say together that cannot be; the text ends a sentence that begins with the setting's name. */
export function messageComplaint(
  settings: MessageSettings,
): { readonly name: keyof typeof messageSettings; readonly text: string } | null {
  const smtp = /^smtps?:/.test(settings.mail) ? parseSmtpUrl(settings.mail) : null;
  if (typeof smtp === "string") return { name: "mail", text: smtp };
  const destination = smsDestination(settings);
  if (!destination) {
    return { name: "sms", text: "expected twilio:ACCOUNT:TOKEN or twilio:ACCOUNT:TOKEN@https://HOST" };
  }
  const complaint = destination.kind === "webhook" ? webhookComplaint(destination) : null;
  return complaint && { name: NAMES[complaint.part], text: complaint.text };
}

/** Null for what `messageComplaint()` complains of. */
export function smsDestination(settings: MessageSettings): SmsDestination | null {
  const { sms } = settings;
  if (sms === "log") return { kind: "log" };
  if (sms.startsWith("file:")) return { kind: "file", path: sms.slice(5) };
  const gateway = gatewayFromText(sms);
  if (gateway?.kind !== "webhook") return gateway;
  const { smsWebhookMethod: method, smsWebhookHeaders: headers, smsWebhookBody: body } = settings;
  return { ...gateway, method, headers, body, accepted: settings.smsWebhookAccepted } satisfies Webhook;
}

/** Null for what `messageComplaint()` complains of. */
export function mailDestination({ mail }: Pick<MessageSettings, "mail">): MailDestination | null {
  if (mail === "log") return { kind: "log" };
  if (mail.startsWith("file:")) return { kind: "file", folder: mail.slice(5) };
  const server = parseSmtpUrl(mail);
  return typeof server === "string" ? null : { kind: "smtp", server };
}

/** Whom mail is from where it names nobody: an address, perhaps with a name. */
export function mailSender(
  settings: Pick<MessageSettings, "mail" | "mailFrom"> & { readonly siteDomain: string },
): string {
  if (settings.mailFrom) return settings.mailFrom;
  const destination = mailDestination(settings);
  const user = destination?.kind === "smtp" ? destination.server.auth?.user : undefined;
  return user?.includes("@") ? user : `no-reply@${settings.siteDomain.replace(/:\d+$/, "")}`;
}
