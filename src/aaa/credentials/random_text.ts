import type { Crypto } from "./crypto.ts";

const ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** An octet from here on would make the first letters of the alphabet likelier than the last. */
const UNBIASED = 256 - 256 % ALPHANUMERIC.length;

/** `length` characters of `[A-Za-z0-9]`, each as likely as any other. */
export function randomAlphanumeric(crypto: Crypto, length: number): string {
  let text = "";
  while (text.length < length) {
    for (const octet of crypto.randomBytes(length - text.length)) {
      if (octet < UNBIASED) text += ALPHANUMERIC.charAt(octet % ALPHANUMERIC.length);
    }
  }
  return text;
}
