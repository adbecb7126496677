import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { changeIdentity } from "../../../src/aaa/identity/change_identity.ts";
import { NOTHING } from "../../../src/aaa/identity/identity_state.ts";
import { addNas } from "../../../src/aaa/identity/nas.ts";
import { createMember, createOperator, renameUser } from "../../../src/aaa/identity/users.ts";
import { DomainError } from "../../../src/errors.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const refusal = (code: string, message: RegExp) => (fault: unknown) => {
  match(String(fault), message);
  return fault instanceof DomainError && fault.code === code;
};

Deno.test("a new member has an account, a membership and the default group", async () => {
  const { venue, context, close } = await identityVenue();
  const { id, existed } = await createMember(context(), "default", {
    username: "ada",
    password: "Sesam, öffne dich ",
    email: "ada@example.org",
    phone: "+39 366 524 3702",
    verified: true,
  });
  equal(existed, false);
  deepEqual(await venue.rows(`select id, phone_number, is_staff, is_superuser from "user"`), [
    { id, phone_number: "+393665243702", is_staff: 0, is_superuser: 0 },
  ]);
  deepEqual(await venue.rows("select username, groupname from radusergroup"), [
    { username: "ada", groupname: "default-users" },
  ]);
  deepEqual(await venue.rows("select method, is_verified from registered_user"), [{
    method: "manual",
    is_verified: 1,
  }]);
  const [stored] = await venue.rows(`select password from "user"`);
  const verdict = await venue.deps.passwords.verify(
    { userId: id, encoded: String(stored?.password) },
    "Sesam, öffne dich ",
    0,
  );
  equal(verdict.kind, "genuine");
  await close();
});

Deno.test("whoever has an account is added to another organization and keeps the password", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply({ organizations: [{ slug: "beta" }] });
  const first = await createMember(context(), "default", { username: "ada", password: "first" });
  const [before] = await venue.rows(`select password from "user"`);
  const second = await createMember(context(), "beta", {
    username: "ada",
    password: "second",
    group: "power-users",
  });
  deepEqual(second, { id: first.id, existed: true });
  deepEqual((await venue.rows(`select password from "user"`))[0], before);
  deepEqual(await venue.rows("select groupname from radusergroup order by 1"), [
    { groupname: "beta-power-users" },
    { groupname: "default-users" },
  ]);
  await close();
});

Deno.test("who is there already, or collides with somebody, is refused", async () => {
  const { context, close } = await identityVenue();
  const create = (
    fields: { username: string; email?: string; phone?: string; group?: string },
    slug = "default",
  ) => createMember(context(), slug, { password: "x", ...fields });
  await create({ username: "ada", email: "ada@example.org", phone: "+393665243702" });
  await rejects(create({ username: "ada" }), refusal("conflict", /"ada" is already a member of "default"/));
  await rejects(create({ username: "ADA" }), refusal("conflict", /"ada" is already a member/));
  await rejects(
    create({ username: "bob", email: "ADA@EXAMPLE.ORG" }),
    refusal("invalid_input", /^DomainError: email: .*belongs to the user "ada"/),
  );
  await rejects(
    create({ username: "bob", phone: "+39 366 5243702" }),
    refusal("invalid_input", /phone: .*belongs to the user "ada"/),
  );
  await rejects(
    create({ username: "bob", phone: "3665243702" }),
    refusal("invalid_input", /^DomainError: phone: expected a telephone number/),
  );
  await rejects(
    create({ username: "bob", group: "vip" }),
    refusal("invalid_input", /group: no organization of this user has a group "vip"/),
  );
  await rejects(
    create({ username: "bob" }, "nowhere"),
    refusal("not_found", /There is no organization "nowhere"/),
  );
  await rejects(create({ username: "" }), refusal("invalid_input", /username: expected 1 to 150 characters/));
  await close();
});

Deno.test("of sixteen who take one name at once, in any letter case, one gets it", async () => {
  const { venue, context, close } = await identityVenue();
  const names = ["ada", "Ada", "aDa", "adA"];
  const outcomes = await Promise.allSettled(
    Array.from(
      { length: 16 },
      (_, at) => createMember(context(), "default", { username: names[at % 4] ?? "", password: "x" }),
    ),
  );
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") {
      match(String(outcome.reason), /already a member|differ only in letter case/);
    }
  }
  equal((await venue.rows(`select 1 from "user"`)).length, 1);
  await close();
});

Deno.test("an operator may do everything, and takes nobody's name", async () => {
  const { venue, context, close } = await identityVenue();
  const id = await createOperator(context(), { username: "root", password: "x", email: "root@example.org" });
  deepEqual(await venue.rows(`select id, is_staff, is_superuser, is_active from "user"`), [
    { id, is_staff: 1, is_superuser: 1, is_active: 1 },
  ]);
  await rejects(
    createOperator(context(), { username: "Root", password: "x" }),
    refusal("conflict", /Cannot create "Root": the user "root" exists/),
  );
  await close();
});

Deno.test("with a user's name it changes wherever FreeRADIUS reads names", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply({
    users: [{
      username: "ada",
      organizations: ["default"],
      checks: [["A", ":=", "1"]],
      replies: [["B", "=", "2"]],
    }],
  });
  venue.clock.pass(1000);
  await changeIdentity(context(), { ...NOTHING, usernameKeys: ["ada"] }, (draft) => {
    const user = draft.byUsername.get("ada");
    if (user) renameUser(draft, user, "Countess");
  });
  deepEqual(await venue.rows(`select username, username_key from "user"`), [
    { username: "Countess", username_key: "countess" },
  ]);
  for (const table of ["radcheck", "radreply", "radusergroup"]) {
    deepEqual(await venue.rows(`select username from ${table}`), [{ username: "Countess" }], table);
  }
  await close();
});

Deno.test("a NAS is added once for each address of an organization", async () => {
  const { venue, context, close } = await identityVenue();
  const fields = { address: "10.0.0.0/24", shortname: "lobby", secret: "0123456789abcdef" };
  const id = await addNas(context(), "default", fields);
  deepEqual(await venue.rows("select id, nasname, shortname, secret, type from nas"), [
    { id, nasname: "10.0.0.0/24", shortname: "lobby", secret: "0123456789abcdef", type: "other" },
  ]);
  await rejects(
    addNas(context(), "default", fields),
    refusal("conflict", /"default" has one at 10\.0\.0\.0\/24/),
  );
  await rejects(
    addNas(context(), "default", { ...fields, address: "lobby" }),
    refusal("invalid_input", /address: expected an address/),
  );
  await close();
});
