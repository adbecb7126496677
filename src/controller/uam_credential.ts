import type { Credential } from "../aaa/credentials/credential.ts";
import type { Crypto } from "../aaa/credentials/crypto.ts";
import type { ZoneOptions } from "../aaa/identity/zone_options.ts";
import { toHex } from "../values/hex.ts";

/** The parameters of a log-on, percent-decoded, the first of each name. */
export interface LogOnParameters {
  get(name: string): string | null | undefined;
}

const CHALLENGE_OCTETS = 16;
const RESPONSE_OCTETS = 16;
const NT_RESPONSE_OCTETS = 24;
const MOST_PASSWORD_OCTETS = 128;

/** Without its own wish to drop a leading byte order mark, which may be part of a password. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * The credential of a log-on (coova 6): the first present of `ntresponse`, `response` with `ident`, and `password`,
 * which is clear text with `nochallenge`. Hex is read in either case; what is short is filled with zeros, and fails
 * later.
 *
 * @param challenge that the station was shown: 32 hex digits.
 * @returns null when there is none of them, or the one there is cannot be read.
 */
export function uamCredential(
  crypto: Pick<Crypto, "md5">,
  { uamsecret, nochallenge }: Pick<ZoneOptions, "uamsecret" | "nochallenge">,
  challenge: string,
  parameters: LogOnParameters,
): Credential | null {
  const key = uamKey(crypto, challenge, uamsecret);
  const ntResponse = parameters.get("ntresponse");
  if (ntResponse) {
    const octets = filled(fromHex(ntResponse), NT_RESPONSE_OCTETS);
    return octets && { kind: "mschapv2", challenge: key, peerChallenge: key, ntResponse: octets };
  }
  const response = parameters.get("response");
  if (response) {
    const octets = filled(fromHex(response), RESPONSE_OCTETS);
    return octets && { kind: "chap", ident: identOf(parameters), challenge: key, response: octets };
  }
  const password = parameters.get("password");
  if (!password) return null;
  if (nochallenge) return { kind: "password", password: withoutPadding(password) };
  const hidden = fromHex(password);
  if (!hidden) return null;
  const clear = masked(hidden.subarray(0, MOST_PASSWORD_OCTETS), key);
  return { kind: "password", password: withoutPadding(decoder.decode(clear)) };
}

/** A password as a log-on sends it: what `uamCredential()` reads as `password`. */
export function uamPassword(
  crypto: Pick<Crypto, "md5">,
  { uamsecret, nochallenge }: Pick<ZoneOptions, "uamsecret" | "nochallenge">,
  challenge: string,
  password: string,
): string {
  if (nochallenge) return password;
  return toHex(masked(encoder.encode(password), uamKey(crypto, challenge, uamsecret)));
}

/** What passwords are hidden with and challenges are answered with: MD5(challenge, secret), or the challenge itself. */
export function uamKey(crypto: Pick<Crypto, "md5">, challenge: string, uamsecret: string): Uint8Array {
  const octets = filled(fromHex(challenge), CHALLENGE_OCTETS) ?? new Uint8Array(CHALLENGE_OCTETS);
  return uamsecret ? crypto.md5(new Uint8Array([...octets, ...encoder.encode(uamsecret)])) : octets;
}

/** The key repeats; hiding twice shows again. */
function masked(octets: Uint8Array, key: Uint8Array): Uint8Array {
  return octets.map((octet, at) => octet ^ (key[at % key.length] ?? 0));
}

function identOf(parameters: LogOnParameters): number {
  const text = parameters.get("ident") ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) % 256 : 0;
}

/** Pages may fill a password up with NULs before they hide it; RADIUS servers take them for padding. */
function withoutPadding(password: string): string {
  let end = password.length;
  while (password[end - 1] === "\0") end--;
  return password.slice(0, end);
}

/** Null when there is anything but hex digits; a digit without its partner is dropped. */
function fromHex(text: string): Uint8Array | null {
  if (!/^[0-9a-f]+$/i.test(text)) return null;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Cut or filled with zeros. */
function filled(octets: Uint8Array | null, length: number): Uint8Array | null {
  if (!octets) return null;
  const whole = new Uint8Array(length);
  whole.set(octets.subarray(0, length));
  return whole;
}
