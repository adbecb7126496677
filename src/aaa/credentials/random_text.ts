import type { Crypto } from "./crypto.ts";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS = "0123456789";

/** `length` characters of `[A-Za-z0-9]`, each as likely as any other. */
export function randomAlphanumeric(crypto: Crypto, length: number): string {
  return randomOf(ALPHANUMERIC, crypto, length);
}

/** `length` decimal digits, each as likely as any other, the first one too. */
export function randomDigits(crypto: Crypto, length: number): string {
  return randomOf(DIGITS, crypto, length);
}

function randomOf(alphabet: string, crypto: Crypto, length: number): string {
  // An octet from here on would make the first characters of the alphabet likelier than the last.
  const unbiased = 256 - 256 % alphabet.length;
  let text = "";
  while (text.length < length) {
    for (const octet of crypto.randomBytes(length - text.length)) {
      if (octet < unbiased) text += alphabet.charAt(octet % alphabet.length);
    }
  }
  return text;
}
