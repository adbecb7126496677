/** What the browser gets from the login pages' own server. */
export interface ProxyAnswer {
  readonly status: number;
  /** What was JSON; undefined for an empty body. */
  readonly body: unknown;
  /** The only header that is handed on, and only with sessions and usage. */
  readonly link: string;
}

/** Asks the RADIUS API as the login pages' server does. */
export interface Proxy {
  readonly logIn: (fields: LoginFields, oneTimeToken?: string) => Promise<ProxyAnswer>;
  readonly signUp: (fields: Readonly<Record<string, unknown>>) => Promise<ProxyAnswer>;
  readonly validate: (token: string) => Promise<ProxyAnswer>;
  readonly sessions: (token: string, query: Readonly<Record<string, string>>) => Promise<ProxyAnswer>;
  readonly usage: (token: string) => Promise<ProxyAnswer>;
  readonly isCodeActive: (token: string) => Promise<ProxyAnswer>;
  readonly requestCode: (token: string, phoneNumber: string) => Promise<ProxyAnswer>;
  readonly verifyCode: (token: string, code: string) => Promise<ProxyAnswer>;
  readonly changeNumber: (token: string, phoneNumber: string) => Promise<ProxyAnswer>;
  readonly setMethod: (token: string, method: string) => Promise<ProxyAnswer>;
  readonly changePassword: (token: string, fields: PasswordChange) => Promise<ProxyAnswer>;
  readonly resetPassword: (input: string) => Promise<ProxyAnswer>;
  readonly confirmReset: (fields: ResetConfirmation) => Promise<ProxyAnswer>;
}

export interface LoginFields {
  readonly username: string;
  readonly password: string;
}

export interface PasswordChange {
  readonly current_password: string;
  readonly new_password: string;
  readonly confirm_password: string;
}

export interface ResetConfirmation {
  readonly uid: string;
  readonly token: string;
  readonly new_password1: string;
  readonly new_password2: string;
}

/** What the pages' server is told about an organization, and who asks through it. */
export interface ProxyOptions {
  readonly slug: string;
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** The page's language, then the browser's, as the pages join them: no q-values. */
  readonly languages: readonly string[];
  /** The browser's own header, which only some calls hand on. */
  readonly browserLanguages: string;
}

/** Milliseconds that the pages wait for an answer, by default. */
export const TIME_LIMIT = 2_000;

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Headers of the HTTP library in it. */
const LIBRARY = {
  accept: "application/json, text/plain, */*",
  "accept-encoding": "gzip, compress, deflate, br",
  "user-agent": "axios/1.18.0",
};

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly keepsLink?: boolean;
  /** What it makes of the JSON that came; a throw is its 500. */
  readonly read?: (status: number, body: unknown) => unknown;
}

export function loginPagesProxy(options: ProxyOptions): Proxy {
  const call = (request: Call) => forward(options, request);
  const pageLanguages = { "accept-language": options.languages.join(",") };
  const browserLanguages = { "accept-language": options.browserLanguages };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const post = (
    path: string,
    body: string,
    type: string,
    headers: Record<string, string> = {},
    read?: Call["read"],
  ) =>
    call({
      method: "POST",
      path,
      body,
      headers: { ...pageLanguages, "content-type": type, ...headers },
      ...(read && { read }),
    });
  const form = (fields: object) => new URLSearchParams(Object.entries(fields)).toString();
  // Every GET says that it brings a form, and brings nothing.
  const get = (path: string, token: string, languages: Record<string, string>, keepsLink = false) =>
    call({
      method: "GET",
      path,
      headers: { ...languages, "content-type": FORM, ...bearer(token) },
      keepsLink,
    });
  return {
    logIn: (fields, oneTimeToken) =>
      post(
        "token/",
        form(fields),
        FORM,
        oneTimeToken === undefined ? {} : { authorization: `sesame ${oneTimeToken}` },
        signCookies,
      ),
    signUp: (fields) => post("", JSON.stringify(fields), JSON_TYPE, {}, signKey),
    validate: (token) => post("token/validate/", form({ token }), FORM),
    sessions: (token, query) => get(`session/?${new URLSearchParams(query)}`, token, browserLanguages, true),
    usage: (token) => get("usage/", token, browserLanguages, true),
    isCodeActive: (token) => get("phone/token/active/", token, pageLanguages),
    requestCode: (token, phone_number) =>
      post("phone/token/", form({ phone_number }), FORM, bearer(token), readsAnObject),
    verifyCode: (token, code) => post("phone/verify/", form({ code }), FORM, bearer(token), readsAnObject),
    changeNumber: (token, phone_number) =>
      post(
        "phone/change/",
        form({ phone_number, "token[0]": "leftover", "token[1]": "leftover" }),
        FORM,
        bearer(token),
      ),
    setMethod: (token, method) =>
      post("registration-method/", JSON.stringify({ method }), JSON_TYPE, bearer(token)),
    changePassword: (token, fields) =>
      post("password/change/", JSON.stringify(fields), JSON_TYPE, bearer(token)),
    resetPassword: (input) => post("password/reset/", form({ input }), FORM),
    confirmReset: (fields) => post("password/reset/confirm/", form(fields), FORM),
  };
}

async function forward({ slug, fetch }: ProxyOptions, call: Call): Promise<ProxyAnswer> {
  const { method, path, headers, body, keepsLink, read } = call;
  const before = performance.now();
  const response = await fetch(`/api/v1/radius/organization/${slug}/account/${path}`, {
    method,
    headers: { ...LIBRARY, ...headers },
    redirect: "manual",
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  if (performance.now() - before > TIME_LIMIT) return FAILURE;
  try {
    const json = text === "" ? undefined : JSON.parse(text);
    const passed = read ? read(response.status, json) : json;
    return {
      status: response.status,
      body: passed,
      link: keepsLink ? response.headers.get("link") ?? "" : "",
    };
  } catch {
    return FAILURE;
  }
}

const FAILURE: ProxyAnswer = { status: 500, body: { detail: "Internal server error" }, link: "" };

/** On 200, and on 401 with an active user, both cookies are signed: both values have to be texts. */
function signCookies(status: number, body: unknown): unknown {
  const { key, username, is_active } = fieldsOf(body);
  const signsIn = status === 200 || (status === 401 && is_active === true);
  if (signsIn && (typeof key !== "string" || typeof username !== "string")) {
    throw new TypeError("nothing to sign");
  }
  return body;
}

function signKey(status: number, body: unknown): unknown {
  if (status >= 200 && status < 300 && typeof fieldsOf(body).key !== "string") {
    throw new TypeError("nothing to sign");
  }
  return body;
}

/** It looks into what came, which JSON's null does not allow. */
function readsAnObject(_status: number, body: unknown): unknown {
  if (body === null) throw new TypeError("null has no fields");
  return body;
}

export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  // Whatever is no object has no fields.
  return typeof body === "object" && body !== null ? body as Record<string, unknown> : {};
}
