import { equal, match, ok } from "node:assert/strict";
import { LANGUAGES, message, say } from "../../../src/languages/say.ts";
import type { ContractCase } from "../contract_case.ts";
import { type Hotspot, hotspot, send } from "../hotspot.ts";

/** The contract's texts (radius-api 0), asked for without a language or with one that is not ours. */
const NONE_OF_OURS = [undefined, "zh-Hans,ja;q=0.5", "*", "it;q=0", ";;;,q=,\u00e4", "xx,".repeat(3400)];

/** What is asked for, and the language that comes of it. */
const ASKED = [
  ["it,en-US", "it"],
  ["en,it", "en"],
  ["de-AT,de;q=0.9,en;q=0.8", "de"],
  ["en;q=0.4, fr-CA;q=0.9", "fr"],
  ["ru, AR-eg", "ar"],
  [`pt,${"xx-XX;q=0.9,".repeat(850)}`, "pt"],
] as const;

/** A guest whose month's data is used up. */
async function usedUp(target: Parameters<ContractCase["run"]>[0]): Promise<Hotspot> {
  const checks = [["Max-Monthly-Session-Traffic", ":=", "1000"]];
  const spot = await hotspot(target, { groups: [{ name: "test", default: true, checks }] });
  await spot.users({ username: spot.name("ada"), method: "manual", verified: true });
  await spot.accounting({
    status_type: "Stop",
    session_id: "a",
    unique_id: spot.name("a").slice(0, 32),
    username: spot.name("ada"),
    nas_ip_address: "10.0.0.1",
    input_octets: "1000",
  });
  return spot;
}

async function told(spot: Hotspot, language?: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${spot.id} ${spot.token}`,
    ...(language !== undefined && { "accept-language": language }),
  };
  const answer = await spot.authorize({ username: spot.name("ada"), password: "secret" }, headers);
  equal(answer.status, 200, answer.text);
  // A refusal with a text is an object.
  return String((answer.json as Record<string, unknown>)["Reply-Message"]);
}

export const cases: ContractCase[] = [
  {
    name: "the account API answers in the first language that is asked for and that it has",
    async run(target) {
      const path = "/api/v1/radius/organization/nobody-has-this/account/token/";
      const detail = async (language: string | undefined) => {
        const headers: HeadersInit = language === undefined ? {} : { "accept-language": language };
        const answer = await send(target, path, "POST", headers, {});
        equal(answer.status, 404, answer.text);
        return (answer.json as { detail: unknown }).detail;
      };
      for (const [asked, language] of ASKED) {
        equal(await detail(asked), say(language, message("organization_not_found")), asked.slice(0, 40));
      }
      for (const asked of NONE_OF_OURS) {
        equal(await detail(asked), "No Organization matches the given query.", `${asked?.slice(0, 40)}`);
      }
    },
  },
  {
    name: "a used-up quota is told with the day it starts again, in every language",
    async run(target) {
      const spot = await usedUp(target);
      match(await told(spot), /^Your monthly data is used up, it starts again on 1 [A-Z][a-z]+$/);
      match(await told(spot, "it"), /esaurito, riparte il giorno 1 [a-z]+$/);
      match(await told(spot, "de"), /aufgebraucht, es beginnt neu am 1\. [A-Z][a-zä]+$/);
      match(await told(spot, "es"), /agotado, se renuevan el 1 de [a-z]+$/);
      match(await told(spot, "fr"), /épuisé, il reprend le 1er [a-zéû]+$/);
      match(await told(spot, "pt"), /acabaram, eles recomeçam em 1 de [a-zç]+$/);
      match(await told(spot, "ar"), /وتبدأ من جديد في \u20681 [\u0621-\u064a]+\u2069$/);
      for (const language of LANGUAGES) {
        ok(new TextEncoder().encode(await told(spot, language)).length <= 253, language);
      }
    },
  },
  {
    name: "a NAS's refusal is in the language in which the guest logged in on a page",
    async run(target) {
      const spot = await usedUp(target);
      const logIn = `/api/v1/radius/organization/${spot.slug}/account/token/`;
      const login = { username: spot.name("ada"), password: "secret" };
      equal((await send(target, logIn, "POST", { "accept-language": "it,en-US" }, login)).status, 200);
      match(await told(spot), /^Il tuo traffico dati mensile è esaurito/);
      match(await told(spot, "de"), /^Ihr monatliches Datenvolumen/);
      equal((await send(target, logIn, "POST", { "accept-language": "en" }, login)).status, 200);
      match(await told(spot), /^Your monthly data is used up/);
    },
  },
];
