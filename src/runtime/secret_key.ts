import { createHash, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** 32 octets of a secret of any length. The secret key's file and its text in a setting give the same key. */
export function keyFromSecret(secret: string): Uint8Array {
  return new Uint8Array(createHash("sha256").update(secret.trim()).digest());
}

/**
 * The secret in a file that only its owner can read; made when there is none. Of two processes that make it at once
 * both get the same.
 *
 * @throws {Error} when the file cannot be read or made, or holds less than 32 characters.
 */
export function secretFromFile(path: string): string {
  const secret = (readIfThere(path) ?? make(path)).trim();
  if (secret.length < 32) throw new Error(`${path} holds no secret: expected at least 32 characters`);
  return secret;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (fault) {
    if (codeOf(fault) === "ENOENT") return undefined;
    throw fault;
  }
}

function make(path: string): string {
  const draft = `${path}.${randomBytes(8).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx", flush: true });
  try {
    // Fails when the name is taken, and the file is whole at the moment it gets it.
    linkSync(draft, path);
  } catch (fault) {
    if (codeOf(fault) !== "EEXIST") throw fault;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, "utf8");
}

function codeOf(fault: unknown): unknown {
  return fault instanceof Error && "code" in fault ? fault.code : undefined;
}
