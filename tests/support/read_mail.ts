/** What a person reads of a mail. */
export interface ReadMail {
  /** The address alone. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Part {
  /** By lower-case name, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Reads an RFC 5322 message with RFC 2045's encodings: as much as the mails here use. */
export function readMail(message: string): ReadMail {
  const mail = splitPart(message.replaceAll("\r\n", "\n"));
  const parts = leaves(mail);
  const bodyOf = (type: string) => {
    const part = parts.find(({ headers }) => (headers.get("content-type") ?? "text/plain").startsWith(type));
    return part ? decodeBody(part) : "";
  };
  const to = mail.headers.get("to") ?? "";
  return {
    to: /<([^>]+)>/.exec(to)?.[1] ?? to.trim(),
    subject: decodeWords(mail.headers.get("subject") ?? ""),
    text: bodyOf("text/plain"),
    html: bodyOf("text/html"),
  };
}

function splitPart(text: string): Part {
  const end = text.indexOf("\n\n");
  const head = text.slice(0, end).replace(/\n[ \t]+/g, " ");
  const headers = new Map(
    head.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  return { headers, body: text.slice(end + 2) };
}

function leaves(part: Part): Part[] {
  const type = part.headers.get("content-type") ?? "";
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (!boundary) return [part];
  return part.body.split(`--${boundary}`).slice(1, -1).flatMap((piece) =>
    leaves(splitPart(piece.replace(/^\n/, "")))
  );
}

function decodeBody({ headers, body }: Part): string {
  switch (headers.get("content-transfer-encoding")?.toLowerCase()) {
    case "base64":
      return fromOctets(atob(body.replace(/\s/g, "")));
    case "quoted-printable":
      return fromOctets(unquote(body.replace(/=\n/g, "")));
    default:
      return body;
  }
}

/** RFC 2047; white space between two such words is none. */
function decodeWords(text: string): string {
  return text.replace(/(=\?[^?]+\?[bq]\?[^?]*\?=)\s+(?==\?)/gi, "$1").replace(
    /=\?[^?]+\?([bq])\?([^?]*)\?=/gi,
    (_, encoding: string, word: string) =>
      fromOctets(encoding.toLowerCase() === "b" ? atob(word) : unquote(word.replaceAll("_", " "))),
  );
}

function unquote(text: string): string {
  return text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Each character one octet of UTF-8. */
function fromOctets(binary: string): string {
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}
