/** An answer of the UAM port, headers in their order and spelling; a body is UTF-8. */
export interface UamAnswer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly UamHeader[];
  readonly body: string;
}

export type UamHeader = readonly [name: string, value: string];

/** On every answer, in this order (coova 1). */
const COMMON: readonly UamHeader[] = [
  ["Connection", "close"],
  ["Pragma", "no-cache"],
  ["Expires", "Fri, 01 Jan 1971 00:00:00 GMT"],
  ["Cache-Control", "no-cache, must-revalidate"],
  ["P3P", 'CP="IDC DSP COR ADM DEVi TAIi PSA PSD IVAi IVDi CONi HIS OUR IND CNT"'],
];

const REFUSALS = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  408: "Request Timeout",
  500: "Internal Server Error",
} as const;

/** JavaScript even without a callback, as clients know it. */
export function jsonAnswer(body: string, more: readonly UamHeader[] = []): UamAnswer {
  return answer(200, "OK", [lengthOf(body), ["Content-Type", "text/javascript"], ...more], body);
}

/** RFC 8908's answer, with its two `Cache-Control`. */
export function captiveJsonAnswer(body: string): UamAnswer {
  return answer(200, "OK", [
    lengthOf(body),
    ["Cache-Control", "no-store"],
    ["Content-Type", "application/captive+json"],
  ], body);
}

/** @param location printable ASCII. */
export function redirectAnswer(location: string, body: string): UamAnswer {
  return answer(302, "Moved Temporarily", [
    ["Location", location],
    ["Content-Type", "text/html; charset=UTF-8"],
    lengthOf(body),
  ], body);
}

/** Where the original closes the connection without a word. */
export function refusal(status: keyof typeof REFUSALS, sentence: string): UamAnswer {
  const body = `${sentence}\r\n`;
  return answer(
    status,
    REFUSALS[status],
    [["Content-Type", "text/plain; charset=UTF-8"], lengthOf(body)],
    body,
  );
}

/** To a script of an origin that may read the answers, before it asks. */
export function preflightAnswer(more: readonly UamHeader[]): UamAnswer {
  return answer(204, "No Content", more, "");
}

/** Nothing of CoovaChilli's: what somebody else's server would say. */
export function plainAnswer(
  { status, headers, body }: {
    readonly status: 200 | 204;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
): UamAnswer {
  return {
    status,
    statusText: { 200: "OK", 204: "No Content" }[status],
    headers: [["Connection", "close"], ...Object.entries(headers), ...status === 204 ? [] : [lengthOf(body)]],
    body,
  };
}

/** Windows asks for its updates: bare, as captured. */
export const MSDOWNLOAD_ANSWER: UamAnswer = { status: 403, statusText: "Forbidden", headers: [], body: "" };

function answer(status: number, statusText: string, headers: readonly UamHeader[], body: string): UamAnswer {
  return { status, statusText, headers: [...COMMON, ...headers], body };
}

function lengthOf(body: string): UamHeader {
  return ["Content-Length", String(new TextEncoder().encode(body).length)];
}
