/** A whole request as it came; texts are octets, each a character of U+0000 to U+00FF. */
export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Coova 1: a whole request. */
const MOST_OCTETS = 65_536;
const FIRST_OCTETS = 2_048;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (\S+) HTTP\/1\.[01]$/;
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*(.*?)[\t ]*$/;
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly headers: HttpRequest["headers"];
  readonly bodyAt: number;
  readonly bodyOctets: number;
}

/**
 * Reads one request of HTTP/1.0 or 1.1 (RFC 9112) from its pieces. Lines may end without a carriage return; bodies in
 * chunks, folded headers, two different lengths or hosts, and more than 64 KiB are not understood.
 */
export class HttpRequestReader {
  #octets = new Uint8Array(FIRST_OCTETS);
  #length = 0;
  #scanned = 0;
  #head: Head | null = null;

  /** The request once it is whole, null until then, `"broken"` as soon as it cannot be one any more. */
  push(chunk: Uint8Array): HttpRequest | "broken" | null {
    if (this.#length + chunk.length > MOST_OCTETS) return "broken";
    this.#append(chunk);
    if (!this.#head) {
      const end = this.#headEnd();
      if (end === null) return null;
      const head = parseHead(latin1(this.#octets.subarray(0, end)), end);
      if (!head || end + head.bodyOctets > MOST_OCTETS) return "broken";
      this.#head = head;
    }
    const { method, target, headers, bodyAt, bodyOctets } = this.#head;
    if (this.#length < bodyAt + bodyOctets) return null;
    return { method, target, headers, body: this.#octets.slice(bodyAt, bodyAt + bodyOctets) };
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#octets.length) {
      const larger = new Uint8Array(Math.max(needed, this.#octets.length * 2));
      larger.set(this.#octets.subarray(0, this.#length));
      this.#octets = larger;
    }
    this.#octets.set(chunk, this.#length);
    this.#length = needed;
  }

  /** Where the octets behind the first empty line begin; what has been looked at is not looked at again. */
  #headEnd(): number | null {
    for (; this.#scanned < this.#length; this.#scanned++) {
      if (this.#octets[this.#scanned] !== LINE_FEED) continue;
      const before = this.#octets[this.#scanned - 1] === CARRIAGE_RETURN
        ? this.#scanned - 2
        : this.#scanned - 1;
      // Empty lines before the request are passed over (RFC 9112 section 2.2).
      if (this.#octets[before] === LINE_FEED && !this.#isBlankUntil(before)) return ++this.#scanned;
    }
    return null;
  }

  #isBlankUntil(at: number): boolean {
    return this.#octets.subarray(0, at).every((octet) => octet === LINE_FEED || octet === CARRIAGE_RETURN);
  }
}

function parseHead(text: string, bodyAt: number): Head | null {
  const [first = "", ...lines] = text.replace(/^[\r\n]+/, "").split("\n").map((line) =>
    line.replace(/\r$/, "")
  );
  const [, method = "", target = ""] = REQUEST_LINE.exec(first) ?? [];
  if (!method || FORBIDDEN.test(target)) return null;
  const headers: [string, string][] = [];
  for (const line of lines) {
    if (line === "") continue;
    const [, name, value = ""] = HEADER.exec(line) ?? [];
    if (name === undefined || FORBIDDEN.test(value)) return null;
    headers.push([name, value]);
  }
  const bodyOctets = bodyLength(headers);
  if (bodyOctets === null || valuesOf(headers, "host").size > 1) return null;
  return { method, target, headers, bodyAt, bodyOctets };
}

function bodyLength(headers: HttpRequest["headers"]): number | null {
  if (valuesOf(headers, "transfer-encoding").size) return null;
  const [length = "0", ...others] = valuesOf(headers, "content-length");
  return others.length || !/^\d{1,9}$/.test(length) ? null : Number(length);
}

function valuesOf(headers: HttpRequest["headers"], name: string): ReadonlySet<string> {
  return new Set(headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value));
}

function latin1(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}
