import { parentPort } from "node:worker_threads";
import * as noble from "@noble/hashes/argon2.js";
import { argon2d, argon2i, argon2id, bcryptVerify } from "hash-wasm";
import type { Argon2Cost } from "../aaa/credentials/crypto.ts";

export interface Argon2Task {
  readonly kind: "argon2";
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly cost: Argon2Cost;
}

export interface BcryptTask {
  readonly kind: "bcrypt";
  readonly password: string;
  readonly encoded: string;
}

/** What a thread is asked; `id` comes back with the answer. */
export interface HashRequest {
  readonly id: number;
  readonly task: Argon2Task | BcryptTask;
}

export type HashAnswer =
  | { readonly id: number; readonly value: Uint8Array | boolean }
  | { readonly id: number; readonly error: string };

const WEB_ASSEMBLY = { argon2d, argon2i, argon2id };

async function argon2({ password, salt, cost }: Argon2Task): Promise<Uint8Array> {
  const { variety, version, passes, memoryKiB, lanes, keyLength } = cost;
  if (version === 19 && password.length > 0) {
    const named = { iterations: passes, memorySize: memoryKiB, parallelism: lanes, hashLength: keyLength };
    return await WEB_ASSEMBLY[variety]({ password, salt, ...named, outputType: "binary" });
  }
  // hash-wasm has neither the older version nor the empty password; this takes five times as long.
  return noble[variety](password, salt, { version, t: passes, m: memoryKiB, p: lanes, dkLen: keyLength });
}

async function answer({ id, task }: HashRequest): Promise<HashAnswer> {
  try {
    if (task.kind === "argon2") return { id, value: await argon2(task) };
    return { id, value: await bcryptVerify({ password: task.password, hash: task.encoded }) };
  } catch (error) {
    return { id, error: String(error) };
  }
}

let last: Promise<void> = Promise.resolve();

// One after the other, since two would take twice the memory and end no sooner.
parentPort?.on("message", (request: HashRequest) => {
  last = last.then(async () => parentPort?.postMessage(await answer(request)));
});
