import * as v from "valibot";

/** Any HTTP API that takes a text message in one request. */
export interface Webhook {
  readonly kind: "webhook";
  /** With `{to}` and its like in it where the API wants them there. */
  readonly url: string;
  readonly method: "POST" | "PUT" | "GET";
  readonly headers: Readonly<Record<string, string>>;
  /** A template; empty for our own JSON. */
  readonly body: string;
  /** What the answer to an accepted message contains; empty where the status says it. */
  readonly accepted: string;
}

/** Twilio's Messages resource, or something that speaks like it. */
export interface Twilio {
  readonly kind: "twilio";
  /** `AC…` */
  readonly account: string;
  readonly token: string;
  /** `https://api.twilio.com`, without a slash at the end. */
  readonly origin: string;
}

export type SmsGateway = Webhook | Twilio;

/** Something is wrong with a part of a webhook; the text ends a sentence that begins with its setting's name. */
export interface WebhookComplaint {
  readonly part: "url" | "headers" | "body";
  readonly text: string;
}

/** In a webhook's address and body; a dot and a name take one value out of the organization's `sms_meta_data`. */
export const PLACEHOLDER = /\{(to|to_digits|body|from|organization|id|meta_data(?:\.[\w-]+)?)\}/g;

const TWILIO = /^twilio:([A-Za-z0-9]+):([^@\s]+)(?:@(https?:\/\/[^/\s]+))?$/;
const TWILIO_ORIGIN = "https://api.twilio.com";
const EXPECTED =
  "expected webhook:URL, twilio:ACCOUNT:TOKEN, or an object with webhook and perhaps method, " +
  "headers, body and accepted";

const WebhookEntry = v.strictObject({
  webhook: v.string(EXPECTED),
  method: v.optional(v.picklist(["POST", "PUT", "GET"], "expected POST, PUT or GET"), "POST"),
  headers: v.optional(v.record(v.string(), v.string("expected texts"), "expected an object of headers"), {}),
  body: v.optional(v.string("expected a text"), ""),
  accepted: v.optional(v.string("expected a text"), ""),
}, EXPECTED);

/**
 * What an organization's `sms_gateway` may be: as short as in `PORTICO_SMS`, or a webhook in all its parts; an empty
 * text for none of its own. Like every secret it is shown as null, and null leaves it as it is.
 */
export const SmsGatewayEntry = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): SmsGateway | "" | null => {
    if (value === "" || value === null) return value;
    const gateway = typeof value === "string" ? gatewayFromText(value) : webhookFrom(value);
    const complaint = typeof gateway === "string" ? gateway : gateway && complaintAbout(gateway);
    if (gateway && typeof gateway !== "string" && !complaint) return gateway;
    addIssue({ message: complaint || EXPECTED });
    return NEVER;
  }),
);

/** `webhook:URL` with defaults for the rest, or `twilio:ACCOUNT:TOKEN[@ORIGIN]`; null for anything else. */
export function gatewayFromText(text: string): SmsGateway | null {
  if (/^webhook:https?:\/\/./.test(text)) {
    return { kind: "webhook", url: text.slice(8), method: "POST", headers: {}, body: "", accepted: "" };
  }
  const [, account, token, origin = TWILIO_ORIGIN] = TWILIO.exec(text) ?? [];
  return account && token ? { kind: "twilio", account, token, origin } : null;
}

/** What would fail at the first message. */
export function webhookComplaint({ url, method, headers, body }: Webhook): WebhookComplaint | null {
  const filled = url.replaceAll(PLACEHOLDER, "x");
  if (!/^https?:\/\/[^/?#{}]+([/?#]|$)/.test(url) || !URL.canParse(filled)) {
    return { part: "url", text: "expected an http: or https: address, without placeholders in its host" };
  }
  const wrongHeader = Object.entries(headers).find((entry) => !isHeader(entry));
  if (wrongHeader) {
    return { part: "headers", text: `expected headers that HTTP allows, not ${wrongHeader[0]}` };
  }
  if (method === "GET" && body) return { part: "body", text: "expected none: GET sends no body" };
  const template = method === "GET" ? url : `${url} ${body || "{to} {body}"}`;
  const missing = !/\{to(_digits)?\}/.test(template)
    ? "{to}"
    : !template.includes("{body}")
    ? "{body}"
    : null;
  if (missing) {
    return { part: method === "GET" ? "url" : "body", text: `expected ${missing} somewhere in it` };
  }
  if (body && contentType(headers, body).includes("json") && !isJsonTemplate(body)) {
    return { part: "body", text: "expected JSON, with placeholders for texts inside of quotation marks" };
  }
  return null;
}

/** What a body is sent as: what the headers say, else what it looks like. */
export function contentType(headers: Webhook["headers"], body: string): string {
  const told = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type");
  if (told) return told[1].toLowerCase();
  switch (body.trimStart()[0]) {
    case "{":
    case "[":
      return "application/json";
    case "<":
      return "application/xml; charset=utf-8";
    default:
      return "application/x-www-form-urlencoded";
  }
}

function webhookFrom(value: unknown): Webhook | string {
  const parsed = v.safeParse(WebhookEntry, value);
  if (!parsed.success) return parsed.issues[0].message;
  const { webhook: url, ...rest } = parsed.output;
  return { kind: "webhook", url, ...rest };
}

function complaintAbout(gateway: SmsGateway): string | null {
  const complaint = gateway.kind === "webhook" ? webhookComplaint(gateway) : null;
  return complaint && `${complaint.part}: ${complaint.text}`;
}

function isHeader([name, value]: readonly [string, string]): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}

function isJsonTemplate(body: string): boolean {
  try {
    JSON.parse(body.replaceAll(PLACEHOLDER, (_, name: string) => name === "meta_data" ? "null" : "x"));
    return true;
  } catch {
    return false;
  }
}
