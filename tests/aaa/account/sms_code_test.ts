import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { findAccount } from "../../../src/aaa/account/account.ts";
import { hashCode } from "../../../src/aaa/account/sms_code.ts";
import { changePhoneNumber } from "../../../src/aaa/account/change_phone_number.ts";
import { hasActiveCode, requestCode, verifyCode } from "../../../src/aaa/account/phone_verification.ts";
import { findPendingNumber } from "../../../src/aaa/account/pending_number.ts";
import { randomDigits } from "../../../src/aaa/credentials/random_text.ts";
import { findOrganizationBySlug } from "../../../src/aaa/identity/organization_record.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";
import { codeFor, NEW, OWN, wrong } from "../../http/account/phone_guest.ts";

Deno.test("a code's digits are equally likely, the first one too", async () => {
  const venue = await memoryVenue();
  const counts = new Map<string, number>();
  for (let time = 0; time < 20_000; time++) {
    const code = randomDigits(venue.deps.crypto, 6);
    ok(/^[0-9]{6}$/.test(code));
    counts.set(code.charAt(0), (counts.get(code.charAt(0)) ?? 0) + 1);
  }
  equal(counts.size, 10);
  // Six standard deviations.
  for (const [, count] of counts) ok(Math.abs(count - 2_000) < 255, JSON.stringify([...counts]));
  await venue.close();
});

Deno.test("octets from 250 on do not make some digits likelier: they are thrown away", () => {
  const octets = [250, 255, 249, 7, 13, 251, 0, 99];
  const randomBytes = (length: number) => Uint8Array.from(octets.splice(0, length));
  const crypto = { randomBytes } as Parameters<typeof randomDigits>[0];
  equal(randomDigits(crypto, 4), "9730");
});

Deno.test("a code is stored as a keyed hash that nobody can compare with another row's (defect 12)", async () => {
  const { venue, guest, organization } = await verifying();
  await requestCode(venue.deps, await guest(), "192.0.2.1", venue.deps.now());
  const code = await codeFor(venue, OWN);
  const [row] = await venue.rows("select * from phone_token");
  ok(row && !JSON.stringify(row).includes(code));
  equal(row.token, hashCode(venue.deps, String(row.id), code));
  notEqual(hashCode(venue.deps, "another", code), row.token);
  notEqual(hashCode({ ...venue.deps, serverKey: new Uint8Array(32) }, String(row.id), code), row.token);
  equal(row.organization_id, organization.id);
  await venue.close();
});

Deno.test("a code cannot be guessed: 50 verifications at once get five attempts", async () => {
  const { venue, guest } = await verifying();
  await requestCode(venue.deps, await guest(), "192.0.2.1", venue.deps.now());
  const code = await codeFor(venue, OWN);
  const who = await guest();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => verifyCode(venue.deps, who, wrong(code), venue.deps.now())),
  );
  equal(outcomes.filter(({ kind }) => kind === "wrong").length, 5);
  equal(outcomes.filter(({ kind }) => kind === "attempts_used_up").length, 45);
  // Nor is the right one of any use then.
  equal((await verifyCode(venue.deps, who, code, venue.deps.now())).kind, "attempts_used_up");
  deepEqual(await venue.rows("select attempts, verified from phone_token"), [{ attempts: 51, verified: 0 }]);
  await venue.close();
});

Deno.test("a process that dies between the two writes of a verification loses nothing: the same code completes it", async () => {
  const { venue, guest } = await verifying();
  await requestCode(venue.deps, await guest(), "192.0.2.1", venue.deps.now());
  const code = await codeFor(venue, OWN);
  const who = await guest();
  // The directory has it, the state has not.
  const { fails, db } = failing(
    venue,
    (sql) => sql.includes('"verified" = ?') && sql.includes("phone_token"),
  );
  await fails(() => verifyCode({ ...venue.deps, db }, who, code, venue.deps.now()));
  equal((await guest()).account.registration?.isVerified, true);
  equal((await verifyCode(venue.deps, await guest(), code, venue.deps.now())).kind, "verified");
  equal((await verifyCode(venue.deps, await guest(), code, venue.deps.now())).kind, "used");
  await venue.close();
});

Deno.test("a change that dies between its two writes can still be completed by its code", async () => {
  const { venue, guest, organization } = await verifying({ verified: true });
  const who = await guest();
  const { fails, db } = failing(venue, (sql) => sql.includes("registered_user"));
  await fails(() =>
    changePhoneNumber({ ...venue.deps, db }, who, { text: NEW, address: "192.0.2.1" }, venue.deps.now())
  );
  equal(await findPendingNumber(venue.db, organization.id, who.account.id), NEW);
  // The record still says verified, but of another number: another code may be asked for after the cooldown.
  const again = await requestCode(venue.deps, await guest(), "192.0.2.1", venue.deps.now());
  equal(again.kind, "cooldown");
  venue.clock.pass(30_000);
  equal((await requestCode(venue.deps, await guest(), "192.0.2.1", venue.deps.now())).kind, "sent");
  equal(await hasActiveCode(venue.deps, await guest(), venue.deps.now()), true);
  const code = await codeFor(venue, NEW);
  equal((await verifyCode(venue.deps, await guest(), code, venue.deps.now())).kind, "verified");
  equal((await guest()).account.phoneNumber, NEW);
  equal(await findPendingNumber(venue.db, organization.id, who.account.id), null);
  await venue.close();
});

Deno.test("a message and its code are stored together or not at all", async () => {
  const { venue, guest } = await verifying();
  const who = await guest();
  const { fails, db } = failing(venue, (sql) => sql.includes("outbox"));
  await fails(() => requestCode({ ...venue.deps, db }, who, "192.0.2.1", venue.deps.now()));
  deepEqual(await venue.rows("select * from phone_token"), []);
  deepEqual(await venue.rows("select * from outbox"), []);
  await venue.close();
});

Deno.test("of two changes that overtake each other the one stored last counts, whatever their clocks say", async () => {
  const { venue, guest } = await verifying();
  const late = new Date(venue.deps.now().getTime() + 50);
  const who = await guest();
  await changePhoneNumber(venue.deps, who, { text: "+393289876543", address: "192.0.2.1" }, late);
  await changePhoneNumber(venue.deps, who, { text: NEW, address: "192.0.2.1" }, venue.deps.now());
  const code = await codeFor(venue, NEW);
  equal((await verifyCode(venue.deps, await guest(), code, venue.deps.now())).kind, "verified");
  equal((await guest()).account.phoneNumber, NEW);
  await venue.close();
});

async function verifying({ verified }: { readonly verified?: boolean } = {}) {
  const venue = await memoryVenue();
  const organization: TestOrganization = await venue.addOrganization({
    settings: { smsVerification: true, smsSender: "Portico" },
  });
  const user = await venue.addUser({
    phoneNumber: OWN,
    organizations: [organization],
    ...(verified !== undefined && { verified }),
  });
  return {
    venue,
    organization,
    async guest() {
      const record = await findOrganizationBySlug(
        venue.db,
        venue.deps.settings,
        organization.slug,
        venue.deps.now(),
      );
      const account = record && await findAccount(venue.db, record, user.id);
      if (!record || !account) throw new Error("no such guest");
      return { organization: record, account, language: "en" as const };
    },
  };
}

/** The database, and a batch that breaks where one of its statements says so. */
function failing({ db }: MemoryVenue, breaks: (sql: string) => boolean) {
  const client = new Proxy(db.state.$client, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name !== "batch") return typeof value === "function" ? value.bind(target) : value;
      return (statements: ({ sql: string } | string)[], mode: "write") => {
        const broken = statements.some((one) => breaks(typeof one === "string" ? one : one.sql));
        return broken ? Promise.reject(new Error("the disk is gone")) : target.batch(statements, mode);
      };
    },
  });
  const handle = Object.assign(Object.create(db.state), { $client: client });
  return {
    db: { ...db, directory: handle, state: handle },
    async fails(work: () => Promise<unknown>) {
      const outcome = await work().then(() => "went well", (fault: Error) => fault.message);
      equal(outcome, "the disk is gone");
    },
  };
}
