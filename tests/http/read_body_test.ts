import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { Hono } from "hono";
import { HttpProblem, problem, said } from "../../src/http/problem.ts";
import { type Body, readBody } from "../../src/http/read_body.ts";

const MEBIBYTE = 1_048_576;
const FORM = "application/x-www-form-urlencoded";

type Sent = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

async function read(
  contentType: string | null,
  body: Sent,
  headers: Record<string, string> = {},
): Promise<Body> {
  let read: Body | undefined;
  const app = new Hono().post("/", async (c) => {
    read = await readBody(c);
    return c.body(null);
  });
  let thrown: unknown;
  app.onError((error, c) => {
    thrown = error;
    return problem(c, error) ?? c.text("fault", 500);
  });
  const octets = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const response = await app.request("/", {
    method: "POST",
    body: octets,
    headers: { ...(contentType !== null && { "content-type": contentType }), ...headers },
    ...(octets instanceof ReadableStream && { duplex: "half" }),
  });
  await response.body?.cancel();
  if (thrown) throw thrown;
  ok(read);
  return read;
}

const json = (body: Sent) => read("application/json", body);

/** The refusal's status and text. */
function refusal(status: number, text: RegExp) {
  return (thrown: unknown) => {
    ok(thrown instanceof HttpProblem, String(thrown));
    equal(thrown.status, status);
    match(JSON.stringify(said("en", thrown.body)), text);
    return true;
  };
}

function streamOf(...parts: readonly (string | Error)[]): ReadableStream<Uint8Array> {
  const rest = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = rest.shift();
      if (part === undefined) controller.close();
      else if (part instanceof Error) controller.error(part);
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
}

const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${"}".repeat(levels - 1)}`;

Deno.test("JSON that cannot be read is a 400 that says why", async () => {
  await rejects(json("{"), refusal(400, /^\{"detail":"JSON parse error - ./));
  await rejects(json("{'a':1}"), refusal(400, /JSON parse error - ./));
  await rejects(json(" "), refusal(400, /JSON parse error - ./));
  await rejects(
    json(Uint8Array.of(0x7b, 0xff, 0x7d)),
    refusal(400, /JSON parse error - the text is not UTF-8/),
  );
  // A surrogate in UTF-8's clothes, an overlong zero.
  await rejects(json(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)), refusal(400, /not UTF-8/));
  await rejects(json(Uint8Array.of(0x22, 0xc0, 0x80, 0x22)), refusal(400, /not UTF-8/));
});

Deno.test("JSON that is no object is a 400 that says what it is", async () => {
  const kinds = {
    "[]": "list",
    "null": "null",
    "3": "number",
    '"a"': "str",
    "true": "bool",
    "1e400": "number",
  };
  for (const [text, kind] of Object.entries(kinds)) {
    await rejects(
      json(text),
      refusal(
        400,
        new RegExp(`\\{"non_field_errors":\\["Invalid data\\. Expected a dictionary, but got ${kind}`),
      ),
    );
  }
});

Deno.test("JSON may be 64 levels deep, and any depth beyond is a 400", async () => {
  await json(nested(64));
  await json(`{"a":${"[".repeat(63)}${"]".repeat(63)}}`);
  for (const levels of [65, 1_000, 100_000]) {
    await rejects(json(nested(levels)), refusal(400, /deep/));
    await rejects(json(`{"a":12345678901234567890,"b":${nested(levels)}}`), refusal(400, /deep/));
  }
  await rejects(json(`{"a":1,"b":"x","c":null,"d":${nested(64)}}`), refusal(400, /deep/));
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`k${index}`, [[]]]));
  equal(Object.keys(await json(JSON.stringify(wide))).length, 50_000);
});

Deno.test("whole numbers keep their digits, however long", async () => {
  const digits = (body: Body) => String(body.n);
  equal(digits(await json('{"n":9223372036854775807}')), "9223372036854775807");
  equal(digits(await json('{"n":-9007199254740993}')), "-9007199254740993");
  equal((await json('{"n":9007199254740991}')).n, 9007199254740991);
  equal(digits(await json(`{"n":1${"0".repeat(399)}}`)), `1${"0".repeat(399)}`);
  // Beyond any count: a number that no field takes.
  equal((await json(`{"n":1${"0".repeat(400)}}`)).n, Infinity);
  equal((await json('{"n":1e308,"m":12345678901234567890}')).n, 1e308);
  // Digits in a text are no number.
  equal((await json('{"n":"12345678901234567890"}')).n, "12345678901234567890");
});

Deno.test("a byte order mark, an empty body and keys that objects inherit are harmless", async () => {
  deepEqual(await json("\ufeff{}"), {});
  deepEqual(await json(""), {});
  deepEqual(await read("text/plain", ""), {});
  deepEqual(await read(null, ""), {});
  const body = await json('{"__proto__":{"username":"ada"}}');
  equal(body.username, undefined);
  equal((await read(FORM, "__proto__=a&constructor=b")).username, undefined);
  equal(Object.hasOwn(await read(FORM, "toString=b"), "toString"), true);
});

Deno.test("other types of body are a 415, whatever their parameters", async () => {
  for (
    const type of ["text/plain", "", "application/jsonx", "text/json; charset=utf-8", ";", "application"]
  ) {
    await rejects(read(type, "{}"), refusal(415, /Unsupported media type \\"/));
  }
  for (const type of ["APPLICATION/JSON", "application/json;charset=x", " application/json ; a=b"]) {
    deepEqual(await read(type, '{"a":1}'), { a: 1 });
  }
});

Deno.test("forms: the last of several values counts, escapes that are no UTF-8 are a 400 that names the field", async () => {
  deepEqual(await read(FORM, "a=1&a=2&b=&c&=d&%C3%A9=%F0%9F%98%80+%2B"), {
    a: "2",
    b: "",
    c: "",
    "": "d",
    "é": "😀 +",
  });
  await rejects(read(FORM, "a=1&username=%FF"), refusal(400, /\{"username":\["The text is not UTF-8/));
  await rejects(read(FORM, "a=%ED%A0%80"), refusal(400, /\{"a":/));
  await rejects(
    read(FORM, Uint8Array.of(0x61, 0x3d, 0xff)),
    refusal(400, /Form parse error - the text is not UTF-8/),
  );
  deepEqual(await read(FORM, "a=%EF%BF%BD"), { a: "\ufffd" });
  deepEqual(await read(FORM, "a=%&b=%zz&c=%4"), { a: "%", b: "%zz", c: "%4" });
});

Deno.test("multipart: fields and files, and a 400 for parts that cannot be told apart", async () => {
  const part = (head: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
  const multipart = (text: string, boundary = "b") => read(`multipart/form-data; boundary=${boundary}`, text);
  deepEqual(await multipart(`${part('name="a"', "1")}${part('name="é"', "")}--b--\r\n`), { a: "1", "é": "" });
  const { file } = await multipart(`${part('name="file"; filename="x.csv"', "a,b")}--b--\r\n`);
  ok(file instanceof File && await file.text() === "a,b");
  for (const text of ["--b", "{}", "--c--\r\n", "\0"]) {
    await rejects(multipart(text, "b"), refusal(400, /Multipart form parse error/), JSON.stringify(text));
  }
  await rejects(
    read("multipart/form-data", part('name="a"', "1")),
    refusal(400, /Multipart form parse error/),
  );
});

Deno.test("a body may have a mebibyte, stated or not", async () => {
  const text = (octets: number) => `{"a":"${"x".repeat(octets - 8)}"}`;
  await json(text(MEBIBYTE));
  await read("application/json", text(MEBIBYTE), { "content-length": String(MEBIBYTE) });
  await json(streamOf(...(text(MEBIBYTE).match(/.{1,65536}/g) ?? [])));
  await rejects(json(text(MEBIBYTE + 1)), refusal(413, /larger than 1048576 octets/));
  await rejects(
    read("application/json", "{}", { "content-length": String(MEBIBYTE + 1) }),
    refusal(413, /larger than 1048576 octets/),
  );
});

Deno.test("nobody waits for the rest of a body that is too large already", async () => {
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(65_536));
    },
    cancel: () => new Promise(() => {}),
  });
  await rejects(json(endless), refusal(413, /larger/));
  ok(pulled < 25, `${pulled} parts were read`);
});

Deno.test("a body that ends before it is complete is a 400", async () => {
  await rejects(
    json(streamOf('{"a":', new Error("connection reset"))),
    refusal(400, /The request's body ended before it was complete/),
  );
});

Deno.test("bodies that trickle or stop are a 408 after ten seconds, together", async () => {
  const started = performance.now();
  const silent = () => new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  const timers: ReturnType<typeof setInterval>[] = [];
  const trickling = () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        timers.push(setInterval(() => controller.enqueue(new Uint8Array([0x20])), 500));
      },
    });
  await Promise.all(Array.from({ length: 40 }, (_, index) =>
    rejects(
      // With a stated length it is read in another way.
      index % 4 < 2
        ? json(index % 2 ? silent() : trickling())
        : read("application/json", index % 2 ? silent() : trickling(), { "content-length": "1000" }),
      refusal(408, /did not arrive within 10 seconds/),
    )));
  timers.forEach((timer) => clearInterval(timer));
  const seconds = (performance.now() - started) / 1000;
  ok(seconds >= 9.9 && seconds < 14, `${seconds} s`);
});
