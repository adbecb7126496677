import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Hono } from "hono";
import * as v from "valibot";
import { choice, complaint, optionalCount, parseFields, text } from "../../src/http/fields.ts";
import { answerProblem, HttpProblem, invalidFields, problem, throttled } from "../../src/http/problem.ts";
import { readBody } from "../../src/http/read_body.ts";
import { LANGUAGES, message, say } from "../../src/languages/say.ts";
import { memoryVenue } from "../support/memory_venue.ts";

const Fields = v.object({
  name: text(5),
  kind: choice(["a", "b"]),
  age: optionalCount(),
  code: v.pipe(text(9), v.check((value) => value === "1", complaint("code_wrong"))),
  plain: v.optional(v.picklist(["x"], "{ not one of ours }")),
});

const app = new Hono()
  .post("/fields", async (c) => c.json(parseFields(Fields, await readBody(c))))
  .get("/wait", () => {
    throw throttled(3600);
  })
  .get("/mixed", () => {
    throw new HttpProblem(409, {
      details: message("similar_account"),
      organizations: [{ slug: "a", name: "not_found", key: "7c2f" }],
      cooldown: 7,
      nothing: null,
    });
  });
app.onError((thrown, c) => problem(c, thrown) ?? c.text(String(thrown), 500));

async function ask(path: string, language: string | null, body?: unknown) {
  const response = await app.request(path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(language !== null && { "accept-language": language }),
      "content-type": "application/json",
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

const WRONG = { name: "Leonardo", kind: "c", age: -1, code: "2", plain: "y" };

Deno.test("what is wrong with fields is told in English to the letter", async () => {
  const { status, json } = await ask("/fields", null, WRONG);
  equal(status, 400);
  deepEqual(json, {
    name: ["Ensure this field has no more than 5 characters."],
    kind: ['"c" is not a valid choice.'],
    age: ["Ensure this value is greater than or equal to 0."],
    code: ["This code is not right."],
    plain: ["{ not one of ours }"],
  });
  deepEqual((await ask("/fields", null, { name: " ", kind: null, age: "x" })).json, {
    name: ["This field may not be blank."],
    kind: ["This field may not be null."],
    age: ["A valid integer is required."],
    code: ["This field is required."],
  });
});

Deno.test("what is wrong with fields is told in the language of the request", async () => {
  const { json } = await ask("/fields", "it,en-US", { ...WRONG, plain: "x" });
  deepEqual(json, {
    name: ["Il testo è troppo lungo. Numero massimo di caratteri: 5."],
    kind: ['"c" non è una scelta valida.'],
    age: ["Il valore deve essere almeno 0."],
    code: ["Questo codice non è corretto."],
  });
  for (const language of LANGUAGES) {
    const answer = await ask("/fields", language, {});
    const required = say(language, message("field_required"));
    deepEqual(answer.json, { name: [required], kind: [required], code: [required] });
  }
});

Deno.test("a number that is no text is told in the language of the request, too", async () => {
  for (const name of [1e308, 1.5, true, [], {}]) {
    const { json } = await ask("/fields", "it", { name, kind: "a", code: "1" });
    deepEqual(json, { name: [say("it", message("invalid_text"))] }, String(name));
  }
});

Deno.test("a value that looks like a message of ours is only a value", async () => {
  const hostile = '{"key":"not_found"}';
  const { json } = await ask("/fields", "it", { name: "a", kind: hostile, code: "1" });
  deepEqual(json, { kind: [`"${hostile}" non è una scelta valida.`] });
});

Deno.test("a body that cannot be read is told in the language of the request", async () => {
  match((await ask("/fields", null, "{")).json.detail, /^JSON parse error - ./);
  match((await ask("/fields", "de", "{")).json.detail, /^JSON nicht lesbar - ./);
  deepEqual((await ask("/fields", "fr", "[]")).json, {
    non_field_errors: ["Données non valides. Un objet était attendu, mais il est arrivé : list."],
  });
});

Deno.test("wherever a body has a message it is said, and all else stays", async () => {
  const { status, json } = await ask("/mixed", "es");
  equal(status, 409);
  deepEqual(json, {
    details: "Parece que ya tiene una cuenta. Acceda con ella para usarla también aquí.",
    organizations: [{ slug: "a", name: "not_found", key: "7c2f" }],
    cooldown: 7,
    nothing: null,
  });
});

Deno.test("a throttled request is told when to come back, in numbers for machines and in words for people", async () => {
  const english = await ask("/wait", null);
  equal(english.status, 429);
  equal(english.headers.get("retry-after"), "3600");
  equal(english.json.detail, "Request was throttled. Expected available in 3600 seconds.");
  const french = await ask("/wait", "fr");
  equal(french.headers.get("retry-after"), "3600");
  equal(french.json.detail, "Trop de requêtes. Réessayez dans 60 minutes.");
});

Deno.test("answerProblem() keeps status and headers", async () => {
  const other = new Hono().get("/", (c) => answerProblem(c, invalidFields({ a: message("not_found") })));
  const response = await other.request("/", { headers: { "accept-language": "pt" } });
  equal(response.status, 400);
  deepEqual(await response.json(), { a: "Não encontrado." });
});

Deno.test("unknown paths and organizations are told in every language", async () => {
  const venue = await memoryVenue();
  for (const language of LANGUAGES) {
    const headers = { "accept-language": language };
    const path = await venue.fetch("/api/v1/nowhere/", { headers });
    equal(path.status, 404);
    deepEqual(await path.json(), { detail: say(language, message("not_found")) });
    const slug = await venue.fetch("/api/v1/radius/organization/nobody/account/token/", {
      method: "POST",
      headers,
    });
    equal(slug.status, 404);
    deepEqual(await slug.json(), { detail: say(language, message("organization_not_found")) });
  }
  await venue.close();
});

Deno.test("FreeRADIUS is answered in English, unless it asks for another language", async () => {
  const venue = await memoryVenue();
  const { authorization } = await venue.addOrganization();
  const post = async (headers: Record<string, string>) => {
    const response = await venue.fetch("/api/v1/freeradius/accounting/", {
      method: "POST",
      headers: { authorization, "content-type": "application/json", ...headers },
      body: JSON.stringify({ status_type: "Start" }),
    });
    equal(response.status, 400);
    return await response.json();
  };
  deepEqual((await post({})).unique_id, ["This field is required."]);
  deepEqual((await post({ "accept-language": "de" })).unique_id, ["Dieses Feld muss ausgefüllt werden."]);
  await venue.close();
});

Deno.test("an Accept-Language of 10 KB is answered like any other", async () => {
  const header = `it${",xx-XX;q=0.9".repeat(900)}`;
  ok(header.length > 10_000);
  equal((await ask("/wait", header)).json.detail, "Troppe richieste. Riprova tra 60 minuti.");
});
