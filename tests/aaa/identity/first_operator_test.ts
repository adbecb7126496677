import { deepEqual, equal, match, rejects } from "node:assert/strict";
import {
  createFirstOperator,
  invitationState,
  inviteFirstOperator,
} from "../../../src/aaa/identity/first_operator.ts";
import { createOperator } from "../../../src/aaa/identity/users.ts";
import { DomainError } from "../../../src/errors.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const WHO = { username: "root", email: "root@example.org", password: "correct horse" };
const DAY = 24 * 3600 * 1000;

const refusal = (code: string, message: RegExp) => (fault: unknown) => {
  match(String(fault), message);
  return fault instanceof DomainError && fault.code === code;
};

Deno.test("the link makes the first operator, once", async () => {
  const { venue, context, close } = await identityVenue();
  const secret = await inviteFirstOperator(context());
  equal(await invitationState(context(), secret), "valid");
  const [stored] = await venue.rows("select value from installation where name = 'first_operator'");
  equal(String(stored?.value).includes(secret), false, "the secret itself is nowhere");

  const id = await createFirstOperator(context(), secret, WHO);
  deepEqual(await venue.rows(`select id, username, is_superuser, is_staff, applied_password from "user"`), [
    { id, username: "root", is_superuser: 1, is_staff: 1, applied_password: null },
  ]);
  equal(await invitationState(context(), secret), "done");
  await rejects(
    createFirstOperator(context(), secret, { ...WHO, username: "second" }),
    refusal("conflict", /there is one already/),
  );
  deepEqual(await venue.rows("select action, subject from audit_log"), [{
    action: "user.create",
    subject: "root",
  }]);
  await close();
});

Deno.test("of two who use the link at once one becomes the operator", async () => {
  const { venue, context, close } = await identityVenue();
  const secret = await inviteFirstOperator(context());
  const outcomes = await Promise.allSettled(
    ["a", "b", "c"].map((username) =>
      createFirstOperator(context(), secret, { ...WHO, email: `${username}@x`, username })
    ),
  );
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  equal((await venue.rows(`select 1 from "user"`)).length, 1);
  await close();
});

Deno.test("the link ends after 24 hours, with the next one, and with an operator from elsewhere", async () => {
  const { venue, context, close } = await identityVenue();
  const first = await inviteFirstOperator(context());
  const second = await inviteFirstOperator(context());
  await rejects(createFirstOperator(context(), first, WHO), refusal("not_found", /the link is unknown/));
  await rejects(createFirstOperator(context(), "", WHO), refusal("not_found", /the link is unknown/));
  venue.clock.pass(DAY);
  equal(await invitationState(context(), second), "expired");
  await rejects(createFirstOperator(context(), second, WHO), refusal("not_found", /the link is expired/));
  const third = await inviteFirstOperator(context());
  await createOperator(context(), { username: "shell", password: "x" });
  await rejects(createFirstOperator(context(), third, WHO), refusal("conflict", /there is one already/));
  await close();
});

Deno.test("a refused name leaves the link good", async () => {
  const { context, apply, close } = await identityVenue();
  await apply({ users: [{ username: "ROOT" }] });
  const secret = await inviteFirstOperator(context());
  await rejects(
    createFirstOperator(context(), secret, WHO),
    refusal("conflict", /the name or the address is taken/),
  );
  await rejects(
    createFirstOperator(context(), secret, { ...WHO, username: "" }),
    refusal("invalid_input", /username/),
  );
  await createFirstOperator(context(), secret, { ...WHO, username: "other" });
  await close();
});
