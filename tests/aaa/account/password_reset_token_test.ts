import { equal, match, notEqual } from "node:assert/strict";
import { isResetToken, newResetToken } from "../../../src/aaa/account/password_reset_token.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const ADA = { id: "ada", email: "ada@example.org", password: "scrypt$1" };
const HOUR = 3_600_000;

Deno.test("a reset token is one segment of a path, and nothing about it is stored", async () => {
  const { deps, clock, rows, close } = await memoryVenue();
  const before = await rows("select count(*) from throttle, outbox, installation");
  const token = await newResetToken(deps, ADA, clock.at);
  match(token, /^[0-9a-z]+-[0-9a-f]{40}$/);
  equal(encodeURIComponent(token), token);
  equal(await isResetToken(deps, ADA, token, clock.at), true);
  equal(
    JSON.stringify(await rows("select count(*) from throttle, outbox, installation")),
    JSON.stringify(before),
  );
  await close();
});

Deno.test("a reset token is nobody else's, of no other hash, address, log-in, time or server", async () => {
  const { deps, clock, rows, close } = await memoryVenue();
  const token = await newResetToken(deps, ADA, clock.at);
  const others = [
    { ...ADA, id: "eve" },
    { ...ADA, password: "scrypt$2" },
    { ...ADA, email: "eve@example.org" },
    { ...ADA, email: null },
    { ...ADA, id: 'ada","ada@example.org' },
  ];
  for (const other of others) equal(await isResetToken(deps, other, token, clock.at), false);
  for (const wrong of ["", "-", token.toUpperCase(), `${token}0`, `0${token}`, token.replace("-", "")]) {
    equal(await isResetToken(deps, ADA, wrong, clock.at), false, wrong);
  }
  const elsewhere = { ...deps, serverKey: new Uint8Array(32).fill(8) };
  equal(await isResetToken(elsewhere, ADA, token, clock.at), false);
  await rows("insert into user_state (user_id, last_login) values ('ada', '2026-11-22 12:00:01.000000')");
  equal(await isResetToken(deps, ADA, token, clock.at), false);
  equal(await isResetToken(deps, ADA, await newResetToken(deps, ADA, clock.at), clock.at), true);
  await close();
});

Deno.test("a reset token's age cannot be made up, and none is older than the setting says", async () => {
  const { deps, clock, close } = await memoryVenue();
  const token = await newResetToken(deps, ADA, clock.at);
  clock.pass(72 * HOUR);
  equal(await isResetToken(deps, ADA, token, clock.at), true);
  clock.pass(1000);
  equal(await isResetToken(deps, ADA, token, clock.at), false);
  const [, proof] = token.split("-");
  const seconds = Math.floor(clock.at.getTime() / 1000).toString(36);
  equal(await isResetToken(deps, ADA, `${seconds}-${proof}`, clock.at), false);
  notEqual(await newResetToken(deps, ADA, clock.at), token);
  await close();
});
