import { isLoopback } from "../../values/loopback.ts";

const PORTS = { "smtp:": 25, "smtps:": 465 };
const TLS = ["required", "opportunistic", "off"] as const;
const EXPECTED = "expected smtp://HOST or smtps://HOST";

/** An SMTP server and how it is talked to. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet. */
  readonly secure: boolean;
  /** What is done about STARTTLS otherwise. */
  readonly tls: typeof TLS[number];
  /** The server's certificate is checked. */
  readonly verify: boolean;
  /** Whom we say we are; null for this machine's name. */
  readonly name: string | null;
  readonly auth: { readonly user: string; readonly pass: string } | null;
}

/**
 * Reads `smtp://USER:PASSWORD@HOST:PORT?tls=required&verify=off&name=NAME`. Where a password is sent to another
 * machine, TLS is required unless the address says otherwise.
 *
 * @returns a text where it cannot be read: it ends a sentence that begins with the setting's name.
 */
export function parseSmtpUrl(text: string): SmtpServer | string {
  // URLs know no such port, and say no more than that.
  const typed = /^smtps?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(text)?.[1];
  if (typed !== undefined && (Number(typed) < 1 || Number(typed) > 65_535)) {
    return `expected a port from 1 to 65535, not ${typed}`;
  }
  if (!URL.canParse(text)) return EXPECTED;
  if (/%(?![0-9a-f]{2})/i.test(text)) return "expected a percent sign in it to be written as %25";
  const url = new URL(text);
  const { protocol, hostname, port, username, password, searchParams } = url;
  if (protocol !== "smtp:" && protocol !== "smtps:" || !hostname) return EXPECTED;
  const options = Object.fromEntries(searchParams);
  const unknown = Object.keys(options).find((name) => !["tls", "verify", "name"].includes(name));
  if (unknown) return `there is no option ${unknown}; expected tls, verify or name`;
  const secret = username !== "" && !isLoopback(hostname);
  const tls = TLS.find((one) => one === (options.tls ?? (secret ? "required" : "opportunistic")));
  if (!tls) return `expected tls to be ${TLS.join(", ")}`;
  if (!["on", "off", undefined].includes(options.verify)) return "expected verify to be on or off";
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port) || PORTS[protocol],
    secure: protocol === "smtps:",
    tls,
    verify: options.verify !== "off",
    name: options.name ?? null,
    auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null,
  };
}
