import { deepEqual, equal } from "node:assert/strict";
import { endAllRadiusTokens, issueRadiusToken } from "../../../src/aaa/credentials/radius_token.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const USED = "The RADIUS token was used before: log in again to get a new one";
const ENDED =
  "The RADIUS token has ended, or its owner has not logged in since signing up: log in to get a new one";

Deno.test("an operator reads whether a token was used, or ended without", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization({ slug: "alpha" });
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const refusal = async (password: string) => {
    equal((await venue.post("authorize", alpha, { username: "ada", password })).text, "");
    return (await venue.rows("select reason, explanation from access_refusal order by id desc limit 1"))[0];
  };

  const taken = await venue.token(ada, alpha);
  await venue.post("authorize", alpha, { username: "ada", password: taken });
  deepEqual(await refusal(taken), { reason: "token_used", explanation: USED });

  const waiting = await venue.token(ada, alpha);
  await venue.client.execute(endAllRadiusTokens(ada.id));
  deepEqual(await refusal(waiting), { reason: "token_used", explanation: ENDED });
  deepEqual(await refusal(taken), { reason: "token_used", explanation: USED });

  const member = { userId: ada.id, organizationId: alpha.id };
  const options = { canAuth: false, renew: true, passwordBased: null };
  const ofSignUp = await issueRadiusToken(venue.db, venue.deps, member, options, venue.deps.now());
  deepEqual(await refusal(ofSignUp), { reason: "token_used", explanation: ENDED });
  await venue.close();
});
