import { equal, ok, rejects } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { checkCrypto } from "./crypto_contract.ts";

const PASSWORD = new TextEncoder().encode("secret");
const SALT = new TextEncoder().encode("sixteen letters.");
const DJANGOS_ARGON2 = {
  variety: "argon2id",
  version: 19,
  memoryKiB: 102_400,
  passes: 2,
  lanes: 8,
  keyLength: 32,
} as const;

Deno.test("the native cryptography keeps to the standards", async (t) => {
  await checkCrypto(t, nativeCrypto());
});

Deno.test("no slow hash holds up the event loop", async () => {
  const crypto = nativeCrypto();
  const bcryptHash = "$2b$12$" + "a".repeat(53);
  const hashes = {
    scrypt: () => crypto.scrypt(PASSWORD, SALT, { N: 65_536, r: 8, p: 1, keyLength: 64 }),
    pbkdf2: () => crypto.pbkdf2("SHA-256", PASSWORD, SALT, 1_000_000, 32),
    argon2: () => crypto.argon2(PASSWORD, SALT, DJANGOS_ARGON2),
    bcrypt: () => crypto.bcrypt("secret", bcryptHash),
  };
  for (const [name, hash] of Object.entries(hashes)) {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await hash();
    clearInterval(timer);
    ok(turns >= 5, `${name}: ${turns} turns of the loop`);
  }
  await crypto.close();
});

Deno.test("hashes asked for at once are each answered with their own", async () => {
  const crypto = nativeCrypto();
  const cost = {
    variety: "argon2i",
    version: 19,
    memoryKiB: 64,
    passes: 1,
    lanes: 1,
    keyLength: 16,
  } as const;
  const salts = Array.from({ length: 20 }, (_, index) => new Uint8Array(8).fill(index));

  const together = await Promise.all(salts.map((salt) => crypto.argon2(PASSWORD, salt, cost)));
  for (const [index, salt] of salts.entries()) {
    equal(together[index]?.toHex(), (await crypto.argon2(PASSWORD, salt, cost)).toHex());
  }
  await crypto.close();
});

Deno.test("what a thread refuses is an error for the one who asked, and the thread goes on", async () => {
  const crypto = nativeCrypto();
  await rejects(crypto.argon2(PASSWORD, new Uint8Array(2), DJANGOS_ARGON2), /Salt/);
  equal(await crypto.bcrypt("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"), true);
  await crypto.close();
});

Deno.test("closing ends a hash that runs, and the next one starts a new thread", async () => {
  const crypto = nativeCrypto();
  const running = crypto.argon2(PASSWORD, SALT, DJANGOS_ARGON2);
  const ended = rejects(running, /ended/);
  await crypto.close();
  await ended;
  equal((await crypto.argon2(PASSWORD, SALT, { ...DJANGOS_ARGON2, memoryKiB: 64 })).length, 32);
  await crypto.close();
});

Deno.test("an idle thread does not keep the program alive, and one that works does", () => {
  const source = `
    import { nativeCrypto } from "./src/runtime/crypto.ts";
    nativeCrypto().bcrypt("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").then(console.log);
  `;
  for (const program of [[Deno.execPath(), "eval"], ["./node_modules/@oven/bun-linux-x64/bin/bun", "-e"]]) {
    const [command = "", option = ""] = program;
    const { stdout, status } = spawnSync(command, [option, source], { encoding: "utf8", timeout: 9_000 });
    equal(stdout.trim(), "true", command);
    equal(status, 0, command);
  }
});
