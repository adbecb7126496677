import { eapResponse } from "../support/eap_peer.ts";
import type { SeededRandom } from "./seeded_random.ts";

/** Texts that get out of wherever they are put, unless somebody sees to it. */
export const NASTY = [
  `"><script>alert(1)</script>`,
  `'--><x y="`,
  "]]>&lt;--!>",
  "</ReplyMessage></script>",
  "\r\nX-Injected: 1\r\n\r\n<b>",
  "\0\u0007\u007f",
  "\u2028\u2029\ufeff\ufffe",
  "üñ😀",
  "a--b---c-",
  `\\"\\u0022\\`,
  "javascript:alert(1)",
  "//evil.example/",
  "http://evil.example/\r\nSet-Cookie: a=b",
  "http://good.example@evil.example/",
  "alert(1)//",
  "a]=b;c",
  "x".repeat(3000),
] as const;

const PATHS = [
  "/logon",
  "/login",
  "/logoff",
  "/logout",
  "/status",
  "/prelogin",
  "/abort",
  "/macreauth",
  "/captive-portal-identification",
  "/",
  "/www/login",
  "/msdownload/a",
  "/generate_204",
  "/json/s",
  "/favicon.ico",
  "/../status",
  "//evil.example/status",
  "/status/",
  "/JSON/status",
] as const;
const HOSTS = [
  "10.1.0.1:3990",
  "10.1.0.1:3990",
  "www.example.org",
  "connectivitycheck.gstatic.com",
  "[2001:db8:1::1]",
  "1.0.0.1",
  "logout",
  "",
  "a:b:c",
  "[",
] as const;
const CALLBACKS = ["f", "chilliJSON.reply", "jQuery1_2", "", "a[0]"] as const;
const URLS = [
  "http%3A%2F%2Fwww.example.org%2F",
  "http%253A%252F%252Fwww.example.org%252Fa%2520b",
  "https://a.example/",
  "",
] as const;
const NAMES = [
  "username",
  "password",
  "response",
  "ntresponse",
  "ident",
  "userurl",
  "lang",
  "callback",
  "WISPrVersion",
  "WISPrEAPMsg",
  "continue",
  "_",
] as const;
const METHODS = [
  "GET",
  "GET",
  "GET",
  "GET",
  "GET",
  "GET",
  "HEAD",
  "POST",
  "OPTIONS",
  "get",
  "BREW",
  "G\u00e4T",
] as const;

/** The octets of a request, in pieces; most of them a request, some of them not. */
export function uamRequestPieces(random: SeededRandom): Uint8Array[] {
  const octets = new TextEncoder().encode(requestText(random));
  if (random.oneIn(12)) {
    for (let left = random.between(1, 4); left > 0; left--) {
      octets[random.between(0, octets.length - 1)] = random.between(0, 255);
    }
  }
  const whole = random.oneIn(25) ? octets.subarray(0, random.between(0, octets.length)) : octets;
  if (!random.oneIn(8)) return [whole];
  const cut = random.between(0, whole.length);
  return [whole.subarray(0, cut), whole.subarray(cut)];
}

function requestText(random: SeededRandom): string {
  const version = random.oneIn(20) ? random.pick(["HTTP/1.0", "HTTP/2", "", "http/1.1"]) : "HTTP/1.1";
  const lines = [`${random.pick(METHODS)} ${target(random)} ${version}`];
  if (!random.oneIn(15)) {
    lines.push(`Host: ${random.oneIn(10) ? oneLine(random.pick(NASTY)) : random.pick(HOSTS)}`);
  }
  if (random.oneIn(6)) {
    lines.push(`Origin: ${random.pick(["http://portal.example", "null", oneLine(random.pick(NASTY))])}`);
  }
  if (random.oneIn(6)) {
    lines.push(`Accept-Language: ${random.pick(["de", "ar;q=1", oneLine(random.pick(NASTY))])}`);
  }
  if (random.oneIn(10)) lines.push(`X-${random.word(3)}: ${oneLine(random.pick(NASTY))}`);
  const body = random.oneIn(10) ? random.word(random.between(0, 40)) : "";
  if (body) lines.push(`Content-Length: ${random.oneIn(5) ? random.between(0, 80) : body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function target(random: SeededRandom): string {
  const path = random.oneIn(15) ? `/${value(random)}` : random.pick(PATHS);
  const json = random.oneIn(2) ? "/json" : "";
  const whole = random.oneIn(15)
    ? random.pick(["http://www.example.org", "http://10.1.0.1:3990", "https://"])
    : "";
  // Too rare by chance.
  if (random.oneIn(20)) {
    const logOn = `username=ada&WISPrVersion=2.0&WISPrEAPMsg=${usual(random, "WISPrEAPMsg")}`;
    return `${whole}${json}/logon?${logOn}${random.oneIn(4) ? `&${parameter(random)}` : ""}`;
  }
  const count = random.between(0, 6);
  const query = Array.from({ length: count }, () => parameter(random)).join(random.oneIn(20) ? ";" : "&");
  return `${whole}${json}${path}${count ? `?${query}` : ""}`;
}

function parameter(random: SeededRandom): string {
  const name = random.pick(NAMES);
  if (random.oneIn(30)) return name;
  return `${name}=${random.oneIn(3) ? value(random) : usual(random, name)}`;
}

function usual(random: SeededRandom, name: typeof NAMES[number]): string {
  switch (name) {
    case "callback":
      return random.pick(CALLBACKS);
    case "userurl":
      return random.pick(URLS);
    case "username":
      return random.pick(["ada", "a+b", "j%C3%BCrgen", encodeURIComponent(random.pick(NASTY).slice(0, 40))]);
    case "WISPrVersion":
      return random.pick(["1.0", "2.0"]);
    case "WISPrEAPMsg": {
      const message = eapResponse(
        random.between(0, 255),
        random.pick([1, 3, 4]),
        random.octets(random.pick([0, 3, 17])),
      );
      return encodeURIComponent(message.toBase64());
    }
    case "ident":
      return String(random.between(0, 300));
    case "lang":
      return random.pick(["en", "de", "xx"]);
    default:
      return Array.from(
        random.octets(random.pick([5, 9, 16, 24])),
        (octet) => octet.toString(16).padStart(2, "0"),
      ).join("");
  }
}

function value(random: SeededRandom): string {
  const nasty = random.pick(NASTY);
  const encoded = encodeURIComponent(nasty);
  return random.pick([
    encoded,
    encoded,
    encodeURIComponent(encoded),
    encoded.toLowerCase(),
    nasty.replaceAll(/[\s\p{Cc}]/gu, ""),
    `%${random.word(2)}${encoded.slice(0, random.between(0, encoded.length))}`,
    random.word(random.between(0, 20)),
  ]);
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\0]/g, "");
}
