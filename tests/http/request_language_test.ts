import { equal, ok } from "node:assert/strict";
import { Hono } from "hono";
import { requestLanguage, requestLocale, statedLanguage } from "../../src/http/request_language.ts";

const app = new Hono()
  .get("/language", (c) => c.text(requestLanguage(c)))
  .get("/locale", (c) => c.text(requestLocale(c)))
  .get("/stated", (c) => c.text(String(statedLanguage(c))));

async function asked(what: "language" | "locale" | "stated", header: string | null): Promise<string> {
  const headers = header === null ? {} : { "accept-language": header };
  return await (await app.request(`/${what}`, { headers })).text();
}

const LANGUAGE_OF: readonly (readonly [header: string | null, language: string])[] = [
  // As the login pages send it: the page's language, then the browser's, without weights.
  ["it,en-US", "it"],
  ["en,it", "en"],
  ["en-US,it", "en"],
  ["ru,ar,it", "ar"],
  // As browsers send it.
  ["de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"],
  ["fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"],
  ["en;q=0.5, pt-BR;q=0.9", "pt"],
  ["en;q=0.5,es ; q = 0.6", "es"],
  ["AR-eg", "ar"],
  ["de;q=0,it;q=0.1", "it"],
  ["it;q=1.0,de;q=1", "it"],
  ["de;q=.5,it;q=0.4", "de"],
  // None of ours.
  [null, "en"],
  ["", "en"],
  ["*", "en"],
  ["zh-Hans,ja;q=0.5", "en"],
  ["it;q=0", "en"],
  // Garbage.
  ["it;q=lots", "en"],
  ["it;q=-1", "en"],
  ["it;q=0.5x,de;q=0.1", "de"],
  [";;;,,;q=1,=,it", "it"],
  ["italian", "en"],
  ["../../it", "en"],
  ["constructor,__proto__,toString", "en"],
  ["<script>,it", "it"],
];

for (const [header, language] of LANGUAGE_OF) {
  Deno.test(`Accept-Language ${JSON.stringify(header)} asks for ${language}`, async () => {
    equal(await asked("language", header), language);
  });
}

Deno.test("of an Accept-Language of 10 KB the beginning counts, and it costs nothing", async () => {
  equal(await asked("language", `it,${"xx-XX;q=0.9,".repeat(1000)}`), "it");
  equal(await asked("language", `${"xx;q=0.9,".repeat(1200)}it`), "en");
  equal(await asked("language", "it".repeat(5000)), "en");
  // The cut falls into a tag, of which "it" is left.
  equal(await asked("language", `${"xx,".repeat(340)}x,italian-and-more,${"xx,".repeat(2000)}`), "en");
  const started = performance.now();
  for (let i = 0; i < 1000; i++) await asked("language", ";q=".repeat(3400));
  ok(performance.now() - started < 2000);
});

Deno.test("a request that asks for none of our languages states none", async () => {
  equal(await asked("stated", null), "null");
  equal(await asked("stated", "zh,*"), "null");
  equal(await asked("stated", "en-GB"), "en");
});

Deno.test("a locale keeps its region, and may be one that we have no texts in", async () => {
  equal(await asked("locale", "en-GB,en"), "en-GB");
  equal(await asked("locale", "ja,en"), "ja");
  equal(await asked("locale", "*,not a tag,de"), "de");
  equal(await asked("locale", null), "en");
});
