import { availableParallelism } from "node:os";
import type { Crypto } from "../aaa/credentials/crypto.ts";
import type { HashTask } from "./hash_worker.ts";
import { threadsOf } from "./threads.ts";
import { portableCrypto, webPbkdf2 } from "./portable_crypto.ts";

export interface NativeCrypto extends Crypto {
  /** Ends the threads that argon2 and bcrypt started, if any did; they would end by themselves when idle. */
  close(): Promise<void>;
}

/**
 * The cryptography of Deno and Bun: nothing slow runs on the thread that answers. Neither has argon2 and
 * bcrypt in common, so these are WebAssembly in threads of their own, started at the first such hash.
 */
export function nativeCrypto(): NativeCrypto {
  const threads = threadsOf<HashTask, Uint8Array | boolean>("hash_worker", availableParallelism());
  return {
    ...portableCrypto,
    pbkdf2: (...parameters) => webPbkdf2(crypto.subtle, ...parameters),
    async argon2(password, salt, cost) {
      const hash = await threads.run({ kind: "argon2", password, salt, cost });
      if (hash instanceof Uint8Array) return hash;
      throw new TypeError("The hashing thread answered another question");
    },
    async bcrypt(password, encoded) {
      return await threads.run({ kind: "bcrypt", password, encoded }) === true;
    },
    close: () => threads.close(),
  };
}
