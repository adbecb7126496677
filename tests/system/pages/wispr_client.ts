/**
 * A WISPr client, as telephones and connection programs have: `deno run -A wispr_client.ts PROBE USER PASSWORD VERSION
 * ENDING`. It reads the XML in the body of the redirect, POSTs to the LoginURL, follows to the end, and with the ending
 * `logoff` ends the session again. It prints one JSON object: the elements of each message by name.
 */
const [probe = "", userName = "", password = "", version = "1.0", ending = ""] = Deno.args;

interface Message {
  readonly kind: string;
  readonly [element: string]: string;
}

/** The message in the comment of an answer's body; null when there is none. */
function readMessage(body: string): Message | null {
  const [, comment = ""] = /<!--([^]*?)-->/.exec(body) ?? [];
  const [, kind, inner = ""] =
    /<WISPAccessGatewayParam[^>]*>\s*<(\w+)>([^]*)<\/\1>\s*<\/WISP/.exec(comment) ??
      [, "", ""];
  if (!kind) return null;
  const elements = [...inner.matchAll(/<(\w+)>([^<]*)<\/\1>/g)];
  return { kind, ...Object.fromEntries(elements.map(([, name = "", text = ""]) => [name, unescaped(text)])) };
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll(
    "&amp;",
    "&",
  );
}

/** Follows redirects until a message of one of these types comes. */
async function converse(url: string, init: RequestInit, types: readonly string[]): Promise<Message> {
  let target = url;
  let request = init;
  for (let hop = 0; hop < 6; hop++) {
    const answer = await fetch(target, { ...request, redirect: "manual" });
    const message = readMessage(await answer.text());
    if (message && types.includes(message.MessageType ?? "")) return message;
    const next = answer.headers.get("Location");
    if (!next) throw new Error(`${target} answered ${answer.status} without a message or a redirect`);
    target = new URL(next, target).href;
    request = {};
  }
  throw new Error(`${url} redirects without an end`);
}

const caught = await converse(probe, {}, ["100"]);
const parameters = new URL(caught.LoginURL ?? "").searchParams;
const form = new URLSearchParams({
  UserName: userName,
  Password: password,
  button: "Login",
  OriginatingServer: probe,
  WISPrVersion: version,
  ...Object.fromEntries(["challenge", "uamip", "uamport"].map((name) => [name, parameters.get(name) ?? ""])),
});
const answered = await converse(caught.LoginURL ?? "", { method: "POST", body: form }, ["120", "140"]);
const ended = ending === "logoff" ? await converse(answered.LogoffURL ?? "", {}, ["130"]) : null;
console.log(JSON.stringify({ caught, answered, ended }));
