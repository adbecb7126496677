import { deepEqual, equal, match, notDeepEqual, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyFromSecret, secretFromFile } from "../../src/runtime/secret_key.ts";

function inFolder(test: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "portico-key-"));
  try {
    test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

Deno.test("a secret is made once, for its owner's eyes only", () =>
  inFolder((folder) => {
    const path = join(folder, "secret.key");
    const secret = secretFromFile(path);
    match(secret, /^[0-9a-f]{64}$/);
    equal(secretFromFile(path), secret);
    equal(statSync(path).mode & 0o777, 0o600);
    deepEqual(readdirSync(folder), ["secret.key"], "nothing is left lying about");
  }));

Deno.test("the file and its text in a setting give the same key of 32 octets", () =>
  inFolder((folder) => {
    const path = join(folder, "secret.key");
    const key = keyFromSecret(secretFromFile(path));
    equal(key.length, 32);
    deepEqual(keyFromSecret(readFileSync(path, "utf8")), key);
    notDeepEqual(keyFromSecret("another"), key);
  }));

Deno.test("a file that holds no secret is not taken for one", () =>
  inFolder((folder) => {
    const path = join(folder, "secret.key");
    writeFileSync(path, "short\n");
    throws(() => secretFromFile(path), /holds no secret: expected at least 32 characters/);
    throws(() => secretFromFile(join(folder, "nowhere", "secret.key")), /ENOENT/);
  }));
