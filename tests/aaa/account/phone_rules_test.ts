import { deepEqual, equal } from "node:assert/strict";
import { isNumberTaken, judgeNumber, judgeStoredNumber } from "../../../src/aaa/account/phone_rules.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const ALL = { allowedPrefixes: [], allowFixedLineOrMobile: false };

Deno.test("a guest's number is taken in any spelling, and only when it is all there is", () => {
  for (const text of ["+393665243702", "+39 366.52 43-702", "+٣٩٣٦٦٥٢٤٣٧٠٢"]) {
    deepEqual(judgeNumber(text, ALL), { kind: "accepted", number: "+393665243702" });
  }
  for (
    const text of ["", "nonsense", "3665243702", "+39", "+390000000000", "call +393665243702", "9".repeat(65)]
  ) {
    deepEqual(judgeNumber(text, ALL), { kind: "refused", fault: "invalid" });
  }
  deepEqual(judgeNumber("+393665243702 ext. 5", ALL), { kind: "refused", fault: "invalid" });
});

Deno.test("no code goes to a country that is not allowed, nor to one whose code merely begins alike", () => {
  const rules = { ...ALL, allowedPrefixes: ["+44", "+3"] };
  deepEqual(judgeNumber("+393665243702", rules), { kind: "refused", fault: "prefix_not_allowed" });
  deepEqual(judgeStoredNumber("+393665243702", rules), { kind: "refused", fault: "prefix_not_allowed" });
  deepEqual(judgeNumber("+447911123456", rules), { kind: "accepted", number: "+447911123456" });
});

Deno.test("only mobiles get codes; where a plan does not tell them apart, a setting decides", () => {
  const [fixedLine, premiumRate, either] = ["+390612345678", "+19002345678", "+12025550123"];
  for (const number of [fixedLine, premiumRate, either]) {
    deepEqual(judgeNumber(number, ALL), { kind: "refused", fault: "not_mobile" });
  }
  const lenient = { ...ALL, allowFixedLineOrMobile: true };
  equal(judgeNumber(either, lenient).kind, "accepted");
  for (const number of [fixedLine, premiumRate]) equal(judgeNumber(number, lenient).kind, "refused");
});

Deno.test("an operator may give an account any kind of line, but nothing that is no number", () => {
  equal(judgeStoredNumber("+390612345678", ALL).kind, "accepted");
  for (const text of ["12", "+39", "+391"]) {
    deepEqual(judgeStoredNumber(text, ALL), { kind: "refused", fault: "invalid" });
  }
});

Deno.test("a number is taken when another account has it, or would share its user name", async () => {
  const venue = await memoryVenue();
  const ada = await venue.addUser({ phoneNumber: "+393665243702" });
  await venue.addUser({ username: "+393665243703" });
  equal(await isNumberTaken(venue.db, "+393665243702"), true);
  equal(await isNumberTaken(venue.db, "+393665243702", { userId: ada.id, asName: true }), false);
  equal(await isNumberTaken(venue.db, "+393665243703", { userId: ada.id }), false);
  equal(await isNumberTaken(venue.db, "+393665243703", { userId: ada.id, asName: true }), true);
  await venue.close();
});
