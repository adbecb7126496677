import type { Client } from "@libsql/client";
import { passwordVerifier } from "../../src/aaa/credentials/password_verifier.ts";
import { applySetup } from "../../src/aaa/identity/apply_setup.ts";
import { parseSetup } from "../../src/aaa/identity/setup_file.ts";
import { readConfig } from "../../src/config.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { keyFromSecret } from "../../src/runtime/secret_key.ts";
import { venueDatabase } from "../../src/storage/database.ts";
import type { ContractTarget, Organizations } from "./contract_case.ts";

/** Every target's `PORTICO_SECRET_KEY`. */
export const SECRET_KEY = "contract-suite-secret-key-of-no-installation";

/** The settings that every target of the contract has, unless a case asks for others. */
export const CONTRACT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PORTICO_SECRET_KEY: SECRET_KEY,
  PORTICO_THROTTLE_RATES: '{"others": null}',
};

/** The half of a target that reaches the database beside the server, as the command line does. */
export interface SetupSide extends Pick<ContractTarget, "db" | "organizations" | "secretKeyHex" | "apply"> {
  readonly close: () => Promise<void>;
}

/** @param client the server's database; it is closed with the rest. */
export function setupSide(client: Client, environment: Readonly<Record<string, string>>): SetupSide {
  const crypto = nativeCrypto();
  const settings = readConfig({ environment });
  const serverKey = keyFromSecret(settings.secretKey);
  const db = venueDatabase(client, "contract");
  const passwords = passwordVerifier(crypto, { parallel: 2, longestWaitMs: Infinity });
  const known: Record<string, { id: string; radius_token: string }> = {};
  return {
    db: client,
    organizations: known,
    secretKeyHex: Array.from(serverKey, (octet) => octet.toString(16).padStart(2, "0")).join(""),
    async apply(setup) {
      const context = { db, settings, crypto, serverKey, passwords, now: new Date(), actor: "contract" };
      const { organizations } = await applySetup(context, parseSetup(setup));
      // Each organization here has settings, and so a token.
      Object.assign(known, organizations);
      return organizations as Organizations;
    },
    async close() {
      client.close();
      await crypto.close();
    },
  };
}
