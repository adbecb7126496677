import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { LOOPBACK_CERTIFICATE } from "./loopback_certificate.ts";

/** A mail as an SMTP server got it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** The message, headers first, CRLF line ends. */
  readonly raw: string;
  /** Whether it came over TLS. */
  readonly secure: boolean;
  /** Who logged in for it. */
  readonly user: string | null;
}

/** A real SMTP server on loopback, with a certificate that nobody vouches for. */
export interface MailServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** @param options what differs from a server that takes everything, without asking for a log-in. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...LOOPBACK_CERTIFICATE,
    authOptional: true,
    disableReverseLookup: true,
    onData(stream, session, done) {
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw: new TextDecoder().decode(new Uint8Array(chunks.flatMap((chunk) => [...chunk]))),
          secure: session.secure,
          user: session.user ? String(session.user) : null,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A listening server has one.
  const { port } = server.server.address() as AddressInfo;
  return { port, received, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** What a message's header says, its lines unfolded and encoded words (RFC 2047) read. */
export function headerOf(raw: string, name: string): string | undefined {
  const head = raw.slice(0, raw.indexOf("\r\n\r\n")).replaceAll(/\r\n[ \t]+/g, " ");
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}: `));
  return line?.slice(name.length + 2).replaceAll(/\?= =\?/g, "?==?")
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, form: string, text: string) => decodeWord(form, text));
}

function decodeWord(form: string, text: string): string {
  const octets = form.toLowerCase() === "b"
    ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
    : quotedPrintable(text.replaceAll("_", " "));
  return new TextDecoder().decode(octets);
}

/** The parts of a message by their content type, decoded. */
export function partsOf(raw: string): Readonly<Record<string, string>> {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? "";
  const parts = raw.split(`--${boundary}`).slice(1, -1).map((part) => {
    const type = /Content-Type: ([\w/]+)/i.exec(part)?.[1] ?? "";
    const body = part.slice(part.indexOf("\r\n\r\n") + 4).replace(/\r\n$/, "");
    if (/Content-Transfer-Encoding: base64/i.test(part)) return [type, fromBase64(body)] as const;
    if (!/Content-Transfer-Encoding: quoted-printable/i.test(part)) return [type, body] as const;
    return [type, new TextDecoder().decode(quotedPrintable(body.replaceAll("=\r\n", "")))] as const;
  });
  return Object.fromEntries(parts);
}

function fromBase64(text: string): string {
  const binary = atob(text.replaceAll(/\s/g, ""));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function quotedPrintable(text: string): Uint8Array {
  const binary = text.replaceAll(
    /=([0-9A-F]{2})/gi,
    (_, digits: string) => String.fromCharCode(parseInt(digits, 16)),
  );
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
