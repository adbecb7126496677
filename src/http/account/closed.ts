import type { Closed } from "../../aaa/account/sign_in.ts";
import type { OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import { message } from "../../languages/say.ts";
import { forbidden, type HttpProblem, misconfigured } from "../problem.ts";

/** Why somebody who proved who she is does not get in. */
export function closed(
  { name: organization }: OrganizationRecord,
  { why, username }: { readonly why: Closed; readonly username: string },
): HttpProblem {
  switch (why) {
    case "organization_unfinished":
      return misconfigured();
    case "not_a_member":
      return forbidden(message("not_a_member", { username, organization }));
    case "organization_disabled":
    case "registration_disabled":
      return forbidden(message(why, { organization }));
  }
}
