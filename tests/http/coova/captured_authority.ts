import { createHash } from "node:crypto";
import { isLocalUser } from "../../../src/controller/authority/local_users.ts";
import type { Authority, AuthorityRequest } from "../../../src/controller/authority/authority.ts";
import type { Crypto } from "../../../src/aaa/credentials/crypto.ts";
import { toHex } from "../../../src/values/hex.ts";
import { type CapturedAccess, fromHex } from "./captured_set.ts";

/** Answers as the RADIUS server of a set did, and tells where it was asked otherwise. */
export class CapturedAuthority implements Authority {
  readonly #accesses: CapturedAccess[];
  readonly #acceptsAll: boolean;
  readonly #crypto: Pick<Crypto, "equal" | "md5">;
  readonly #secret: string;
  /** What was asked that was not asked then, or otherwise. */
  readonly differences: string[] = [];
  /** What the station has been shown. */
  challenge = "";

  /** @param accesses null where no packets were captured: then everybody is accepted. */
  constructor(
    accesses: readonly CapturedAccess[] | null,
    crypto: Pick<Crypto, "equal" | "md5">,
    secret: string,
  ) {
    this.#accesses = [...accesses ?? []];
    this.#acceptsAll = accesses === null;
    this.#crypto = crypto;
    this.#secret = secret;
  }

  /** What has not been asked. */
  get left(): readonly CapturedAccess[] {
    return this.#accesses;
  }

  /** What will be asked for next. */
  next(): CapturedAccess | undefined {
    return this.#accesses[0];
  }

  decide(request: AuthorityRequest) {
    const { credential } = request;
    if (credential.kind === "eap") throw new Error("nobody sent EAP then");
    if (this.#acceptsAll || isLocalUser(this.#crypto, { ...request, credential })) {
      return Promise.resolve({ kind: "accept", attributes: new Map() } as const);
    }
    const access = this.#accesses.shift();
    if (!access) {
      this.differences.push(`asked for ${request.userName}, and nobody was then`);
      return Promise.resolve({ kind: "silent" } as const);
    }
    this.#compare(access, request);
    return Promise.resolve(access.answer);
  }

  #compare({ userName, password, attributes }: CapturedAccess, request: AuthorityRequest): void {
    const same = (what: string, theirs: string | undefined, ours: string) => {
      if ((theirs ?? "") !== ours) this.differences.push(`${what}: ${theirs} → ${ours}`);
    };
    same("User-Name", userName, request.userName);
    same("Service-Type", attributes.get("Service-Type"), { Login: "1", Framed: "2" }[request.serviceType]);
    same("Called-Station-Id", attributes.get("Called-Station-Id"), request.calledStationId);
    same("Calling-Station-Id", attributes.get("Calling-Station-Id"), request.callingStationId);
    same("Framed-IP-Address", attributes.get("Framed-IP-Address"), request.framedIpAddress);
    const shape = (id = "") => id.replace(/^\d{10}/, "<instant>");
    same("Acct-Session-Id", shape(attributes.get("Acct-Session-Id")), shape(request.sessionId));
    same("CoovaChilli-Lang", attributes.get("CoovaChilli-Lang"), request.lang ?? "");
    const { credential } = request;
    switch (credential.kind) {
      case "password":
        // The original sends on the NULs that a page filled the password up with.
        same(
          "password",
          password ? new TextDecoder().decode(password).replace(/\0+$/, "") : undefined,
          credential.password,
        );
        break;
      case "chap":
        same(
          "CHAP-Password",
          attributes.get("CHAP-Password"),
          `0x${hexOf(credential.ident)}${toHex(credential.response)}`,
        );
        same("CHAP-Challenge", `0x${this.#key()}`, `0x${toHex(credential.challenge)}`);
        break;
      case "mschapv2": {
        const theirs = fromHex((attributes.get("MS-CHAP2-Response") ?? "").slice(2));
        same("NT-Response", toHex(theirs.subarray(26)), toHex(credential.ntResponse));
        same("MS-CHAP-Challenge", this.#key(), toHex(credential.challenge));
        same("peer challenge", this.#key(), toHex(credential.peerChallenge));
        break;
      }
    }
  }

  /** Worked out here on its own (coova 6). */
  #key(): string {
    if (!this.#secret) return this.challenge;
    return createHash("md5").update(fromHex(this.challenge)).update(this.#secret).digest("hex");
  }
}

function hexOf(octet: number): string {
  return octet.toString(16).padStart(2, "0");
}
