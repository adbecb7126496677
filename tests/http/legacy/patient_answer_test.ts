import { deepEqual, equal, match } from "node:assert/strict";
import { patientAnswer } from "../../../src/http/legacy/patient_answer.ts";
import type { Deps } from "../../../src/deps.ts";

const SILENCE = 20;

Deno.test("patientAnswer() answers quick work plainly, also when it is refused", async () => {
  const { deps, background } = recorder();
  const answer = await patientAnswer(
    deps,
    later(0, { status: 400, body: { name: ["taken"] } }),
    201,
    SILENCE,
  );
  equal(answer.status, 400);
  deepEqual(await answer.json(), { name: ["taken"] });
  equal(background.length, 0);
});

Deno.test("patientAnswer() sends blanks while slow work goes on, and then what it came to", async () => {
  const { deps, background } = recorder();
  const answer = await patientAnswer(
    deps,
    later(5 * SILENCE, { status: 201, body: { users: [] } }),
    201,
    SILENCE,
  );
  equal(answer.status, 201);
  equal(answer.headers.get("content-type"), "application/json");
  match(await answer.text(), /^ {2,}\{"users":\[\]\}$/);
  equal(background.length, 1);
});

Deno.test("patientAnswer() says in the value what went wrong after the status was out", async () => {
  const { deps, faults } = recorder();
  const refused = await patientAnswer(
    deps,
    later(2 * SILENCE, { status: 400, body: { __all__: ["taken"] } }),
    201,
    SILENCE,
  );
  deepEqual(await refused.json(), { status: "failed", __all__: ["taken"] });
  const broken = await patientAnswer(
    deps,
    later<{ status: number; body: object }>(2 * SILENCE, null),
    201,
    SILENCE,
  );
  equal((await broken.json()).status, "failed");
  equal(faults.length, 1);
});

Deno.test("patientAnswer() lets the work go on when the client has gone", async () => {
  const { deps, background, faults } = recorder();
  const answer = await patientAnswer(deps, later(3 * SILENCE, { status: 201, body: {} }), 201, SILENCE);
  await answer.body?.cancel();
  await Promise.all(background);
  deepEqual(faults, []);
});

function recorder() {
  const background: Promise<unknown>[] = [];
  const faults: unknown[] = [];
  const deps: Pick<Deps, "inBackground" | "reportFault"> = {
    inBackground: (work) => background.push(work),
    reportFault: (fault) => faults.push(fault),
  };
  return { deps, background, faults };
}

async function later<T>(milliseconds: number, value: T | null): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  if (value === null) throw new Error("no database");
  return value;
}
