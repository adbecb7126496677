import type { Crypto } from "../credentials/crypto.ts";
import { ntHash, parseNtHash } from "../credentials/nt_hash.ts";
import type { Candidate } from "./find_user.ts";

const encoder = new TextEncoder();

/** Whether a password is the one of the user's `Cleartext-Password` or `NT-Password` check, as FreeRADIUS's pap says. */
export function isCheckedPassword(
  crypto: Crypto,
  { clearPassword, ntPassword }: Candidate,
  password: string,
): boolean {
  if (clearPassword) return crypto.equal(encoder.encode(clearPassword), encoder.encode(password));
  const hash = ntPassword && parseNtHash(ntPassword);
  return hash ? crypto.equal(hash, ntHash(crypto, password)) : false;
}
