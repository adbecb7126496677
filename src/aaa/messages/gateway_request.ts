import type { OutgoingSms } from "../../storage/outbox.ts";
import { escapeHtml } from "../../values/escape_html.ts";
import { contentType, PLACEHOLDER, type SmsGateway, type Twilio, type Webhook } from "./sms_gateway.ts";

/** One HTTP request that sends a text message. */
export interface GatewayRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

type Escape = (text: string) => string;

const OWN_BODY = '{"to": ["{to}"], "body": "{body}", "from": "{from}", "organization": "{organization}", ' +
  '"meta_data": {meta_data}, "id": "{id}"}';

/** @param id the same in every attempt at one message. */
export function gatewayRequest(gateway: SmsGateway, sms: OutgoingSms, id: string): GatewayRequest {
  return gateway.kind === "twilio" ? twilioRequest(gateway, sms) : webhookRequest(gateway, sms, id);
}

function webhookRequest(
  { url, method, headers, body }: Webhook,
  sms: OutgoingSms,
  id: string,
): GatewayRequest {
  const address = new URL(fill(url, sms, id, encodeURIComponent));
  const { username, password } = address;
  address.username = address.password = "";
  const authorization = username || password
    ? { Authorization: basic(decodeURIComponent(username), decodeURIComponent(password)) }
    : {};
  const request = { url: address.href, method };
  if (method === "GET") return { ...request, headers: { ...authorization, ...headers }, body: null };
  const template = body || OWN_BODY;
  const type = contentType(headers, template);
  const hasType = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  return {
    ...request,
    headers: { ...authorization, ...headers, ...(hasType ? {} : { "Content-Type": type }) },
    body: fill(template, sms, id, escapeFor(type)),
  };
}

/** Twilio's "Create a Message resource", API of 2010-04-01. */
function twilioRequest({ account, token, origin }: Twilio, { to, from, body }: OutgoingSms): GatewayRequest {
  const sender: Record<string, string> = from?.startsWith("MG")
    ? { MessagingServiceSid: from }
    : { From: from ?? "" };
  return {
    url: `${origin}/2010-04-01/Accounts/${account}/Messages.json`,
    method: "POST",
    headers: {
      Authorization: basic(account, token),
      "Content-Type": "application/x-www-form-urlencoded",
      Accept: "application/json",
    },
    body: new URLSearchParams({ To: to, ...sender, Body: body }).toString(),
  };
}

function fill(template: string, sms: OutgoingSms, id: string, escape: Escape): string {
  return template.replaceAll(PLACEHOLDER, (_, name: string) => {
    switch (name) {
      case "to":
        return escape(sms.to);
      case "to_digits":
        return escape(sms.to.replaceAll(/\D/g, ""));
      case "body":
        return escape(sms.body.toWellFormed());
      case "from":
        return escape(sms.from ?? "");
      case "organization":
        return escape(sms.organization.slug);
      case "id":
        return escape(id);
      case "meta_data":
        // JSON inside of JSON needs no escaping; anywhere else it is a text.
        return escape === escapeJson ? JSON.stringify(sms.metaData) : escape(JSON.stringify(sms.metaData));
      default:
        return escape(metaValue(sms, name.slice("meta_data.".length)));
    }
  });
}

function metaValue({ metaData }: OutgoingSms, name: string): string {
  const value = metaData && Object.hasOwn(metaData, name) ? metaData[name] : undefined;
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function escapeFor(type: string): Escape {
  if (type.includes("json")) return escapeJson;
  if (type.includes("urlencoded")) return encodeURIComponent;
  if (type.includes("xml") || type.includes("html")) return escapeHtml;
  return (text) => text;
}

/** For between quotation marks. */
function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** RFC 7617, as UTF-8. */
function basic(user: string, password: string): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))}`;
}
