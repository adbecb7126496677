import { gatewayRequest } from "../aaa/messages/gateway_request.ts";
import type { Attempt, Delivery, SmsSender } from "../aaa/messages/senders.ts";
import type { SmsGateway } from "../aaa/messages/sms_gateway.ts";
import type { OutgoingSms } from "../storage/outbox.ts";

/** The connection or its encryption did not come about, so nothing was sent: as Bun, Deno and workerd say it. */
const NOT_CONNECTED =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|client error \(Connect\)|CERT|certificate/i;
/** Statuses of a server that says it has not done it. After a 500 it may have; whoever says 502 or 504 does not know. */
const NOT_DONE: ReadonlySet<number> = new Set([408, 425, 429, 503]);
const MOST_OCTETS = 65_536;

/**
 * A connection for each message: on one that was kept, Deno sends any request again when it breaks, and Bun a GET,
 * though the gateway may have had it. Bun heeds `Connection: close`, Deno its own client.
 */
const ONE_MESSAGE = typeof Deno === "undefined"
  ? {}
  : { client: Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false }) };

/** Sends text messages with one HTTP request each. Redirects are not followed: they would take the message elsewhere. */
export function gatewaySender(gateway: SmsGateway): SmsSender {
  return { send: (sms, attempt) => send(gateway, sms, attempt) };
}

async function send(gateway: SmsGateway, sms: OutgoingSms, { id, signal }: Attempt): Promise<Delivery> {
  const name = gateway.kind;
  const { url, headers, ...request } = gatewayRequest(gateway, sms, id);
  let response: Response;
  try {
    response = await fetch(url, {
      ...ONE_MESSAGE,
      ...request,
      headers: { ...headers, Connection: "close" },
      redirect: "manual",
      signal,
    });
  } catch (fault) {
    // What it says may hold the address, and with it the message: only what kind it is goes on.
    if (NOT_CONNECTED.test(textOf(fault))) return { kind: "not_now", reason: `${name}: no connection` };
    return { kind: "unknown", reason: `${name}: the connection ended without an answer` };
  }
  const answer = await beginning(response).catch(() => "");
  return judge(gateway, response, answer);
}

function judge(gateway: SmsGateway, { ok, status, headers }: Response, answer: string): Delivery {
  const reason = `${gateway.kind}: HTTP ${status}${gateway.kind === "twilio" ? twilioCode(answer) : ""}`;
  if (ok) {
    const saysSo = gateway.kind !== "webhook" || answer.includes(gateway.accepted);
    return saysSo
      ? { kind: "sent" }
      : { kind: "refused", reason: `${reason}, but not the answer of success` };
  }
  if (NOT_DONE.has(status)) {
    const seconds = Number(headers.get("retry-after") ?? "");
    return { kind: "not_now", reason, ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}) };
  }
  return status >= 500 ? { kind: "unknown", reason } : { kind: "refused", reason };
}

/** Twilio's own number of what is wrong; its text repeats the recipient. */
function twilioCode(answer: string): string {
  return /"code":\s*(\d{1,6})\b/.exec(answer)?.[1]?.replace(/^/, ", error ") ?? "";
}

async function beginning(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let octets = 0;
  while (reader && octets < MOST_OCTETS) {
    const { done, value } = await reader.read();
    if (done) return text;
    octets += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return text;
}

function textOf(fault: unknown): string {
  if (!(fault instanceof Error)) return "";
  const code = "code" in fault ? String(fault.code) : "";
  return `${code} ${fault.message} ${textOf(fault.cause)}`;
}
