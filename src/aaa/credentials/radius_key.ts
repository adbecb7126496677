import type { Crypto } from "./crypto.ts";
import { randomAlphanumeric } from "./random_text.ts";

/** A RADIUS user token's key: 40 of `[A-Za-z0-9]`, 238 bits. */
export function newRadiusKey(crypto: Crypto): string {
  return randomAlphanumeric(crypto, 40);
}

/** What an organization's NASes prove themselves with: 32 of `[A-Za-z0-9]`, 190 bits. */
export function newOrganizationToken(crypto: Crypto): string {
  return randomAlphanumeric(crypto, 32);
}

/** What makes one API key of a user differ from the next: 22 of `[A-Za-z0-9]`, 130 bits. */
export function newApiNonce(crypto: Crypto): string {
  return randomAlphanumeric(crypto, 22);
}
