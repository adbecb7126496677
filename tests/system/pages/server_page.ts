import { createHash } from "node:crypto";

/**
 * A log-on page made by a server, in the manner of the classic CGI and PHP ones: it checks the redirect's signature,
 * makes the response itself and sends the browser to `/logon`. WISPr clients POST to it as browsers do.
 */
export async function serverPage(request: Request, secret: string): Promise<Response> {
  const url = new URL(request.url);
  if (request.method === "POST") return answerForm(await request.formData(), secret);
  if (secret && !isSigned(request.url, secret)) return page("Refused", "<p id=state>unsigned</p>");
  return RESULTS[url.searchParams.get("res") ?? ""]?.(url.searchParams) ??
    page("Refused", "<p id=state>no such result</p>");
}

/** `md` is over everything before it, as it was sent (coova 4). */
function isSigned(url: string, secret: string): boolean {
  const [signed = "", md = ""] = url.split("&md=");
  return createHash("md5").update(signed + secret).digest("hex").toUpperCase() === md;
}

function answerForm(form: FormData, secret: string): Response {
  const field = (name: string) => String(form.get(name) ?? "");
  const password = field("password") || field("Password");
  const key = keyOf(field("challenge"), secret);
  const query = new URLSearchParams({
    username: field("username") || field("UserName"),
    userurl: field("userurl"),
    ...CREDENTIALS[field("method") || "response"]?.(password, key),
    ...(field("WISPrVersion") && { WISPrVersion: field("WISPrVersion") }),
  });
  const target = `http://${field("uamip")}:${field("uamport")}/logon?${query}`;
  return new Response(null, { status: 302, headers: { Location: target } });
}

/** 16 octets: the challenge, or its MD5 together with the secret (coova 6). */
export function keyOf(challenge: string, secret: string): Uint8Array {
  const octets = Uint8Array.from(challenge.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return secret ? createHash("md5").update(octets).update(secret).digest() : octets;
}

const CREDENTIALS: Readonly<Record<string, (password: string, key: Uint8Array) => Record<string, string>>> = {
  response: (password, key) => ({ response: chapResponse(password, key) }),
  password: (password, key) => ({ password: hiddenPassword(password, key) }),
};

/** MD5 of ident 0, password and key. */
export function chapResponse(password: string, key: Uint8Array): string {
  return createHash("md5").update(Uint8Array.of(0)).update(password).update(key).digest("hex");
}

/** The password XOR the key, in hex (coova 6). */
export function hiddenPassword(password: string, key: Uint8Array): string {
  const hidden = new TextEncoder().encode(password).map((octet, at) => octet ^ (key[at % key.length] ?? 0));
  return Array.from(hidden, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** What the page's own scripts ask `/uam` (PAP) and `/service` (CHAP) for, by JSONP. */
export function credentialService(request: Request, secret: string): Response {
  const { pathname, searchParams } = new URL(request.url);
  const key = keyOf(searchParams.get("challenge") ?? "", secret);
  const password = searchParams.get("password") ?? "";
  const response = pathname === "/uam" ? hiddenPassword(password, key) : chapResponse(password, key);
  return new Response(`${searchParams.get("callback")}(${JSON.stringify({ response })})`, {
    headers: { "Content-Type": "text/javascript" },
  });
}

type Result = (query: URLSearchParams) => Response;

const form: Result = (query) => page("Log on", logOnForm(query));
const RESULTS: Readonly<Record<string, Result>> = {
  notyet: form,
  wispr: form,
  logoff: form,
  failed: (query) =>
    page(
      "Log on",
      `<p id=state>failed: ${query.get("reason")}</p><p id=message>${escaped(query, "reply")}</p>${
        logOnForm(query)
      }`,
    ),
  success: (query) =>
    page(
      "Logged on",
      `<p id=state>open</p><p>Welcome, <span id=user>${escaped(query, "uid")}</span>,
       for <span id=timeleft>${escaped(query, "timeleft")}</span> s.</p>
       <a id=wanted href="${escaped(query, "userurl")}">Go on</a>
       <a id=log-off href="http://${escaped(query, "uamip")}:${
        escaped(query, "uamport")
      }/logoff">Log off</a>`,
    ),
  already: () => page("Logged on", "<p id=state>open already</p>"),
};

function logOnForm(query: URLSearchParams): string {
  const hidden = ["challenge", "uamip", "uamport", "userurl"].map((name) =>
    `<input type=hidden name=${name} value="${escaped(query, name)}">`
  );
  return `<form id=log-on method=post action=/server>${hidden.join("")}
    <input name=username> <input name=password type=password>
    <select name=method><option>response<option>password</select> <button>Log on</button></form>`;
}

function escaped(query: URLSearchParams, name: string): string {
  return (query.get(name) ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function page(title: string, body: string): Response {
  return new Response(`<!DOCTYPE html><title>${title}</title>${body}`, {
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });
}
