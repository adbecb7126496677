import { equal, match } from "node:assert/strict";
import { noteVisit } from "../../../src/aaa/account/login_state.ts";
import type { Language } from "../../../src/languages/say.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";

/** A guest who used up what the check allows, or has the one session that it allows. */
async function atTheLimit(
  venue: MemoryVenue,
  [check, value]: readonly [string, string],
  { timeZone = "Europe/Rome", replyMessage }: {
    readonly timeZone?: string;
    readonly replyMessage?: string;
  } = {},
) {
  const organization = await venue.addOrganization({ settings: { timeZone } });
  const group = await venue.addGroup(organization.id, {
    checks: [[check, ":=", value]],
    ...(replyMessage !== undefined && { replies: [["Reply-Message", "=", replyMessage]] }),
  });
  const user = await venue.addUser({ organizations: [organization], groups: [group] });
  await venue.post("accounting", organization, {
    status_type: check === "Simultaneous-Use" ? "Start" : "Stop",
    unique_id: user.id.slice(0, 32),
    session_id: "1",
    nas_ip_address: "10.0.0.1",
    username: user.username,
    session_time: 0,
    input_octets: 5000,
  });
  return { organization, user };
}

async function speaks(venue: MemoryVenue, { id: userId }: TestUser, language: Language): Promise<void> {
  await venue.db.state.$client.batch([noteVisit({ userId, language }, venue.deps.now())], "write");
}

async function refusal(
  venue: MemoryVenue,
  { organization, user }: { readonly organization: TestOrganization; readonly user: TestUser },
  acceptLanguage?: string,
): Promise<unknown> {
  const response = await venue.fetch("/api/v1/freeradius/authorize/", {
    method: "POST",
    headers: {
      authorization: organization.authorization,
      "content-type": "application/json",
      ...(acceptLanguage !== undefined && { "accept-language": acceptLanguage }),
    },
    body: JSON.stringify({ username: user.username, password: await venue.token(user, organization) }),
  });
  const answer = await response.json();
  equal(answer["control:Auth-Type"], "Reject");
  return answer["Reply-Message"];
}

Deno.test("a limit is told in English to somebody who never said another language", async () => {
  const venue = await memoryVenue();
  equal(
    await refusal(venue, await atTheLimit(venue, ["Max-Monthly-Session-Traffic", "1000"])),
    "Your monthly data is used up, it starts again on 1 December",
  );
  await venue.close();
});

Deno.test("a limit is told in the language of the guest's last visit to a page", async () => {
  const venue = await memoryVenue();
  const monthly = await atTheLimit(venue, ["Max-Monthly-Session-Traffic", "1000"]);
  await speaks(venue, monthly.user, "it");
  equal(
    await refusal(venue, monthly),
    "Il tuo traffico dati mensile è esaurito, riparte il giorno 1 dicembre",
  );
  await speaks(venue, monthly.user, "ar");
  equal(
    await refusal(venue, monthly),
    "لقد نفدت حصة البيانات الشهرية، وتبدأ من جديد في \u20681 ديسمبر\u2069",
  );

  const alone = await atTheLimit(venue, ["Simultaneous-Use", "1"]);
  equal(await refusal(venue, alone), "You are already logged in - access denied");
  await speaks(venue, alone.user, "de");
  match(
    String(await refusal(venue, alone)),
    /^Zugang verweigert: .* \(1\)\. Melden Sie ein anderes Gerät ab$/,
  );
  await venue.close();
});

Deno.test("what the NAS's own request asks for comes before what is kept", async () => {
  const venue = await memoryVenue();
  const guest = await atTheLimit(venue, ["Max-Daily-Session-Traffic", "1000"]);
  await speaks(venue, guest.user, "it");
  equal(
    await refusal(venue, guest, "fr-CH,fr;q=0.9"),
    "Votre volume de données quotidien est épuisé, il reprend le 23 novembre",
  );
  equal(await refusal(venue, guest, "en"), "Your daily data is used up, it starts again on 23 November");
  match(String(await refusal(venue, guest, "zh")), /^Il tuo traffico dati giornaliero/);
  await venue.close();
});

Deno.test("the day it starts again is the organization's, not the server's", async () => {
  // In Kiritimati it is two in the morning of the next day.
  const venue = await memoryVenue({ now: new Date("2026-11-29T12:00:00Z") });
  const check = ["Max-Daily-Session-Traffic", "1000"] as const;
  const far = await atTheLimit(venue, check, { timeZone: "Pacific/Kiritimati" });
  equal(await refusal(venue, far, "es"), "Sus datos diarios se han agotado, se renuevan el 1 de diciembre");
  const near = await atTheLimit(venue, check, { timeZone: "America/Los_Angeles" });
  equal(await refusal(venue, near, "es"), "Sus datos diarios se han agotado, se renuevan el 30 de noviembre");
  await venue.close();
});

Deno.test("daily time keeps its old words in English, and says more in other languages", async () => {
  const venue = await memoryVenue();
  const guest = await atTheLimit(venue, ["Max-Daily-Session", "0"]);
  equal(await refusal(venue, guest), "Your maximum daily usage time has been reached");
  equal(await refusal(venue, guest, "pt"), "Seu tempo de uso diário acabou, ele recomeça em 23 de novembro");
  await venue.close();
});

Deno.test("a group's own words stay as they are, and the operator reads English", async () => {
  const venue = await memoryVenue();
  const check = ["Max-Monthly-Session-Traffic", "1000"] as const;
  const guest = await atTheLimit(venue, check, { replyMessage: "Basta" });
  deepEqualReply(await refusal(venue, guest, "it"), "Basta");
  const [row] = await venue.rows("select explanation from access_refusal order by id desc limit 1");
  equal(row?.explanation, "Your monthly data is used up, it starts again on 1 December");
  await venue.close();
});

Deno.test("whoever is let in costs no look at the language", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, { checks: [["Max-Daily-Session", ":=", "100"]] });
  const user = await venue.addUser({ organizations: [organization], groups: [group] });
  const password = await venue.token(user, organization);
  await venue.rows("alter table user_state rename to nobody_looks_here");
  const { status, text } = await venue.post("authorize", organization, { username: user.username, password });
  equal(status, 200);
  equal(text, '{"control:Auth-Type":"Accept","Session-Timeout":100}');
  await venue.close();
});

/** The group's reply, with its operator. */
function deepEqualReply(reply: unknown, value: string): void {
  equal(JSON.stringify(reply), JSON.stringify({ op: "=", value }));
}
