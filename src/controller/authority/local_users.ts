import { chapResponse } from "../../aaa/credentials/chap.ts";
import type { Credential } from "../../aaa/credentials/credential.ts";
import type { Crypto } from "../../aaa/credentials/crypto.ts";
import type { AuthorityRequest } from "./authority.ts";

const encoder = new TextEncoder();

/**
 * Whether the credential is that of one of the zone's `localusers`, `user:password[:…]` (coova 6): by password or CHAP,
 * as in the original.
 */
export function isLocalUser(
  crypto: Pick<Crypto, "equal" | "md5">,
  { zone, userName, credential }: Pick<AuthorityRequest, "zone" | "userName"> & {
    readonly credential: Credential;
  },
): boolean {
  const passwords = zone.options.localusers.flatMap((line) => {
    const [name, password = ""] = line.split(":");
    return name === userName && password ? [encoder.encode(password)] : [];
  });
  return passwords.some((password) => {
    switch (credential.kind) {
      case "password":
        return crypto.equal(encoder.encode(credential.password), password);
      case "chap":
        return crypto.equal(
          credential.response,
          chapResponse(crypto, credential.ident, password, credential.challenge),
        );
      case "mschapv2":
        return false;
    }
  });
}
