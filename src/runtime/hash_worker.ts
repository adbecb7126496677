import * as noble from "@noble/hashes/argon2.js";
import { argon2d, argon2i, argon2id, bcryptVerify } from "hash-wasm";
import type { Argon2Cost } from "../aaa/credentials/crypto.ts";
import { answerRequests } from "./thread_answers.ts";

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

export type HashTask = Argon2Task | BcryptTask;

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

answerRequests((task: HashTask): Promise<Uint8Array | boolean> =>
  task.kind === "argon2" ? argon2(task) : bcryptVerify({ password: task.password, hash: task.encoded })
);
